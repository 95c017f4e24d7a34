"""A city of chance whose records are counted: records of every kind, each with its event, sealed in any order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from dokodemo.administration.cases import events as verbs
from dokodemo.administration.cases.models import Bundle, Case, Draft, DraftPart
from dokodemo.administration.procedures.models import ProcedureVersion
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Account, system
from dokodemo.kernel.crypto import new_id
from dokodemo.kernel.events.models import Event, Seal

JOB = system("indicators")
FIRST = datetime(2026, 3, 28, 14, 0, tzinfo=UTC)  # 23 o'clock in Japan, some days before a fiscal year ends


@dataclass
class City:
    """Records made by chance, each with its event; events are sealed in any order, as PostgreSQL commits them."""

    dice: random.Random
    now: datetime = FIRST
    owners: list[Account] = field(init=False)
    versions: list[ProcedureVersion] = field(init=False)
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.owners = [
            Account.objects.create(username=f"writer-{new_id()}", kind=Account.Kind.RESIDENT)
            for _ in range(2)
        ]
        every = ProcedureVersion.objects.order_by("procedure__slug", "number").select_related("procedure")
        self.versions = list(every.only("procedure__slug")[:3])

    def told(self, verb: str, kind: str, pk: object) -> None:
        """The event of what was done."""
        events.record(verb, actor=JOB, object=(kind, str(pk)))

    def pass_time(self) -> None:
        """Seconds, hours or days go by: midnight in Japan is at 15 o'clock UTC."""
        self.now += timedelta(seconds=self.dice.choice((1, 3600, 3600 * 20, 86400, 86400 * 9)))

    def moment(self, *, since: datetime | None = None) -> datetime:
        """When something is done: now, or earlier where it is written down late, perhaps on a day that is over by now."""
        late = self.now - timedelta(seconds=self.dice.choice((0, 3600 * 20, 86400 * 2)))
        return max(late, since or late)

    def begin(self) -> None:
        """A form is begun, of its own or for several procedures."""
        begun = self.moment()
        joint, version = self.dice.random() < 0.5, self.dice.choice(self.versions)
        draft = Draft.objects.create(
            owner=self.dice.choice(self.owners),
            version=None if joint else version,
            procedure="" if joint else version.procedure.slug,
            slot=new_id(),
            capacity="self",
            content={},
            created_at=begun,
            updated_at=begun,
        )
        for place, one in enumerate(self.versions[:2] if joint else ()):
            DraftPart.objects.create(draft=draft, place=place, version=one, procedure=one.procedure.slug)
        self.told(verbs.TOGETHER_STARTED if joint else verbs.DRAFT_STARTED, "draft", draft.pk)

    def take_out(self) -> None:
        """A procedure leaves a joint form, by itself or because its answers are carried over to another form."""
        whole = DraftPart.objects.filter(draft__closed_at=None, place=1).order_by("pk")
        for part in self.some(list(whole.select_related("draft"))):
            draft = part.draft
            part.delete()
            others = Draft.objects.filter(owner=draft.owner).exclude(pk=draft.pk).order_by("pk")
            target = self.dice.choice([draft, *others])
            verb = verbs.PROCEDURE_TAKEN_OUT if target == draft else verbs.ANSWERS_CARRIED_OVER
            self.told(verb, "draft", target.pk)

    def hand_in(self) -> None:
        """A form is handed in and becomes cases."""
        for draft in self.some(list(Draft.objects.filter(closed_at=None).order_by("pk"))):
            slugs = {part.procedure for part in draft.parts.all()} or {draft.procedure}
            versions = [one for one in self.versions if one.procedure.slug in slugs]
            bundle, arrived = None, self.moment(since=draft.created_at)
            if draft.version_id is None:
                bundle = Bundle.objects.create(
                    # A moment of its own: what a bundle says must not hang on what its cases say.
                    arrived_at=self.moment(since=draft.created_at),
                    typed_apart=9,
                    typed_once=self.dice.randint(1, 9),
                )
                self.told(verbs.BUNDLE_SUBMITTED, "bundle", bundle.pk)
            cases = [self.case(one, bundle=bundle, arrived_at=arrived) for one in versions]
            draft.case, draft.bundle = (None, bundle) if bundle else (cases[0], None)
            draft.handed_in, draft.closed_at = True, self.now
            draft.save()

    def at_the_counter(self) -> None:
        """Somebody comes with a paper."""
        self.case(self.dice.choice(self.versions), channel="counter", arrived_at=self.moment())

    def case(self, version: ProcedureVersion, **more: object) -> Case:
        """A case arrives."""
        fields: dict[str, object] = {
            "number": f"T{next(self.numbers)}",
            "version": version,
            "procedure": version.procedure.slug,
            "kind": "application",
            "section": "childcare",
            "capacity": "self",
            "answers": {},
            "answers_total": self.dice.randint(0, 9),
            "due_on": self.dice.choice((None, calendar_jp.jst_day(self.now))),
        }
        made = Case.objects.create(**fields | more)
        self.told(verbs.SUBMITTED, "case", made.pk)
        return made

    def decide(self) -> None:
        """A case is decided, in time or not."""
        for case in self.some(list(Case.objects.filter(closed_at=None).order_by("arrived_at", "number"))):
            case.state, case.outcome = "decided", "approved"
            case.closed_at = self.moment(since=case.arrived_at)
            case.save()
            self.told(verbs.DECIDED, "case", case.pk)

    def say(self) -> None:
        """Somebody says how it was, perhaps long after."""
        for case in self.some(list(Case.objects.filter(satisfaction=None).order_by("arrived_at", "number"))):
            case.satisfaction = self.dice.randint(1, 5)
            case.save()
            self.told(verbs.SATISFACTION_GIVEN, "case", case.pk)

    def look(self) -> None:
        """Somebody looks at something: an event that changes no number."""
        self.told(verbs.VIEWED, "case", new_id())

    def seal(self) -> None:
        """Some of the waiting events are sealed, not in their order."""
        waiting = list(Event.objects.filter(seal=None).values_list("pk", flat=True))
        self.dice.shuffle(waiting)
        last = events.last_sequence()
        chosen = waiting[: self.dice.randint(0, len(waiting))]
        Seal.objects.bulk_create(
            Seal(sequence=last + n, event_id=pk, hash="0" * 64) for n, pk in enumerate(chosen, 1)
        )

    def some[T](self, rows: list[T]) -> list[T]:
        """One of the rows by chance, or none where there are none."""
        return [self.dice.choice(rows)] if rows else []
