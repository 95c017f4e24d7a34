"""All writes of the organisation (組織・任用の変更).

Each action is one transaction and one event. Never deletes: a section is closed, an appointment is ended.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import BasePasswordHasher, make_password
from django.db import IntegrityError, transaction

from dokodemo.city.organisation import events as verbs
from dokodemo.city.organisation.definitions import SECTIONS_FILE, USUAL_TITLES, SectionsFile
from dokodemo.city.organisation.logic import (
    LONGEST_NAME,
    SectionChanges,
    SectionRow,
    first_day_uncovered,
    is_sign_in_name,
    periods_overlap,
    section_changes,
)
from dokodemo.city.organisation.models import Appointment, Post, Section, StaffProfile
from dokodemo.city.organisation.policies import require_appointing
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Account, Actor, NotFound, Role, system
from dokodemo.kernel.packs import Pack, PackError, Problem, validate
from dokodemo.kernel.refusals import Refused
from dokodemo.kernel.text_jp import has_control, has_private_use


class AppointmentRefused(Refused):
    """It cannot be done: text keys by box (`username`, `name`, `section`, `role`, `title`, `starts`, `ends`)."""


def read_sections(pack: Pack) -> SectionsFile:
    """The sections of a pack; PackError when the file is missing or wrong."""
    document = pack.document(SECTIONS_FILE)
    if document is None:
        remedy = f"Write {SECTIONS_FILE} with at least one section."
        raise PackError([Problem(f"{pack.name}/{SECTIONS_FILE}", None, "The city has no sections.", remedy)])
    return validate(SectionsFile, document)


def load_sections(pack: Pack, *, actor: Actor | None = None) -> SectionChanges:
    """Make the table agree with the pack as of today; a second call changes nothing and records nothing."""
    file = read_sections(pack)
    wanted = [
        SectionRow(
            code=section.code,
            valid_from=section.valid_from,
            valid_to=section.valid_to,
            content={
                "name": section.name.model_dump(),
                "department": section.department.model_dump() if section.department else None,
                "phone": section.phone,
                "duties": [duty.model_dump() for duty in section.duties],
                "functions": file.functions_of(section),
                "sample": section.sample,
                "place": place,
            },
        )
        for place, section in enumerate(file.sections)
    ]
    with transaction.atomic():
        stored = [_row(section) for section in Section.objects.select_for_update()]
        changes = section_changes(stored=stored, wanted=wanted, today=calendar_jp.today())
        if not changes:
            return changes
        for row, last in changes.closed:
            Section.objects.filter(code=row.code, valid_from=row.valid_from).update(valid_to=last)
        for row in changes.changed:
            found = Section.objects.filter(code=row.code, valid_from=row.valid_from)
            found.update(valid_to=row.valid_to, **row.content)
        for row in changes.opened:
            Section.objects.create(
                code=row.code, valid_from=row.valid_from, valid_to=row.valid_to, **row.content
            )
        events.record(
            verbs.SECTIONS_LOADED,
            actor=actor or system("packs"),
            object=("pack", pack.name),
            numbers={
                "opened": len(changes.opened),
                "changed": len(changes.changed),
                "closed": len(changes.closed),
            },
        )
    return changes


def _row(section: Section) -> SectionRow:
    fields = ("name", "department", "phone", "duties", "functions", "sample", "place")
    content: dict[str, Any] = {field: getattr(section, field) for field in fields}
    return SectionRow(section.code, section.valid_from, section.valid_to, content)


def appoint(
    *,
    actor: Actor,
    account_id: UUID,
    section_code: str,
    role: Role,
    starts_on: date,
    ends_on: date | None = None,
    title: str = "",
) -> UUID:
    """Appoint an account to a role in a section (任用), both days inclusive; returns the appointment's id.

    Raises Forbidden (not an administrator), NotFound (no such member of staff) and AppointmentRefused (no such
    section on the first day, days the wrong way round, a title that is no title, or the person holds the role then).
    """
    require_appointing(actor)
    with transaction.atomic():
        # The lock on the account makes two simultaneous appointments of one person wait for each other.
        account = Account.objects.select_for_update().filter(pk=account_id, kind=Account.Kind.STAFF).first()
        if account is None:
            raise NotFound("member of staff")
        _check_words("title", title)
        _check_period(account_id, section_code, role, starts_on, ends_on)
        post, _ = Post.objects.get_or_create(section_code=section_code, role=role.value)
        made = Appointment.objects.create(
            account=account,
            post=post,
            title=title.strip() or USUAL_TITLES[role],
            starts_on=starts_on,
            ends_on=ends_on,
        )
        events.record(
            verbs.APPOINTED,
            actor=actor,
            object=("appointment", made.pk),
            refs={"account": str(account_id), "section": section_code, "role": role.value},
        )
    return made.pk


def _check_period(
    account_id: UUID, section_code: str, role: Role, starts_on: date, ends_on: date | None
) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise AppointmentRefused({"ends": "organisation.fault.days"})
    sections = Section.objects.filter(code=section_code, valid_from__lte=starts_on)
    if not any(s.valid_to is None or s.valid_to >= starts_on for s in sections):
        raise AppointmentRefused({"section": "organisation.fault.section"})
    held = Appointment.objects.filter(
        account_id=account_id, post__section_code=section_code, post__role=role.value
    )
    if any(periods_overlap((starts_on, ends_on), (a.starts_on, a.ends_on)) for a in held):
        raise AppointmentRefused({"role": "organisation.fault.held"})


def _check_words(box: str, text: str) -> None:
    if has_private_use(text) or has_control(text) or "\n" in text or "\t" in text:
        raise AppointmentRefused({box: "organisation.fault.characters"})
    if len(text.strip()) > LONGEST_NAME:
        raise AppointmentRefused({box: "organisation.fault.long"})


def check_ending(*, actor: Actor, appointment_id: UUID, last_day: date) -> Appointment:
    """The appointment, when it can end with `last_day`; nothing is written. Within a transaction it stays locked.

    Raises Forbidden, NotFound, and AppointmentRefused: also when nobody would be administrator afterwards, for then
    nobody could ever be appointed again in the office.
    """
    require_appointing(actor)
    with transaction.atomic():
        # Whoever ends the appointment of an administrator waits for all others who do.
        list(Post.objects.select_for_update().filter(role=Role.ADMINISTRATOR.value).order_by("pk"))
        found = Appointment.objects.select_for_update(of=("self",)).select_related("post")
        appointment = found.filter(pk=appointment_id).first()
        if appointment is None:
            raise NotFound("appointment")
        if last_day < appointment.starts_on:
            raise AppointmentRefused({"ends": "organisation.fault.before_it_began"})
        if appointment.ends_on is not None and last_day > appointment.ends_on:
            raise AppointmentRefused({"ends": "organisation.fault.ended"})
        if appointment.post.role == Role.ADMINISTRATOR.value and not _administered_without(
            appointment, last_day
        ):
            raise AppointmentRefused({"ends": "organisation.fault.last_administrator"})
    return appointment


def _administered_without(ended: Appointment, last_day: date) -> bool:
    """Whether on each day taken from an administrator somebody who can sign in is one; days gone by do not count."""
    if last_day == date.max:
        return True
    taken = (max(last_day + timedelta(days=1), calendar_jp.today()), ended.ends_on)
    others = Appointment.objects.filter(post__role=Role.ADMINISTRATOR.value, account__is_active=True)
    periods = others.exclude(pk=ended.pk).values_list("starts_on", "ends_on")
    return first_day_uncovered(taken, periods) is None


def end_appointment(*, actor: Actor, appointment_id: UUID, last_day: date) -> None:
    """End an appointment with `last_day` (inclusive). Raises what `check_ending` raises."""
    with transaction.atomic():
        appointment = check_ending(actor=actor, appointment_id=appointment_id, last_day=last_day)
        if appointment.ends_on == last_day:
            return
        appointment.ends_on = last_day
        appointment.save(update_fields=["ends_on"])
        events.record(
            verbs.APPOINTMENT_ENDED,
            actor=actor,
            object=("appointment", appointment_id),
            refs={"on": str(last_day)},
        )


def create_staff(
    *, actor: Actor, username: str, name: str, password: str, hasher: BasePasswordHasher | None = None
) -> UUID:
    """Create the account and profile of a member of staff; returns the account's id.

    The name is stored encrypted; the password only as its hash, by `hasher` or as usual. Raises Forbidden and AppointmentRefused
    (a user name that is taken or none, no name, or one with characters that not every machine knows).
    """
    require_appointing(actor)
    if not is_sign_in_name(username):
        raise AppointmentRefused({"username": "organisation.fault.username"})
    if not name.strip():
        raise AppointmentRefused({"name": "organisation.fault.name"})
    _check_words("name", name)
    taken = AppointmentRefused({"username": "organisation.fault.username_taken"})
    with transaction.atomic():
        if Account.objects.filter(username=username).exists():
            raise taken
        account = Account(username=username, kind=Account.Kind.STAFF)
        account.password = make_password(password, hasher=hasher or "default")
        try:
            with transaction.atomic():
                account.save()
        except IntegrityError:
            # Somebody else took the name between the look and the writing.
            raise taken from None
        StaffProfile.objects.create(account=account, name=name.strip())
        events.record(verbs.STAFF_CREATED, actor=actor, object=("account", account.pk))
    return account.pk


def renew_password(*, actor: Actor, account_id: UUID, password: str) -> None:
    """Give a member of staff another password, kept only as its hash; every open session of theirs ends.

    Raises Forbidden (not an administrator) and NotFound (no such member of staff).
    """
    require_appointing(actor)
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id, kind=Account.Kind.STAFF).first()
        if account is None:
            raise NotFound("member of staff")
        account.set_password(password)
        account.save(update_fields=["password"])
        events.record(verbs.PASSWORD_RENEWED, actor=actor, object=("account", account_id))
