"""Topics: every layer's words together, each procedure known."""

from __future__ import annotations

import pytest

from dokodemo.administration.procedures.reading import read_procedures
from dokodemo.administration.procedures.topics import read_topics, topics_agree
from dokodemo.kernel.packs import open_pack


@pytest.mark.parametrize("name", ["arao", "mihon"])
def test_the_topics_of_the_packs_agree_with_their_procedures(name: str) -> None:
    pack = open_pack(name)
    assert topics_agree(pack, {file.definition.slug for file in read_procedures(pack)}) == []
    assert len(read_topics(pack)) > 50


def test_a_city_adds_its_procedures_to_a_national_topic() -> None:
    topics = read_topics(open_pack("arao"))
    assert topics["children"].procedures == ("child-allowance-claim", "child-medical-certificate")
    assert topics["library"].procedures == ("library-card",)
