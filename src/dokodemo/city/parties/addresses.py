"""Addresses of a register file in the vocabulary's parts (住所の組み立て・分かち書き). Pure.

Owns how parts become the joined writing (連結表記) and how an address in one piece is parted. Never asks a map.
"""

import re

# 市 within the name of a city would end it too early (四日市市, 廿日市市, 市川市 …).
_WRITTEN_ADDRESS = re.compile(
    r"(?P<prefecture>東京都|北海道|(?:京都|大阪)府|.{2,3}県)"
    r"(?P<city>(?:余市|高市|[^市]{1,4})郡.{1,5}?[町村]|(?:四日市|廿日市|野々市|市川|市原)市|.{1,6}?市.{1,4}?区|.{1,6}?[市区町村])"
    r"(?P<town>[^0-9０-９]+)(?P<block>.*)"
)


def parted_address(text: str) -> dict[str, str] | None:
    """An address written in one piece, in the vocabulary's parts as far as it can be parted; None for no text."""
    if not text:
        return None
    found = _WRITTEN_ADDRESS.fullmatch(text)
    parts = found.groupdict() if found else dict.fromkeys(("prefecture", "city", "town", "block"), "")
    return {"postal_code": "", **parts, "building": "", "full": text}


def address_of(cells: dict[str, str]) -> dict[str, str]:
    """The address of a row in the vocabulary's parts, with the joined writing (連結表記) in `full`."""
    get = cells.get
    parts = {
        "prefecture": cells["prefecture"],
        "city": cells["cityAndCounty"],
        "town": cells["streetAddress"],
        "block": get("cityBlock", ""),
    }
    building = get("buildingNameEtc", "")
    full = "".join(parts.values()) + (f" {building}" if building else "")
    digits = get("postalCode", "").replace("-", "")
    postal = f"{digits[:3]}-{digits[3:]}" if digits else ""
    return {"postal_code": postal, **parts, "building": building, "full": full}
