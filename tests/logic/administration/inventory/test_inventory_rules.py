"""What an answer must say, and K1, K3, K4, K5: numerators, denominators and what stands beside them."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from dokodemo.administration.inventory.definitions import (
    LACKS,
    OnlineState,
    Performed,
    PriorityEntry,
    load_priority,
)
from dokodemo.administration.inventory.logic import (
    Answer,
    Kind,
    Published,
    applications,
    faults,
    kinds_online,
    often_used,
    together,
    via_mynaportal,
)
from dokodemo.administration.inventory.sheet import HEADER, read
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.tables import TableRefused
from dokodemo.kernel.ui import texts

YES, NO, UNKNOWN = Performed.PERFORMED, Performed.NOT_PERFORMED, Performed.UNKNOWN
FULL, PARTIAL, NOT_YET, EXCLUDED = OnlineState
PRIORITY = load_priority(open_pack("japan"))


def kind(key: str, online: OnlineState | None = FULL, performed: Performed = YES, **more: object) -> Kind:
    return Kind(key, performed, online if performed is YES else None, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (Answer(), {"performed"}),
        (Answer(YES), {"online"}),
        (Answer(YES, FULL), set()),
        (Answer(YES, NOT_YET, yearly=5, yearly_online=0), set()),
        (Answer(NO), set()),
        (Answer(UNKNOWN), set()),
        (Answer(NO, FULL), {"online"}),
        (Answer(UNKNOWN, NOT_YET), {"online"}),
        (Answer(YES, PARTIAL), {"lacks", "missing"}),
        (Answer(YES, PARTIAL, lacks=("payment",)), {"missing"}),
        (Answer(YES, PARTIAL, lacks=("payment",), missing="手数料"), set()),
        (Answer(YES, PARTIAL, lacks=("magic",), missing="手数料"), {"lacks"}),
        (Answer(YES, FULL, lacks=("payment",)), {"lacks"}),
        (Answer(YES, EXCLUDED), {"reason"}),
        (Answer(YES, EXCLUDED, reason="戸籍法第27条"), set()),
        (Answer(YES, NOT_YET, reason="予算"), {"reason"}),
        (Answer(NO, via_mynaportal=True), {"via_mynaportal"}),
        (Answer(NO, yearly=3), {"yearly"}),
        (Answer(YES, FULL, yearly=3, yearly_online=4), {"yearly_online"}),
        (Answer(YES, FULL, yearly_online=4), {"yearly_online"}),
        (Answer(YES, FULL, yearly=-1), {"yearly"}),
        (Answer(YES, PARTIAL, lacks=("payment",), missing="あ" * 201), {"missing"}),
    ],
)
def test_an_answer_fits_together_or_says_where_it_does_not(answer: Answer, fields: set[str]) -> None:
    found = faults(answer, linked=False)
    assert {field for field, _ in found} == fields
    for _, key in found:
        assert texts.plain(key, "ja")


def test_where_a_definition_answers_a_section_says_only_what_the_definition_cannot() -> None:
    assert faults(Answer(via_mynaportal=True, yearly=10, yearly_online=2), linked=True) == []
    assert faults(Answer(YES, FULL), linked=True) == [("performed", "inventory.fault.linked")]


def published(online: OnlineState = FULL, performed: bool = True) -> Published:
    return Published("a", "health", performed, online)


def test_a_row_with_several_definitions_is_full_only_when_all_performed_ones_are() -> None:
    assert together([published(FULL), published(FULL)]) == (YES, FULL)
    assert together([published(FULL), published(NOT_YET)]) == (YES, PARTIAL)
    assert together([published(NOT_YET), published(NOT_YET)]) == (YES, NOT_YET)
    assert together([published(FULL), published(NOT_YET, performed=False)]) == (YES, FULL)
    assert together([published(FULL, performed=False)]) == (NO, None)


def test_k1_counts_full_over_performed_and_leaves_the_unknown_out() -> None:
    kinds = [
        *(kind("1"), kind("2", PARTIAL), kind("3", NOT_YET), kind("4", EXCLUDED)),
        *(kind("5", performed=NO), kind("6", performed=UNKNOWN), kind("7", performed=UNKNOWN)),
    ]
    count = kinds_online(kinds)
    assert (count.numerator, count.denominator) == (1, 4)
    assert count.beside == {"partial": 1, "not_yet": 1, "excluded": 1, "not_performed": 1, "unknown": 2}


def test_k1_of_every_mixture_of_four_rows_adds_up() -> None:
    single = [kind("x", state) for state in OnlineState] + [kind("x", performed=p) for p in (NO, UNKNOWN)]
    for mixture in itertools.product(single, repeat=4):
        count = kinds_online(mixture)
        beside = count.beside
        assert (
            count.denominator == count.numerator + beside["partial"] + beside["not_yet"] + beside["excluded"]
        )
        assert count.denominator + beside["not_performed"] + beside["unknown"] == 4


def test_k4_counts_mynaportal_alone_and_always_out_of_26() -> None:
    claim, pregnancy = kind("204038", via_mynaportal=True), kind("51344", via_mynaportal=False)
    assert via_mynaportal(PRIORITY, [claim, pregnancy]).numerator == 1
    assert via_mynaportal(PRIORITY, []).denominator == 26
    partly = dataclasses.replace(claim, online=PARTIAL)
    assert via_mynaportal(PRIORITY, [partly]).numerator == 1
    for other in (NOT_YET, EXCLUDED):
        assert via_mynaportal(PRIORITY, [dataclasses.replace(claim, online=other)]).numerator == 0
    assert via_mynaportal(PRIORITY, [kind("204038", performed=NO, via_mynaportal=True)]).numerator == 0


def test_k4_takes_a_citys_word_for_an_entry_that_the_survey_has_no_row_for() -> None:
    entry = PRIORITY.entries["nursery-place"]
    told = entry.model_copy(update={"mynaportal": entry.mynaportal.model_copy(update={"by": "子育て支援課"})})
    mine = PRIORITY.model_copy(update={"entries": {**PRIORITY.entries, "nursery-place": told}})
    assert entry.ids == ()
    assert via_mynaportal(mine, []).numerator == 1
    assert (
        via_mynaportal(mine, []).beside["unmatched"] == via_mynaportal(PRIORITY, []).beside["unmatched"] - 1
    )


def test_k5_counts_an_entry_once_and_online_only_when_all_its_rows_are() -> None:
    both = [kind("9064"), kind("120164")]
    assert (often_used(PRIORITY, both).numerator, often_used(PRIORITY, both).denominator) == (1, 1)
    mixed = [kind("9064"), kind("120164", NOT_YET)]
    assert (often_used(PRIORITY, mixed).numerator, often_used(PRIORITY, mixed).denominator) == (0, 1)
    absent = [kind("9064", performed=NO), kind("120164", performed=UNKNOWN)]
    assert often_used(PRIORITY, absent).denominator == 0


def test_k5_says_how_much_of_its_list_is_verified_and_leaves_the_prefecture_out() -> None:
    beside = often_used(PRIORITY, []).beside
    assert (beside["verified"], beside["list_size"]) == (1, 32)
    car: list[PriorityEntry] = [e for e in PRIORITY.entries.values() if e.prefecture]
    assert len(car) == 6
    assert often_used(PRIORITY, [kind(number) for e in car for number in e.ids]).denominator == 0


def test_k3_counts_each_procedure_once_and_rows_of_elsewhere_by_what_their_section_counted() -> None:
    kinds = [
        kind("1", slugs=("dog",)),
        kind("2", slugs=("dog",)),
        kind("3", yearly=100, yearly_online=25),
        kind("4", yearly=100),
        kind("5"),
        kind("6", performed=NO, yearly=50, yearly_online=50),
    ]
    count = applications(kinds, {"dog": (3, 10), "not-performed": (7, 7)})
    assert (count.numerator, count.denominator, count.beside) == (28, 110, {"uncounted": 2})


def test_what_can_be_lacking_is_what_a_definition_can_say() -> None:
    assert all(texts.plain(f"inventory.lacks.{lack}", "en") for lack in LACKS)


def line(*cells: str) -> bytes:
    return ("\ufeff" + ",".join(HEADER) + "\r\n" + ",".join(cells) + "\r\n").encode()


def test_a_table_says_of_each_wrong_cell_which_column_it_is() -> None:
    wrong = line(
        "101", "", "", "", "health", "x", "", "する", "半分", "心", "", "", "たぶん", "多い", "1", ""
    )
    with pytest.raises(TableRefused) as refused:
        read(wrong)
    columns = [problem.column for problem in refused.value.problems]
    assert columns == ["実施の有無", "オンライン化", "足りないもの", "マイナポータル", "年間件数", "版"]
    for problem in refused.value.problems:
        assert texts.plain(problem.message, "ja")


def test_a_table_understands_words_and_codes() -> None:
    ja = read(
        line(
            "101",
            "",
            "",
            "",
            "health",
            "0",
            "",
            "実施",
            "一部",
            "納付; 受取",
            "説明",
            "",
            "はい",
            "10",
            "2",
            "",
        )
    )
    en = read(
        line(
            *("101", "", "", "", "health", "0", "", "performed", "partial", "payment; collection"),
            *("説明", "", "○", "10", "2", ""),
        )
    )
    assert ja == en
    assert ja[0].answer == Answer(
        YES,
        PARTIAL,
        lacks=("payment", "collection"),
        missing="説明",
        via_mynaportal=True,
        yearly=10,
        yearly_online=2,
    )


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (line("101").decode("utf-8-sig").encode("cp932"), "inventory.sheet.encoding"),
        (b"", "inventory.sheet.empty"),
        ("手続ID,版\n".encode(), "inventory.sheet.column_missing"),
        (line("101"), "inventory.sheet.cells"),
        (line(*[""] * 15, '"x"y'), "inventory.sheet.quotes"),
    ],
)
def test_a_table_that_is_none_is_refused(data: bytes, key: str) -> None:
    with pytest.raises(TableRefused) as refused:
        read(data)
    assert refused.value.problems[0].message == key
