"""The inventory in a browser: headquarters hands rows out, a section confirms them, a resident reads what is missing."""

from __future__ import annotations

from pathlib import Path

from journey_city import City
from journey_people import Town

from tests.domains.administration.inventory.surveys import r6, row


def test_a_row_goes_from_the_survey_through_a_section_to_the_plan(
    city: City, town: Town, tmp_path: Path
) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_bytes(
        r6(
            row("101", 手続名="見本税の減免の申請", 総手続件数="9000000"),
            row("102", 手続名="見本税の還付の請求", 総手続件数="800000"),
        )
    )
    city.run("inventory", "import", str(survey))
    before = city.plan_numbers()["K1"]

    chief = town.clerk("digital-officer")
    chief.go("/office/inventory/?section=-&search=見本税")
    chief.look("office-inventory")
    chief.page.locator("#all").check()
    chief.page.locator("#to_section").select_option("tax")
    chief.press("割り当てる")
    assert "2件の担当課を変えました" in chief.says()

    clerk = town.clerk("tax-caseworker")
    clerk.go("/office/inventory/?state=unknown")
    clerk.follow("見本税の減免の申請")
    clerk.look("office-inventory-row")
    clerk.press("確認して次の未確認へ")
    assert "実施しているかどうか" in clerk.page.locator(".error-summary").inner_text()
    clerk.choose("performed", "performed")
    clerk.choose("online", "partial")
    clerk.page.locator("#lacks-payment").check()
    clerk.fill(missing="税額を窓口で確かめます", yearly="3,500", yearly_online="0")
    clerk.press("確認して次の未確認へ")
    assert clerk.heading() == "見本税の還付の請求"
    clerk.choose("performed", "not_performed")
    clerk.press("確認して次の未確認へ")
    assert "確認を記録しました" in clerk.says()
    clerk.go("/office/inventory/upload")
    clerk.look("office-inventory-upload")

    reader = town.visitor()
    reader.go("/plan/missing?section=tax")
    reader.look("plan-missing")
    assert "見本税の減免の申請" in reader.says()
    assert "3,500" in reader.says()
    assert "見本税の還付の請求" not in reader.says()
    after = city.plan_numbers()["K1"]
    assert (after[0], after[1]) == (before[0], (before[1] or 0) + 1)
