"""What people write to each other about a case: never an Individual Number, never what others cannot read."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dokodemo.administration.cases import actions
from dokodemo.administration.cases.actions.review import BadRequest
from dokodemo.administration.cases.models import Case
from dokodemo.kernel import calendar_jp
from tests.domains.administration.cases import building

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("arao")]
MY_NUMBER = "番号は 1234-5678-9018 です"
type Write = Callable[[Case, str], object]


def _correction(case: Case, words: str) -> object:
    actions.begin_review(actor=building.clerk(case.section), case_id=case.pk)
    return actions.request_correction(
        actor=building.clerk(case.section),
        case_id=case.pk,
        terms=["applicant.phone"],
        message=words,
        due_on=calendar_jp.today() + timedelta(days=14),
    )


def _proposal(case: Case, **words: str) -> object:
    return actions.propose_decision(
        actor=building.clerk(case.section), case_id=case.pk, outcome="refused", **{"reasons": "理由", **words}
    )


def _return(case: Case, words: str) -> object:
    _proposal(case)
    return actions.return_proposal(actor=building.head(case.section), case_id=case.pk, because=words)


PLACES: dict[str, tuple[str, Write]] = {
    "a message": (
        "body",
        lambda case, words: actions.send_message(
            actor=building.clerk(case.section), case_id=case.pk, body=words
        ),
    ),
    "a note": (
        "body",
        lambda case, words: actions.write_note(
            actor=building.clerk(case.section), case_id=case.pk, body=words
        ),
    ),
    "a correction": ("message", _correction),
    "the reasons of a refusal": ("reasons", lambda case, words: _proposal(case, reasons=words)),
    "the conditions of a decision": ("conditions", lambda case, words: _proposal(case, conditions=words)),
    "why a proposal comes back": ("because", _return),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("words", "code"),
    [(MY_NUMBER, "field.my_number"), ("\ue000様", "field.private_use"), ("あ\u202eい", "field.control")],
)
def test_what_may_not_be_written_is_told_beside_its_box(place: str, words: str, code: str) -> None:
    case = building.a_case()
    field, write = PLACES[place]
    with pytest.raises(BadRequest) as refused:
        write(case, words)
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize("place", PLACES)
def test_other_words_of_several_lines_are_kept(place: str) -> None:
    case = building.a_case()
    _, write = PLACES[place]
    write(case, "一行目\r\n電話は 0968-63-1111 です")


def _step(case: Case, words: str) -> object:
    clerk, today = building.clerk(case.section), calendar_jp.today()
    return actions.record_step(actor=clerk, case_id=case.pk, step="investigation", done_on=today, note=words)


def _extension(case: Case, words: str) -> object:
    clerk, until = building.clerk(case.section), calendar_jp.today() + timedelta(days=60)
    return actions.extend_limit(actor=clerk, case_id=case.pk, reason=words, until=until)


@pytest.mark.parametrize(("field", "write"), [("step_note", _step), ("extend_reason", _extension)])
def test_the_note_of_a_step_and_the_reason_of_an_extension_are_read_like_all_other_words(
    field: str, write: Write
) -> None:
    case = building.a_case(slug="care-need-certification", facts={})
    with pytest.raises(BadRequest) as refused:
        write(case, MY_NUMBER)
    assert (refused.value.field, refused.value.code) == (field, "field.my_number")
