"""Everything a check can say of a procedure is said in Japanese and plain Japanese too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dokodemo.administration.authoring.wording import code_of, words
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.kernel.packs import Document, PackError, Problem, validate
from dokodemo.kernel.packs.reading import parse_yaml

SOURCE = Path(__file__).resolve().parents[4] / "src" / "dokodemo"
# Where the sentences of a check stand, and which argument of which call they are.
SAID = {
    "administration/procedures/agreement.py": {"at": 2},
    "administration/procedures/checking.py": {"at": 2},
    "administration/procedures/definitions.py": {"fault": 0},
    "administration/procedures/facts.py": {"FactFault": 1},
    "administration/procedures/found.py": {"fault": 0},
    "administration/procedures/letters_agree.py": {"at": 2},
    "administration/procedures/proactive.py": {"at": 2},
    "administration/procedures/proving.py": {"problem": 1},
    "administration/authoring/actions/writing.py": {"Problem": 2},
    "administration/authoring/checks.py": {"Problem": 2},
    "administration/authoring/content.py": {"Problem": 2},
    "administration/authoring/exchange.py": {"_refuse": 1, "Problem": 2},
    "administration/authoring/starting.py": {"Problem": 2},
    "kernel/packs/definitions.py": {"fault": 0},
    "kernel/packs/reading.py": {"_refuse": 2},
    "kernel/expressions/calls.py": {"wrong": 1},
    "kernel/expressions/check.py": {"wrong": 1},
    "kernel/expressions/grammar.py": {"error": 1},
    "kernel/expressions/rules.py": {"error": 1, "ExpressionError": 0},
    "kernel/vocabulary/definitions.py": {"fault": 0},
    "kernel/vocabulary/loading.py": {"problem": 0},
}
# The city's own code and pack manifest: no proposal can hold them.
# What is filled in is itself words of ours here.
CONCRETE = {
    "the text cannot be read x": ("the text cannot be read here", "the text cannot be read near `x`"),
    "The file is not encoded in UTF-8x": ("The file is not encoded in UTF-8; it seems to be EUC-JP",),
    'The x "x" is already in x:x': ('The term "x" is already in x:1', 'The group "x" is already in x:1'),
}
NOT_OF_A_PROPOSAL = ("is not a code of 6 digits", "The check digit of")


def sentences(path: str) -> Iterator[tuple[int, str]]:
    """Line and sentence of everything a module says, with something in the place of what is filled in."""
    tree = ast.parse((SOURCE / path).read_text("utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = SAID[path].get(called)
            if place is None or len(node.args) <= place:
                continue
            said = node.args[place]
            for one in named.get(said.id, []) if isinstance(said, ast.Name) else [said]:
                text = filled(one)
                for concrete in CONCRETE.get(text, (text,)) if text is not None else ():
                    yield node.lineno, concrete


def filled(node: ast.expr) -> str | None:
    """A sentence with «x» in the place of every value; None for what is no sentence written here."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return None


@pytest.mark.parametrize("path", SAID)
def test_every_sentence_of_a_check_has_its_words(path: str) -> None:
    found = list(sentences(path))
    assert found, f"{path} says nothing any more: take it out of this list"
    lost = [
        f"{path}:{line}: {text}"
        for line, text in found
        if code_of(text) is None and not any(words in text for words in NOT_OF_A_PROPOSAL)
    ]
    assert not lost, "\n".join(["Add these to the texts.yaml of their domain:", *dict.fromkeys(lost)])


def said(message: str, remedy: str = "", lang: str = "ja") -> str:
    return words(Problem("proposal", 3, message, remedy), lang, {"child.age": "お子さんの年齢"})  # type: ignore[arg-type]


WRONG_SHAPES = """
slug: Not a slug
title: {ja: 名前, easy: なまえ《, en: Name}
summary: {ja: 説明}
kind: grant
law: text
needs: text
minutes: 0
priority: 20
standard_period: {days: many}
fee: {amount: 1.5, sample: maybe}
who_may_file: []
confirmed: {by: 課長, on: soon}
colour: red
say: [1]
form: []
"""


def test_every_wrong_shape_has_its_words() -> None:
    document = Document("procedure.yaml", parse_yaml(WRONG_SHAPES.encode(), "procedure.yaml"))
    with pytest.raises(PackError) as caught:
        validate(ProcedureDefinition, document)
    found = [problem.message for problem in caught.value.problems]
    assert len(found) > 18
    assert [message for message in found if code_of(message) is None] == []
    assert "「入力にかかる分数」の値が正しくありません（1以上）。" in "".join(
        words(p, "ja") for p in caught.value.problems
    )


def test_names_are_called_as_the_editor_calls_them() -> None:
    told = said('There is no term "child.agee"', 'Did you mean "child.age"?')
    assert told.startswith("用語「child.agee」はありません。")
    assert told.endswith("「お子さんの年齢（child.age）」ではありませんか。")
    assert said('"summary" is missing', "Add `summary: …` here") == "「説明」がありません。入力してください。"
    assert "「認める通知」" in said("The letter for `approved` is missing")


def test_a_sentence_inside_a_sentence_is_said_too() -> None:
    told = said("column 4: `child.age`: this is a whole number, not a condition")
    assert told.startswith("4文字目：「お子さんの年齢（child.age）」：")
    assert "整数" in told
    assert "比べてください" in told


def test_the_reasons_of_an_example_are_listed() -> None:
    message = (
        "The rules say eligible: false (rule 1 第4条 is false; rule 2 第5条 is unknown, unknown: child.age)"
    )
    told = said(message, "Correct the rules")
    assert "要件1 第4条" in told
    assert "分からない用語：お子さんの年齢（child.age）" in told


def test_what_no_text_knows_is_said_in_its_own_words() -> None:
    assert "A thing nobody foresaw. Do that." in said("A thing nobody foresaw", "Do that")
    assert said("The file is empty", "Write it", "en") == "The file is empty. Write it."
    assert said('"summary" is missing', "Add `summary: …` here", "en") == "Summary is missing. Fill this in."
