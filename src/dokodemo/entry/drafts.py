"""Definitions as files (YAMLの書き出し): what commands print and the office offers to download.

Owns the writing. Never decides what a definition says.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML

from dokodemo.administration.inventory.drafting import Draft
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang


def as_yaml(draft: Draft, lang: Lang) -> str:
    """The draft as the text of a procedure.yaml that a pack accepts, its remarks as comments above."""
    remarks = "".join(f"# {texts.plain(remark, lang)}\n" for remark in draft.remarks)
    return remarks + plain_yaml(draft.definition)


def plain_yaml(content: Mapping[str, Any]) -> str:
    """A mapping as YAML that a pack accepts: in its own order, one thing a line, without aliases."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 4096
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    # Packs use no aliases: the same words in two places are written twice.
    writer.representer.ignore_aliases = _never
    out = io.StringIO()
    writer.dump(dict(content), out)
    return out.getvalue()


def _never(_: Any) -> bool:
    return True
