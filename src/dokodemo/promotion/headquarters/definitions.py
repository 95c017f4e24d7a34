"""The shape of `plan/wall.yaml` (公開する進捗): what of the headquarters' work anybody may see, and how fast the wall turns.

Owns which keys the file may have. Without the file nothing of the headquarters is public.
"""

from functools import lru_cache

from pydantic import Field

from dokodemo.kernel.packs import Pack, PackModel, open_pack, validate

WALL_FILE = "plan/wall.yaml"


class Wall(PackModel):
    """The whole of `plan/wall.yaml`.

    `seconds`: how long a page of the wall screen stands. `next_meeting`: the day of the next meeting is public.
    `overdue`: how much is overdue is public, as a number alone.
    """

    seconds: int = Field(default=20, ge=10, le=600)
    next_meeting: bool = False
    overdue: bool = False


def load_wall(pack: Pack) -> Wall:
    """What a city makes public. Raises PackError."""
    document = pack.document(WALL_FILE)
    return Wall() if document is None else validate(Wall, document)


@lru_cache(maxsize=4)
def wall_of(pack: str) -> Wall:
    """The same by the pack's name, read once. Raises PackError."""
    return load_wall(open_pack(pack))
