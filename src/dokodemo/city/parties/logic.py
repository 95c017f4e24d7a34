"""Pure rules about persons of the register (住民についての規則).

Owns: who of a household may be told what, who is a child's guardian by the register, when two records are the same
person, and how a correction keeps what was known before. Never reads the database or the clock.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from dokodemo.city.parties.definitions import (
    ASSERTABLE_FACTS,
    CHILD,
    CITY_SOURCE,
    HEAD,
    KANA_REGISTERED,
    LOCATING_FACTS,
    REGISTER_SOURCE,
    RESIDENT_SOURCE,
    SPOUSES,
    STEPCHILD_OF,
    EndingGround,
    Fact,
    Record,
    Status,
    Uncertified,
)

ADULT_AGE = 18  # 民法第4条
CHILD_ALLOWANCE_AGE = 18
# The parts of a name that say how it is read.
READINGS = frozenset({"family_kana", "given_kana"})
_SEPARATOR = "\x1f"
_HYPHENS = re.compile(r"(?<=[0-9])[‐‑‒–—―−ー─━](?=[0-9])")
_BLOCK_WORD = re.compile(r"(?<=[0-9])(?:丁目|番地の?|番|号)(?=[0-9])")
_BLOCK_END = re.compile(r"(?<=[0-9])(?:番地|番|号)")
_PURPOSE = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,119}\Z")


class Person(Protocol):
    """A person of the register as the rules see one; `facts` is decrypted only when it is touched."""

    @property
    def pk(self) -> UUID: ...
    @property
    def household_id(self) -> UUID: ...
    @property
    def status(self) -> str: ...
    @property
    def protected(self) -> bool: ...
    @property
    def facts(self) -> Record: ...


def value_of(record: Mapping[str, Fact], name: str) -> Any:
    """The bare value of a fact, or None when it is not held."""
    fact = record.get(name)
    return None if fact is None else fact["value"]


def age_on(born: date, on: date) -> int:
    """Completed years on a day; somebody born on 29 February is a year older on 1 March (年齢計算ニ関する法律)."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def fiscal_age_limit(born: date, age: int) -> date:
    """The first 31 March on or after the day before the birthday of `age` (18歳に達する日以後の最初の3月31日).

    A person reaches an age at the end of the day before the birthday, so 1 April belongs to the year before.
    """
    year = born.year + age
    return date(year, 3, 31) if (born.month, born.day) <= (4, 1) else date(year + 1, 3, 31)


def born_on(person: Person) -> date | None:
    """Day of birth, or None when the register does not hold it."""
    value = value_of(person.facts, "date_of_birth")
    return date.fromisoformat(value) if value else None


def is_minor(person: Person, on: date) -> bool:
    """Whether a person is known to be under 18 (未成年, 民法第4条)."""
    born = born_on(person)
    return born is not None and age_on(born, on) < ADULT_AGE


def is_purpose(text: str) -> bool:
    """Whether a purpose of use is a slug like `child-allowance-claim` or `case:…`, never free text."""
    return _PURPOSE.match(text) is not None


# --- protection (秘匿) ---------------------------------------------------------------------------


def may_release(*, viewer_id: UUID | None, person: Person, sheltered: Collection[UUID]) -> bool:
    """Whether anything about a person leaves the register through the portal for this viewer.

    Nobody of a household with a protected person is shown to anybody but themselves: not to a representative, not
    to the other parent through a child, and not to others of the household, since the register cannot know from
    whom the person is protected.
    """
    return viewer_id == person.pk or person.household_id not in sheltered


# --- family (親権・世帯) ---------------------------------------------------------------------------


def is_child_of(child: Person, adult: Person) -> bool:
    """Whether the register says by the relations of one household that `child` is `adult`'s child (続柄)."""
    if child.household_id != adult.household_id or child.pk == adult.pk:
        return False
    relation, role = (value_of(p.facts, "household_relation") for p in (child, adult))
    if relation == CHILD:
        return role == HEAD or role in SPOUSES
    return relation in STEPCHILD_OF and STEPCHILD_OF[relation] == role


