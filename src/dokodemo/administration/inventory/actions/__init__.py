"""What happens to the inventory (棚卸の動作): taking in a survey, confirming rows, assigning them to sections.

Owns the only writes of this domain: one transaction and one event for each act.
"""

from dokodemo.administration.inventory.actions.confirming import (
    BadAnswer,
    FileReport,
    Stale,
    assign,
    confirm,
    confirm_file,
    confirm_many,
)
from dokodemo.administration.inventory.actions.importing import ImportReport, import_survey

__all__ = [
    "BadAnswer",
    "FileReport",
    "ImportReport",
    "Stale",
    "assign",
    "confirm",
    "confirm_file",
    "confirm_many",
    "import_survey",
]
