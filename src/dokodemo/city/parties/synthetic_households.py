"""Made-up households (見本の世帯の構成): who lives with whom, from the ages of a city's people. Pure and seeded.

Owns ages, sexes and relations. Never names anybody and never says where they live.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from dokodemo.city.parties.definitions import CHILD, HEAD, HUSBAND, WIFE

MALE, FEMALE = "male", "female"
OLDEST = 110
ADULT = 18
# How many others an adult without children lives with, when `_adults` goes by its own chances.
USUAL_COMPANY = 0.67
# Years by which a mother and a father are at least and at most older than their children in a made-up family.
MOTHER, FATHER, GRANDPARENT = (18, 44), (18, 60), (40, 80)


@dataclass(slots=True)
class Member:
    """One person to be: age in completed years, sex, relation to the head."""

    age: int
    sex: str
    relation: str


@dataclass(slots=True)
class HouseholdPlan:
    """One household to be; the first member is the head. `twins` are born on one day."""

    members: list[Member] = field(default_factory=list)
    twins: bool = False
    single_parent: bool = False


class People:
    """The people not yet in a household, counted by sex and age."""

    def __init__(self, counts: Mapping[str, list[int]], rng: Random) -> None:
        self.counts = {sex: list(counts[sex]) for sex in (MALE, FEMALE)}
        self.rng = rng

    def take(self, sex: str, age: int) -> bool:
        """Take one person of exactly this age; False when there is none."""
        if 0 <= age <= OLDEST and self.counts[sex][age]:
            self.counts[sex][age] -= 1
            return True
        return False

    def take_near(self, sex: str, wanted: int, low: int, high: int) -> int | None:
        """Take the person nearest to a wanted age within bounds; the age, or None when there is nobody."""
        low, high = max(low, 0), min(high, OLDEST)
        wanted = min(max(wanted, low), high)
        for distance in range(high - low + 1):
            for age in (wanted + distance, wanted - distance):
                if low <= age <= high and self.take(sex, age):
                    return age
        return None

    def youngest(self) -> int | None:
        """The lowest age at which somebody is left."""
        for age in range(OLDEST + 1):
            if self.counts[MALE][age] or self.counts[FEMALE][age]:
                return age
        return None

    def any_of(self, age: int) -> str | None:
        """Take somebody of an age, of either sex by chance; the sex, or None."""
        first = MALE if self.rng.random() < 0.5 else FEMALE
        for sex in (first, other(first)):
            if self.take(sex, age):
                return sex
        return None


def other(sex: str) -> str:
    """The other sex, as far as made-up couples go."""
    return FEMALE if sex == MALE else MALE


def plan_households(counts: Mapping[str, list[int]], rng: Random, *, mean_size: float) -> list[HouseholdPlan]:
    """Put everybody into households: families round the children first, then couples, then those who live alone.

    `counts[sex][age]` for ages 0 to OLDEST. Every household has an adult as head; children are with adults who could
    be their parents or grandparents. Adults live together as often as brings households near to `mean_size`.
    """
    people = People(counts, rng)
    wanted = sum(map(sum, people.counts.values())) / mean_size
    plans: list[HouseholdPlan] = []
    while (age := people.youngest()) is not None and age < ADULT:
        plans.append(_family(people, age, plans, rng))
    plans = [plan for plan in plans if plan.members]
    left = sum(map(sum, people.counts.values()))
    togetherness = (left / max(wanted - len(plans), 1) - 1) / USUAL_COMPANY
    for age in range(ADULT, OLDEST + 1):
        while (sex := people.any_of(age)) is not None:
            plans.append(_adults(people, age, sex, rng, togetherness))
    rng.shuffle(plans)
    return plans


def _family(people: People, youngest: int, plans: list[HouseholdPlan], rng: Random) -> HouseholdPlan:
    plan = HouseholdPlan()
    children = _siblings(people, youngest, plan, rng)
    eldest = max(age for age, _ in children)
    mother = father = None
    if rng.random() < 0.93:
        wanted = youngest + round(rng.gauss(31, 4))
        mother = people.take_near(FEMALE, wanted, eldest + MOTHER[0], youngest + MOTHER[1])
    if mother is None or rng.random() < 0.87:
        wanted = (mother or youngest + 32) + round(rng.gauss(1.5, 3))
        father = people.take_near(MALE, wanted, eldest + FATHER[0], youngest + FATHER[1])
    if mother is None and father is None:
        return _with_grandparent(people, children, plans, plan)
    plan.single_parent = mother is None or father is None
    if father is not None:
        plan.members.append(Member(father, MALE, HEAD))
    if mother is not None:
        plan.members.append(Member(mother, FEMALE, WIFE if father is not None else HEAD))
    plan.members.extend(Member(age, sex, CHILD) for age, sex in children)
    if rng.random() < (0.25 if plan.single_parent else 0.08):
        _add_grandparents(people, plan, rng)
    return plan


def _siblings(people: People, youngest: int, plan: HouseholdPlan, rng: Random) -> list[tuple[int, str]]:
    children: list[tuple[int, str]] = []
    for _ in range(rng.choices((1, 2, 3, 4), (38, 44, 15, 3))[0]):
        if not children:
            age = youngest
        elif len(children) == 1 and rng.random() < 0.015:
            age, plan.twins = youngest, True
        else:
            age = children[-1][0] + rng.choices((1, 2, 3, 4, 5), (8, 34, 30, 18, 10))[0]
        sex = people.any_of(age) if age < ADULT + 4 else None
        if sex is None:
            plan.twins = plan.twins and len(children) > 1
            break
        children.append((age, sex))
    return children


def _with_grandparent(
    people: People, children: list[tuple[int, str]], plans: list[HouseholdPlan], plan: HouseholdPlan
) -> HouseholdPlan:
    """No parents are left: children of a grandparent, else of any family that could have taken them in."""
    eldest = max(age for age, _ in children)
    for sex in (FEMALE, MALE):
        age = people.take_near(sex, eldest + 55, eldest + GRANDPARENT[0], eldest + GRANDPARENT[1])
        if age is not None:
            plan.members.append(Member(age, sex, HEAD))
            plan.members.extend(Member(a, s, "子の子") for a, s in children)
            return plan
    for sex in (FEMALE, MALE):
        age = people.take_near(sex, 45, ADULT, OLDEST)
        if age is not None:
            plan.members.append(Member(age, sex, HEAD))
            plan.members.extend(Member(a, s, "縁故者") for a, s in children)
            return plan
    if not plans:
        raise ValueError("There are children but no adults; make up more people.")
    plans[-1].members.extend(Member(age, sex, "縁故者") for age, sex in children)
    return plan


def _add_grandparents(people: People, plan: HouseholdPlan, rng: Random) -> None:
    head = plan.members[0]
    wanted = head.age + round(rng.gauss(28, 4))
    grandmother = people.take_near(FEMALE, wanted, head.age + MOTHER[0], head.age + MOTHER[1])
    if grandmother is not None:
        plan.members.append(Member(grandmother, FEMALE, "母"))
    if grandmother is None or rng.random() < 0.5:
        grandfather = people.take_near(MALE, wanted + 2, head.age + FATHER[0], head.age + FATHER[1])
        if grandfather is not None:
            plan.members.append(Member(grandfather, MALE, "父"))


def _adults(people: People, age: int, sex: str, rng: Random, togetherness: float) -> HouseholdPlan:
    """A household of adults that begins with one person of this age."""
    at_home = 0.55 if age < 25 else 0.35 if age < 35 else 0.18 if age < 60 else 0.04
    if rng.random() < at_home * togetherness:
        plan = _with_parents(people, age, sex, rng)
        if plan is not None:
            return plan
    married = 0.08 if age < 25 else 0.35 if age < 35 else 0.6 if age < 80 else 0.35
    if rng.random() < married * togetherness:
        shift = round(rng.gauss(2, 2.5)) * (1 if sex == FEMALE else -1)
        partner = people.take_near(other(sex), age + shift, max(ADULT, age - 12), age + 12)
        if partner is not None:
            return _couple((age, sex), (partner, other(sex)), rng)
    return HouseholdPlan([Member(age, sex, HEAD)])


def _couple(one: tuple[int, str], two: tuple[int, str], rng: Random) -> HouseholdPlan:
    husband, wife = (one, two) if one[1] == MALE else (two, one)
    if rng.random() < 0.06:
        return HouseholdPlan([Member(wife[0], FEMALE, HEAD), Member(husband[0], MALE, HUSBAND)])
    return HouseholdPlan([Member(husband[0], MALE, HEAD), Member(wife[0], FEMALE, WIFE)])


def _with_parents(people: People, age: int, sex: str, rng: Random) -> HouseholdPlan | None:
    mother = people.take_near(FEMALE, age + round(rng.gauss(29, 4)), age + MOTHER[0], age + MOTHER[1])
    father = None
    if mother is None or rng.random() < 0.7:
        father = people.take_near(MALE, age + round(rng.gauss(31, 4)), age + FATHER[0], age + FATHER[1])
    if mother is None and father is None:
        return None
    members = []
    if father is not None:
        members.append(Member(father, MALE, HEAD))
    if mother is not None:
        members.append(Member(mother, FEMALE, WIFE if father is not None else HEAD))
    return HouseholdPlan([*members, Member(age, sex, CHILD)])
