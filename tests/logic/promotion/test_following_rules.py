"""Rules of following by mail: addresses, wishes, whose turn it is, how long a letter waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokodemo.kernel.ui.language import LANGS
from dokodemo.promotion.following import logic


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("hanako@example.jp", "hanako@example.jp"),
        ("  hanako@example.jp\n", "hanako@example.jp"),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp"),
        ("Hanako.Arao+plan@EXAMPLE.JP", "Hanako.Arao+plan@example.jp"),
        ("a@荒尾.jp", "a@xn--1lq58e.jp".replace("1lq58e", "荒尾".encode("punycode").decode())),
    ],
)
def test_an_address_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert logic.read_address(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "hanako",
        "@example.jp",
        "hanako@",
        "hanako@example",
        "hanako@127.0.0.1",
        "ha nako@example.jp",
        "hanako@example..jp",
        ".hanako@example.jp",
        "a@b.jp, c@d.jp",
        "a@b.jp\nBcc: c@d.jp",
        '"a b"@example.jp',
        "花子@example.jp",
        f"{'a' * 65}@example.jp",
        f"a@{'b' * 64}.jp",
        f"a@{'.'.join(['b' * 60] * 5)}.jp",
        "a@-example.jp",
        "a@exa\x00mple.jp",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(logic.BadAddress) as refused:
        logic.read_address(typed)
    assert str(refused.value) == "following.fault.address"


@given(st.text(max_size=600))
def test_whatever_is_typed_is_refused_or_fits_one_header(typed: str) -> None:
    try:
        read = logic.read_address(typed)
    except logic.BadAddress:
        return
    assert read.isascii()
    assert len(read) <= logic.LONGEST_ADDRESS
    assert not set(read) & set(' \r\n\t<>,;:"')
    assert logic.read_address(read) == read


def test_nothing_typed_is_told_apart_from_something_wrong() -> None:
    with pytest.raises(logic.BadAddress, match="empty"):
        logic.read_address("　 ")


def test_wishes_hold_only_what_is_on_offer() -> None:
    known = ["admin-1", "admin-2"]
    read = logic.read_wishes(
        whole=False, measures=["admin-2", "x", "admin-2"], lang="en", often="monthly", known=known
    )
    assert read == logic.Wishes(("admin-2",), "en", "monthly")
    whole = logic.read_wishes(whole=True, measures=["x"], lang="ja", often="each", known=known)
    assert whole.measures == ()
    with pytest.raises(ValueError, match="both"):
        logic.read_wishes(whole=True, measures=["admin-2"], lang="ja", often="each", known=known)
    with pytest.raises(ValueError, match="measures"):
        logic.read_wishes(whole=False, measures=["x"], lang="ja", often="each", known=known)
    for lang, often in (("fr", "each"), ("ja", "hourly")):
        with pytest.raises(ValueError, match="choice"):
            logic.read_wishes(whole=True, measures=[], lang=lang, often=often, known=known)


def test_who_follows_measures_hears_of_those_alone() -> None:
    assert logic.wants([], ["admin-1"])
    assert logic.wants(["admin-1", "life-1"], ["admin-1"])
    assert not logic.wants(["life-1"], ["admin-1"])


def test_who_wants_one_mail_a_month_hears_of_months_that_are_over_in_japan() -> None:
    # 00:30 of 1 December in Japan.
    now = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert logic.told_before("monthly", now) == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert logic.told_before("monthly", now - timedelta(hours=1)) == datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert logic.told_before("each", now) == now


def test_a_letter_waits_longer_each_time_and_is_given_up_after_some_days() -> None:
    waits = [logic.wait(attempts) for attempts in range(1, logic.MOST_ATTEMPTS + 1)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=5)
    assert timedelta(days=2) < sum(waits, timedelta()) < timedelta(days=5)


def test_what_was_told_is_known_longer_than_it_is_looked_for() -> None:
    assert logic.KEEP_SENT > logic.LOOK_BACK
    assert logic.FORGET_AFTER > logic.CONFIRM_WITHIN
    assert logic.LANGS == LANGS
