"""A made-up register (見本の住民台帳): the same seed, day and pack give the same people, none of them real.

Owns names, days of birth, addresses and the other columns of the households that `synthetic_households` plans, and
the persons with a story. Writes the columns of a register file, so that it comes in through the same door as a real
one. Telephone numbers and mail addresses are of ranges that reach nobody.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from dokodemo.city.parties.definitions import CHILD, SPOUSES
from dokodemo.city.parties.register_columns import NAMES
from dokodemo.city.parties.synthetic_data import (
    DemoData,
    ForeignName,
    InsuranceBand,
    Nationality,
    Town,
    WrittenName,
)
from dokodemo.city.parties.synthetic_households import (
    FEMALE,
    MALE,
    OLDEST,
    HouseholdPlan,
    Member,
    plan_households,
)

SEED = 432041
FEWEST = 50
FIRST_RESIDENT, FIRST_HOUSEHOLD = 1_000_000_001, 2_000_000_001
SEX_CODES = {MALE: "1", FEMALE: "2"}
Row = dict[str, str]


class Choice[T]:
    """Draws from a list by weight, quickly."""

    def __init__(self, items: Sequence[T], weights: Sequence[float], rng: Random) -> None:
        self.items, self.rng = items, rng
        self.sums = list(accumulate(weights))

    def __call__(self) -> T:
        """One item."""
        return self.rng.choices(self.items, cum_weights=self.sums)[0]


@dataclass(frozen=True, slots=True)
class Home:
    """Where a household lives."""

    town: Town
    block: str
    building: str


def age_counts(data: DemoData, residents: int, rng: Random) -> dict[str, list[int]]:
    """How many men and women of each age: the pack's distribution, rounded by the largest remainder, exact in sum."""
    shares: list[tuple[float, str, int]] = []
    for band in data.population.bands:
        years = band.to - band.from_ + 1
        for sex, people in ((MALE, band.men), (FEMALE, band.women)):
            shares.extend((people / years, sex, age) for age in range(band.from_, band.to + 1))
    total = sum(share for share, *_ in shares)
    exact = [(share / total * residents, sex, age) for share, sex, age in shares]
    counts = {sex: [0] * (OLDEST + 1) for sex in (MALE, FEMALE)}
    for share, sex, age in exact:
        counts[sex][age] += int(share)
    missing = residents - sum(map(sum, counts.values()))
    # Equal remainders are many (a band is flat), so chance decides among them.
    for _, sex, age in sorted(exact, key=lambda e: (-(e[0] % 1), rng.random()))[:missing]:
        counts[sex][age] += 1
    return counts


