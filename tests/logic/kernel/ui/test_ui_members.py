"""Groups whose members repeat, and questions that depend on other answers: each member keeps its own facts."""

import pytest
from ui_builders import NAME, Known, Seen, ask, children, group, term

from dokodemo.kernel.ui.forms import Question, compile_page


def test_members_of_a_group_are_listed_one_after_another() -> None:
    page = children()
    errors = page.clean({"child.count": "2"}).errors
    assert [line.href for line in page.error_list(errors, "ja")] == [
        "#child-0.full_name.family",
        "#child-0.living_together",
        "#child-1.full_name.family",
        "#child-1.living_together",
    ]


def test_a_group_begins_with_one_empty_member_or_with_those_the_city_knows() -> None:
    page = children()
    assert Seen(page.render("ja")).fields["child.count"] == "1"
    known = {"child": [{"full_name": Known(NAME)}, {"full_name": Known({**NAME, "given": "陽葵"})}]}
    html = page.render("ja", prefills=known)
    assert Seen(html).fields["child.count"] == "2"
    assert "陽葵" in html


def test_adding_a_member_keeps_everything_typed() -> None:
    page = children()
    typed = {
        "child.count": "1",
        "child-0.from": "",
        "child-0.full_name.family": "荒",
        "child-0.living_together": "true",
    }
    result = page.clean({**typed, "_add": "child"})
    assert result.stay
    assert result.errors == {}
    assert result.raw == {**typed, "child.count": "2"}
    drawn = Seen(page.render("ja", raw=result.raw, values=result.values)).fields
    assert drawn["child-0.full_name.family"] == "荒"
    assert drawn["child-0.living_together"] == "true"
    assert drawn["child-1.full_name.family"] == ""


def test_removing_a_member_moves_the_others_up_with_their_known_facts() -> None:
    page = children()
    known = {"child": [{"full_name": Known(NAME)}, {"full_name": Known({**NAME, "given": "陽葵"})}]}
    posted = Seen(page.render("ja", prefills=known)).fields | {
        "child-1.living_together": "true",
        "_remove": "child-0",
    }
    first = page.clean(posted, prefills=known)
    assert first.stay
    again = Seen(page.render("ja", raw=first.raw, values=first.values, prefills=known)).fields
    result = page.clean(again, prefills=known)
    assert result.values == {"child": [{"full_name": {**NAME, "given": "陽葵"}, "living_together": True}]}


def test_no_members_at_all_is_an_answer() -> None:
    page = children()
    result = page.clean({"child.count": "0"})
    assert result.ok
    assert result.values == {"child": []}
    assert "ありません" in page.render("ja", raw=result.raw, values=result.values)


def test_no_more_members_than_the_vocabulary_allows() -> None:
    page = children(most=2)
    result = page.clean({"child.count": "2", "_add": "child"})
    assert result.raw["child.count"] == "2"
    assert 'name="_add"' not in page.render("ja", raw=result.raw)
    assert len(page.clean({"child.count": "999"}).values["child"]) == 2


def test_one_released_member_cannot_be_claimed_twice() -> None:
    page = children()
    known = {"child": [{"full_name": Known(NAME)}]}
    posted = {"child.count": "2", "child-0.from": "0", "child-1.from": "0", "child-0.living_together": "true"}
    result = page.clean(posted, prefills=known)
    assert result.values["child"][0]["full_name"] == NAME
    assert result.values["child"][1]["full_name"] is None
    assert (
        page.clean({"child.count": "1", "child-0.from": "7"}, prefills=known).values["child"][0]["full_name"]
        is None
    )


@pytest.mark.parametrize("nonsense", ["", "-1", "x", "１", "1e9", "99999999999999999999"])
def test_a_forged_number_of_members_does_no_harm(nonsense: str) -> None:
    assert children().clean({"child.count": nonsense, "_remove": f"child-{nonsense}"}).stay


def test_a_question_that_depends_on_an_answer_appears_once_it_is_given() -> None:
    detail = Question(
        term("applicant.employer", "text"), show_when=lambda facts: facts.get("applicant.boolean") is True
    )
    page = compile_page([ask("boolean"), detail])
    assert "applicant.employer" not in Seen(page.render("ja")).names
    opened = page.clean({"applicant.boolean": "true"})
    assert opened.stay
    assert opened.revealed
    assert opened.errors == {}
    shown = Seen(page.render("ja", raw=opened.raw, values=opened.values))
    assert "applicant.employer" in shown.names
    unanswered = page.clean(shown.fields)
    assert set(unanswered.errors) == {"applicant.employer"}
    done = page.clean({**shown.fields, "applicant.employer": "荒尾市"})
    assert done.ok
    assert done.values == {"applicant.boolean": True, "applicant.employer": "荒尾市"}
    withdrawn = page.clean({**shown.fields, "applicant.boolean": "false", "applicant.employer": "荒尾市"})
    assert withdrawn.ok
    assert withdrawn.values["applicant.employer"] is None
    assert withdrawn.raw["applicant.employer"] == "荒尾市"


def test_a_member_is_asked_only_what_applies_to_that_member() -> None:
    family = group()
    page = compile_page(
        [
            Question(term("child.living_together", "boolean"), group=family),
            Question(
                term("child.town", "text"),
                group=family,
                show_when=lambda facts: facts.get("child.living_together") is False,
            ),
        ]
    )
    posted = {"child.count": "2", "child-0.living_together": "true", "child-1.living_together": "false"}
    result = page.clean(posted)
    assert result.revealed
    names = Seen(page.render("ja", raw=result.raw, values=result.values)).names
    assert "child-1.town" in names
    assert "child-0.town" not in names


def test_what_another_page_asked_about_a_member_decides_for_that_member() -> None:
    page = compile_page(
        [
            Question(
                term("child.town", "text"),
                group=group(),
                show_when=lambda facts: facts.get("child.living_together") is False,
            )
        ]
    )
    known = {"child": [{"living_together": True}, {"living_together": False}]}
    posted = {"child.count": "2", "_shown": "child-1.town", "child-1.town": "玉名市"}
    assert Seen(page.render("ja", values=known, known=known)).names >= {"child-1.town"}
    assert "child-0.town" not in Seen(page.render("ja", values=known, known=known)).names
    assert page.clean(posted, known=known).values == {"child": [{"town": None}, {"town": "玉名市"}]}
    # With one child more than is saved nobody can say whose the saved answers are.
    assert page.clean({**posted, "child.count": "3"}, known=known).values["child"][1] == {"town": None}


def test_facts_from_other_pages_decide_too() -> None:
    page = compile_page([Question(term("x.y", "text"), show_when=lambda facts: facts.get("a.b") == 1)])
    assert page.render("ja", known={"a.b": 2}) == ""
    assert "x.y" in page.render("ja", known={"a.b": 1})
    assert page.clean({}, known={"a.b": 2}).ok


def test_a_saved_member_finds_its_own_released_facts_again() -> None:
    page = children()
    younger = {**NAME, "given": "陽葵"}
    known = {"child": [{"full_name": Known(NAME)}, {"full_name": Known(younger)}]}
    saved = {
        "child": [
            {"full_name": younger, "living_together": True},
            {"full_name": None, "living_together": False},
        ]
    }
    posted = Seen(page.render("ja", values=saved, prefills=known)).fields
    assert (posted["child-0.from"], posted["child-1.from"]) == ("1", "")
    assert page.clean(posted, prefills=known).values["child"][0]["full_name"] == younger
