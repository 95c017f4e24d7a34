"""Styles and pictures of the pages (静的ファイル): named after their content, so that browsers may keep them for good.

Owns the storage that `collectstatic` fills at each start. Never needed to try things out: where nothing has been
collected (tests, development) pages name the files as they lie in the source and they are found there.
"""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Whitenoise's storage; without a list of collected files every name stays as it is."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The name with its digest, or the plain name where nothing was collected or the file is not of ours."""
        if not self.hashed_files:
            return name
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored
