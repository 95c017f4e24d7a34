"""What sealed bytes promise: they open in their own context, with their own key, unchanged, or not at all."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokodemo.kernel import crypto, secrets
from dokodemo.kernel.crypto import CryptoError, keyring
from dokodemo.kernel.crypto.sealing import key_name_of


@pytest.fixture
def own_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "keys" / "ring.json"
    monkeypatch.setenv("DOKODEMO_KEY_RING", str(path))
    crypto.ensure_key_ring()
    yield path
    monkeypatch.undo()
    keyring.ring(fresh=True)


@given(st.binary(max_size=400), st.text(max_size=30))
def test_what_was_sealed_opens_unchanged_in_its_context(data: bytes, place: str) -> None:
    assert crypto.open_sealed(crypto.seal(data, context=place), context=place) == data


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_bit_anywhere_is_noticed(data: bytes, draw: st.DataObject) -> None:
    sealed = bytearray(crypto.seal(data, context="here"))
    position = draw.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= 1 << draw.draw(st.integers(0, 7))
    with pytest.raises(CryptoError):
        crypto.open_sealed(bytes(sealed), context="here")


@pytest.mark.parametrize("cut", [0, 1, 2, 5, 20, 30])
def test_a_part_of_sealed_bytes_is_refused(cut: int) -> None:
    with pytest.raises(CryptoError):
        crypto.open_sealed(crypto.seal(b"secret", context="here")[:cut], context="here")


def test_sealed_bytes_do_not_open_in_another_row() -> None:
    sealed = crypto.seal("荒尾 花子".encode(), context="parties.person.record:1")
    with pytest.raises(CryptoError) as refusal:
        crypto.open_sealed(sealed, context="parties.person.record:2")
    assert "花子" not in str(refusal.value)


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert crypto.seal(b"same", context="here") != crypto.seal(b"same", context="here")


def test_a_renewed_ring_opens_what_older_keys_sealed(own_ring: Path) -> None:
    old = crypto.seal(b"before", context="here")
    assert not crypto.needs_rotation(old)
    name = crypto.add_key()
    new = crypto.seal(b"after", context="here")
    assert (key_name_of(new), crypto.needs_rotation(old), crypto.needs_rotation(new)) == (name, True, False)
    assert crypto.open_sealed(old, context="here") == b"before"
    assert stat.S_IMODE(own_ring.stat().st_mode) == 0o600


def test_a_key_added_by_another_process_is_found_at_once(own_ring: Path) -> None:
    before = own_ring.read_text()
    crypto.add_key()
    sealed, after = crypto.seal(b"by the other", context="here"), own_ring.read_text()
    own_ring.write_text(before)
    keyring.ring(fresh=True)
    own_ring.write_text(after)
    assert crypto.open_sealed(sealed, context="here") == b"by the other"


def test_of_keys_added_at_the_same_time_none_is_lost(own_ring: Path) -> None:
    def add(_: int) -> tuple[str, bytes]:
        name = crypto.add_key()
        return name, crypto.seal(b"meanwhile", context="here")

    with ThreadPoolExecutor(8) as several:
        added = list(several.map(add, range(24)))
    assert len({name for name, _ in added}) == 24
    assert set(json.loads(own_ring.read_text())["keys"]) == {"k1", *(name for name, _ in added)}
    assert {crypto.open_sealed(sealed, context="here") for _, sealed in added} == {b"meanwhile"}


@pytest.mark.parametrize(
    "write", [crypto.add_key, lambda: secrets.secret(keyring.ring_path().parents[1], "new")]
)
def test_what_opens_personal_data_is_safe_under_its_name_before_it_is_used(
    own_ring: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[], str]
) -> None:
    synced: list[bool] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(handle).st_mode))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write()
    assert synced == [False, True], "first the file, then the folder that names it"


def test_a_lost_key_is_named_with_its_remedy(own_ring: Path) -> None:
    crypto.add_key()
    sealed = crypto.seal(b"x", context="here")
    content = json.loads(own_ring.read_text())
    del content["keys"]["k2"]
    own_ring.write_text(json.dumps({**content, "active": "k1"}))
    keyring.ring(fresh=True)
    with pytest.raises(CryptoError, match=r"'k2' is not in the key ring\. Restore"):
        crypto.open_sealed(sealed, context="here")


def test_a_missing_ring_says_what_to_do(own_ring: Path) -> None:
    own_ring.unlink()
    with pytest.raises(CryptoError, match=r"no key ring at .* Restore it from the backup"):
        keyring.ring(fresh=True)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_ring_that_others_can_read_is_refused_with_the_command_that_helps(
    own_ring: Path, mode: int
) -> None:
    own_ring.chmod(mode)
    with pytest.raises(CryptoError, match="chmod 600"):
        keyring.ring(fresh=True)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"active": "k1", "keys": {}, "digest": ""}',
        '{"active":"k1","keys":{"k1":"YQ=="},"digest":"YQ=="}',
    ],
)
def test_a_broken_ring_is_refused_and_never_replaced(own_ring: Path, content: str) -> None:
    own_ring.write_text(content)
    os.utime(own_ring, ns=(1, 1))
    with pytest.raises(CryptoError, match="from the backup"):
        crypto.ensure_key_ring()
    assert own_ring.read_text() == content


def test_making_the_ring_twice_keeps_the_first(own_ring: Path) -> None:
    first = own_ring.read_bytes()
    assert crypto.ensure_key_ring() == own_ring
    assert own_ring.read_bytes() == first


def test_a_blind_index_finds_equals_of_one_purpose_only(own_ring: Path) -> None:
    index = crypto.blind_index("荒尾太郎", "parties.name")
    assert len(index) == 16
    assert index == crypto.blind_index("荒尾太郎", "parties.name")
    assert index != crypto.blind_index("荒尾太郎", "parties.address")
    assert index != crypto.blind_index("荒尾次郎", "parties.name")


def test_digests_and_indexes_survive_a_new_key_but_not_a_new_ring(own_ring: Path) -> None:
    index, digest = crypto.blind_index("a", "p"), crypto.keyed_digest(b"a", "p")
    crypto.add_key()
    assert (index, digest) == (crypto.blind_index("a", "p"), crypto.keyed_digest(b"a", "p"))
    own_ring.unlink()
    crypto.ensure_key_ring()
    assert index != crypto.blind_index("a", "p")
    assert digest != crypto.keyed_digest(b"a", "p")


def test_identifiers_are_unique_and_follow_time() -> None:
    made = [crypto.new_id() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert all(one.version == 7 and one.variant == made[0].variant for one in made)
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)
