"""Enough examples of every procedure, and all kinds of people among them: what falls short is printed by name."""

import re
from collections import Counter

import pytest

from dokodemo.administration.procedures.reading import ProcedureFile, read_procedures
from dokodemo.kernel.packs import open_pack

AT_LEAST = 10
# Words in the titles and facts of examples by which a kind of person shows, and in how many procedures one must occur.
PEOPLE = {
    "public servant": (r"is_public_servant': True|公務員", 15),
    "foreigner": (r"nationality|foreign|外国|国籍|在留", 60),
    "child": (r"child|pupil|お子さん|小学生|中学生|高校生|未成年", 40),
    "guardian": (r"guardian|法定代理|親権者|後見", 15),
    "representative": (r"representative|mandate|代理|委任|ケアマネ|代わりに", 40),
}


@pytest.fixture(scope="module")
def files() -> list[ProcedureFile]:
    return list(read_procedures(open_pack("arao")))


def test_every_procedure_has_ten_examples(files: list[ProcedureFile]) -> None:
    short = {f.definition.slug: len(f.examples) for f in files if len(f.examples) < AT_LEAST}
    assert not short, f"fewer than {AT_LEAST} examples: {short}"


def test_no_example_of_a_procedure_is_told_twice(files: list[ProcedureFile]) -> None:
    for file in files:
        titles = Counter(one.example.title for one in file.examples)
        assert max(titles.values()) == 1, (file.definition.slug, titles.most_common(1))


@pytest.mark.parametrize("kind", sorted(PEOPLE))
def test_all_kinds_of_people_are_among_the_examples(kind: str, files: list[ProcedureFile]) -> None:
    words, least = PEOPLE[kind]
    found = [
        f.definition.slug
        for f in files
        if any(re.search(words, f"{one.example.title} {one.example.facts}") for one in f.examples)
    ]
    assert len(found) >= least, f"{kind}: only in {len(found)} procedures: {found}"
