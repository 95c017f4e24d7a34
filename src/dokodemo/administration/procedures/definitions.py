"""The shape of a procedure's file (手続定義): procedure.yaml.

Owns which keys the file may have and what it can say about itself. Whether the file agrees with
the rest of the pack (terms, sections, letters, rules) is asked in `checking`. Never reads a file and never
touches the database.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from dokodemo.administration.procedures.found import Finding
from dokodemo.administration.procedures.periods import (
    Article,
    Code,
    Deadline,
    LetterPath,
    Period,
    Rule,
    StatutoryLimit,
)
from dokodemo.kernel.packs import PackModel, Text, fault

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
TermName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$", max_length=120)]
InventoryId = Annotated[str, Field(pattern=r"^[A-Z]{0,4}[0-9]{3,20}$")]

Kind = Literal["application", "notification", "request"]
Outcome = Literal["approved", "partially_approved", "refused", "completed"]
Affairs = Literal["self_government", "statutory_entrusted_1", "statutory_entrusted_2", "none"]
Appeal = Literal[
    "mayor",
    "prefecture",
    "prefecture_decides",
    "public_assistance",
    "disability_services",
    "child_disability_services",
    "road_administrator",
    "local_tax",
    "care_insurance_board",
    "health_insurance_board",
    "late_elderly_board",
    "social_insurance_examiner",
    "property_valuation_board",
    "family_court",
    "legal_affairs_bureau",
    "board_of_education",
    "agricultural_committee",
    "election_commission",
    "no_review",
]
Filer = Literal["self", "legal_guardian", "mandate", "care_manager"]
Step = Literal["completeness", "investigation", "board", "decision", "issue"]
Lack = Literal["payment", "booking", "counter", "originals", "collection"]
Audience = Literal["resident", "young", "business", "farmer"]
Unit = Literal["yen", "points"]


class Law(PackModel):
    """The law the procedure stands on (根拠法令)."""

    name: str = Field(min_length=2, max_length=120)
    article: Article


class Confirmed(PackModel):
    """Who at the city confirmed this definition, and on which day; both or neither (確認)."""

    by: str | None = None
    on: date | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.by is None) != (self.on is None):
            raise fault(
                "A confirmation needs both `by` and `on`",
                "Write both, or null for both while nobody has confirmed",
            )
        return self


class Online(PackModel):
    """How far the procedure can be done without a visit (オンライン化の状況).

    `lacks` says in codes what `missing` says in words: the fee is paid at a counter, a time must be booked, somebody
    must come in person, papers must be seen in the original, or something is handed over there.
    """

    state: Literal["full", "partial", "none"]
    lacks: tuple[Lack, ...] = ()
    missing: Text | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _say_why(self) -> Self:
        if self.state == "partial" and self.missing is None:
            raise fault(
                "`state: partial` does not say what is missing",
                "Add `missing:` (ja, easy, en): what still asks for a visit",
            )
        if self.state == "none" and self.reason is None:
            raise fault("`state: none` gives no reason", "Add `reason:` (ja, easy, en): why it is not online")
        if self.state == "full" and (self.missing or self.reason or self.lacks):
            raise fault(
                "`state: full` takes neither `missing` nor `lacks` nor `reason`",
                "Delete them, or write `state: partial`",
            )
        return self


class Fee(PackModel):
    """What the city charges, in yen (手数料). `sample` marks a figure nobody has confirmed (見本)."""

    amount: int = Field(ge=0, le=1_000_000)
    per: Text | None = None
    sample: bool = False
    method: Literal["counter", "online"] | None = None

    @model_validator(mode="after")
    def _a_charge_is_paid_somewhere(self) -> Self:
        if self.amount and self.method is None:
            raise fault(
                "A fee above 0 yen does not say where it is paid", "Add `method: counter` (or online)"
            )
        return self


class EligibleRule(PackModel):
    """One condition, its sentence and its article (要件)."""

    when: Rule
    say: Text
    article: Article
    law: str | None = Field(default=None, min_length=2, max_length=120)


class AmountRule(PackModel):
    """An amount that a formula gives: yen to be paid (支給額・納付額), or points of a table (点数)."""

    name: Name
    label: Text
    formula: Rule
    unit: Unit = "yen"
    article: Article

    @property
    def expected(self) -> str:
        """The term type the formula must come to."""
        return "yen" if self.unit == "yen" else "integer"


class Ask(PackModel):
    """One question: a term, whether it must be answered, and when it is asked (設問)."""

    term: TermName
    required: bool = True
    show_when: Rule | None = None


class Page(PackModel):
    """One page of the form: one group of questions, repeated for each member when `each` names a group."""

    page: Text
    lead: Text | None = None
    each: Name | None = None
    show_when: Rule | None = None
    ask: tuple[Ask, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _a_bare_name_is_a_question(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("ask"), list):
            asks = [{"term": item} if isinstance(item, str) else item for item in value["ask"]]
            return {**value, "ask": asks}
        return value


class Evidence(PackModel):
    """A document to attach, and when it is not needed because the city knows (添付書類)."""

    term: TermName
    required: bool = True
    skip_when: Rule | None = None
    say: Text | None = None


class Certificate(PackModel):
    """A certificate made from the register (証明書): where its facts come from, and what it is headed (`title`)."""

    source: Literal["register"]
    title: Text | None = None
    copies: TermName | None = None
    terms: tuple[TermName, ...] = ()


class ProactiveUse(PackModel):
    """A fact of the register that may be read to tell people of a benefit, and the law that allows it."""

    term: TermName
    law: str = Field(min_length=2, max_length=120)
    article: Article


class Proactive(PackModel):
    """That the city looks for those entitled and tells them (プッシュ型の案内).

    `confirmed` says who confirmed the legal ground of `uses`; until then it runs only in the demo.
    """

    offers_to: Literal["applicant"]
    confirmed: Confirmed
    uses: tuple[ProactiveUse, ...] = Field(min_length=1)
    notice: Text

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the facts it may read."""
        return tuple(use.term for use in self.uses)


