"""Import of a register file (住民情報の取込): all or nothing, by line, and a second time without effect."""

from __future__ import annotations

from datetime import date

import pytest
from city_builders import CITY, MACHINE, bring_in, csv_of, family, protect, row, signed_in, staff, the_pack
from django.db import connection

from dokodemo.city.parties.actions import import_register
from dokodemo.city.parties.models import Household, RecordVersion, Resident, SignInLink
from dokodemo.city.parties.register_columns import NAMES
from dokodemo.kernel import events
from dokodemo.kernel.access import Forbidden, Role
from dokodemo.kernel.tables import PROBLEM_LIMIT, TableRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sections() -> None:
    the_pack()


def bring(data: bytes) -> list[int]:
    """Import and return created, changed, unchanged."""
    report = import_register(actor=MACHINE, data=data, city=CITY)
    return [report.created, report.changed, report.unchanged]


def refusal(data: bytes) -> TableRefused:
    """Import a wrong file; it must be refused and change nothing."""
    before = (Resident.objects.count(), Household.objects.count(), RecordVersion.objects.count())
    with pytest.raises(TableRefused) as refused:
        import_register(actor=MACHINE, data=data, city=CITY)
    assert (Resident.objects.count(), Household.objects.count(), RecordVersion.objects.count()) == before
    return refused.value


def test_a_household_comes_in_with_its_facts_and_their_source() -> None:
    father, mother, child = family()
    assert father.household_id == mother.household_id == child.household_id
    assert (father.is_head, mother.is_head) == (True, False)
    name = child.facts["full_name"]
    assert name["value"] == {"family": "髙木", "given": "陽葵", "family_kana": "タカキ", "given_kana": "ヒト"}
    assert name["source"] == "register"
    assert name["verified_at"] is not None
    assert child.facts["address"]["value"]["full"] == "熊本県荒尾市緑ケ丘3丁目4-12"


def test_nothing_readable_lies_in_the_database() -> None:
    family()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM parties_resident")
        stored = repr(cursor.fetchall()).encode("unicode_escape")
    for text in ("髙木", "陽葵", "緑ケ丘", "1990-05-17"):
        assert text.encode("unicode_escape") not in stored
        assert text.encode().hex().encode() not in stored


def test_names_keep_every_code_point() -> None:
    written = ["渡邉\U000e0101", "\ufa19田", "𠮷田", "辻\U000e0100", "か\u3099ま"]
    residents = bring_in(*(row(n, n, familyName=name) for n, name in enumerate(written, 1)))
    assert [resident.facts["full_name"]["value"]["family"] for resident in residents] == written


def test_the_same_file_twice_changes_nothing_and_makes_no_version() -> None:
    data = csv_of([row(1, 1), row(2, 1, "妻"), row(3, 1, "子")])
    assert bring(data) == [3, 0, 0]
    before = list(Resident.objects.order_by("number").values())
    assert bring(data) == [0, 0, 3]
    assert list(Resident.objects.order_by("number").values()) == before
    assert not RecordVersion.objects.exists()


def test_the_order_of_columns_and_a_bom_do_not_make_a_change() -> None:
    rows = [row(1, 1), row(2, 1, "妻")]
    bring(csv_of(rows))
    assert bring(b"\xef\xbb\xbf" + csv_of(rows, names=sorted(NAMES))) == [0, 0, 2]


def test_a_changed_line_keeps_the_earlier_record_and_the_times_of_what_did_not_change() -> None:
    (before,) = bring_in(row(1, 1))
    (after,) = bring_in(row(1, 1, cityBlock="3丁目9-9"))
    assert after.record_number == 2
    assert after.facts["full_name"] == before.facts["full_name"]
    assert after.facts["address"]["asserted_at"] != before.facts["address"]["asserted_at"]
    version = RecordVersion.objects.get()
    assert version.record == before.facts
    assert version.number == 1
    assert bytes(after.identity_index) != bytes(before.identity_index)
    assert bytes(after.name_index) == bytes(before.name_index)


