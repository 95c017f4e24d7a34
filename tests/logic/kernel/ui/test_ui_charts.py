"""Charts: named, described, escaped, with the same figures in a table."""

import re
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from ui_builders import LANGS, text

from dokodemo.kernel.ui.charts import (
    Frame,
    Interrupted,
    Point,
    bars,
    interrupted,
    line,
    number,
    road,
    turning,
    wrap,
)

FRAME = Frame("rate", text("オンライン率"), text("手続きごとの率"), "%")
POINTS = [Point("児童手当", 82.5), Point("妊娠の届出", None), Point("犬の登録", 0)]


def picture(html: str) -> ET.Element:
    match = re.search(r"<svg.*?</svg>", html, re.DOTALL)
    assert match
    return ET.fromstring(match.group())


def drawings() -> list[str]:
    return [
        bars(FRAME, POINTS, most=100),
        road(FRAME, start=Point("始め", 10.4), now=Point("現在", 47.6), target=Point("目標", 60)),
        line(FRAME, POINTS, target=90),
    ]


def test_each_chart_has_a_name_and_a_description() -> None:
    for html in drawings():
        svg = picture(html)
        ids = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
        assert svg.get("role") == "img"
        assert [ids[name] for name in str(svg.get("aria-labelledby")).split()] == [
            "オンライン率",
            "手続きごとの率",
        ]


def test_each_figure_is_in_the_table_too() -> None:
    for html in (bars(FRAME, POINTS), line(FRAME, POINTS)):
        table = html[html.index("<table>") :]
        assert "82.5%" in table
        assert "–" in table
        assert "0%" in table


def test_labels_cannot_bring_markup() -> None:
    attack = '"><script>x</script>'
    frame = Frame("x", attack, attack, attack)
    points = [Point(attack, 1.0, attack), Point(attack, 2.0)]
    for html in (
        bars(frame, points),
        line(frame, points, target=1),
        road(frame, start=points[0], now=points[1], target=points[0]),
    ):
        assert "<script" not in html
        picture(html)


def test_no_inline_style_for_a_strict_content_policy() -> None:
    assert all("style=" not in html for html in drawings())


def test_a_line_breaks_where_a_value_is_not_known() -> None:
    whole = line(FRAME, [Point("a", 1), Point("b", 2), Point("c", 3)])
    broken = line(FRAME, [Point("a", 1), Point("b", None), Point("c", 3)])
    assert whole.count('class="c-line"') == 2
    assert broken.count('class="c-line"') == 0


def test_a_value_beyond_the_target_stays_on_the_road() -> None:
    html = road(FRAME, start=Point("始め", 10), now=Point("現在", 99), target=Point("目標", 60))
    dot = next(e for e in picture(html).iter() if e.tag == "circle")
    assert dot.get("cx") == "98.00%"
    lower = road(FRAME, start=Point("始め", 10), now=Point("現在", 2), target=Point("目標", 60))
    assert next(e for e in picture(lower).iter() if e.tag == "circle").get("cx") == "2.00%"


def test_numbers_have_separators_and_at_most_one_decimal() -> None:
    assert number(1234567, "円") == "1,234,567円"
    assert number(33.333, "%") == "33.3%"
    assert number(None, "%") == "–"


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1e12, allow_nan=False)), max_size=30),
    st.sampled_from(LANGS),
    st.text(st.characters(exclude_categories=["C"]), max_size=80),
)
def test_any_figures_draw_a_well_formed_picture(values: list[float | None], lang: str, label: str) -> None:
    frame = Frame("any", "t", "d", "%", lang)
    points = [Point(label, value) for value in values]
    for html in (bars(frame, points), line(frame, points)):
        for element in picture(html).iter():
            for name in ("x", "x1", "x2", "cx", "width"):
                place = element.get(name, "0")
                if place.endswith("%"):
                    assert 0 <= float(place[:-1]) <= 100


def beside(fitted: list[float], untouched: list[float], change: int) -> Interrupted:
    return Interrupted(fitted, untouched, change, "変えた月", ("実際", "当てはめ", "<見込み>"))


def test_an_interrupted_series_marks_its_change_between_two_months_and_goes_on_dashed() -> None:
    points = [Point(f"2024-0{n + 1}", value) for n, value in enumerate((10, 12, 6, 5, 7))]
    svg = picture(interrupted(FRAME, points, beside([11, 11, 6, 6, 6], [11, 11, 12, 12, 13], 2)))
    kinds = [element.get("class") for element in svg.iter()]
    assert kinds.count("c-seen") == 5 + 1  # and one in the legend
    assert kinds.count("c-line") == 4 + 1
    # What would have been begins at the change: of five months with the third as the first after it, two stretches.
    assert kinds.count("c-would") == 2 + 1
    change = next(element for element in svg.iter() if element.get("class") == "c-change")
    assert change.get("x1") == change.get("x2") == "39.00%"
    assert "<見込み>" in [element.text for element in svg.iter()]


def test_an_interrupted_series_without_an_estimate_has_dots_alone() -> None:
    points = [Point("2024-01", 1), Point("2024-02", 3)]
    kinds = [
        element.get("class") for element in picture(interrupted(FRAME, points, beside([], [], 1))).iter()
    ]
    assert "c-seen" in kinds
    assert "c-line" not in kinds
    assert "c-would" not in kinds


@given(
    st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=2, max_size=30),
    st.data(),
)
def test_any_interrupted_series_stays_inside_its_picture(values: list[float], data: st.DataObject) -> None:
    change = data.draw(st.integers(1, len(values) - 1))
    points = [Point(f"{n}", value) for n, value in enumerate(values)]
    svg = picture(interrupted(FRAME, points, beside(values, values[::-1], change)))
    for element in svg.iter():
        if element.get("class") in ("c-seen", "c-line", "c-would", "c-grid"):
            for name in ("y1", "y2", "cy"):
                assert 0 <= float(element.get(name, "30")) <= float(svg.get("height", "0"))


def test_small_values_fill_the_picture_and_are_named_on_its_axis() -> None:
    points = [Point("a", 0.02), Point("b", 0.05)]
    svg = picture(interrupted(FRAME, points, beside([], [], 1)))
    assert "0.05%" in [element.text for element in svg.iter()]
    highest = min(float(e.get("cy", "999")) for e in svg.iter() if e.get("class") == "c-seen")
    assert highest == 30


def test_a_label_is_cut_into_lines_of_a_width() -> None:
    assert wrap("市役所に行かずに終わる手続き", 8.0) == ["市役所に行かずに", "終わる手続き"]
    lines = wrap("More kinds need no visit", 8.0)
    assert " ".join(line.strip() for line in lines) == "More kinds need no visit"
    assert max(map(len, lines)) <= 15


def test_a_cycle_names_every_stage_and_comes_back_from_the_last_to_the_first() -> None:
    points = [
        Point("見つかったこと", 12),
        Point("取り上げた課題", 3),
        Point("終わった", 0),
    ]
    html = turning(Frame("cycle", "循環", "三つの段階"), points)
    assert [html.count(f">{one.label}<") for one in points] == [2, 2, 2]
    assert html.count('class="c-back"') == 3
    # Two arrows down, one back; three lines of the way back.
    assert html.count("<path") == 3
    assert html.count("<line") == 3
    assert ">12<" in html
    one = turning(Frame("cycle", "循環", "一つの段階"), points[:1])
    assert "<path" not in one
    assert "<line" not in one
