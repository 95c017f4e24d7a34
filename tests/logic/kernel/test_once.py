"""A question is asked once while one page is made, and anew for the next."""

import threading

import pytest

from dokodemo.kernel.once import asked_once, once


class Counted:
    """A question that counts how often it was really asked."""

    def __init__(self) -> None:
        self.times = 0
        self.ask = asked_once(self._ask)

    def _ask(self, number: int = 0, *, twice: bool = False) -> int:
        self.times += 1
        return number * (2 if twice else 1)


def test_the_same_question_keeps_its_answer_inside() -> None:
    question = Counted()
    with once():
        assert [question.ask(3), question.ask(3), question.ask(3, twice=True)] == [3, 3, 6]
    assert question.times == 2


def test_outside_it_is_asked_every_time() -> None:
    question = Counted()
    assert [question.ask(3), question.ask(3)] == [3, 3]
    assert question.times == 2


def test_the_next_page_asks_anew() -> None:
    question = Counted()
    for _ in range(2):
        with once():
            question.ask()
    assert question.times == 2


def test_a_block_inside_another_is_the_same_page() -> None:
    question = Counted()
    with once():
        with once():
            question.ask()
        question.ask()
    assert question.times == 1


def test_two_questions_are_never_one() -> None:
    one, other = Counted(), Counted()
    with once():
        one.ask(1)
        other.ask(1)
    assert (one.times, other.times) == (1, 1)


def test_after_a_fault_nothing_is_kept() -> None:
    question = Counted()
    refusing = asked_once(int)
    with pytest.raises(ValueError, match="invalid literal"), once():
        refusing("no number")
    with once():
        question.ask()
    question.ask()
    assert question.times == 2


def test_another_thread_makes_a_page_of_its_own() -> None:
    question = Counted()
    with once():
        question.ask()
        thread = threading.Thread(target=question.ask)
        thread.start()
        thread.join()
    assert question.times == 2
