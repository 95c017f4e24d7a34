"""What a decision finds comes through the editor unharmed, in a city's own file and in one below it."""

from dokodemo.administration.authoring import yaml_text
from dokodemo.administration.authoring.content import Content, procedure_path
from dokodemo.kernel.packs import open_pack

DAMAGE = "disaster-damage-certificate"
OWN = """# 市の手続
slug: disaster-damage-certificate
minutes: 5
findings:   # 認定内容
  - name: degree
    label: {ja: 被害の程度, easy: こわれ《こわれ》かた, en: Degree}
    type: choice
    choices:
      - {value: total, label: {ja: 全壊, easy: ぜんかい, en: Total}}   # 一番重い
      - {value: half, label: {ja: 半壊, easy: はんかい, en: Half}, on: [approved]}
    required_on: [approved]
approval: one
"""


def test_another_key_is_changed_and_the_findings_keep_every_byte() -> None:
    content = Content(DAMAGE, {procedure_path(DAMAGE): OWN}, open_pack("arao"))
    assert [one["name"] for one in content.data["findings"]] == ["degree"]
    changed = content.with_value("minutes", 9)[procedure_path(DAMAGE)]
    assert changed == OWN.replace("minutes: 5", "minutes: 9")
    added = content.with_value("steps", ["completeness", "decision"])[procedure_path(DAMAGE)]
    assert OWN[OWN.index("findings:") : OWN.index("approval")] in added


def test_a_city_that_writes_none_keeps_those_of_the_law() -> None:
    files = Content(DAMAGE, {}, open_pack("arao")).with_value("minutes", 9)
    content = Content(DAMAGE, files, open_pack("arao"))
    assert "findings" not in yaml_text.data_of(files[procedure_path(DAMAGE)])
    assert content.data["minutes"] == 9
    assert len(content.data["findings"][0]["choices"]) == 6
