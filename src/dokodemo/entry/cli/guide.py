"""The verb `guide`: what is due after a turn of life, asked in as few questions as the rules allow (案内).

Plays the guide with the facts of a file, as a person would answer it. Reads what is in force; without a database it reads
the city's pack. Facts are kept nowhere.
"""

import json
from typing import TYPE_CHECKING, Any

import click

from dokodemo.entry.cli.given import (
    MARKS,
    day_of,
    day_option,
    facts_of,
    facts_option,
    json_option,
    lang_option,
    refuse_faults,
    unknown_name,
)

if TYPE_CHECKING:
    from dokodemo.administration.guidance.logic import Guide, Item
    from dokodemo.administration.guidance.playing import Played


@click.command(name="guide")
@click.argument("events", nargs=-1, required=True, metavar="EVENT...")
@facts_option
@json_option
@day_option
@lang_option
def command(events: tuple[str, ...], facts_file: str, as_json: bool, day: str | None, lang: str) -> None:
    """Say what is due after the life event EVENT, or after several (birth moving_in), for the person of the facts.

    Facts are a JSON object, e.g. {"moving.direction": "into_city", "child": [{"date_of_birth": "2026-11-01"}]}. Only
    what is asked is read from it; a term that is left out counts as "I do not know". "topics": ["dog", …] says which
    topics are true of the person; without it they are ticked as by somebody who knows these facts.
    """
    from dokodemo.entry.cli.ready import ready

    ready()
    from dokodemo.administration.guidance.playing import play
    from dokodemo.kernel.packs import PackError

    on = day_of(day)
    facts = facts_of(facts_file)
    try:
        guide = _guide(events, facts, on)
        played = play(guide, facts)
    except PackError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(as_rows(guide, played, lang), ensure_ascii=False))
    else:
        click.echo(_words(guide, played, lang))


def _guide(events: tuple[str, ...], facts: dict[str, Any], on: Any) -> "Guide":
    from dokodemo.administration.guidance.logic import MOST_TOGETHER, TOGETHER, Guide
    from dokodemo.administration.guidance.questions import TOPICS
    from dokodemo.entry.cli.source import life_events_at_hand, procedures_at_hand, topics_at_hand
    from dokodemo.kernel import calendar_jp
    from dokodemo.kernel.vocabulary import Vocabulary

    known = life_events_at_hand()
    for event in events:
        if event not in known:
            raise unknown_name("life event", event, known)
    if len(set(events)) != len(events) or len(events) > MOST_TOGETHER:
        raise click.UsageError(f"Name up to {MOST_TOGETHER} life events, each once.")
    procedures = procedures_at_hand().values()
    terms = {name: term for one in procedures for name, term in one.vocabulary.terms.items()}
    groups = {name: group for one in procedures for name, group in one.vocabulary.groups.items()}
    refuse_faults(Vocabulary(terms, groups), {name: value for name, value in facts.items() if name != TOPICS})
    found = [one for one in procedures if not set(events).isdisjoint(one.definition.life_events)]
    day = calendar_jp.today() if on is None else on
    guide = Guide(TOGETHER.join(events), found, day, topics_at_hand())
    codes = [topic.code for topic in guide.topics]
    ticked = facts.get(TOPICS, [])
    if not isinstance(ticked, list) or any(code not in codes for code in ticked):
        raise click.UsageError(
            f'"{TOPICS}" must be a list of topics of the guide: {", ".join(codes) or "none"}.'
        )
    return guide


def as_rows(guide: "Guide", played: "Played", lang: str) -> dict[str, Any]:
    """The list as the command-line contract writes it. `deadline` is a day or null; `deadlines` tells each."""
    listing = played.listing
    return {
        "event": guide.event,
        "on": guide.on.isoformat(),
        "asked": list(played.asked),
        "due": [_row(item, lang) for item in listing.due],
        "not_due": [_row(item, lang) for item in listing.not_due],
        "depends_on": [
            {"slug": item.slug, "title": _title(item, lang), "terms": list(item.terms)}
            for item in listing.depends_on
        ],
    }


def _title(item: "Item", lang: str) -> str:
    return item.procedure.definition.title.get(lang)


def _row(item: "Item", lang: str) -> dict[str, Any]:
    first = item.deadline
    return {
        "slug": item.slug,
        "title": _title(item, lang),
        "reasons": [
            {"say": topic.label.get(lang), "law": None, "article": None, "outcome": False}
            for topic in item.aside
        ]
        + [
            {"say": r.say.get(lang), "law": r.law, "article": r.article, "outcome": r.outcome}
            for r in item.reasons
        ],
        "deadline": first.until.isoformat() if first and first.until else None,
        "passed": bool(first and first.passed),
        "deadlines": [one.as_json() for one in item.deadlines],
    }


def _words(guide: "Guide", played: "Played", lang: str) -> str:
    listing = played.listing
    lines = [f"{guide.event} {guide.on}: {played.questions} questions asked for {len(played.asked)} terms"]
    for name, items in (
        ("due", listing.due),
        ("depends on", listing.depends_on),
        ("not due", listing.not_due),
    ):
        lines += ["", f"{name}: {len(items)}"]
        for item in items:
            lines.append(f"- {_title(item, lang)} ({item.slug}){_by_when(item)}")
            lines += [f"    after: {first.definition.title.get(lang)} ({first.slug})" for first in item.after]
            lines += [f"    × {topic.label.get(lang)}" for topic in item.aside]
            lines += [f"    {MARKS[r.outcome]} {r.say.get(lang)} ({r.law} {r.article})" for r in item.told()]
            lines += [f"    unknown: {term}" for term in item.terms]
    return "\n".join(lines)


def _by_when(item: "Item") -> str:
    first = item.deadline
    if first is None:
        return ""
    if first.until is None:
        return f" by: not known yet ({', '.join(first.missing)}; {first.law} {first.article})"
    passed = ", passed" if first.passed else ""
    return f" by {first.until}{passed} ({first.law} {first.article})"
