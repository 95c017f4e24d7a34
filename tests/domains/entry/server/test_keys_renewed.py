"""After a key is renewed: files and second factors lie under the new one, open as before, and survive a stop halfway."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.test import Client
from factor_steps import set_up_app, sign_in

from dokodemo.adapters import storage
from dokodemo.adapters.storage import FileDamaged, files
from dokodemo.entry.cli.keys import command
from dokodemo.entry.server.second_factor import reseal_secrets
from dokodemo.kernel.access import Account
from dokodemo.kernel.crypto import add_key, ensure_key_ring, rotation
from dokodemo.kernel.crypto.keyring import ring
from dokodemo.kernel.crypto.sealing import key_name_of

CONTEXT = "cases.attachment:0190-aa"


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    settings.DOKODEMO_HOME = tmp_path
    ensure_key_ring()
    return tmp_path


def key_of(ref: str) -> str:
    return key_name_of(files.split((files._root() / ref).read_bytes())[2])


def keys_of_factors() -> set[str]:
    kept = [factor.data.get(name) for factor in Authenticator.objects.all() for name in ("secret", "seed")]
    return {key_name_of(b64decode(text)) for text in kept if text}


def test_files_lie_under_the_new_key_and_open_as_before() -> None:
    kept = [storage.put(content, context=CONTEXT) for content in (b"one", b"two" * 1000, b"")]
    assert storage.reseal() == (0, [])
    new = add_key()
    seen: list[tuple[str, int, int]] = []
    assert storage.reseal(lambda *step: seen.append(step)) == (3, [])
    assert seen[-1] == ("files", 3, 3)
    assert {key_of(one.ref) for one in kept} == {new}
    assert [storage.get(one.ref, context=CONTEXT) for one in kept] == [b"one", b"two" * 1000, b""]
    assert storage.reseal() == (0, [])
    assert {path.suffix for path in files._root().rglob("*")} == {""}


def test_a_renewal_that_was_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [storage.put(b"x", context=CONTEXT) for _ in range(3)]
    new = add_key()
    whole, done = files.write_whole, []

    def stop(path: Path, content: bytes) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(path)
        whole(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_whole", stop)
        with pytest.raises(KeyboardInterrupt):
            storage.reseal()
    assert sorted(key_of(one.ref) == new for one in kept) == [False, False, True]
    assert all(storage.get(one.ref) == b"x" for one in kept)
    assert storage.reseal() == (2, [])


def test_a_damaged_file_is_named_and_left_and_the_others_go_on() -> None:
    bad, good = storage.put(b"bad", context=CONTEXT), storage.put(b"good", context=CONTEXT)
    path = files._root() / bad.ref
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    before = path.read_bytes()
    add_key()
    assert storage.reseal() == (1, [bad.ref])
    assert path.read_bytes() == before
    assert storage.get(good.ref) == b"good"
    with pytest.raises(FileDamaged):
        storage.get(bad.ref)


def test_second_factors_lie_under_the_new_key_and_open_the_door_as_before(
    client: Client, clerk: Account
) -> None:
    secret = set_up_app(client, "hanako")
    old = ring().active
    assert keys_of_factors() == {old}
    assert reseal_secrets() == 0
    new = add_key()
    assert reseal_secrets() == Authenticator.objects.count() == 2
    assert keys_of_factors() == {new}
    assert sign_in(Client(), "hanako", secret)["Location"] == "/office/"


def test_the_command_renews_records_files_and_second_factors_and_says_what_does_not_open(
    client: Client, clerk: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests of this process may have defined models without a table.
    ours = [pair for pair in rotation.encrypted_models() if pair[0].__module__.startswith("dokodemo.")]
    monkeypatch.setattr(rotation, "encrypted_models", lambda: ours)
    set_up_app(client, "hanako")
    kept = storage.put(b"kept", context=CONTEXT)
    done = CliRunner().invoke(command, ["renew"])
    assert done.exit_code == 0, done.output
    assert "1 files and 2 secrets of second factors were sealed anew" in done.output
    assert {key_of(kept.ref)} == keys_of_factors() == {ring().active}
    path = files._root() / kept.ref
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    again = CliRunner().invoke(command, ["renew"])
    assert again.exit_code == 1
    assert kept.ref in again.output
