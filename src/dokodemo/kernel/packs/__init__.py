"""Reading a city's folder of data (自治体パック): layers, YAML with line numbers, problems with a remedy.

Owns files and their shape. Never knows a domain: what a procedure or a term means is said elsewhere.
"""

from dokodemo.kernel.packs.definitions import LANGUAGES, City, Language, PackManifest, PackModel, Text
from dokodemo.kernel.packs.documents import Document
from dokodemo.kernel.packs.loading import (
    DEFAULT_ROOT,
    Pack,
    PackLayer,
    available_packs,
    open_pack,
    pack_roots,
)
from dokodemo.kernel.packs.problems import PackError, Problem, fault
from dokodemo.kernel.packs.validation import validate

__all__ = [
    "DEFAULT_ROOT",
    "LANGUAGES",
    "City",
    "Document",
    "Language",
    "Pack",
    "PackError",
    "PackLayer",
    "PackManifest",
    "PackModel",
    "Problem",
    "Text",
    "available_packs",
    "fault",
    "open_pack",
    "pack_roots",
    "validate",
]
