"""Why a typed value cannot be taken (入力の誤り), as a key of the text catalogue.

Never holds what was typed: it is personal data and would reach logs.
"""

from collections.abc import Mapping


class InvalidValue(ValueError):
    """`code` is a key of texts.yaml ("field.…"), `params` fill it, `part` is the box it is about (None: all)."""

    def __init__(
        self, code: str, params: Mapping[str, object] | None = None, part: str | None = None
    ) -> None:
        super().__init__(code if part is None else f"{code} ({part})")
        self.code, self.params, self.part = code, dict(params or {}), part