class Register:
    """Makes the rows of a register from a city's demo data."""

    def __init__(
        self, data: DemoData, *, today: date, seed: int = SEED, protection_section: str = ""
    ) -> None:
        self.data, self.today, self.seed = data, today, seed
        self.section = protection_section
        self.rng = rng = Random(seed)  # noqa: S311 - people are made up, not secrets
        self.town = Choice(data.towns, [town.weight for town in data.towns], rng)
        self.common = _by_weight(data.names.family, rng)
        self.rare = _by_weight(data.names.rare or data.names.family, rng)
        foreign = data.names.foreign
        self.nationality = Choice(foreign, [n.weight for n in foreign], rng) if foreign else None
        self.given: dict[tuple[str, int], Choice[WrittenName]] = {}
        states = data.population.kana_states
        self.kana_state = Choice(
            ("registered", "notified", "unconfirmed"),
            (states.registered, states.notified, states.unconfirmed),
            rng,
        )
        self.insurance = [(band, _insurance_choice(band, rng)) for band in data.population.insurance]
        # Protected people are mothers who live alone with their children: about two persons a household.
        self.protected_left = 0
        self.residents, self.households = FIRST_RESIDENT, FIRST_HOUSEHOLD

    def rows(self, residents: int) -> Iterator[Row]:
        """About `residents` rows (at least FEWEST): first the persons with a story, then everybody else."""
        told = 0
        for row in self.story_rows():
            told += 1
            yield row
        rest = max(residents, FEWEST) - told
        population = self.data.population
        self.protected_left = round(residents * population.protected_addresses / 1000)
        counts = age_counts(self.data, rest, self.rng)
        for plan in plan_households(counts, self.rng, mean_size=population.mean_size):
            yield from self._household(plan)

    def story_rows(self) -> Iterator[Row]:
        """The rows of the persons with a story; always the same numbers, so that they can be signed in as."""
        towns = {town.name: town for town in self.data.towns}
        for household in self.data.people.households:
            number = self._next_household()
            town = towns.get(household.town, self.data.towns[0])
            home = Home(town, household.block, household.building)
            for person in household.members:
                if person.days_old is not None:
                    born = self.today - timedelta(days=person.days_old)
                else:
                    born = _birthday(person.age or 0, person.birthday or "01-01", self.today)
                since = max(household.since or born.isoformat(), born.isoformat())
                row = self._row(number, home, person.relation, SEX_CODES[person.sex], born)
                row |= {
                    "familyName": person.family,
                    "givenName": person.given,
                    "familyNameKana": person.family_kana,
                    "givenNameKana": person.given_kana,
                    "kanaStatus": "registered" if person.nationality == "日本" else "unconfirmed",
                    "nationalityName": person.nationality,
                    "residentSince": since,
                    "previousAddress": household.previous_address if since != born.isoformat() else "",
                    "phoneNumber": person.phone,
                    "emailAddress": person.email,
                    "insuranceKind": person.insurance,
                }
                if person.protected:
                    row |= self._protection()
                yield row

    def _household(self, plan: HouseholdPlan) -> Iterator[Row]:
        rng = self.rng
        number, home = self._next_household(), self._home(plan)
        foreign = self._foreign_names(plan)
        family = self._family_name()
        moved_in = self._moved_in(plan)
        origin = rng.choice(self.data.people.elsewhere) if moved_in and self.data.people.elsewhere else ""
        protected = self._is_protected(plan)
        twins_born: date | None = None
        taken: set[str] = set()
        for position, member in enumerate(plan.members):
            born = self._born(member.age)
            if plan.twins and member.relation == CHILD and member.age == plan.members[-1].age:
                born = twins_born = twins_born or born
            row = self._row(number, home, member.relation, SEX_CODES[member.sex], born)
            if foreign:
                row |= _foreign(foreign[position])
            else:
                row |= self._japanese(family, member, born, taken)
            since = moved_in if moved_in and moved_in > born else born
            row["residentSince"] = since.isoformat()
            row["previousAddress"] = origin if since != born else ""
            row |= self._contact(member)
            row["insuranceKind"] = self._insurance(member.age)
            if protected:
                row |= self._protection()
            yield row

    def _row(self, household: str, home: Home, relation: str, sex: str, born: date) -> Row:
        number = str(self.residents)
        self.residents += 1
        row = dict.fromkeys(NAMES, "")
        row |= {
            "residentNumber": number,
            "householdNumber": household,
            "relationToHeadOfHousehold": relation,
            "sex": sex,
            "dateOfBirth": born.isoformat(),
            "postalCode": home.town.postal_code,
            "prefecture": self.data.prefecture,
            "cityAndCounty": self.data.city,
            "streetAddress": home.town.name,
            "cityBlock": home.block,
            "buildingNameEtc": home.building,
            "status": "resident",
            "confidentialInformation": "0",
        }
        return row

    def _next_household(self) -> str:
        number = str(self.households)
        self.households += 1
        return number

    def _is_protected(self, plan: HouseholdPlan) -> bool:
        if not (
            self.section and plan.single_parent and plan.members[0].sex == FEMALE and self.protected_left > 0
        ):
            return False
        self.protected_left -= len(plan.members)
        return True

    def _family_name(self) -> WrittenName:
        return self.rare() if self._happens(self.data.population.rare_names) else self.common()

    def _happens(self, thousandths: float) -> bool:
        return self.rng.random() * 1000 < thousandths

    def _home(self, plan: HouseholdPlan) -> Home:
        rng, town = self.rng, self.town()
        first, last = town.house_numbers
        if town.chome is not None:
            # A town that counts its blocks: 丁目 - 番 - 号.
            block = f"{rng.randint(1, town.chome)}丁目{rng.randint(first, last)}-{rng.randint(1, 25)}"
        else:
            block = f"{rng.randint(first, last)}番地" + (
                str(rng.randint(1, 28)) if rng.random() < 0.4 else ""
            )
        flat = rng.random() < (0.45 if len(plan.members) == 1 else 0.2)
        names = ("コーポ見本", "ハイツ見本", "メゾン見本", "市営見本団地")
        building = f"{rng.choice(names)} {rng.randint(1, 4)}0{rng.randint(1, 8)}号" if flat else ""
        return Home(town, block, building)

    def _born(self, age: int) -> date:
        """A day on which somebody of this age today was born."""
        latest = _years_before(self.today, age)
        earliest = _years_before(self.today, age + 1) + timedelta(days=1)
        return earliest + timedelta(days=self.rng.randrange((latest - earliest).days + 1))

    def _moved_in(self, plan: HouseholdPlan) -> date | None:
        """The day on which a household came from elsewhere; None for those who have always been here."""
        rng = self.rng
        if self._happens(self.data.population.moved_in_last_year):
            return self.today - timedelta(days=rng.randint(1, 365))
        if rng.random() < 0.5:
            return None
        years = max(1.0, min(rng.expovariate(1 / 14), plan.members[0].age - 1))
        return self.today - timedelta(days=int(years * 365.25))

    def _japanese(self, family: WrittenName, member: Member, born: date, taken: set[str]) -> Row:
        given = self._given(member.sex, born.year, taken)
        former = member.relation in SPOUSES and self._happens(self.data.population.former_names * 5)
        return {
            "familyName": family.name,
            "givenName": given.name,
            "familyNameKana": family.kana,
            "givenNameKana": given.kana,
            "kanaStatus": self.kana_state(),
            "formerFamilyName": self._family_name().name if former else "",
            "nationality": "JPN",
            "nationalityName": "日本",
        }

    def _given(self, sex: str, year: int, taken: set[str]) -> WrittenName:
        if (sex, year) not in self.given:
            generation = min(self.data.names.given, key=lambda g: max(g.from_ - year, year - g.to, 0))
            self.given[sex, year] = _by_weight(generation.men if sex == MALE else generation.women, self.rng)
        # Nobody gives two of one household the same name, unless the list is very short.
        for _ in range(12):
            given = self.given[sex, year]()
            if given.name not in taken:
                break
        taken.add(given.name)
        return given

    def _foreign_names(self, plan: HouseholdPlan) -> list[tuple[Nationality, ForeignName]]:
        """Names for a whole household of another nationality, or none; one who lives alone is met more often."""
        factor = 6 if len(plan.members) == 1 else 1
        if self.nationality is None or plan.members[0].age > 70:
            return []
        if not self._happens(self.data.population.foreign_residents * factor):
            return []
        nation = self.nationality()
        left = self.rng.sample(nation.people, len(nation.people))
        names = []
        for member in plan.members:
            name = next((name for name in left if name.sex == member.sex), None)
            if name is None:
                return []
            left.remove(name)
            names.append((nation, name))
        return names

    def _contact(self, member: Member) -> Row:
        # The shares are of all residents; children have no telephone of their own here.
        population, row = self.data.population, Row()
        if member.age >= 15 and self._happens(population.phone_known * 1.13):
            row["phoneNumber"] = f"090-0000-{self.rng.randrange(10000):04}"
        if 15 <= member.age < 80 and self._happens(population.email_known * 1.3):
            row["emailAddress"] = f"resident{self.residents - 1}@example.jp"
        return row

    def _insurance(self, age: int) -> str:
        for band, choice in self.insurance:
            if band.from_ <= age <= band.to:
                return choice()
        return ""

    def _protection(self) -> Row:
        if not self.section:
            return {}
        return {
            "confidentialInformation": "1",
            "confidentialFrom": (self.today - timedelta(days=120)).isoformat(),
            "confidentialUntil": (self.today + timedelta(days=245)).isoformat(),
            "confidentialSection": self.section,
        }


