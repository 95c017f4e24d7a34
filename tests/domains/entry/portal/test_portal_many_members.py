"""The largest form there is, with everything it allows, is taken; and no pack may ask for more than can be sent."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from dokodemo.administration.cases.models import Draft
from dokodemo.administration.procedures.checking import read_surroundings
from dokodemo.administration.procedures.form_size import members_fit_together
from dokodemo.administration.procedures.reading import read_procedures
from dokodemo.kernel.packs import open_pack
from tests.domains.administration.cases import building
from tests.domains.entry import building as b

pytestmark = pytest.mark.django_db

RETURN = "depreciable-assets-return"
OWNER = {
    "asset_owner.kind": "sole",
    "asset_owner.business": "美容室",
    "asset_owner.in_city_1_january": True,
    "asset_owner.place": "荒尾市荒尾1-2-3",
    "asset_owner.change": "first",
    "asset_owner.special_rule": False,
}
ASSET = {
    "kind": "tool",
    "name": "椅子",
    "quantity": "1",
    "acquired_on.era": "",
    "acquired_on.year": "2025",
    "acquired_on.month": "4",
    "cost": "100000",
    "years": "5",
    "removed": "false",
}


def test_a_page_of_a_hundred_business_assets_goes_on_and_is_kept() -> None:
    account = b.resident_account(b.household()[0])
    actor = b.acting(account)
    draft = building.fill(actor, building.start(actor, RETURN).pk, OWNER)
    where = reverse("portal:page", args=[draft.pk, 2])
    browser = b.browser(account)
    boxes = {"asset.count": "100"}
    for number in range(100):
        boxes[f"asset-{number}.from"] = ""
        boxes |= {f"asset-{number}.{name}": value for name, value in ASSET.items()}
    assert len(boxes) > 800
    # The first time the page opens what depends on the answers; then it goes on.
    opened = browser.post(where, boxes)
    assert opened.status_code == 200
    shown = re.search(r'name="_shown" value="([^"]*)"', opened.content.decode())
    assert shown is not None
    assert browser.post(where, {**boxes, "_shown": shown[1]}).status_code == 302
    kept = Draft.objects.get(pk=draft.pk)
    assert len(kept.content["values"]["asset"]) == 100
    assert kept.content["values"]["asset"][99]["cost"] == 100_000


def test_all_procedures_together_ask_no_more_than_can_be_sent(settings) -> None:  # type: ignore[no-untyped-def]
    pack = open_pack("arao")
    files, around = read_procedures(pack), read_surroundings(pack)
    assert list(members_fit_together(files, around)) == []
    # 20 members of a household with twelve boxes between several procedures; each alone asks ten.
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 200 + 20 * 12
    problems = [str(problem) for problem in members_fit_together(files, around)]
    assert any("household_member" in problem and "together" in problem for problem in problems)