def test_people_who_are_not_in_the_file_stay() -> None:
    family()
    assert bring(csv_of([row(9, 9)])) == [1, 0, 0]
    assert Resident.objects.count() == 4


def test_a_head_may_be_replaced_in_any_order_of_lines() -> None:
    family()
    moved = row(1, 1, givenName="伸也", status="moved_out", cityAndCounty="大牟田市", prefecture="福岡県")
    new_head = row(2, 1, "世帯主", givenName="美咲", sex="2")
    bring(csv_of([new_head, moved]))
    heads = Resident.objects.filter(is_head=True, status="resident")
    assert [resident.number for resident in heads] == ["2"]


def test_two_heads_may_exchange_their_households() -> None:
    bring_in(row(1, 1), row(2, 2), row(3, 1, "妻"), row(4, 2, "妻"))
    assert bring(csv_of([row(1, 2), row(2, 1)])) == [0, 2, 0]
    assert {r.number: r.household.number for r in Resident.objects.filter(is_head=True)} == {
        "1": "2",
        "2": "1",
    }


def test_one_import_is_one_event_without_personal_data() -> None:
    family()
    (event,) = events.of_object("register", _today())
    assert event.verb == "parties.register_imported"
    assert event.numbers == {
        "rows": 3,
        "created": 3,
        "changed": 0,
        "unchanged": 0,
        "protections_kept": 0,
    }
    assert "髙木" not in repr((event.refs, event.numbers, event.digests))


def _today() -> str:
    from dokodemo.kernel import calendar_jp

    return calendar_jp.today().isoformat()


@pytest.mark.parametrize("actor", [staff, lambda: staff(("resident", Role.CASEWORKER))])
def test_only_the_machine_room_and_administrators_import(actor: object) -> None:
    with pytest.raises(Forbidden):
        import_register(actor=actor(), data=csv_of([row(1, 1)]), city=CITY)  # type: ignore[operator]
    administrator = staff(("policy", Role.ADMINISTRATOR))
    assert import_register(actor=administrator, data=csv_of([row(1, 1)]), city=CITY).created == 1


def test_a_protection_comes_with_the_file_and_is_never_lifted_by_one() -> None:
    protected = {
        "confidentialInformation": "1",
        "confidentialFrom": "2026-08-01",
        "confidentialUntil": "2027-07-31",
        "confidentialSection": "resident",
    }
    (resident,) = bring_in(row(1, 1, **protected))
    assert resident.protected
    assert (resident.protected_section, resident.protection_review_on) == ("resident", date(2027, 7, 31))
    report = import_register(actor=MACHINE, data=csv_of([row(1, 1, phoneNumber="090-0000-0000")]), city=CITY)
    assert report.protections_kept == 1
    resident.refresh_from_db()
    assert resident.protected


def test_a_protection_that_comes_with_a_file_makes_the_sign_in_wait_for_a_clerk() -> None:
    (resident,) = bring_in(row(1, 1))
    signed_in(resident)
    bring_in(
        row(
            1,
            1,
            confidentialInformation="1",
            confidentialFrom="2026-08-01",
            confidentialSection="resident",
        )
    )
    link = SignInLink.objects.get()
    assert (link.state, link.resident_id) == ("awaiting_clerk", None)


def test_a_child_alone_may_be_imported_into_a_household_that_exists() -> None:
    family()
    assert bring(csv_of([row(4, 1, "子", dateOfBirth="2026-11-02", residentSince="2026-11-02")])) == [1, 0, 0]