class Outcomes(PackModel):
    """The letter of each outcome, as a path beside the procedure (結果通知)."""

    approved: LetterPath | None = None
    partially_approved: LetterPath | None = None
    refused: LetterPath | None = None
    completed: LetterPath | None = None

    def letters(self) -> dict[str, str]:
        """Outcome → path, only the outcomes that have a letter."""
        return {name: path for name, path in self.model_dump().items() if path is not None}


class Ended(PackModel):
    """That the city stops performing it (廃止): the first day on which nothing is accepted any more, why, and what instead."""

    on: date
    because: Text
    successor: Slug | None = None


class ProcedureDefinition(PackModel):
    """procedure.yaml: one procedure of the city, from who may file to the letter that answers (手続)."""

    slug: Slug
    title: Text
    summary: Text
    inventory: tuple[InventoryId, ...] = ()
    kind: Kind
    law: Law
    legal_basis_kind: Literal["law", "ordinance"]
    confirmed: Confirmed
    affairs: Affairs
    appeal: Appeal | None = None
    unit: Code
    life_events: tuple[Code, ...] = ()
    measures: tuple[Code, ...] = ()
    say: tuple[str, ...] = ()
    say_en: tuple[str, ...] = ()
    audience: tuple[Audience, ...] = ("resident",)
    priority: int = Field(default=5, ge=1, le=10)
    identity: Literal["none", "authenticated", "signed"]
    online: Online
    performed: bool = True
    standard_period: Period
    statutory_limit: StatutoryLimit | None = None
    file_within: Text | None = None
    deadlines: tuple[Deadline, ...] = ()
    minutes: int = Field(ge=1, le=240)
    fee: Fee
    who_may_file: tuple[Filer, ...] = Field(min_length=1)
    subject: Literal["applicant", "subject"]
    needs: tuple[Text, ...] = ()
    eligible: tuple[EligibleRule, ...] = ()
    amounts: tuple[AmountRule, ...] = ()
    form: tuple[Page, ...] = Field(min_length=1)
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)
    approval: Literal["one", "two_person"] | None = None
    outcome: Outcomes
    certificate: Certificate | None = None
    proactive: Proactive | None = None
    ended: Ended | None = None
    # What is so once it is filed: a guide tells of what can be claimed afterwards.
    brings: Mapping[TermName, bool | int | str] = Field(default_factory=dict)

    def letters(self) -> tuple[str, ...]:
        """The path of every letter it sends: of each outcome, and of an extension of its limit."""
        limit = self.statutory_limit
        notice = (limit.extension_letter,) if limit is not None and limit.extends else ()
        return (*self.outcome.letters().values(), *notice)

    def is_ended(self, on: date) -> bool:
        """Whether nothing is accepted any more on a day."""
        return self.ended is not None and self.ended.on <= on

    @property
    def is_notification(self) -> bool:
        """届出: complete on formal correctness, nothing to approve or refuse (行政手続法37条)."""
        return self.kind == "notification"

    @property
    def is_confirmed(self) -> bool:
        """Has a person of the city confirmed law, fee and texts?"""
        return self.confirmed.by is not None

    @property
    def online_state(self) -> Literal["full", "partial", "none"]:
        """The state that counts: a fee paid at the counter still asks for a visit, so it is never `full`."""
        if self.online.state == "full" and self.fee.method == "counter" and self.fee.amount:
            return "partial"
        return self.online.state

    def expected_at(self, place: tuple[str | int, ...]) -> str:
        """The term type that the rule at a key path of `expressions` must come to."""
        match place:
            case ("amounts", int(i), "formula"):
                return self.amounts[i].expected
            case ("deadlines", int(), "since" | "before"):
                return "date"
        return "boolean"

    def expressions(self) -> dict[tuple[str | int, ...], str]:
        """Every rule text of the file by its key path, e.g. ("eligible", 0, "when")."""
        found: dict[tuple[str | int, ...], str | None] = {}
        for i, rule in enumerate(self.eligible):
            found["eligible", i, "when"] = rule.when
        for i, amount in enumerate(self.amounts):
            found["amounts", i, "formula"] = amount.formula
        for i, deadline in enumerate(self.deadlines):
            found["deadlines", i, "since" if deadline.since else "before"] = deadline.day
        for i, page in enumerate(self.form):
            found["form", i, "show_when"] = page.show_when
            for j, ask in enumerate(page.ask):
                found["form", i, "ask", j, "show_when"] = ask.show_when
        for i, evidence in enumerate(self.evidence):
            found["evidence", i, "skip_when"] = evidence.skip_when
        return {path: text for path, text in found.items() if text is not None}

    def member_of(self, path: tuple[str | int, ...]) -> str | None:
        """The repeating group about one member of which the rule at a key path is asked; None for any other rule."""
        match path:
            case ("form", int(place), *_):
                return self.form[place].each
        return None
