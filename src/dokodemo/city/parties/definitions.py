"""What the register knows of a person, and in which words (住民情報の項目).

Owns the names of register facts, the relations of a household (続柄), states and sources. Never reads the database.
A term of the vocabulary names one of `REGISTER_FACTS` in its key `register`; in a repeating group the group's name
may stand in front (`child.full_name`).
"""

from enum import StrEnum
from typing import Any, Literal, TypedDict

from dokodemo.kernel.packs import Text


class Status(StrEnum):
    """Where a person of the register is now (住民状態)."""

    RESIDENT = "resident"
    MOVED_OUT = "moved_out"
    DEAD = "dead"


class LinkState(StrEnum):
    """How far a sign-in has come to being a resident (本人確認済みサインインの状態)."""

    LINKED = "linked"
    AWAITING_CLERK = "awaiting_clerk"
    REFUSED = "refused"
    UNLINKED = "unlinked"


# What an account has at most one of: it is somebody, or asks to be.
OPEN_LINKS = (LinkState.LINKED.value, LinkState.AWAITING_CLERK.value)


class LinkOutcome(StrEnum):
    """What a sign-in led to: linked now, left to a clerk, or refused by a clerk on the same claims before."""

    LINKED = "linked"
    AWAITING_CLERK = "awaiting_clerk"
    REFUSED = "refused"


class MandateKind(StrEnum):
    """Why somebody may act for another (代理の種類)."""

    LEGAL_GUARDIAN = "legal_guardian"
    MANDATE = "mandate"
    CARE_MANAGER = "care_manager"


class MandateState(StrEnum):
    """How far a mandate has come (代理の状態)."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REVOKED = "revoked"


class EndingGround(StrEnum):
    """Why a protection ends (支援措置の終了の理由, 住民基本台帳事務処理要領 第5の10)."""

    ASKED = "asked"
    PERIOD_OVER = "period-over"
    NOT_NEEDED = "not-needed"


type CapacityKind = Literal["self", "legal_guardian", "mandate", "care_manager", "unconfirmed"]

# A mandate over every procedure; otherwise its scope lists slugs.
EVERY_PROCEDURE = "*"


class Fact(TypedDict):
    """One thing the city holds about a person, as it lies in the encrypted record; times are ISO 8601 UTC."""

    value: Any
    source: str
    asserted_at: str | None
    verified_at: str | None


type Record = dict[str, Fact]

REGISTER_SOURCE = "register"
RESIDENT_SOURCE = "resident"
CITY_SOURCE = "city"
SOURCES: dict[str, Text] = {
    REGISTER_SOURCE: Text(
        ja="住民基本台帳",
        easy="市役所《しやくしょ》の 住民《じゅうみん》の 記録《きろく》",
        en="Resident register",
    ),
    CITY_SOURCE: Text(ja="市の記録", easy="市役所《しやくしょ》の 記録《きろく》", en="City records"),
    RESIDENT_SOURCE: Text(
        ja="ご本人の申し出",
        easy="あなたが 前《まえ》に 書《か》いた こと",
        en="What you told us before",
    ),
}

# Facts stored in the record. Those after them are worked out when they are asked for.
STORED_FACTS = frozenset(
    {
        "full_name",
        "former_name",
        "alternative_name",
        "date_of_birth",
        "date_of_death",
        "sex",
        "nationality",
        "kana_status",
        "address",
        "previous_address",
        "resident_since",
        "household_relation",
        "phone",
        "email",
        "insurance_kind",
    }
)
DERIVED_FACTS = frozenset(
    {"resident_here", "head_of_household_name", "insurance_known", "relation", "living_together"}
)
REGISTER_FACTS = STORED_FACTS | DERIVED_FACTS

# What tells, or helps to find out, where somebody is (秘匿の対象になる項目).
LOCATING_FACTS = frozenset(
    {
        "address",
        "previous_address",
        "phone",
        "email",
        "resident_since",
        "resident_here",
        "head_of_household_name",
    }
)


class Uncertified(StrEnum):
    """Why the register certifies nothing about a person now (証明できない理由)."""

    DEAD = "dead"
    MOVED_OUT = "moved_out"
    # Somebody of the household is protected (秘匿): such a paper is made at the counter of the section in charge.
    AT_COUNTER = "at_counter"


# Facts a signed-in person may tell about themselves; everything else is changed by a notification to the register.
ASSERTABLE_FACTS = frozenset({"phone", "email"})

HEAD = "世帯主"
CHILD = "子"
HUSBAND, WIFE = "夫", "妻"
SPOUSES = frozenset({HUSBAND, WIFE})
STEPCHILD_OF = {"夫の子": HUSBAND, "妻の子": WIFE}
PARENTS = frozenset({"父", "母"})
# Relations to the head of household as the resident record writes them (住民基本台帳事務処理要領 第2-1-(2)-エ).
RELATIONS = frozenset(
    {HEAD, CHILD, *SPOUSES, *STEPCHILD_OF, *PARENTS}
    | {
        "夫（未届）",
        "妻（未届）",
        "子の妻",
        "子の夫",
        "子の子",
        "子の子の子",
        "祖父",
        "祖母",
        "曾祖父",
        "曾祖母",
    }
    | {"父の父", "父の母", "母の父", "母の母", "夫の父", "夫の母", "妻の父", "妻の母", "夫の兄", "夫の弟"}
    | {"夫の姉", "夫の妹", "妻の兄", "妻の弟", "妻の姉", "妻の妹", "兄", "弟", "姉", "妹", "兄の妻", "弟の妻"}
    | {
        "兄の子",
        "弟の子",
        "姉の子",
        "妹の子",
        "姉の夫",
        "妹の夫",
        "伯父",
        "叔父",
        "伯母",
        "叔母",
        "縁故者",
        "同居人",
    }
)
FEMALE_RELATIONS = frozenset({WIFE, "妻（未届）", "母", "祖母", "姉", "妹", "伯母", "叔母", "子の妻"})
MALE_RELATIONS = frozenset({HUSBAND, "夫（未届）", "父", "祖父", "兄", "弟", "伯父", "叔父", "子の夫"})

# Codes of sex in files (GIF, ISO/IEC 5218) and the vocabulary's words for them.
SEXES = {"0": "not_known", "1": "male", "2": "female", "9": "not_known"}
INSURANCE_KINDS = frozenset({"employees", "mutual_aid", "national", "late_elderly", "none"})
# Only the last is a reading the law knows (住民基本台帳法7条1号の2); the others are how a name is thought to be read.
KANA_REGISTERED = "registered"
KANA_STATES = frozenset({"unconfirmed", "notified", KANA_REGISTERED})
