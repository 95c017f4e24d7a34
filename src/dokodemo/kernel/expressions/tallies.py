"""Counts of members as SQL, many of them in one number (件数のまとめ).

Owns the packing: each member adds a number whose bits stand for the conditions it fulfils or may fulfil, so one sum for
each owner counts them all. A sum is grouped and joined many times as fast as a FILTER for each count. Never knows what a
condition means.
"""

from collections.abc import Callable

# No register has more rows: a count is a small number.
MOST_MEMBERS = 2**40
_BITS = 62


class Tallies:
    """The counts over one group. `most`: no owner has more members (None: not known, then nothing is packed).

    `beside` turns the name of a column of the group's sums into a column beside the resident, 0 where there is none.
    """

    def __init__(self, most: int | None, beside: Callable[[str], str]) -> None:
        self.most = MOST_MEMBERS if most is None else max(most, 1)
        self.width = self.most.bit_length()
        self.packed = most is not None and 2 * self.width <= _BITS
        self.beside = beside
        self.found: dict[str | None, tuple[str, str, int]] = {}
        self.packs: list[list[str]] = []
        self.used = _BITS
        self.plain: list[tuple[str, str]] = []

    def of(self, condition: str | None) -> tuple[str, str, int]:
        """How many members certainly and how many possibly fulfil a condition (None: all), and the most there can be."""
        if condition not in self.found:
            low, high = self._packed(condition) if self.packed else self._single(condition)
            self.found[condition] = (low, high, self.most)
        return self.found[condition]

    def sums(self) -> list[tuple[str, str]]:
        """The aggregates to select for each owner, with their names."""
        packs = [(f"sum({' + '.join(terms)})::BIGINT", f"s{n}") for n, terms in enumerate(self.packs)]
        return packs + self.plain

    def _packed(self, condition: str | None) -> tuple[str, str]:
        fields = 1 if condition is None else 2
        if self.used + fields * self.width > _BITS:
            self.packs.append([])
            self.used = 0
        column, first = self.beside(f"s{len(self.packs) - 1}"), self.used
        self.used += fields * self.width
        one, mask = 1 << first, (1 << self.width) - 1
        low = f"(({column} >> {first}) & {mask})"
        if condition is None:
            self.packs[-1].append(f"{one}::BIGINT")
            return low, low
        maybe = one << self.width
        self.packs[-1].append(
            f"CASE WHEN {condition} IS NULL THEN {maybe}::BIGINT WHEN {condition} THEN {one | maybe}::BIGINT "
            "ELSE 0::BIGINT END"
        )
        return low, f"(({column} >> {first + self.width}) & {mask})"

    def _single(self, condition: str | None) -> tuple[str, str]:
        if condition is None:
            low = self._kept("count(*)")
            return low, low
        return (
            self._kept(f"count(*) FILTER (WHERE {condition})"),
            self._kept(f"count(*) FILTER (WHERE {condition} IS NOT FALSE)"),
        )

    def _kept(self, sql: str) -> str:
        name = f"n{len(self.plain)}"
        self.plain.append((sql, name))
        return self.beside(name)
