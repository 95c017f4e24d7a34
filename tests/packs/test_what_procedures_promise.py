"""What the page of a procedure promises is what its letter and its law say."""

import re

import pytest

from dokodemo.administration.procedures.checking import procedures_of
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.kernel.packs import open_pack


@pytest.fixture(scope="module", params=["arao", "mihon"])
def procedures(request: pytest.FixtureRequest) -> dict[str, CompiledProcedure]:
    return {one.slug: one for one in procedures_of(open_pack(request.param))}


def test_what_asks_for_a_visit_in_its_letter_is_not_wholly_online(
    procedures: dict[str, CompiledProcedure],
) -> None:
    asking = {
        slug
        for slug, one in procedures.items()
        for outcome in ("approved", "completed")
        if "窓口にお越し" in one.letters.get(one.letter_path(outcome) or "", "")
    }
    assert "pregnancy-notification" in asking
    assert {slug for slug in asking if procedures[slug].definition.online_state == "full"} == set()
    online = procedures["pregnancy-notification"].definition.online
    assert online.lacks == ("collection",)
    assert online.missing is not None
    assert "本人確認書類" in online.missing.ja


def test_a_claim_within_15_days_is_paid_from_the_month_after_the_birth_or_the_move(
    procedures: dict[str, CompiledProcedure],
) -> None:
    said = procedures["child-allowance-claim"].definition.file_within
    assert said is not None
    assert "その月の分" not in said.ja
    assert "生まれた月・引っ越した月の次の月" in said.ja
    assert "引っ越した" in re.sub("《[^》]*》", "", said.easy)
    assert "from the month after the birth or the move" in said.en


def test_whoever_cannot_ask_is_asked_why_and_does_not_fail(procedures: dict[str, CompiledProcedure]) -> None:
    care = procedures["care-need-certification"]
    hint = care.vocabulary.term("representative.mandate").hint
    assert hint is not None
    assert "相談欄" not in hint.ja
    assert {"representative.without_mandate", "representative.without_mandate_because"} <= set(
        care.asked_names
    )


def test_no_certificate_of_damage_asks_for_a_number_of_copies(
    procedures: dict[str, CompiledProcedure],
) -> None:
    damage = procedures["disaster-damage-certificate"]
    assert "damage.copies" not in damage.asked_names
    assert "damage.copies" not in damage.vocabulary.terms
