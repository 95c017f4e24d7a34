"""Number and code: what the public page may be asked, and how often."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from dokodemo.administration.certificates import actions, logic, queries
from dokodemo.administration.certificates.actions import GUESS_LIMITS, TooManyGuesses
from dokodemo.administration.certificates.definitions import RevocationReason
from dokodemo.administration.certificates.models import GuessCounter, IssuedDocument
from dokodemo.kernel.access import Actor

type MakeOrder = Callable[..., actions.Order]

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(
    worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> tuple[actions.Issued, str]:
    codes: list[str] = []
    real = logic.new_code

    def remembered() -> str:
        codes.append(real())
        return codes[-1]

    monkeypatch.setattr(logic, "new_code", remembered)
    issued = actions.issue(actor=worker, order=make_order())
    return issued, codes[-1]


def ask(number: str, code: str, client: str = "192.0.2.1") -> queries.VerifyOutcome:
    return actions.check_code(number=number, code=code, client=client)


def test_number_and_code_as_typed_by_hand_are_enough(known: tuple[actions.Issued, str]) -> None:
    issued, code = known
    short = re.sub("-0+", "-", logic.ascii_number(issued.number)).lower()
    for number, typed in ((issued.number, code), (short, logic.show_code(code).lower())):
        outcome = ask(number, typed)
        assert outcome.status == "genuine"
        assert outcome.document is not None
        assert outcome.document.id == issued.id


def test_a_revoked_document_says_so(known: tuple[actions.Issued, str], head: Actor) -> None:
    issued, code = known
    actions.revoke(actor=head, document_id=issued.id, reason=RevocationReason.MISTAKE)
    assert ask(issued.number, code).status == "revoked"


def test_a_wrong_code_and_a_wrong_number_look_the_same(known: tuple[actions.Issued, str]) -> None:
    issued, code = known
    wrong = "2" * 10 if code != "2" * 10 else "3" * 10
    answers = [
        ask(issued.number, wrong),
        ask("令8-999999", code),
        ask("", ""),
        ask("'; --", "x"),
        ask(issued.number, ""),
    ]
    assert answers == [queries.UNKNOWN] * 5


def test_the_code_of_one_document_opens_no_other(
    known: tuple[actions.Issued, str], worker: Actor, make_order: MakeOrder
) -> None:
    other = actions.issue(actor=worker, order=make_order())
    assert ask(other.number, known[1]).status == "unknown"


def test_the_code_itself_is_nowhere_in_the_database(known: tuple[actions.Issued, str]) -> None:
    issued, code = known
    assert code not in str(IssuedDocument.objects.filter(pk=issued.id).values().get())


def test_guessing_stops_for_the_guesser_and_not_for_others(known: tuple[actions.Issued, str]) -> None:
    issued, code = known
    for _ in range(GUESS_LIMITS["number-and-client"]):
        assert ask(issued.number, "2222222222").status == "unknown"
    with pytest.raises(TooManyGuesses) as caught:
        ask(issued.number, code)
    assert 0 < caught.value.retry_after <= 3600
    assert ask(issued.number, code, client="198.51.100.7").status == "genuine"


def test_guessing_over_many_numbers_stops_the_client(known: tuple[actions.Issued, str]) -> None:
    issued, code = known
    for number in range(GUESS_LIMITS["client"]):
        ask(f"令8-{500_000 + number}", "2222222222")
    with pytest.raises(TooManyGuesses):
        ask(issued.number, code)


def test_guessing_from_many_clients_stops_for_the_number(known: tuple[actions.Issued, str]) -> None:
    issued, code = known
    for client in range(GUESS_LIMITS["number"]):
        ask(issued.number, "2222222222", client=f"192.0.2.{client}")
    with pytest.raises(TooManyGuesses):
        ask(issued.number, code, client="203.0.113.9")


def test_right_answers_are_never_counted(known: tuple[actions.Issued, str]) -> None:
    issued, code = known
    for _ in range(GUESS_LIMITS["client"] + 5):
        assert ask(issued.number, code).status == "genuine"
    assert not GuessCounter.objects.exists()


def test_a_new_hour_begins_anew_and_old_counters_go(
    known: tuple[actions.Issued, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    issued, code = known
    for _ in range(GUESS_LIMITS["number-and-client"]):
        ask(issued.number, "2222222222")
    import time

    now = time.time()
    monkeypatch.setattr(actions.time, "time", lambda: now + 3600)
    assert ask(issued.number, code).status == "genuine"
    monkeypatch.setattr(actions.time, "time", lambda: now + 3 * 24 * 3600)
    ask(issued.number, "2222222222", client="198.51.100.8")
    assert {counter.failures for counter in GuessCounter.objects.all()} == {1}


def test_no_address_of_a_client_is_kept(known: tuple[actions.Issued, str]) -> None:
    ask(known[0].number, "2222222222", client="192.0.2.77")
    assert "192.0.2.77" not in str(list(GuessCounter.objects.values()))


def test_the_printed_address_leads_to_the_answer(
    known: tuple[actions.Issued, str], worker: Actor, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []
    real = logic.verify_url

    def remembered(base: str, number: str, code: str) -> str:
        urls.append(real(base, number, code))
        return urls[-1]

    monkeypatch.setattr(logic, "verify_url", remembered)
    issued = actions.issue(actor=worker, order=make_order())
    query = parse_qs(urlsplit(urls[0]).query)
    outcome = ask(query["number"][0], query["code"][0])
    assert outcome.document is not None
    assert outcome.document.number == issued.number
