"""Sections, appointments and staff of the demonstration (組織・任用)."""

from datetime import date
from pathlib import Path

import pytest
from city_builders import account, staff, the_pack
from django.contrib.auth.hashers import get_hasher
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from dokodemo.city.organisation import actions, queries
from dokodemo.city.organisation.definitions import Function
from dokodemo.city.organisation.demo_staff import create_demo_staff
from dokodemo.city.organisation.models import Appointment, Post, Section
from dokodemo.kernel import events
from dokodemo.kernel.access import Account, Forbidden, Grant, NotFound, Role, system
from dokodemo.kernel.packs import PackError, open_pack

pytestmark = pytest.mark.django_db
MACHINE = system("test")
START = date(2026, 4, 1)
TODAY = date(2026, 11, 23)


def write_pack(root: Path, sections: str) -> None:
    """A pack with nothing but sections."""
    text = "{ja: 町, easy: 町, en: Town}"
    folder = root / "little"
    (folder / "organisation").mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(
        f"name: little\ntitle: {text}\ncity:\n  name: {text}\n  prefecture: {text}\n  code: '432041'\n"
        f"  mayor: {text}\n  phone: '1'\n  postal_code: 864-8686\n  address: 町1\n  url: https://example.jp/\n",
        encoding="utf-8",
    )
    (folder / "organisation" / "sections.yaml").write_text("sections:\n" + sections, encoding="utf-8")


def load(root: Path, sections: str) -> None:
    """Write and load the sections of the little pack."""
    write_pack(root, sections)
    actions.load_sections(open_pack("little", roots=[root]))


ONE = "  - {code: one, name: {ja: 一課, easy: 一課, en: One}, valid_from: 2020-04-01}\n"
TWO = "  - {code: two, name: {ja: 二課, easy: 二課, en: Two}, valid_from: 2020-04-01}\n"


def test_every_section_of_the_pack_is_there_and_examples_say_so() -> None:
    the_pack()
    found = {section.code: section for section in queries.sections(TODAY)}
    assert found["childcare"].name.ja == "子育て支援課"
    assert found["childcare"].sample
    assert not found["policy"].sample
    assert queries.sections_with(Function.REGISTER, TODAY) == {"resident"}


def test_loading_twice_changes_nothing_and_records_nothing() -> None:
    the_pack()
    before = list(Section.objects.values())
    assert not actions.load_sections(open_pack("arao"))
    assert list(Section.objects.values()) == before
    assert len(events.of_object("pack", "arao")) == 1


def test_a_section_that_vanishes_is_closed_and_still_answers(tmp_path: Path) -> None:
    load(tmp_path, ONE + TWO)
    load(tmp_path, ONE)
    assert [section.code for section in queries.sections()] == ["one"]
    closed = queries.section("two")
    assert closed is not None
    assert closed.valid_to is not None
    assert closed.name.en == "Two"


def test_a_reorganised_section_keeps_its_former_name_for_former_days(tmp_path: Path) -> None:
    load(tmp_path, ONE)
    load(tmp_path, ONE.replace("2020-04-01", "2026-04-01").replace("一課", "新一課"))
    then, now = queries.section("one", date(2025, 5, 1)), queries.section("one", TODAY)
    assert then is not None
    assert now is not None
    assert (then.name.ja, now.name.ja) == ("一課", "新一課")
    assert then.valid_to == date(2026, 3, 31)


