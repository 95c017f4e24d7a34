"""Lists written on two forms become one: nobody is lost, nobody is listed where they do not belong."""

from datetime import UTC, datetime
from typing import Any

from dokodemo.administration.cases import carrying, merging
from dokodemo.administration.cases.joint_parts import Part
from tests.logic.administration.cases.test_case_merging import joint, procedures

EARLY, LATE = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
GROUP = "household_member"


def person(given: str, **more: Any) -> dict[str, Any]:
    return {"full_name": {"family": "荒尾", "given": given}, **more}


def source(part: Part, at: datetime, members: list[dict[str, Any]], known: Any = None) -> carrying.Source:
    return carrying.Source(part, {GROUP: members}, {GROUP: known} if known is not None else {}, at)


def names(members: list[dict[str, Any]]) -> list[str]:
    return [member["full_name"]["given"] for member in members]


def test_people_of_two_lists_are_one_list_with_each_on_the_list_they_were_on() -> None:
    moving, protecting = joint("moving-within", "address-protection").parts
    found = carrying.carry(
        {},
        {},
        [
            source(moving, EARLY, [person("花子", relation="妻"), person("太郎")]),
            source(protecting, LATE, [person("花子")]),
        ],
        written_at=None,
    )
    members = found.values[GROUP]
    assert names(members) == ["花子", "太郎"]
    assert names(moving.view(found.values)[GROUP]) == ["花子", "太郎"]
    assert names(protecting.view(found.values)[GROUP]) == ["花子"]
    assert members[0]["relation"] == "妻"


def test_whoever_was_taken_off_a_list_of_the_register_stays_off_it() -> None:
    (moving, _) = joint("moving-within", "moving-out").parts
    known = [person("花子"), person("太郎")]
    found = carrying.carry(
        {GROUP: known},
        {GROUP: known},
        [source(moving, EARLY, [person("花子")], known)],
        written_at=None,
    )
    assert names(found.values[GROUP]) == ["花子"]


def test_a_list_nobody_touched_changes_nothing() -> None:
    (moving, _) = joint("moving-within", "moving-out").parts
    known, written = [person("花子"), person("太郎")], [person("花子"), person("次郎")]
    found = carrying.carry(
        {GROUP: written},
        {GROUP: known},
        [source(moving, LATE, known, known)],
        written_at=EARLY,
    )
    assert names(found.values[GROUP]) == ["花子", "次郎"]
    assert not found.changed


def test_of_two_answers_that_differ_the_earlier_is_told() -> None:
    (start, stop) = joint("water-start", "water-stop").parts
    phone = "applicant.phone"
    found = carrying.carry(
        {phone: "1"},
        {},
        [carrying.Source(start, {phone: "2"}, {}, LATE), carrying.Source(stop, {phone: "3"}, {}, EARLY)],
        written_at=EARLY.replace(hour=1),
    )
    assert found.values[phone] == "2"
    assert [(c.stands, c.dropped) for c in found.conflicts] == [("1", "3"), ("2", "1")]


def test_an_answer_of_the_register_never_goes_before_a_typed_one() -> None:
    (start, _) = joint("water-start", "water-stop").parts
    phone = "applicant.phone"
    found = carrying.carry(
        {phone: "typed"},
        {phone: "known"},
        [carrying.Source(start, {phone: "known"}, {phone: "known"}, LATE)],
        written_at=EARLY,
    )
    assert (found.values[phone], found.conflicts) == ("typed", [])


def test_typed_texts_move_to_the_page_that_asks_and_bear_its_name_there() -> None:
    form = joint("resident-record-copy", "seal-certificate")
    copy, seal = (merging.merge([procedures()[part.procedure.slug]]) for part in form.parts)
    term = "request.copies"
    (there,), (here,) = seal.parts, [part for part in form.parts if part.procedure.slug == "seal-certificate"]
    index = next(
        n
        for n, page in enumerate(seal.pages)
        if there.joint_name(term) in [q.term.name for q in page.questions]
    )
    kept = {str(index): {"raw": {there.joint_name(term): "十"}, "errors": {}, "settled": False}}
    found = carrying.typed_texts(kept, seal, form, names={there.joint_name(term): here.joint_name(term)})
    (place,) = found
    asked = [question.term.name for question in form.pages[int(place)].questions]
    assert here.joint_name(term) in asked
    assert found[place]["raw"] == {here.joint_name(term): "十"}
    assert carrying.without_texts(found, {here.joint_name(term)})[place]["raw"] == {}
    assert copy.parts[0].joint_name(term) != here.joint_name(term)
