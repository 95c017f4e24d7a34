"""How a procedure serves people, counted (サービスの指標): started and handed in, how people found it.

Owns the counts behind take-up, completion and satisfaction. Never names a case, and never says how fewer than
`FEWEST` people found a procedure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FEWEST = 5
LEVELS = (1, 2, 3, 4, 5)


@dataclass
class Service:
    """One procedure in a span of days: cases online and by any channel, forms begun and handed in, opinions by level.

    `begun` are forms begun in the span (corrections apart), `handed_in` those of them that were handed in until now.
    `opinions`: how many people gave each level, 5 the best.
    """

    slug: str
    online: int = 0
    total: int = 0
    begun: int = 0
    handed_in: int = 0
    opinions: dict[int, int] = field(default_factory=dict)

    @property
    def take_up(self) -> float | None:
        """Cases that came online, in percent of all (digital take-up)."""
        return 100 * self.online / self.total if self.total else None

    @property
    def completion(self) -> float | None:
        """Forms handed in, in percent of those begun (completion rate)."""
        return 100 * self.handed_in / self.begun if self.begun else None

    @property
    def asked(self) -> int:
        """How many people said how they found it."""
        return sum(self.opinions.values())

    @property
    def satisfaction(self) -> float | None:
        """Of those who said, how many found it easy or very easy, in percent; None for fewer than `FEWEST`."""
        if self.asked < FEWEST:
            return None
        return 100 * (self.opinions.get(4, 0) + self.opinions.get(5, 0)) / self.asked
