"""Changing one key of a file changes nothing else of it; every file of the packs comes through unharmed."""

from pathlib import Path

import pytest

from dokodemo.administration.authoring import yaml_text

PACKS = Path(__file__).resolve().parents[4] / "src" / "dokodemo" / "packs"
DOGS = PACKS / "japan" / "procedures" / "dog-registration" / "procedure.yaml"
SAMPLE = """# 手数料は条例で決まる
slug: tree   # 名前
title: {ja: 木, easy: 木《き》, en: Tree}

# 要件
eligible:
  - when: a.b   # 一つ目
    article: 第1条
  - when: a.c
    article: 第2条
minutes: 5
"""


def test_setting_what_is_there_already_changes_no_byte() -> None:
    for file in sorted(PACKS.glob("*/procedures/*/procedure.yaml"))[::7]:
        text = file.read_text("utf-8")
        for key, value in yaml_text.data_of(text).items():
            assert yaml_text.with_key(text, key, value) == text, f"{file} {key}"


def test_only_the_lines_of_the_changed_key_differ() -> None:
    text = DOGS.read_text("utf-8")
    changed = yaml_text.with_key(text, "minutes", 9)
    assert [line for line in changed.splitlines() if line not in text.splitlines()] == ["minutes: 9"]
    assert len(changed.splitlines()) == len(text.splitlines())


def test_comments_inside_and_around_a_changed_list_stay() -> None:
    rules = [
        {"when": "a.b", "article": "第9条"},
        {"when": "a.c", "article": "第2条"},
        {"when": "a.d", "article": "第3条"},
    ]
    changed = yaml_text.with_key(SAMPLE, "eligible", rules)
    assert yaml_text.data_of(changed)["eligible"] == rules
    for comment in ("# 手数料は条例で決まる", "# 名前", "# 要件", "# 一つ目"):
        assert comment in changed


def test_a_new_key_comes_where_the_order_has_it() -> None:
    changed = yaml_text.with_key(
        SAMPLE, "fee", {"amount": 0}, ["slug", "title", "fee", "eligible", "minutes"]
    )
    keys = list(yaml_text.data_of(changed))
    assert keys == ["slug", "title", "fee", "eligible", "minutes"]
    assert "# 要件\neligible:" in changed


def test_taking_a_key_away_leaves_the_others_as_they_were() -> None:
    changed = yaml_text.without_key(SAMPLE, "minutes")
    assert changed == SAMPLE.replace("minutes: 5\n", "")


def test_examples_that_stay_keep_their_text_and_new_ones_are_added() -> None:
    file = DOGS.with_name("examples.yaml")
    text = file.read_text("utf-8")
    items = yaml_text.data_of(text)
    assert yaml_text.with_items(text, items, "examples") == text
    new = {"title": "新しい例", "on": "2026-11-23", "facts": {"dog.kept_here": True}, "eligible": "unknown"}
    changed = yaml_text.with_items(text, [*items, new], "examples")
    assert changed.startswith(text)
    assert yaml_text.data_of(changed) == [*items, new]
    assert "on: 2026-11-23\n" in changed.removeprefix(text)


@pytest.mark.parametrize(
    "value", ["yes", "null", "1", "a: b", "- x", "#", "2026-11-23", "多い：少ない", "*", ""]
)
def test_a_text_that_looks_like_something_else_comes_back_as_it_was(value: str) -> None:
    assert yaml_text.data_of(yaml_text.with_key(SAMPLE, "slug", value))["slug"] == value