CHANGES = {
    "My Number": ({"residentNumber": "123456789018"}, "residentNumber", "マイナンバー"),
    "My Number elsewhere": ({"buildingNameEtc": "123456789018"}, "buildingNameEtc", "マイナンバー"),
    "My Number with hyphens": ({"residentNumber": "1234-5678-9018"}, "residentNumber", "マイナンバー"),
    "My Number in full width": (
        {"buildingNameEtc": "１２３４５６７８９０１８"},
        "buildingNameEtc",
        "マイナンバー",
    ),
    "My Number with spaces": ({"previousAddress": "1234 5678 9018"}, "previousAddress", "マイナンバー"),
    "turned direction": ({"givenName": "太\u202e郎"}, "givenName", "direction"),
    "isolated direction": ({"givenName": "太\u2066郎"}, "givenName", "direction"),
    "byte order mark": ({"familyName": "\ufeff田"}, "familyName", "direction"),
    "private use": ({"familyName": "\ue000田"}, "familyName", "外字"),
    "private use plane 15": ({"familyName": "\U000f1234"}, "familyName", "外字"),
    "control": ({"givenName": "太\x07郎"}, "givenName", "control"),
    "lost character": ({"givenName": "太\ufffd"}, "givenName", "lost"),
    "30 February": ({"dateOfBirth": "1990-02-30"}, "dateOfBirth", "not a day"),
    "date without hyphens": ({"dateOfBirth": "19900517"}, "dateOfBirth", "YYYY-MM-DD"),
    "born tomorrow": ({"dateOfBirth": "2999-01-01", "residentSince": ""}, "dateOfBirth", "future"),
    "born in 1820": ({"dateOfBirth": "1820-01-01"}, "dateOfBirth", "before"),
    "here before birth": ({"residentSince": "1980-01-01"}, "residentSince", "birth"),
    "no name": ({"familyName": ""}, "familyName", "empty"),
    "no given name": ({"givenName": ""}, "givenName", "empty"),
    "hiragana": ({"familyNameKana": "たかき"}, "familyNameKana", "katakana"),
    "relation": ({"relationToHeadOfHousehold": "長男"}, "relationToHeadOfHousehold", "accepted words"),
    "sex": ({"sex": "男"}, "sex", "0, 1, 2, 9"),
    "another city": ({"cityAndCounty": "大牟田市"}, "cityAndCounty", CITY),
    "postal code": ({"postalCode": "99"}, "postalCode", "seven digits"),
    "phone": ({"phoneNumber": "電話なし"}, "phoneNumber", "telephone"),
    "mail": ({"emailAddress": "a@b"}, "emailAddress", "e-mail"),
    "dead without a day": ({"status": "dead"}, "dateOfDeath", "empty"),
    "alive with a day of death": ({"dateOfDeath": "2020-01-01"}, "dateOfDeath", "not dead"),
    "status": ({"status": "転出"}, "status", "accepted words"),
    "insurance": ({"insuranceKind": "国保"}, "insuranceKind", "accepted words"),
    "protected without days": (
        {"confidentialInformation": "1", "confidentialSection": "resident"},
        "confidentialFrom",
        "first day",
    ),
    "protected by nobody": (
        {"confidentialInformation": "1", "confidentialFrom": "2026-01-01", "confidentialSection": "nowhere"},
        "confidentialSection",
        "section",
    ),
    "number": ({"residentNumber": "１２３"}, "residentNumber", "half-width"),
    "too long": ({"familyName": "髙" * 61}, "familyName", "60"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_wrong_cell_is_reported_with_line_and_remedy_and_without_its_content(name: str) -> None:
    changes, column, words = CHANGES[name]
    wrong = row(2, 2, **changes)
    found = refusal(csv_of([row(1, 1), wrong, row(3, 3)]))
    assert [(p.line, p.column) for p in found.problems] == [(3, column)]
    assert words in str(found.problems[0])
    content = wrong[column]
    assert len(content) < 3 or content not in str(found.problems[0])
    assert "髙木" not in str(found)


def rows_between() -> dict[str, tuple[list[dict[str, str]], int, str]]:
    """Mistakes that only show between lines: the lines, the reported line, words of the report."""
    return {
        "number twice": ([row(1, 1), row(1, 2)], 3, "line 2"),
        "no head": ([row(1, 1), row(2, 2, "妻")], 3, "no head"),
        "two heads": ([row(1, 1), row(2, 1)], 3, "second head"),
        "wife of male sex": ([row(1, 1), row(2, 1, "妻", sex="1")], 3, "sex"),
        "child older than the head": (
            [row(1, 1), row(2, 1, "子", dateOfBirth="1970-01-01", residentSince="")],
            3,
            "ages",
        ),
        "mother younger than the head": ([row(1, 1), row(2, 1, "母", dateOfBirth="1995-01-01")], 3, "ages"),
        "living apart": ([row(1, 1), row(2, 1, "妻", cityBlock="9-9")], 3, "differs"),
    }


@pytest.mark.parametrize("name", rows_between())
def test_what_does_not_fit_between_lines_is_reported(name: str) -> None:
    rows, line, words = rows_between()[name]
    found = refusal(csv_of(rows))
    assert [p.line for p in found.problems] == [line]
    assert words in str(found.problems[0])


def test_a_second_head_beside_the_one_in_the_register_is_refused() -> None:
    family()
    assert "second head" in str(refusal(csv_of([row(4, 1)])).problems[0])


def test_a_head_cannot_leave_people_behind_without_a_head() -> None:
    family()
    found = refusal(csv_of([row(1, 2, givenName="伸也")]))
    assert "people who stay" in str(found.problems[0])


HEADERS = {
    "unknown": ([*NAMES, "shoeSize"], "shoeSize"),
    "misspelt": ([n if n != "givenName" else "givenname" for n in NAMES], "Did you mean givenName"),
    "missing": ([n for n in NAMES if n != "sex"], "missing"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_wrong_header_is_told(name: str) -> None:
    names, words = HEADERS[name]
    cells = row(1, 1) | {"shoeSize": "26", "givenname": "x"}
    found = refusal(csv_of([cells], names=names))
    assert all(problem.line == 1 for problem in found.problems)
    assert any(words in str(problem) for problem in found.problems)


def test_a_header_that_names_a_column_twice_is_told() -> None:
    data = csv_of([row(1, 1)]).replace(b"sex,", b"dateOfBirth,", 1)
    assert "twice" in str(refusal(data).problems[0])


ENCODINGS = {
    "cp932": (csv_of([row(1, 1, familyName="高木")]).decode().encode("cp932"), "CP932"),
    "utf-16": (csv_of([row(1, 1)]).decode().encode("utf-16"), "UTF-16"),
    "picture": (b"\x89PNG\r\n\x1a\n\xff\xff\x80\x80", "UTF-8"),
    "tabs": (csv_of([row(1, 1)]).replace(b",", b"\t"), "tabs"),
    "semicolons": (csv_of([row(1, 1)]).replace(b",", b";"), "semicolons"),
    "empty": (b"", "no header"),
    "only a header": (csv_of([]), "no person"),
    "missing comma": (csv_of([row(1, 1)]).replace(b"1,1,", b"1 1,", 1), "number of cells"),
    "open quote": (csv_of([row(1, 1)]).replace(b"\xe9\xab\x99", b'"\xe9\xab\x99', 1), "quotes"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_file_in_another_form_is_recognised_and_told(name: str) -> None:
    data, words = ENCODINGS[name]
    assert words in str(refusal(data).problems[0])


def test_a_file_full_of_mistakes_is_capped_and_counted() -> None:
    found = refusal(csv_of([row(n, n, sex="x", dateOfBirth="?") for n in range(1, 301)]))
    assert found.total == 600
    assert len(found.problems) == PROBLEM_LIMIT
    assert str(found) == "The table has 600 problems; nothing was changed."


def test_progress_is_told_by_stage() -> None:
    seen: list[tuple[str, int, int]] = []
    import_register(
        actor=MACHINE, data=csv_of([row(1, 1)]), city=CITY, progress=lambda *step: seen.append(step)
    )
    assert seen[0] == ("check", 0, 1)
    assert seen[-1] == ("write", 1, 1)


def test_a_household_in_the_database_never_has_two_living_heads() -> None:
    from django.db import IntegrityError, transaction

    _, mother, _ = family()
    with pytest.raises(IntegrityError), transaction.atomic():
        Resident.objects.filter(pk=mother.pk).update(is_head=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        protect(mother, section="")