def test_a_section_that_comes_back_is_open_again(tmp_path: Path) -> None:
    load(tmp_path, ONE + TWO)
    load(tmp_path, ONE)
    load(tmp_path, ONE + TWO)
    assert [section.code for section in queries.sections()] == ["one", "two"]
    assert Section.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "line", "words"),
    [
        (ONE + ONE, 2, "twice"),
        (ONE.replace("code: one", "code: One"), 2, "code"),
        (
            ONE.replace("valid_from: 2020-04-01", "valid_from: 2020-04-01, valid_to: 2019-01-01"),
            2,
            "valid_to",
        ),
        (ONE.replace("valid_from", "valid_fro"), 2, "valid_fro"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_line_and_changes_nothing(
    tmp_path: Path, wrong: str, line: int, words: str
) -> None:
    load(tmp_path, ONE)
    write_pack(tmp_path, wrong)
    with pytest.raises(PackError) as refused:
        actions.load_sections(open_pack("little", roots=[tmp_path]))
    problem = refused.value.problems[0]
    assert problem.file.endswith("organisation/sections.yaml")
    assert problem.line is not None
    assert words in str(problem)
    assert Section.objects.get().code == "one"


def test_a_city_without_sections_is_told_what_to_write(tmp_path: Path) -> None:
    write_pack(tmp_path, ONE)
    (tmp_path / "little" / "organisation" / "sections.yaml").unlink()
    with pytest.raises(PackError, match=r"sections\.yaml"):
        actions.load_sections(open_pack("little", roots=[tmp_path]))


def test_grants_hold_from_the_first_day_to_the_last_and_take_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    the_pack()
    worker = account(kind="staff")
    actions.appoint(
        actor=MACHINE,
        account_id=worker.pk,
        section_code="childcare",
        role=Role.CASEWORKER,
        starts_on=START,
        ends_on=date(2026, 12, 31),
    )
    grant = frozenset({Grant("childcare", Role.CASEWORKER)})
    with django_assert_num_queries(1):
        assert queries.staff_grants(account_id=worker.pk, on=TODAY) == grant
    assert queries.staff_grants(account_id=worker.pk, on=date(2026, 12, 31)) == grant
    assert queries.staff_grants(account_id=worker.pk, on=date(2027, 1, 1)) == frozenset()
    assert queries.staff_grants(account_id=worker.pk, on=date(2026, 3, 31)) == frozenset()


def test_the_same_role_in_the_same_section_is_not_held_twice_at_once() -> None:
    the_pack()
    worker = account(kind="staff")

    def appoint(starts: date, ends: date | None) -> None:
        actions.appoint(
            actor=MACHINE,
            account_id=worker.pk,
            section_code="childcare",
            role=Role.CASEWORKER,
            starts_on=starts,
            ends_on=ends,
        )

    appoint(START, date(2026, 9, 30))
    for starts, ends in ((START, None), (date(2026, 9, 30), None), (date(2026, 1, 1), START)):
        with pytest.raises(actions.AppointmentRefused):
            appoint(starts, ends)
    appoint(date(2026, 10, 1), None)
    assert Appointment.objects.count() == 2


def test_the_database_itself_refuses_two_open_appointments_to_one_post() -> None:
    the_pack()
    worker = account(kind="staff")
    post = Post.objects.create(section_code="childcare", role=Role.CASEWORKER.value)
    Appointment.objects.create(account=worker, post=post, title="担当", starts_on=START)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(account=worker, post=post, title="担当", starts_on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            account=worker, post=post, title="担当", starts_on=TODAY, ends_on=date(2020, 1, 1)
        )


def test_nobody_but_an_administrator_appoints() -> None:
    the_pack()
    worker = account(kind="staff")
    for actor in (staff(("policy", Role.CIO)), staff(("childcare", Role.HEAD_OF_SECTION))):
        with pytest.raises(Forbidden):
            actions.appoint(
                actor=actor,
                account_id=worker.pk,
                section_code="childcare",
                role=Role.CIO,
                starts_on=START,
            )
    actions.appoint(
        actor=staff(("policy", Role.ADMINISTRATOR)),
        account_id=worker.pk,
        section_code="childcare",
        role=Role.HEAD_OF_SECTION,
        starts_on=START,
    )
    (head,) = queries.holders("childcare", TODAY, role=Role.HEAD_OF_SECTION)
    assert (head.account_id, head.role) == (worker.pk, Role.HEAD_OF_SECTION)


def test_residents_and_closed_sections_are_not_appointed(tmp_path: Path) -> None:
    load(tmp_path, ONE.replace("valid_from: 2020-04-01", "valid_from: 2020-04-01, valid_to: 2021-03-31"))
    resident, worker = account(), account(kind="staff")
    with pytest.raises(NotFound):
        actions.appoint(
            actor=MACHINE,
            account_id=resident.pk,
            section_code="one",
            role=Role.CASEWORKER,
            starts_on=date(2020, 5, 1),
        )
    with pytest.raises(actions.AppointmentRefused):
        actions.appoint(
            actor=MACHINE,
            account_id=worker.pk,
            section_code="one",
            role=Role.CASEWORKER,
            starts_on=TODAY,
        )


def test_an_ended_appointment_gives_nothing_from_the_next_day_on() -> None:
    the_pack()
    worker = account(kind="staff")
    made = actions.appoint(
        actor=MACHINE, account_id=worker.pk, section_code="care", role=Role.CASEWORKER, starts_on=START
    )
    with pytest.raises(actions.AppointmentRefused):
        actions.end_appointment(actor=MACHINE, appointment_id=made, last_day=date(2026, 3, 1))
    actions.end_appointment(actor=MACHINE, appointment_id=made, last_day=TODAY)
    assert queries.staff_grants(account_id=worker.pk, on=TODAY)
    assert not queries.staff_grants(account_id=worker.pk, on=date(2026, 11, 24))
    with pytest.raises(actions.AppointmentRefused):
        actions.end_appointment(actor=MACHINE, appointment_id=made, last_day=date(2027, 1, 1))


def test_demonstration_staff_can_sign_in_and_hold_every_role() -> None:
    the_pack()
    made = create_demo_staff(actor=MACHINE, on=TODAY)
    assert {sign_in.role for sign_in in made} == set(Role)
    assert len({sign_in.password for sign_in in made}) == len(made)
    first = made[0]
    found = Account.objects.get(username=first.username)
    assert not found.check_password("x" + first.password)
    quick = found.password
    assert found.check_password(first.password)
    # Whoever signs in gets the slow hash of everybody.
    found.refresh_from_db()
    assert found.password != quick
    assert not get_hasher().must_update(found.password)
    assert found.check_password(first.password)
    assert queries.staff_grants(account_id=found.pk, on=TODAY) == {Grant(first.section, first.role)}
    assert "見本" in queries.staff_name(found.pk)
    assert create_demo_staff(actor=MACHINE, on=TODAY) == []


def test_no_demonstration_staff_in_a_real_city(settings: object) -> None:
    the_pack()
    settings.DOKODEMO_DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(Forbidden):
        create_demo_staff(actor=MACHINE, on=TODAY)
    assert not Account.objects.exists()


def test_names_of_staff_lie_encrypted_in_the_database(django_assert_num_queries: object) -> None:
    from django.db import connection

    actions.create_staff(actor=MACHINE, username="x", name="有明 花子", password="long enough 1")
    with CaptureQueriesContext(connection), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM organisation_staffprofile")
        stored = bytes(cursor.fetchone()[0])
    assert "有明".encode() not in stored


def test_a_renewed_password_replaces_the_old_one_and_only_an_administrator_gives_it() -> None:
    worker = account(kind="staff")
    for actor in (staff(("policy", Role.CIO)), staff()):
        with pytest.raises(Forbidden):
            actions.renew_password(actor=actor, account_id=worker.pk, password="another long one")
    with pytest.raises(NotFound):
        actions.renew_password(actor=MACHINE, account_id=account().pk, password="another long one")
    actions.renew_password(actor=MACHINE, account_id=worker.pk, password="another long one")
    worker.refresh_from_db()
    assert worker.check_password("another long one")
    (event,) = events.of_object("account", worker.pk)
    assert event.verb == "organisation.password_renewed"
    assert event.refs == {}
