"""What people do not find, in the office: the list with its picture, one finding, its answers, and the way to the editor."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from dokodemo.administration.findings import actions
from dokodemo.administration.findings.models import Finding
from dokodemo.kernel.access import Role
from tests.domains.entry import building as b

LIST, TABLE = "/office/findings", "/office/findings/table.csv"


def officer() -> Client:
    return b.browser(b.staff_account(("policy", Role.DIGITAL_OFFICER)))


def sent(words: str, text: str = "", *, found: bool = False) -> str:
    """Something somebody sent; the address of its page."""
    known = set(Finding.objects.values_list("pk", flat=True))
    actions.tell(words=words, text=text, lang="ja", found=found)
    return reverse("office:finding", args=[Finding.objects.exclude(pk__in=known).get().pk])


def test_the_list_draws_the_most_frequent_and_gives_the_same_as_a_table() -> None:
    sent("ドローン", found=True)
    sent("<b>花火</b>", "河川敷で花火をしたい")
    client = officer()
    html = client.get(LIST).content.decode()
    assert "<svg" in html
    assert "<b>花火" not in html
    table = client.get(TABLE).content.decode("utf-8-sig")
    assert table.splitlines()[0].startswith("言葉,見つからなかった回数,市民からの知らせ")
    assert "ドローン,1,1," in table
    assert "河川敷" not in table


def test_an_empty_list_says_so_and_strange_choices_are_the_whole_list() -> None:
    assert "表示できる言葉はありません" in b.words(officer().get(f"{LIST}?state=outside").content)
    sent("ドローン")
    for query in ("?state=magic", "?days=7", "?days=x&page=0", "?page=99"):
        assert "ドローン" in officer().get(f"{LIST}{query}").content.decode()


def test_the_first_page_of_the_office_says_how_many_wait() -> None:
    sent("ドローン")
    assert "1 未回答の言葉" in b.words(officer().get("/office/").content)
    assert "未回答の言葉" not in b.words(b.browser(b.caseworker()).get("/office/").content)


def test_a_finding_is_answered_by_the_procedure_whose_words_were_added() -> None:
    address = sent("ワンちゃんの届け", "<script>alert(1)</script>どこで届けますか")
    client = officer()
    assert "<script>alert" not in client.get(address).content.decode()
    refused = client.post(f"{address}answer", {"answer": "synonym", "procedure": "nothing"})
    assert refused.status_code == 422
    assert "手続きを選んでください" in b.words(refused.content)
    done = client.post(f"{address}answer", {"answer": "synonym", "procedure": "dog-registration"})
    assert done.headers["Location"] == f"{address}?done=answered"
    words = b.words(client.get(done.headers["Location"]).content)
    assert "回答を記録しました" in words
    assert "環境課" in words
    assert (
        reverse("office:editor_start", args=["dog-registration"]) not in client.get(address).content.decode()
    )


def test_whoever_writes_for_the_section_finds_the_way_to_the_editor() -> None:
    address = sent("ワンちゃんの届け")
    both = b.browser(b.staff_account(("environment", Role.CASEWORKER), ("policy", Role.DIGITAL_OFFICER)))
    both.post(f"{address}answer", {"answer": "synonym", "procedure": "dog-registration"})
    assert reverse("office:editor_start", args=["dog-registration"]) in both.get(address).content.decode()


def test_a_wish_is_recorded_and_can_be_taken_back() -> None:
    address = sent("ドローン")
    client = officer()
    client.post(f"{address}answer", {"answer": "wished"})
    assert "ドローン" in client.get(f"{LIST}?state=wished").content.decode()
    assert "ドローン" not in client.get(f"{LIST}?state=open").content.decode()
    client.post(f"{address}reopen")
    assert "ドローン" in client.get(f"{LIST}?state=open").content.decode()
