"""How a register of residents is laid out as tables, for rules over all of them (台帳の表の形).

Owns the names of tables and columns. Never opens a database.

One table of residents: a key, a column for each plain term (NULL: not known), and for each repeating group a
boolean column that says whether its members are known (then no rows means: known to have none). Where `others` names a
boolean column too, there may be members beside the rows while it is true. One child table for each group: the owner's
key and a column for each of the group's terms.
Column types: BOOLEAN, BIGINT (integer, yen), DATE, VARCHAR (text, choice, and year_month as "YYYY-MM").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dokodemo.kernel.expressions.kinds import Vocabulary, type_of_term


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The table of one repeating group: `columns` by full term name; `known` is a column of the residents.

    `most`, where it is known: no owner has more rows. Counts so small are taken together, many in one number.
    """

    table: str
    owner: str
    known: str
    columns: Mapping[str, str] = field(default_factory=dict)
    others: str | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class RegisterSchema:
    """What a register holds. Terms and groups that it does not name are unknown for everybody."""

    residents: str
    key: str
    columns: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, GroupTable] = field(default_factory=dict)

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "RegisterSchema":
        """Every term a rule can test, in its usual place: `residents` (id, "applicant.resident_here", …,
        "child.known") and for each group its own table, `child` (owner, "date_of_birth", …).
        """
        plain: dict[str, str] = {}
        inside: dict[str, dict[str, str]] = {}
        for name, term in vocabulary.terms.items():
            if term.derive is not None or type_of_term(term) is None:
                continue
            group, _, bare = name.rpartition(".")
            if group in vocabulary.groups and vocabulary.groups[group].repeats:
                inside.setdefault(group, {})[name] = bare
            else:
                plain[name] = name
        groups = {
            name: GroupTable(name, "owner", f"{name}.known", inside.get(name, {}))
            for name, group in vocabulary.groups.items()
            if group.repeats
        }
        return cls("residents", "id", plain, groups)


def quoted(name: str) -> str:
    """A column name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def table(name: str) -> str:
    """A table name as SQL writes it; dots separate catalogue, schema and table."""
    return ".".join(quoted(part) for part in name.split("."))
