"""How the mistakes of a definition are worded."""

from typing import Literal

import pytest
from pydantic import Field, model_validator

from dokodemo.kernel.packs import Document, PackError, PackModel, Text, fault, validate
from dokodemo.kernel.packs.reading import parse_yaml


class Fee(PackModel):
    amount: int = Field(ge=0)
    method: Literal["counter", "online"] = "counter"


class Ask(PackModel):
    term: str
    required: bool = True


class Page(PackModel):
    title: Text
    fee: Fee | None = None
    ask: list[str | Ask] = []
    by_name: dict[str, Fee] = {}

    @model_validator(mode="after")
    def _something_is_asked(self) -> "Page":
        if self.ask == ["nothing"]:
            raise fault("The page asks nothing", "Delete the page")
        return self


TITLE = "title: {ja: あ, easy: あ, en: a}\n"


def problems(text: str) -> list[str]:
    document = Document("page.yaml", parse_yaml((TITLE + text).encode(), "packs/x/page.yaml"))
    with pytest.raises(PackError) as caught:
        validate(Page, document)
    return [str(problem).removeprefix("packs/x/page.yaml:") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fee:\n  amount: x\n", '3: "amount" must be a whole number, not the text "x". Write digits without quotes or units.'),
        ("fee:\n  amount: 1\n  methods: counter\n", '4: "methods" is not a known key. Did you mean "method"?'),
        ("fee:\n  amount: 1\n  xyz: counter\n", '4: "xyz" is not a known key. Known keys: amount, method.'),
        ("fee: {amount: 1, method: post}\n", "2: \"method\" cannot be the text \"post\". Choose 'counter' or 'online'."),
        ("fee: {}\n", '2: "amount" is missing. Add `amount: …` here.'),
        ("fee: 300\n", '2: "fee" must be a map, not the number 300. Write lines of `key: value`.'),
        ("ask: {a: 1}\n", '2: "ask" must be a list, not a map. Write [a, b] or lines that start with a hyphen.'),
        ("ask: [nothing]\n", "1: The page asks nothing. Delete the page."),
        ("by_name:\n  x:\n    amout: 1\n    amount: 1\n", '4: "amout" is not a known key. Did you mean "amount"?'),
    ],
)  # fmt: skip
def test_a_mistake_is_worded_for_the_writer_of_the_file(text: str, expected: str) -> None:
    assert problems(text) == [expected]


def test_a_negative_amount_is_told_with_what_was_written() -> None:
    assert problems("fee: {amount: -1}\n") == [
        '2: "amount": Input should be greater than or equal to 0. Correct the value, now the number -1.'
    ]


def test_in_a_choice_of_shapes_only_the_meant_shape_is_told() -> None:
    assert problems("ask:\n  - {term: a, requird: false}\n") == [
        '3: "requird" is not a known key. Did you mean "required"?'
    ]


def test_several_mistakes_are_told_together_by_line() -> None:
    found = problems("fee:\n  amount: x\nzzz: 1\nask: 5\n")
    assert [text.split(":")[0] for text in found] == ["3", "4", "5"]


def test_a_part_of_a_document_can_be_checked() -> None:
    document = Document("x.yaml", parse_yaml(b"fees:\n  - {amount: 1}\n  - {amout: 2}\n", "packs/x/x.yaml"))
    assert validate(Fee, document, at=("fees", 0)) == Fee(amount=1)
    with pytest.raises(PackError) as caught:
        validate(Fee, document, at=("fees", 1))
    assert {problem.line for problem in caught.value.problems} == {3}


def test_a_language_nobody_wrote_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError):
        Text(ja="あ", easy="あ", en="a").get("fr")
