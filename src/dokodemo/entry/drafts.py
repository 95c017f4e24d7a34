"""A draft definition as a file (下書きのYAML): what the command prints and the office offers to download.

Owns the writing. Never decides what a draft says.
"""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML

from dokodemo.administration.inventory.drafting import Draft
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang


def as_yaml(draft: Draft, lang: Lang) -> str:
    """The draft as the text of a procedure.yaml that a pack accepts, its remarks as comments above."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 4096
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    # Packs use no aliases: the same words in two places are written twice.
    writer.representer.ignore_aliases = _never
    out = io.StringIO()
    for remark in draft.remarks:
        out.write(f"# {texts.plain(remark, lang)}\n")
    writer.dump(draft.definition, out)
    return out.getvalue()


def _never(_: Any) -> bool:
    return True
