"""What no form may ask: the list can be read, finds what it names, and no procedure of the packs asks any of it."""

import pytest

from dokodemo.administration.authoring.definitions import forbidden_questions
from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.kernel.packs import open_pack


@pytest.mark.parametrize(
    ("name", "label", "code"),
    [
        ("applicant.my_number", "番号", "my_number"),
        ("applicant.number", "マイナンバー（12桁）", "my_number"),
        ("applicant.x", "信仰する宗教", "creed"),
        ("applicant.y", "支持政党", "political_opinion"),
        ("applicant.criminal_record", "経歴", "crime"),
    ],
)
def test_the_list_finds_what_it_is_for(name: str, label: str, code: str) -> None:
    assert code in [one.code for one in forbidden_questions(open_pack("arao")) if one.is_met(name, label)]


def test_no_procedure_of_the_packs_asks_what_nobody_may() -> None:
    listed = forbidden_questions(open_pack("arao"))
    asked = {
        (procedure.slug, question.term.name, one.code)
        for procedure in procedures_of(open_pack("arao"))
        for page in procedure.pages
        for question in page.questions
        for one in listed
        if one.is_met(question.term.name, question.term.label.ja)
    }
    assert asked == set()
