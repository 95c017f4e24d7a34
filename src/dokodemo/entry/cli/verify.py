"""`dokodemo verify FILE.pdf`: is this letter or certificate genuine (真正性の確認)?

Owns the words and the exit code. Never decides: `certificates.queries.verify_upload` does.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click

from dokodemo.entry.cli.ready import city_ready

EXIT_CODES = {"genuine": 0, "altered": 1, "unknown": 1, "revoked": 2}
NOT_CHECKED = 3
_WORDS = {
    "genuine": "Genuine: issued by this city and unchanged.",
    "revoked": "Revoked: issued by this city, but no longer valid.",
    "altered": "Altered: made from a document of this city, but not what was issued.",
    "unknown": "Unknown: this city did not issue this file.",
}


class _NotUnderstood(click.UsageError):
    exit_code = NOT_CHECKED


class _Command(click.Command):
    """Gives wrong arguments the code 3: click's own 2 would read as "revoked"."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise _NotUnderstood(error.message, ctx) from None


@click.command(cls=_Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(file: Path, as_json: bool) -> None:
    """Say whether a letter or certificate is genuine.

    The exit code is 0 for a genuine file, 1 for an altered or unknown one, 2 for a revoked one, and 3 when the
    file could not be checked.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        _stop(f"{file.name} cannot be read: {error.strerror}.")
    try:
        city_ready()
    except click.ClickException as error:
        _stop(error.message)
    from django.db import DatabaseError

    from dokodemo.adapters.signing import SigningError
    from dokodemo.administration.certificates import queries

    try:
        outcome = queries.verify_upload(data)
    except DatabaseError:
        _stop("The city's records cannot be read. Is this its machine, and was `dokodemo up` run once?")
    except SigningError as error:
        _stop(str(error))
    click.echo(json.dumps(_record(outcome), ensure_ascii=False) if as_json else _sentence(outcome))
    sys.exit(EXIT_CODES[outcome.status])


def _stop(message: str) -> Any:
    click.echo(message, err=True)
    sys.exit(NOT_CHECKED)


def _record(outcome: Any) -> dict[str, Any]:
    document = outcome.document
    record: dict[str, Any] = {"status": outcome.status}
    if document is not None:
        record |= {
            "number": document.number,
            "kind": document.kind,
            "title": document.title,
            "procedure": document.procedure_slug,
            "issued_on": document.issued_on.isoformat(),
            "valid_until": document.valid_until.isoformat() if document.valid_until else None,
            "expired": document.expired,
            "revoked_on": document.revoked_on.isoformat() if document.revoked_on else None,
            "revocation_reason": document.revocation_reason or None,
            "replaced_by": document.replaced_by,
            "signer": outcome.signer,
            "signed_at": outcome.signed_at.isoformat() if outcome.signed_at else None,
            "test_only": outcome.test_only,
        }
    return record


def _sentence(outcome: Any) -> str:
    lines = [_WORDS[outcome.status]]
    document = outcome.document
    if document is not None:
        lines.append(f"{document.number}  {document.title}  issued on {document.issued_on.isoformat()}")
        if document.expired:
            lines.append(f"It was valid until {document.valid_until.isoformat()}.")
        if document.revoked_on:
            lines.append(
                f"Revoked on {document.revoked_on.isoformat()} ({document.revocation_reason.replace('_', ' ')})."
            )
        if document.replaced_by:
            lines.append(f"It was replaced by {document.replaced_by}.")
        if outcome.test_only:
            lines.append("The signature was made with a test certificate (試験用).")
    return "\n".join(lines)