def wards_of[P: Person](adult: P, members: Iterable[P], *, on: date, sheltered: Collection[UUID]) -> list[P]:
    """The children for whom an adult may act as legal guardian (法定代理人) on a day, eldest first.

    Worked out from the register and never stored: same household, child by relation, under 18, both living here,
    and nobody of the household protected (then a clerk decides).
    """
    if adult.household_id in sheltered or adult.status != Status.RESIDENT or is_minor(adult, on):
        return []
    wards = [
        person
        for person in members
        if person.status == Status.RESIDENT and is_minor(person, on) and is_child_of(person, adult)
    ]
    return sorted(wards, key=_seniority)


def children_to_tell[P: Person](
    adult: P, members: Iterable[P], *, on: date, sheltered: Collection[UUID]
) -> list[P]:
    """The children whose data a form about `adult` may show: to the fiscal year end after the 18th birthday.

    An empty answer does not mean "no children": children may live elsewhere.
    """
    if adult.household_id in sheltered or adult.status != Status.RESIDENT:
        return []
    found: list[P] = []
    for person in members:
        born = born_on(person)
        if person.status != Status.RESIDENT or born is None or not is_child_of(person, adult):
            continue
        if on <= fiscal_age_limit(born, CHILD_ALLOWANCE_AGE):
            found.append(person)
    return sorted(found, key=_seniority)


def _seniority(person: Person) -> tuple[str, str]:
    return str(value_of(person.facts, "date_of_birth") or ""), str(person.pk)


def full_name_text(name: Mapping[str, str] | None) -> str:
    """`family given` with one space, as GIF's fullName; empty when the name is not held."""
    return " ".join(part for part in ((name or {}).get("family"), (name or {}).get("given")) if part)


def derived_fact(name: str, person: Person, head: Person | None) -> Fact | None:
    """A fact that follows from others (DERIVED_FACTS); None when it cannot be said. `head` is the household's head."""
    value = _derived_value(name, person, head)
    if value is None:
        return None
    base = person.facts.get("household_relation")
    at = base["verified_at"] if base else None
    return Fact(value=value, source=REGISTER_SOURCE, asserted_at=at, verified_at=at)


def _derived_value(name: str, person: Person, head: Person | None) -> bool | str | None:
    if name == "resident_here":
        return person.status == Status.RESIDENT
    if name == "insurance_known":
        return value_of(person.facts, "insurance_kind") is not None
    if name == "living_together":
        return True
    if name == "relation":
        # The register says what somebody is to the head of the household. A child of the head's spouse is told of to that
        # spouse alone, whose own child it is.
        relation: str | None = value_of(person.facts, "household_relation")
        return CHILD if relation in STEPCHILD_OF else relation
    if name == "head_of_household_name" and head is not None:
        return full_name_text(value_of(head.facts, "full_name")) or None
    return None


def told_source(name: str, fact: Fact) -> str:
    """Where a fact comes from, as people are told: a telephone number comes with the register's file, not from the register."""
    known = name in ASSERTABLE_FACTS and fact["source"] == REGISTER_SOURCE
    return CITY_SOURCE if known else fact["source"]


def masked_facts(*, sheltered: bool, authorised: bool) -> frozenset[str]:
    """The facts a member of staff is not shown of a person: none when authorised or nobody is protected."""
    return LOCATING_FACTS if sheltered and not authorised else frozenset()


def year_after(day: date) -> date:
    """The same day of the next year; 28 February for a leap day."""
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap_day else day.day)


def protection_fault(
    *, starts_on: date, review_on: date | None, today: date, until: date | None = None
) -> tuple[str, str] | None:
    """What is wrong with the days of a protection, as (field, text key): None when nothing is.

    It works from the moment it is written, so it begins today or began before, and lasts a year at the longest
    (住民基本台帳事務処理要領 第5の10); one that is renewed a year more than `until`, its review day so far.
    """
    if starts_on > today:
        return "starts_on", "parties.protection.starts_later"
    if review_on is None:
        return None
    if review_on < starts_on:
        return "review_on", "parties.protection.days"
    if review_on <= today:
        return "review_on", "parties.protection.past"
    if review_on > year_after(max(until, today) if until else today):
        return "review_on", "parties.protection.too_long"
    return None


