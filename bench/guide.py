"""Questions a guide asks beside all the conditions it answers (案内の設問数 / 要件の用語数).

Owns the ratio: questions asked of a household (a repeating group is one), over the distinct terms that all conditions of
the life event's procedures read. `least` is about what somebody would ask who knew every answer beforehand and had only to
prove the list (each rule counted with all its terms, so an OR can make it a little too high). Needs no database: rules and
made-up people come from the pack. The aim is one third; nothing is asserted.
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
    except PackError as error:
        raise NotMeasured(str(error)) from None
    number = 3 if quick else HOUSEHOLDS
    events = []
    for code in codes:
        found = [one for one in procedures if code in one.definition.life_events]
        guide = Guide(code, found, on)
        if not guide.conditions():
            continue
        rng = Random(f"{SEED} {code}")
        drawn = households(pack, on, rng)
        memo: Memo = {}
        row: dict[str, Any] = {
            "event": code,
            "procedures": len(guide.procedures),
            "conditions": len(guide.conditions()),
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
                "asked": mean(len(one.asked) for one in plain),
                "pages": mean(len(one.pages) for one in plain),
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
            kind: {
                key: sum(event[kind][key] for event in events) / max(1, conditions)
                for key in ("asked", "asked_register", "least")
            }
            for kind in KINDS
        },
    }


def table(result: Mapping[str, Any]) -> str:
    """The result for people: questions and ratio of each life event, without and with what the register knows."""
    head = "".join(f"{kind:>8}{'ratio':>7}{'signed in':>11}{'least':>7}" for kind in KINDS)
    lines = [
        f"Questions / terms all conditions read; {result['households']} households an event, {result['on']}",
        "lived: some procedures concern a household; any: answers equally likely; least: about what a proof takes",
        f"{'event':<19}{'proc.':>6}{'terms':>6}{head}",
    ]
    for event in result["events"]:
        cells = ""
        for kind in KINDS:
            one, of = event[kind], event["conditions"]
            cells += f"{one['asked']:>8.1f}{one['asked'] / of:>7.2f}{one['asked_register'] / of:>11.2f}"
            cells += f"{one['least'] / of:>7.2f}"
        lines.append(f"{event['event']:<19}{event['procedures']:>6}{event['conditions']:>6}{cells}")
    overall = result["overall"]
    cells = "".join(
        f"{'':>8}{overall[k]['asked']:>7.2f}{overall[k]['asked_register']:>11.2f}{overall[k]['least']:>7.2f}"
        for k in KINDS
    )
    lines.append(f"{'overall':<19}{'':>6}{overall['conditions']:>6}{cells}")
    lines.append(f"aim: at most {result['aim']:.2f}")
    return "\n".join(lines)
