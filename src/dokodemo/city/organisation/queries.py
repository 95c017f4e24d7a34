"""Reads of the organisation (組織の参照): who holds which role on a day, which sections exist.

Days are JST days, both ends of a period inclusive. Never writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.db.models import Q, QuerySet

from dokodemo.city.organisation.definitions import Function
from dokodemo.city.organisation.models import Appointment, Section, StaffProfile
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Account, Grant, Role
from dokodemo.kernel.once import asked_once
from dokodemo.kernel.packs import Text
from dokodemo.kernel.prepared import Prepared, PreparedValues


@dataclass(frozen=True)
class SectionView:
    """A section as of one day, with its texts for residents."""

    code: str
    name: Text
    department: Text | None
    phone: str
    duties: tuple[Text, ...]
    functions: frozenset[str]
    sample: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class HolderView:
    """Who holds a post: account, role, section, title and days."""

    appointment_id: UUID
    account_id: UUID
    section: str
    role: Role
    title: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class MemberView:
    """A member of staff (職員): what they sign in with, what they are called, and posts in the order of their days."""

    account_id: UUID
    username: str
    name: str
    posts: tuple[HolderView, ...]


def staff_grants(*, account_id: UUID, on: date) -> frozenset[Grant]:
    """What a member of staff may act as on a day. One query; asked on every request of staff."""
    rows = _GRANTS.all(account=account_id, on=on)
    return frozenset(Grant(row["post__section_code"], Role(row["post__role"])) for row in rows)


def sections(on: date | None = None) -> list[SectionView]:
    """The sections open on a day (default today), in the order of the pack's file."""
    return list(_sections(on or calendar_jp.today()))


@asked_once
def _sections(day: date) -> tuple[SectionView, ...]:
    return tuple(_view(section) for section in _SECTIONS.all(day=day))


def _open(day: date) -> QuerySet[Section]:
    return Section.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))


_SECTIONS = Prepared(_open, day=date)


def section(code: str, on: date | None = None) -> SectionView | None:
    """The section with this code as of a day (default today), else its latest period, else None.

    A closed section still answers, because cases filed with it keep naming it.
    """
    day = on or calendar_jp.today()
    rows = list(Section.objects.filter(code=code).order_by("valid_from"))
    for row in rows:
        if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day):
            return _view(row)
    return _view(rows[-1]) if rows else None


@asked_once
def sections_with(function: Function, on: date | None = None) -> frozenset[str]:
    """Codes of the sections that perform a function (所掌) on a day."""
    rows = _open(on or calendar_jp.today()).values_list("code", "functions")
    return frozenset(code for code, functions in rows if function.value in functions)


def holders(section_code: str, on: date | None = None, *, role: Role | None = None) -> list[HolderView]:
    """Everybody who holds a post in a section on a day, longest-serving first."""
    rows = _held(on or calendar_jp.today()).filter(post__section_code=section_code)
    if role is not None:
        rows = rows.filter(post__role=role.value)
    return [_holder(row) for row in rows.select_related("post").order_by("starts_on", "pk")]


def roster(on: date | None = None) -> dict[str, list[HolderView]]:
    """Everybody who holds a post on a day (default today), by section code, longest-serving first. One query."""
    return _roster(on or calendar_jp.today())


def staff_on(day: date | None = None) -> set[UUID]:
    """The accounts of everybody who holds a post on a day (default today)."""
    return {post.account_id for posts in roster(day).values() for post in posts}


@asked_once
def _roster(day: date) -> dict[str, list[HolderView]]:
    found: dict[str, list[HolderView]] = {}
    for row in _ROSTER.all(on=day):
        pk, account, section, role, *rest = row.values()
        found.setdefault(section, []).append(HolderView(pk, account, section, Role(role), *rest))
    return found


def appointments_of(account_id: UUID) -> list[HolderView]:
    """All appointments of an account, past and future too, newest first."""
    rows = (
        Appointment.objects.filter(account_id=account_id).select_related("post").order_by("-starts_on", "pk")
    )
    return [_holder(row) for row in rows]


def appointment(appointment_id: UUID) -> HolderView | None:
    """One appointment."""
    row = Appointment.objects.filter(pk=appointment_id).select_related("post").first()
    return _holder(row) if row is not None else None


def members(on: date | None = None) -> list[MemberView]:
    """All staff, those without a post too, by what they sign in with; `posts` of the day (default today). Three queries."""
    held: dict[UUID, list[HolderView]] = {}
    for posts in roster(on).values():
        for post in posts:
            held.setdefault(post.account_id, []).append(post)
    accounts = dict(
        Account.objects.filter(kind=Account.Kind.STAFF).order_by("username").values_list("pk", "username")
    )
    names = staff_names(accounts)
    return [
        MemberView(pk, username, names.get(pk, ""), tuple(held.get(pk, ())))
        for pk, username in accounts.items()
    ]


def member(account_id: UUID) -> MemberView | None:
    """One member of staff with every appointment, past and future too, newest first."""
    account = Account.objects.filter(pk=account_id, kind=Account.Kind.STAFF).first()
    if account is None:
        return None
    return MemberView(
        account.pk, account.username, staff_name(account_id), tuple(appointments_of(account_id))
    )


def staff_name(account_id: UUID) -> str:
    """The name a member of staff is shown by; empty when the account has no profile."""
    return staff_names([account_id]).get(account_id, "")


def staff_names(account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of several members of staff in one query, by account id."""
    profiles = StaffProfile.objects.filter(account_id__in=list(account_ids))
    return {profile.account_id: profile.name for profile in profiles}


def sign_in_names(account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What several members of staff sign in with, by account id: how tables from outside name them."""
    found = Account.objects.filter(pk__in=list(account_ids), kind=Account.Kind.STAFF)
    return dict(found.values_list("pk", "username"))


def accounts_called(sign_in_names: Iterable[str]) -> dict[str, UUID]:
    """Accounts of staff by what they sign in with; names that nobody has are left out."""
    found = Account.objects.filter(username__in=list(sign_in_names), kind=Account.Kind.STAFF)
    return dict(found.values_list("username", "pk"))


def _held(on: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))


_GRANTS = PreparedValues(
    lambda account, on: _held(on).filter(account_id=account).values("post__section_code", "post__role"),
    account=UUID,
    on=date,
)
# In the order of HolderView.
_ROSTER = PreparedValues(
    lambda on: (
        _held(on)
        .order_by("starts_on", "pk")
        .values("pk", "account", "post__section_code", "post__role", "title", "starts_on", "ends_on")
    ),
    on=date,
)


def _holder(row: Appointment) -> HolderView:
    return HolderView(
        appointment_id=row.pk,
        account_id=row.account_id,
        section=row.post.section_code,
        role=Role(row.post.role),
        title=row.title,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def _text(stored: dict[str, str]) -> Text:
    return _said(stored["ja"], stored["easy"], stored["en"])


@lru_cache(maxsize=2000)
def _said(ja: str, easy: str, en: str) -> Text:
    # The same few words are read for every page; reading them anew takes longer than asking for them.
    return Text(ja=ja, easy=easy, en=en)


def _view(row: Section) -> SectionView:
    return SectionView(
        code=row.code,
        name=_text(row.name),
        department=_text(row.department) if row.department is not None else None,
        phone=row.phone,
        duties=tuple(_text(duty) for duty in row.duties),
        functions=frozenset(row.functions),
        sample=row.sample,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
