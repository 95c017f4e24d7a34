"""Which settings may meet: nobody runs a demonstration at a public address by accident."""

from itertools import product
from typing import Any

import pytest

from dokodemo.entry.server.safety import is_local, refusal

LOCAL = ("http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000", "http://city.localhost")
PUBLIC = (
    "https://shiyakusho.example.jp",
    "http://192.168.1.4:8000",
    "https://localhost.example.jp",
    "https://127.0.0.1.example.jp",
    "https://localhost@example.jp",
)
SAFE: dict[str, Any] = {
    "base_url": PUBLIC[0],
    "demo": False,
    "demo_said": True,
    "twin": False,
    "role": "all",
    "debug": False,
}


@pytest.mark.parametrize("address", LOCAL)
def test_what_starts_on_ones_own_machine_without_settings_is_a_demonstration(address: str) -> None:
    assert is_local(address)
    assert refusal(**SAFE | {"base_url": address, "demo": True, "demo_said": False, "twin": True}) is None


@pytest.mark.parametrize("address", PUBLIC)
def test_at_a_public_address_a_demonstration_has_to_be_said(address: str) -> None:
    assert not is_local(address)
    assumed = SAFE | {"base_url": address, "demo": True, "demo_said": False, "twin": True}
    found = refusal(**assumed)
    assert found is not None
    assert address in found
    assert "DOKODEMO_DEMO=0" in found
    assert refusal(**assumed | {"demo_said": True}) is None


def test_a_real_city_may_start_and_never_with_the_twin_before_residents() -> None:
    assert refusal(**SAFE) is None
    for address, role in product((LOCAL[0], PUBLIC[0]), ("portal", "all")):
        found = refusal(**SAFE | {"base_url": address, "twin": True, "role": role})
        assert found is not None
        assert "DOKODEMO_OIDC_ISSUER" in found
    assert refusal(**SAFE | {"twin": True, "role": "office"}) is None


@pytest.mark.parametrize("demo", [True, False])
def test_pages_for_developers_are_shown_on_ones_own_machine_only(demo: bool) -> None:
    open_ = SAFE | {"demo": demo, "debug": True}
    found = refusal(**open_)
    assert found is not None
    assert "DOKODEMO_DEBUG=0" in found
    assert refusal(**open_ | {"base_url": LOCAL[0]}) is None
