"""Which way mail leaves the city, by its settings: what is missing or wrong is named with what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from dokodemo.adapters.mail.settings import relay

SENDER = {"DOKODEMO_MAIL_FROM": "plan@city.example.jp"}


def test_a_demonstration_writes_files_and_a_real_city_offers_nothing_until_told(tmp_path: Path) -> None:
    demo, real = relay({}, tmp_path, demo=True), relay({}, tmp_path, demo=False)
    assert (demo.kind, real.kind) == ("file", "none")
    assert demo.mailers["default"]["OPTIONS"] == {"file_path": str(tmp_path / "mail")}


def test_a_relay_is_spoken_to_encrypted_unless_it_is_this_machine(tmp_path: Path) -> None:
    def options(said: str) -> dict[str, object]:
        found = relay({"DOKODEMO_MAIL": said, **SENDER}, tmp_path, demo=False).mailers["default"]["OPTIONS"]
        assert isinstance(found, dict)
        return found

    starttls, tls = options("smtp://mail.example.jp"), options("smtps://mail.example.jp")
    assert (starttls["port"], starttls["use_tls"], starttls["use_ssl"]) == (587, True, False)
    assert (tls["port"], tls["use_tls"], tls["use_ssl"]) == (465, False, True)
    assert options("smtp://mail.example.jp:25")["use_tls"] is True
    assert options("smtp://localhost:25")["use_tls"] is False
    assert starttls["timeout"] == 20


def test_name_and_password_come_from_elsewhere_and_together(tmp_path: Path) -> None:
    place = tmp_path / "password"
    place.write_text("himitsu-1234\n")
    said = {"DOKODEMO_MAIL": "smtp://mail.example.jp", **SENDER}
    both = said | {"DOKODEMO_MAIL_USER": "plan", "DOKODEMO_MAIL_PASSWORD_FILE": str(place)}
    options = relay(both, tmp_path, demo=False).mailers["default"]["OPTIONS"]
    assert (options["username"], options["password"]) == ("plan", "himitsu-1234")
    with pytest.raises(ValueError, match="Set both, or neither"):
        relay(said | {"DOKODEMO_MAIL_USER": "plan"}, tmp_path, demo=False)


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ({"DOKODEMO_MAIL": "file"}, "DOKODEMO_MAIL=none"),
        ({"DOKODEMO_MAIL": "console"}, "DOKODEMO_MAIL=none"),
        ({"DOKODEMO_MAIL": "mail.example.jp"}, "smtp://host:587"),
        ({"DOKODEMO_MAIL": "smtp://"}, "smtp://host:587"),
        ({"DOKODEMO_MAIL": "smtp://host:port"}, "smtp://host:587"),
        ({"DOKODEMO_MAIL": "smtp://host?tls=no"}, "smtp://host:587"),
        ({"DOKODEMO_MAIL": "smtp://plan:himitsu@host"}, "DOKODEMO_MAIL_PASSWORD_FILE"),
        ({"DOKODEMO_MAIL": "smtp://host"}, "plan@city.example.jp"),
        ({"DOKODEMO_MAIL": "smtp://host", "DOKODEMO_MAIL_FROM": "City <a@b.jp>"}, "plan@city.example.jp"),
        (
            {"DOKODEMO_MAIL": "smtp://host", "DOKODEMO_MAIL_PASSWORD_FILE": "/nowhere/at/all", **SENDER},
            "Name a file",
        ),
    ],
)
def test_a_wrong_setting_says_what_to_write_and_no_password(
    tmp_path: Path, said: dict[str, str], remedy: str
) -> None:
    with pytest.raises(ValueError, match=r"DOKODEMO_MAIL") as refused:
        relay(said, tmp_path, demo=False)
    assert remedy in str(refused.value)
    assert "himitsu" not in str(refused.value)
