"""A small city to test with: procedures in force, a family, staff, drafts and cases. Import it from any suite.

    from tests.domains.administration.cases import building

Everything goes through the real actions. `city_in_force()` once a module, then each test starts from it and leaves nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from PIL import Image

from dokodemo.adapters import signing
from dokodemo.administration.cases import actions, flow, letters, progress, queries, together
from dokodemo.administration.cases.models import Attachment, Case, Draft
from dokodemo.administration.procedures import actions as procedure_actions
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import Form
from dokodemo.city.organisation.actions import load_sections
from dokodemo.city.parties import port
from dokodemo.city.parties.models import Resident
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Actor, Role
from dokodemo.kernel.packs import Pack, open_pack
from dokodemo.kernel.vocabulary import Term
from tests.domains import kept_rows
from tests.domains.city.city_builders import bring_in, family, row, self_of, signed_in, staff

CHILD_ALLOWANCE = "child-allowance-claim"
CHILDCARE = "childcare"
NAME = {"family": "荒尾", "given": "花子", "family_kana": "アラオ", "given_kana": "ハナコ"}
ADDRESS = {
    "postal_code": "8640041",
    "prefecture": "熊本県",
    "city": "荒尾市",
    "town": "荒尾",
    "block": "1-2-3",
    "building": "",
    "full": "熊本県荒尾市荒尾1-2-3",
}
BANK_ACCOUNT = {
    "bank_code": "0001",
    "bank_name": "見本銀行",
    "branch_code": "123",
    "branch_name": "荒尾支店",
    "kind": "ordinary",
    "number": "7654321",
    "holder_kana": "タカキ シンヤ",
}
SAMPLES: Mapping[str, Any] = {
    "text": "見本",
    "long_text": "見本の説明",
    "person_name": NAME,
    "address": ADDRESS,
    "phone": "09012345678",
    "email": "hanako@example.jp",
    "date": "2026-11-01",
    "year_month": "2026-11",
    "yen": 1000,
    "boolean": False,
    "bank_account": BANK_ACCOUNT,
    "corporate_number": "7000012050002",
}
_PHOTOGRAPHS = count()
_KEPT: dict[str, kept_rows.Rows] = {}
# What makes the family of `a_family` entitled to the allowance, beside what the register knows.
ENTITLED: Mapping[str, Any] = {
    "applicant.phone": "09012345678",
    "applicant.is_public_servant": False,
    "applicant.main_earner": True,
    "applicant.bank_account": BANK_ACCOUNT,
    "child.cared_for": True,
}


def publish(pack: str = "arao") -> None:
    """Sections, procedures and signing keys of a city, in the database of this test; proved once in a process."""
    if pack in _KEPT:
        kept_rows.put_back(_KEPT[pack])
    else:
        _KEPT[pack] = kept_rows.made(lambda: _load(open_pack(pack)))
    _signing_keys(settings.DOKODEMO_HOME / "keys")


@cache
def _signing_keys(keys: Path) -> None:
    """Keys are made, and proved to fit each other, once in a process: proving takes longer than most tests."""
    signing.ensure_signing_keys(keys)


def _load(pack: Pack) -> None:
    load_sections(pack)
    procedure_actions.publish(pack, demo=True)


@contextmanager
def city_in_force(pack: str = "arao") -> Iterator[None]:
    """A city for all tests of a module, taken back at its end. Use it in a fixture of scope module, with the database open:

    @pytest.fixture(scope="module", autouse=True)
    def _city(django_db_setup, django_db_blocker):
        with django_db_blocker.unblock(), building.city_in_force():
            yield

    A module whose tests commit (`transaction=True`) calls `publish()` in each test instead.
    """
    whole = transaction.atomic()
    whole._from_testcase = True  # type: ignore[attr-defined]
    with whole:
        publish(pack)
        yield
        transaction.set_rollback(True)


def clerk(section: str = CHILDCARE) -> Actor:
    """A caseworker (担当者)."""
    return staff((section, Role.CASEWORKER))


def head(section: str = CHILDCARE) -> Actor:
    """The head of a section (課長), who approves."""
    return staff((section, Role.HEAD_OF_SECTION))


def cio() -> Actor:
    """The CIO, who reviews nothing."""
    return staff(("policy", Role.CIO))


def a_family() -> tuple[Resident, Resident, Resident]:
    """Father (head of household), mother and a child of six, in the register."""
    father, mother, child = family()
    return father, mother, child


def a_neighbour(number: int = 50) -> Resident:
    """Somebody of another household."""
    return bring_in(row(number, number, familyName="坂本", givenName="由美子", sex="2"))[0]


def an_applicant() -> Actor:
    """The father of a fresh family, signed in and linked."""
    return signed_in(a_family()[0])


def photograph(*, gps: bool = True, size: tuple[int, int] = (64, 48), maker: str = "CameraMaker") -> bytes:
    """A JPEG, as a telephone takes it: with the place where it was taken."""
    picture = Image.new("RGB", size, (200, 120, 40))
    exif = Image.Exif()
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 59.0, 12.0), 3: "E", 4: (130.0, 26.0, 0.0)})
        exif[0x010F] = maker
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


def sample(term: Term) -> Any:
    """A valid answer to a question of any type but file."""
    if term.type == "choice":
        first = (term.choices or ())[0].value
        return [first] if term.multiple else first
    if term.type == "integer":
        return max(1, int(term.min or 0))
    return SAMPLES[term.type]


def start(actor: Actor, slug: str = CHILD_ALLOWANCE, capacity: port.Capacity | None = None) -> Draft:
    """A draft, filled with what the register releases."""
    return actions.start_draft(actor=actor, slug=slug, capacity=capacity or self_of(actor))


def start_together(actor: Actor, *slugs: str, capacity: port.Capacity | None = None) -> Draft:
    """A joint draft, filled with what the register releases."""
    return actions.start_together(actor=actor, slugs=slugs, capacity=capacity or self_of(actor))


def fill(actor: Actor, draft_id: UUID, facts: Mapping[str, Any] | None = None) -> Draft:
    """Answer everything that is required, page by page, with `facts` where they say something, else with samples.

    `facts` are keyed by term (`child.cared_for` counts for every child) or by group with its members.
    """
    given = ENTITLED if facts is None else facts
    done: set[int] = set()
    for _ in range(50):
        draft = queries.get_open_draft(actor, draft_id)
        form = together.form_of(draft)
        waiting = [step for step in _steps(form, draft) if step.index not in done]
        # An answer may bring a question up on a page that was filled before.
        gap = flow.first_incomplete(form, draft.content["values"], on=calendar_jp.today())
        step = waiting[0] if waiting else gap
        if step is None:
            return draft
        _fill_page(actor, draft, step, given)
        done.add(step.index)
    raise AssertionError("the form never ends")


def _steps(form: Form, draft: Draft) -> list[flow.Step]:
    return flow.steps(form, draft.content["values"], on=calendar_jp.today())


def _fill_page(actor: Actor, draft: Draft, step: flow.Step, given: Mapping[str, Any]) -> None:
    answers = draft.content["values"]
    values: dict[str, Any] = {}
    group = step.page.group
    if group is not None and group.repeats:
        members = given.get(group.name) or answers.get(group.name) or [{}]
        values[group.name] = [
            {
                question.term.field: _answer(question, member.get(question.term.field), given)
                for question in step.questions
            }
            for member in members
        ]
    for question in step.questions:
        name = question.term.name
        if question.term.type == "file":
            if question.required and not answers.get(name):
                attach(actor, draft.pk, name)
        elif group is None or not group.repeats:
            values[name] = _answer(question, answers.get(name), given)
    actions.save_page(actor=actor, draft_id=draft.pk, index=step.index, values=values)


def _answer(question: Any, known: Any, given: Mapping[str, Any]) -> Any:
    if question.term.name in given:
        return given[question.term.name]
    return known if known is not None or not question.required else sample(question.term)


def attach(
    actor: Actor, draft_id: UUID, term: str, name: str = "photo.jpg", data: bytes | None = None
) -> Any:
    """A file for a term of a draft; a photograph unlike every other when no bytes are given."""
    if data is None:
        data = photograph(size=(64, 48 + next(_PHOTOGRAPHS)))
    return actions.attach(actor=actor, draft_id=draft_id, term=term, name=name, data=data)


def files_of(case: Case) -> list[Attachment]:
    """The files that belong to a case."""
    return list(case.attachments.filter(removed_at__isnull=True))


def filled_draft(actor: Actor, slug: str = CHILD_ALLOWANCE, **more: Any) -> Draft:
    """A draft that can be handed in."""
    capacity = more.pop("capacity", None)
    return fill(actor, start(actor, slug, capacity).pk, **more)


def a_case(actor: Actor | None = None, slug: str = CHILD_ALLOWANCE, **more: Any) -> Case:
    """A case that was handed in; by the father of a fresh family when nobody is named."""
    who = actor or an_applicant()
    return actions.submit(actor=who, draft_id=filled_draft(who, slug, **more).pk)


def findings_of(case: Case, outcome: str = "approved") -> dict[str, str]:
    """What a decision on a case must find, as a clerk would enter it."""
    asked = procedures.compiled_version(case.version_id).definition.findings
    return {
        one.name: next(
            (choice.value for choice in one.choices if not choice.on or outcome in choice.on),
            str(sample(one.term)) if not one.choices else "",
        )
        for one in asked
        if outcome in one.required_on
    }


def with_its_steps(case: Case) -> Case:
    """The case after the steps that an approval waits for were recorded as done today."""
    for step in progress.recorded_steps(procedures.compiled_version(case.version_id)):
        today = calendar_jp.today()
        actions.record_step(actor=clerk(case.section), case_id=case.pk, step=step, done_on=today)
    return case


def propose(case: Case, outcome: str = "approved", actor: Actor | None = None, **more: Any) -> None:
    """A clerk of the section, or `actor`, proposes a decision with what it must find."""
    more.setdefault("findings", findings_of(case, outcome))
    actions.propose_decision(actor=actor or clerk(case.section), case_id=case.pk, outcome=outcome, **more)


def decided(case: Case, outcome: str = "approved", **more: Any) -> Case:
    """The case after fee, steps, proposal and approval, its letter not made yet."""
    if case.fee_state == "due" and outcome != "refused":
        actions.receive_fee(actor=clerk(case.section), case_id=case.pk, yen=case.fee_yen)
    if outcome != "refused":
        with_its_steps(case)
    more.setdefault("findings", findings_of(case, outcome))
    actions.propose_decision(actor=clerk(case.section), case_id=case.pk, outcome=outcome, **more)
    case.refresh_from_db()
    if case.state == "proposed":
        actions.approve_proposal(actor=head(case.section), case_id=case.pk)
        case.refresh_from_db()
    return case


def finished(case: Case, outcome: str = "approved", **more: Any) -> Case:
    """The case decided, or completed when it is a notification; its letter not made yet."""
    if case.kind != "notification":
        return decided(case, outcome, **more)
    return actions.complete_notification(actor=clerk(case.section), case_id=case.pk)


def ordered_letter(case: Case) -> dict[str, Any]:
    """What the letter of a finished case says: the data that the typesetter is given."""
    procedure = procedures.compiled_version(case.version_id)
    order = letters.order(case, queries.standing_decision(case), procedure)
    assert order is not None
    return dict(order.content)


def letter_reader(case: Case) -> Actor:
    """Whoever filed a case, signed in again."""
    return Actor(kind="resident", account_id=case.owner_id, resident_id=case.applicant_id)