def ending_fault(ground: EndingGround, *, until: date | None, today: date) -> str | None:
    """What is wrong with ending a protection on a ground, as a text key: it is over once its review day has passed."""
    if ground is EndingGround.PERIOD_OVER and (until is None or until >= today):
        return "parties.protection.not_over"
    return None


def uncertified(
    *, status: str, sheltered: bool, stated: Iterable[str], household: bool = False
) -> Uncertified | None:
    """Why a certificate that states these facts cannot be made from the register now; None when it can.

    `household`: whether it states others of the household as well. A sheltered household's certificate without what
    locates would be a blank paper with a seal on it, and with it would tell where they are.
    """
    if status == Status.DEAD:
        return Uncertified.DEAD
    if status != Status.RESIDENT:
        return Uncertified.MOVED_OUT
    if sheltered and (household or LOCATING_FACTS & set(stated)):
        return Uncertified.AT_COUNTER
    return None


def certified_value(record: Mapping[str, Fact], value: Any) -> Any:
    """A value as a certificate prints it: a name without its reading unless that is registered (振り仮名の登録)."""
    if not isinstance(value, dict) or value_of(record, "kana_status") == KANA_REGISTERED:
        return value
    return {part: one for part, one in value.items() if part not in READINGS}


# --- same person? (名寄せ) -------------------------------------------------------------------------


def identity_key(*, name: str, date_of_birth: str, sex: str, address: str) -> str:
    """What must be equal for a sign-in to be a resident: 基本4情報, forgiving only how an address is written.

    Characters of the name are not folded: 神 (U+FA19) and 神 (U+795E) may be two persons, so a clerk decides.
    """
    return _SEPARATOR.join([without_spaces(name), date_of_birth, sex, address_key(address)])


def without_spaces(text: str) -> str:
    """The text without any white space, half or full width."""
    return "".join(text.split())


def address_key(address: str) -> str:
    """An address as it is compared: width, spaces, hyphens and the words 丁目・番地・番・号 after a number do not count.

    Stored indexes depend on this text: changing it means computing every identity index anew.
    """
    plain = _HYPHENS.sub("-", without_spaces(unicodedata.normalize("NFKC", address)))
    return _BLOCK_END.sub("", _BLOCK_WORD.sub("-", plain))


def record_identity(record: Mapping[str, Fact]) -> str | None:
    """The identity key of a record, or None when one of the four is missing."""
    name = full_name_text(value_of(record, "full_name"))
    born, sex = value_of(record, "date_of_birth"), value_of(record, "sex")
    address = (value_of(record, "address") or {}).get("full", "")
    if not (name and born and sex and address):
        return None
    return identity_key(name=name, date_of_birth=born, sex=sex, address=address)


# --- keeping what was known (履歴) -----------------------------------------------------------------


def merge(old: Mapping[str, Fact], new: Mapping[str, Fact], *, source: str) -> Record:
    """The record after `source` has said `new`.

    An unchanged value keeps its times; what this source no longer says is dropped; what another source said stays,
    and where the person has told a way of contact, the register does not overrule it.
    """
    merged: Record = {name: fact for name, fact in old.items() if fact["source"] != source}
    for name, fact in new.items():
        known = old.get(name)
        if known is None or (known["source"] != source and not _told_by_person(name, known)):
            merged[name] = fact
        elif known["source"] == source:
            merged[name] = known if known["value"] == fact["value"] else fact
    return merged


def _told_by_person(name: str, fact: Fact) -> bool:
    return name in ASSERTABLE_FACTS and fact["source"] == RESIDENT_SOURCE


def same_values(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> bool:
    """Whether two records say the same, whatever their times."""
    return {k: (f["value"], f["source"]) for k, f in old.items()} == {
        k: (f["value"], f["source"]) for k, f in new.items()
    }


def canonical(value: Any) -> bytes:
    """Bytes that are equal exactly for equal JSON values; for digests."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def is_in_scope(scope: Sequence[str], slug: str | None) -> bool:
    """Whether a mandate's scope covers a procedure; None asks for a mandate over everything."""
    return "*" in scope or (slug is not None and slug in scope)