def _by_weight(names: Sequence[WrittenName], rng: Random) -> Choice[WrittenName]:
    return Choice(names, [name.weight for name in names], rng)


def _insurance_choice(band: InsuranceBand, rng: Random) -> Choice[str]:
    kinds = ("employees", "mutual_aid", "national", "late_elderly")
    shares = [getattr(band, kind) for kind in kinds]
    return Choice((*kinds, ""), (*shares, max(0.0, 1000 - sum(shares))), rng)


def _foreign(named: tuple[Nationality, ForeignName]) -> Row:
    nation, name = named
    return {
        "familyName": name.family,
        "givenName": name.given,
        "familyNameKana": name.family_kana,
        "givenNameKana": name.given_kana,
        "kanaStatus": "unconfirmed",
        "nationalityName": nation.nationality,
    }


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def _birthday(age: int, birthday: str, today: date) -> date:
    """The day of birth of somebody who is `age` today and has this birthday (MM-DD)."""
    month, day = int(birthday[:2]), int(birthday[3:])
    not_yet = (month, day) > (today.month, today.day)
    return date(today.year - age - not_yet, month, day)


def as_csv(rows: Iterator[Row] | Sequence[Row]) -> bytes:
    """A register file: UTF-8 with BOM, as spreadsheets like it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(NAMES)
    writer.writerows([row[name] for name in NAMES] for row in rows)
    return out.getvalue().encode("utf-8-sig")
