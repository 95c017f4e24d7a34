"""Questions a guide asks beside all the conditions it answers (案内の設問数 / 要件の用語数).

Owns two ratios, both over the distinct terms that all conditions of the life event's procedures read. `questions` is what
a person meets: a list to tick is one question, and so are the topics and a repeating group. `terms` is what they are asked
about: every line of a list to tick counts, the topics and a repeating group are one each. `least` is about how many terms
somebody would ask who knew every answer beforehand and had only to prove the list (each rule counted with all its terms, so
an OR can make it a little too high).

A household ticks every topic that can be true of it, and some that are not: lived, those of the procedures it looks at;
any, half of them. Needs no database: rules and made-up people come from the pack. The aim is one third of questions.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from random import Random
from statistics import mean
from typing import Any

from bench.city import NotMeasured

HOUSEHOLDS = 200
AIM = 1 / 3
SEED = 20261123
KINDS = ("lived", "any")
KEYS = ("questions", "questions_register", "asked", "asked_register", "least")


def measure(*, quick: bool = False) -> dict[str, Any]:
    """The ratios of every life event of the city's pack. Raises NotMeasured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokodemo.entry.server.settings")
    import django

    django.setup()
    from django.conf import settings

    from bench.households import any_answers, households, least, lived_answers
    from dokodemo.administration.guidance.logic import Guide, Memo
    from dokodemo.administration.guidance.playing import play
    from dokodemo.administration.procedures.checking import procedures_of
    from dokodemo.administration.procedures.reading import read_life_events, read_procedures
    from dokodemo.administration.procedures.topics import read_topics
    from dokodemo.kernel.calendar_jp import today
    from dokodemo.kernel.packs import PackError, open_pack

    on = today()
    try:
        pack = open_pack(settings.DOKODEMO_PACK)
        procedures = procedures_of(pack)
        examples = {
            file.definition.slug: [one.example for one in file.examples] for file in read_procedures(pack)
        }
        codes = list(read_life_events(pack))
        topics = list(read_topics(pack).values())
    except PackError as error:
        raise NotMeasured(str(error)) from None
    number = 3 if quick else HOUSEHOLDS
    events = []
    for code in codes:
        found = [one for one in procedures if code in one.definition.life_events]
        guide = Guide(code, found, on, topics)
        if not guide.conditions():
            continue
        rng = Random(f"{SEED} {code}")
        drawn = households(pack, on, rng)
        memo: Memo = {}
        row: dict[str, Any] = {
            "event": code,
            "procedures": len(guide.procedures),
            "conditions": len(guide.conditions()),
            "topics": len(guide.topics),
        }
        for kind in KINDS:
            people = [next(drawn) for _ in range(number)]
            told = [
                lived_answers(guide, one, rng, examples) if kind == "lived" else any_answers(guide, one, rng)
                for one in people
            ]
            plain = [play(guide, one.facts, memo=memo) for one in told]
            known = [play(guide, one.facts, one.released, memo=memo) for one in told]
            row[kind] = {
                "questions": mean(one.questions for one in plain),
                "questions_register": mean(one.questions for one in known),
                "asked": mean(len(one.asked) for one in plain),
                "asked_register": mean(len(one.asked) for one in known),
                "least": mean(least(guide, one.facts) for one in told),
                "due": mean(len(one.listing.due) for one in plain),
            }
        events.append(row)
        print(f"{code} …", file=sys.stderr, flush=True)
    return {
        "on": on.isoformat(),
        "households": number,
        "aim": AIM,
        "events": events,
        "overall": _overall(events),
    }


def _overall(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    conditions = sum(event["conditions"] for event in events)
    return {
        "conditions": conditions,
        **{
            kind: {key: sum(event[kind][key] for event in events) / max(1, conditions) for key in KEYS}
            for kind in KINDS
        },
    }


def table(result: Mapping[str, Any]) -> str:
    """The result for people: both ratios of each life event, without and with what the register knows."""
    head = "".join(
        f"  {kind:>6}{'quest.':>8}{'signed':>8}{'terms':>7}{'signed':>8}{'least':>7}" for kind in KINDS
    )
    lines = [
        f"Questions, and terms asked / terms all conditions read; {result['households']} households an event, {result['on']}",
        "questions: a list to tick is one; terms: each of its lines is one; signed: what the register knows is not asked",
        "lived: some procedures concern a household; any: answers equally likely; least: terms a proof takes, about",
        f"{'event':<19}{'proc.':>6}{'topics':>7}{'terms':>6}{head}",
    ]
    for event in result["events"]:
        cells = ""
        for kind in KINDS:
            cells += f"  {event[kind]['questions']:>6.1f}" + _cells(
                {key: event[kind][key] / event["conditions"] for key in KEYS}
            )
        lines.append(
            f"{event['event']:<19}{event['procedures']:>6}{event['topics']:>7}{event['conditions']:>6}{cells}"
        )
    overall = result["overall"]
    cells = "".join(f"  {'':>6}{_cells(overall[kind])}" for kind in KINDS)
    lines.append(f"{'overall':<19}{'':>13}{overall['conditions']:>6}{cells}")
    lines.append(f"aim: questions at most {result['aim']:.2f}")
    return "\n".join(lines)


def _cells(ratios: Mapping[str, float]) -> str:
    widths = (8, 8, 7, 8, 7)
    return "".join(f"{ratios[key]:>{width}.2f}" for key, width in zip(KEYS, widths, strict=True))
