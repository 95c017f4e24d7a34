"""The verb `keys`: renew the keys that personal data are sealed with (鍵の更新).

Owns what is printed. Sealing anew is `kernel.crypto.rotate`, `storage.reseal` and `second_factor.reseal_secrets`.
"""

import click

from dokodemo.entry.cli.bars import stages
from dokodemo.entry.cli.ready import city_ready


@click.group()
def command() -> None:
    """Look after the keys of personal data."""


@command.command()
@click.option("--same-key", is_flag=True, help="Make no new key: go on where an earlier renewal was stopped.")
def renew(same_key: bool) -> None:
    """Make a new key and seal every record, file and second factor with it.

    May be stopped at any time and run again with --same-key. Old keys stay in the ring: backups need them.
    """
    city_ready()
    from dokodemo.adapters import storage
    from dokodemo.entry.server.second_factor import reseal_secrets
    from dokodemo.kernel.crypto import CryptoError, add_key, check_key_ring, rotate

    try:
        check_key_ring()
        if not same_key:
            name = add_key()
            check_key_ring()
            click.echo(f"The active key is now {name}. Back up the key ring: dokodemo backup DIR", err=True)
        with stages({}) as progress:
            renewed = rotate(progress)
            factors = reseal_secrets()
            files, damaged = storage.reseal(progress)
    except (CryptoError, storage.StorageError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{renewed} values, {files} files and {factors} secrets of second factors were sealed anew.")
    if damaged:
        listed = "\n".join(f"  {ref}" for ref in damaged)
        raise click.ClickException(
            f"{len(damaged)} files do not open and stay as they are. Bring them back from a backup:\n{listed}"
        )
