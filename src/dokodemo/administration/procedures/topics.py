"""What may concern a person, asked first and all in one list (関係すること): topics.yaml of a pack.

Owns the shape of the file, reading its layers together, and whether it agrees with the procedures. Never touches the
database.
"""

from collections.abc import Collection

from pydantic import Field

from dokodemo.administration.procedures.definitions import Slug
from dokodemo.administration.procedures.periods import Code
from dokodemo.kernel.packs import Pack, PackError, PackModel, Problem, Text, validate

TOPICS = "topics.yaml"


class Topic(PackModel):
    """A sentence in a person's own words, and the procedures nobody needs of whom it is not true.

    Whoever says that it is not true of them is asked no more about these procedures, so it must hold for everybody to
    whom one of them applies.
    """

    code: Code
    label: Text
    procedures: tuple[Slug, ...] = Field(min_length=1)


class TopicWords(PackModel):
    """A topic as one layer writes it: a layer above may leave the label out and add its own procedures."""

    code: Code
    label: Text | None = None
    procedures: tuple[Slug, ...] = ()


class TopicsFile(PackModel):
    """topics.yaml: the topics in the order in which they are read."""

    topics: tuple[TopicWords, ...]


def read_topics(pack: Pack) -> dict[str, Topic]:
    """The topics of all layers together, by code. Raises PackError."""
    labels: dict[str, Text] = {}
    slugs: dict[str, dict[str, None]] = {}
    problems: list[Problem] = []
    for document in pack.all_layers(TOPICS):
        for i, words in enumerate(validate(TopicsFile, document).topics):
            if words.label is not None:
                labels[words.code] = words.label
            elif words.code not in labels:
                message = f'The topic "{words.code}" has no sentence in this file or below'
                problems.append(document.problem(("topics", i), message, "Add `label`"))
            slugs.setdefault(words.code, {}).update(dict.fromkeys(words.procedures))
            if not slugs[words.code]:
                message = f'The topic "{words.code}" has no procedures'
                problems.append(document.problem(("topics", i), message, "Add `procedures` or delete it"))
    if problems:
        raise PackError(problems)
    return {
        code: Topic(code=code, label=labels[code], procedures=tuple(found)) for code, found in slugs.items()
    }


def topics_agree(pack: Pack, slugs: Collection[str]) -> list[Problem]:
    """What is wrong with the topics: words that cannot be read, and procedures the pack does not have."""
    try:
        read_topics(pack)
    except PackError as error:
        return list(error.problems)
    return [
        document.problem(
            ("topics", i, "procedures", j), f'There is no procedure "{slug}"', "Correct its name or delete it"
        )
        for document in pack.all_layers(TOPICS)
        for i, words in enumerate(validate(TopicsFile, document).topics)
        for j, slug in enumerate(words.procedures)
        if slug not in slugs
    ]
