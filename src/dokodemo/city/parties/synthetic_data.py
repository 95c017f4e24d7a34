"""The shapes of a pack's `demo/` files, from which a made-up register grows (見本の住民の素材).

Owns what a city may write there: its towns, the ages of its people, names of each generation, persons with a story.
Never reads real persons.
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from dokodemo.city.parties.definitions import RELATIONS
from dokodemo.kernel.packs import Pack, PackError, PackModel, Problem, Text, fault, validate

type Weight = Annotated[float, Field(gt=0)]
type Share = Annotated[float, Field(ge=0)]
type Number = Annotated[int, Field(ge=1)]
type Age = Annotated[int, Field(ge=0, le=110)]


def _some[T](items: tuple[T, ...]) -> tuple[T, ...]:
    if not items:
        raise fault("The list is empty", "Write at least one item")
    return items


class Town(PackModel):
    """A town (町字): how many live there relative to the others, its house numbers, and 丁目 where it counts them."""

    name: str
    kana: str = ""
    district: str = ""
    postal_code: Annotated[str, Field(pattern=r"^(\d{3}-?\d{4})?$")] = ""
    weight: Weight = 1
    house_numbers: tuple[Number, Number] = (1, 2000)
    chome: Number | None = None
    seen: str = ""


class TownsFile(PackModel):
    """`demo/towns.yaml`."""

    towns: Annotated[tuple[Town, ...], AfterValidator(_some)]


class AgeBand(PackModel):
    """Ages from … to, both inclusive."""

    from_: Annotated[Age, Field(alias="from")]
    to: Age

    @model_validator(mode="after")
    def band_is_forwards(self) -> Self:
        """A band cannot end before it begins."""
        if self.to < self.from_:
            raise fault("`to` is smaller than `from`", "Write the younger age as `from`")
        return self


class PeopleBand(AgeBand):
    """How many men and women of these ages live in the city, in any unit."""

    men: Share
    women: Share


class InsuranceBand(AgeBand):
    """Which health insurance people of these ages have, in thousandths; the rest is not known to the city."""

    employees: Share = 0
    mutual_aid: Share = 0
    national: Share = 0
    late_elderly: Share = 0


class HouseholdSize(PackModel):
    """Which share of all households has this size, in thousandths."""

    size: Number
    share: Share


class KanaStates(PackModel):
    """State of the legal reading of names, in thousandths."""

    registered: Share = 0
    notified: Share = 0
    unconfirmed: Share = 0


class PopulationFile(PackModel):
    """`demo/population.yaml`; single figures are thousandths of all residents."""

    residents: Number = 5000
    bands: Annotated[tuple[PeopleBand, ...], AfterValidator(_some)]
    households: Annotated[tuple[HouseholdSize, ...], AfterValidator(_some)]
    foreign_residents: Share = 0
    rare_names: Share = 0
    former_names: Share = 0
    protected_addresses: Share = 0
    moved_in_last_year: Share = 0
    phone_known: Share = 0
    email_known: Share = 0
    insurance: tuple[InsuranceBand, ...] = ()
    kana_states: KanaStates = KanaStates(registered=1)

    @property
    def mean_size(self) -> float:
        """People in a household on average."""
        return sum(h.size * h.share for h in self.households) / sum(h.share for h in self.households)


class WrittenName(PackModel):
    """A name with its reading, drawn by weight."""

    name: str
    kana: str
    weight: Weight = 1


class Generation(PackModel):
    """Given names of those born from … to (years, inclusive)."""

    from_: Annotated[int, Field(alias="from", ge=1870, le=2200)]
    to: Annotated[int, Field(ge=1870, le=2200)]
    men: Annotated[tuple[WrittenName, ...], AfterValidator(_some)]
    women: Annotated[tuple[WrittenName, ...], AfterValidator(_some)]


class ForeignName(PackModel):
    """A name as a residence card writes it, with its reading."""

    family: str
    family_kana: str = ""
    given: str = ""
    given_kana: str = ""
    sex: Annotated[str, Field(pattern=r"^(male|female)$")]


class Nationality(PackModel):
    """People of one nationality (by its Japanese name), drawn by weight."""

    nationality: str
    weight: Weight = 1
    people: Annotated[tuple[ForeignName, ...], AfterValidator(_some)]


class NamesFile(PackModel):
    """`demo/names.yaml`; `rare` names hold characters or variants that systems tend to break."""

    family: Annotated[tuple[WrittenName, ...], AfterValidator(_some)]
    rare: tuple[WrittenName, ...] = ()
    given: Annotated[tuple[Generation, ...], AfterValidator(_some)]
    foreign: tuple[Nationality, ...] = ()


class StoryPerson(PackModel):
    """A person with a fixed story. Either `age` with `birthday` (MM-DD), or `days_old` for the very young."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    family: str
    given: str
    family_kana: str
    given_kana: str
    sex: Annotated[str, Field(pattern=r"^(male|female)$")]
    relation: str
    age: Age | None = None
    birthday: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-([01][0-9]|2[0-8])$")] | None = None
    days_old: Annotated[int, Field(ge=0, le=3000)] | None = None
    nationality: str = "日本"
    insurance: str = ""
    protected: bool = False
    phone: str = ""
    email: str = ""
    story: Text | None = None

    @model_validator(mode="after")
    def birth_is_known(self) -> Self:
        """One of the two ways of saying the age, and a relation the register knows."""
        if (self.days_old is None) == (self.age is None or self.birthday is None):
            raise fault("The age is not clear", "Write `age` and `birthday`, or `days_old`")
        if self.relation not in RELATIONS:
            raise fault(f"{self.relation} is not a relation of a household", "Write e.g. 世帯主, 妻, 子")
        return self


class StoryHousehold(PackModel):
    """A household with a story; the first member is its head."""

    town: str
    block: str
    building: str = ""
    since: str = ""
    previous_address: str = ""
    members: Annotated[tuple[StoryPerson, ...], AfterValidator(_some)]


class PeopleFile(PackModel):
    """`demo/people.yaml`: persons with a story, and towns elsewhere from which others have moved in."""

    households: tuple[StoryHousehold, ...] = ()
    elsewhere: tuple[str, ...] = ()


class DemoData(PackModel):
    """Everything a made-up register of one city grows from."""

    prefecture: str
    city: str
    towns: tuple[Town, ...]
    population: PopulationFile
    names: NamesFile
    people: PeopleFile


def read_demo_data(pack: Pack) -> DemoData:
    """The `demo/` files of a pack. Raises PackError when one is missing or wrong."""
    towns = _required(pack, "demo/towns.yaml", TownsFile)
    people = pack.document("demo/people.yaml")
    return DemoData(
        prefecture=pack.city.prefecture.ja,
        city=pack.city.name.ja,
        towns=towns.towns,
        population=_required(pack, "demo/population.yaml", PopulationFile),
        names=_required(pack, "demo/names.yaml", NamesFile),
        people=validate(PeopleFile, people) if people is not None else PeopleFile(),
    )


def _required[M: PackModel](pack: Pack, path: str, model: type[M]) -> M:
    document = pack.document(path)
    if document is None:
        remedy = "Write it, or start without a demonstration (DOKODEMO_DEMO=0)."
        raise PackError([Problem(f"{pack.name}/{path}", None, "The file is missing", remedy)])
    return validate(model, document)
