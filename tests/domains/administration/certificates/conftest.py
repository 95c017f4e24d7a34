"""A city with signing keys, and orders for letters."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from dokodemo.adapters import signing
from dokodemo.adapters.typeset import Template
from dokodemo.administration.certificates.actions import Order
from dokodemo.administration.certificates.definitions import Kind
from dokodemo.kernel.access import Actor, Grant, Role, system
from dokodemo.kernel.crypto import ensure_key_ring

SECTION = "childcare"
LETTER = """\
#let data = json("/data.json")
#set document(title: data.title, author: data.city.name)
#set text(lang: "ja", font: "Noto Sans JP", cjk-latin-spacing: none)
= #data.title
#data.number #data.issued_on \\
#data.addressee.name 様 #data.city.mayor
#for paragraph in data.appeal [ #paragraph ]
#image("/qr.svg", width: 25mm, alt: "確認用の二次元コード")
確認コード #data.verify.code #data.verify.url
"""

type MakeOrder = Callable[..., Order]


@pytest.fixture(scope="module", autouse=True)
def own_home(key_ring: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home with its own keys and files: these tests sweep and swap files, which no real city may lend them."""
    usual = settings.DOKODEMO_HOME
    settings.DOKODEMO_HOME = tmp_path_factory.mktemp("city")
    ensure_key_ring()
    signing.ensure_signing_keys(settings.DOKODEMO_HOME / "keys")
    yield
    settings.DOKODEMO_HOME = usual


@pytest.fixture
def worker() -> Actor:
    """The job that issues after a decision."""
    return system("cases")


@pytest.fixture
def head() -> Actor:
    """The head of the section that issues."""
    return Actor("staff", account_id=uuid4(), grants=frozenset({Grant(SECTION, Role.HEAD_OF_SECTION)}))


@pytest.fixture
def resident() -> Actor:
    """A signed-in resident."""
    return Actor("resident", account_id=uuid4(), resident_id=uuid4())


@pytest.fixture
def make_order() -> MakeOrder:
    """An order for one letter; anything of it can be said differently."""

    def make(name: str = "荒尾 太郎", **changes: Any) -> Order:
        content = {
            "title": "児童手当認定通知書",
            "city": {"name": "荒尾市", "mayor": "荒尾市長"},
            "addressee": {"name": name, "address": None},
            "appeal": ["3か月以内に審査請求をすることができます。"],
        }
        fields: dict[str, Any] = {
            "key": f"decision:{uuid4()}",
            "kind": Kind.LETTER,
            "procedure_slug": "child-allowance-claim",
            "procedure_version": 1,
            "section": SECTION,
            "case_id": uuid4(),
            "subject_id": uuid4(),
            "template": Template("letters/approval.typ", {"letters/approval.typ": LETTER}),
            "content": content,
            "signer_name": "荒尾市長",
            "reason": "決定の通知",
        }
        return Order(**{**fields, **changes})

    return make
