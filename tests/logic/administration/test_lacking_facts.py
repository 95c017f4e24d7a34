"""What would have to be known, by term."""

from dokodemo.administration.eligibility.logic import Lack, lacking


def test_each_missing_term_is_counted_once_a_person_and_apart_where_it_is_the_only_one() -> None:
    reasons = [("child.cared_for", 3), ("applicant.main_earner child.cared_for", 4), ("child", 7), ("", 9)]
    assert lacking(reasons) == [
        Lack("child", 7, 7),
        Lack("child.cared_for", 7, 3),
        Lack("applicant.main_earner", 4, 0),
    ]


def test_where_nothing_is_missing_nothing_is_named() -> None:
    assert lacking([]) == lacking([("", 5)]) == []
