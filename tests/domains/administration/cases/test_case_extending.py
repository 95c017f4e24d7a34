"""Extending a statutory limit: within it, with a reason, and told in writing."""

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dokodemo.administration.cases import actions, letters, logic, progress, queries
from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.cases.models import Case, Extension
from dokodemo.administration.certificates import queries as certificates
from dokodemo.administration.procedures import queries as procedures
from dokodemo.kernel import events
from tests.domains.administration.cases import building
from tests.domains.city.city_builders import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
DISCLOSURE, CARE = "personal-information-disclosure", "care-need-certification"
WHY = "請求された記録が三つの課にわたり、確認に日数を要するため"


@pytest.fixture
def on(settings: Any) -> Any:
    def go_to(day: date) -> None:
        settings.DOKODEMO_TODAY = day

    go_to(date(2026, 11, 23))
    return go_to


def a_disclosure() -> Case:
    return building.a_case(slug=DISCLOSURE, facts={"request.held_by_city": True})


def care() -> Case:
    return building.a_case(signed_in(building.a_neighbour()), CARE, facts={})


def extend(case: Case, reason: str = WHY, until: date | None = None) -> Case:
    clerk = building.clerk(case.section)
    return actions.extend_limit(actor=clerk, case_id=case.pk, reason=reason, until=until)


def notice_of(case: Case, folder: Path) -> tuple[str, str]:
    """Title and text of the one letter of a case."""
    actions.issue_extension_notice(case_id=case.pk)
    reader = building.letter_reader(case)
    (document,) = certificates.for_case(reader, case.pk)
    opened = certificates.open_document(
        reader, document.id, case_id=case.pk, subject_id=letters.document_subject(case)
    )
    (folder / "notice.pdf").write_bytes(opened.content)
    text = subprocess.run(
        ["pdftotext", "-layout", folder / "notice.pdf", "-"], capture_output=True, text=True, check=True
    )
    return document.title, "".join(text.stdout.split())


def test_an_extension_is_told_in_writing_with_the_new_day_and_the_reason(on: Any, tmp_path: Path) -> None:
    case = a_disclosure()
    on(date(2026, 12, 20))
    case = extend(case)
    assert (case.due_on, case.limit_on) == (date(2027, 1, 22), date(2027, 1, 22))
    title, text = notice_of(case, tmp_path)
    assert title.endswith("決定期限の延長通知書")
    for word in ("令和9年1月22日", "令和8年12月23日", WHY, "個人情報の保護に関する法律第83条第2項"):
        assert word in text, word
    for word in ("審査請求", "認定（承認）", "届出を受け付けました"):
        assert word not in text, word


def test_the_person_reads_of_an_extension_among_the_messages_and_in_what_has_happened(on: Any) -> None:
    case = extend(a_disclosure())
    (message,) = queries.messages_of(case)
    assert message.from_staff
    for word in ("令和9年1月22日", "22 January 2027", WHY, "第83条第2項"):
        assert word in message.body, word
    actions.issue_extension_notice(case_id=case.pk)
    told = [(one.name, one.day) for one in progress.milestones(case)]
    assert told == [("submitted", None), ("extended", date(2027, 1, 22)), ("extension_told", None)]


def test_the_notice_of_an_extension_is_made_once_however_often_its_job_runs(on: Any) -> None:
    case = extend(a_disclosure())
    for _ in range(2):
        actions.issue_extension_notice(case_id=case.pk)
    extension = Extension.objects.get(case=case)
    extension.notified_at, extension.reason = None, "あとで変わった理由"
    extension.save()
    actions.issue_extension_notice(case_id=case.pk)
    assert len(certificates.for_case(building.clerk(case.section), case.pk)) == 1


def test_a_limit_that_has_passed_is_not_extended(on: Any) -> None:
    case = a_disclosure()
    on(date(2026, 12, 23))
    with pytest.raises(BadRequest):
        extend(case, reason="")
    on(date(2026, 12, 24))
    with pytest.raises(logic.NotAllowed) as refused:
        extend(case)
    assert refused.value.code == "cases.refused.extension_too_late"
    assert not queries.messages_of(case)
    assert not Case.objects.get(pk=case.pk).extended


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (" 　", "cases.extension.reason_missing"),
        ("長" * 1001, "cases.extension.reason_too_long"),
    ],
)
def test_an_extension_without_a_usable_reason_is_refused(on: Any, reason: str, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        extend(a_disclosure(), reason=reason)
    assert (refused.value.field, refused.value.code) == ("extend_reason", code)


def test_the_reason_of_an_extension_is_in_no_event(on: Any) -> None:
    case = extend(a_disclosure())
    (event,) = [e for e in events.of_object("case", case.pk) if e.verb == verbs.EXTENDED]
    assert event.numbers == {"days": 30}
    assert WHY not in f"{event.refs}{event.numbers}{event.digests}"


def test_a_certification_of_care_is_postponed_to_the_day_the_clerk_gives(on: Any, tmp_path: Path) -> None:
    case = care()
    assert case.limit_on == date(2026, 12, 23)
    case = extend(case, until=date(2027, 1, 8))
    assert (case.due_on, case.limit_on) == (date(2027, 1, 8), date(2027, 1, 8))
    clock = queries.clock_of(case, procedures.compiled_version(case.version_id))
    assert clock.due == date(2027, 1, 8)
    _, text = notice_of(case, tmp_path)
    for word in ("令和9年1月8日", WHY, "介護保険法第27条第11項ただし書"):
        assert word in text, word


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (None, "cases.extension.day_missing"),
        (date(2026, 12, 23), "cases.extension.not_later"),
        (date(3027, 1, 8), "cases.extension.too_far"),
    ],
)
def test_a_postponement_needs_a_day_after_the_limit(on: Any, until: date | None, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        extend(care(), until=until)
    assert (refused.value.field, refused.value.code) == ("until", code)


def test_a_version_from_before_the_notice_gets_the_letter_of_the_pack(on: Any) -> None:
    case = a_disclosure()
    today = procedures.compiled_version(case.version_id)
    older = procedures.CompiledProcedure(today.definition, today.vocabulary, today.parameters, {})
    path, sources = procedures.extension_letter(older, "arao")
    assert path == "letters/extension.typ"
    assert sources == {name: today.letters[name] for name in sources}
