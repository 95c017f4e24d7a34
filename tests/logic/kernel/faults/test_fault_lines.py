"""What a log line says of a fault: where and of which kind, never what a person typed."""

import errno
import io
import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError
from granian.log import LogLevels, configure_logging

from dokodemo.adapters.web import serve
from dokodemo.kernel.crypto import CryptoError
from dokodemo.kernel.faults import Line, said, told

NAME = "鷹觜 伸也"


def caught(*, cause: bool = True) -> BaseException:
    """A fault that quotes a name, and so does what led to it."""
    try:
        try:
            int(NAME)
        except ValueError as first:
            first.add_note(f"while reading {NAME}")
            if cause:
                raise KeyError(NAME) from first
            raise KeyError(NAME)
    except KeyError as fault:
        return fault


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a logger with the city's formatter writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Line("%(levelname)s %(message)s"))
    logger = logging.getLogger("tests.faults")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


@pytest.mark.parametrize("cause", [True, False])
def test_a_traceback_shows_every_place_and_kind_and_no_value(cause: bool) -> None:
    text = told(caught(cause=cause))
    assert NAME not in text
    assert "ValueError\n" in text
    assert text.endswith("KeyError\n")
    assert text.count("Traceback (most recent call last):") == 2
    assert 'test_fault_lines.py", line' in text
    assert ("direct cause" in text) == cause


def test_what_was_hidden_on_purpose_stays_hidden() -> None:
    def hide() -> None:
        try:
            int(NAME)
        except ValueError:
            raise LookupError(NAME) from None

    with pytest.raises(LookupError) as hidden:
        hide()
    assert told(hidden.value).count("Traceback") == 1


def test_every_fault_of_a_group_is_told_once_even_in_a_circle() -> None:
    inner = caught()
    inner.__context__ = group = ExceptionGroup(NAME, [inner, TypeError(NAME)])
    text = told(group)
    assert NAME not in text
    assert text.count("TypeError") == 1


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (OSError(errno.ENOSPC, NAME, NAME), "OSError: No space left on device"),
        (OperationalError("database is locked\nDETAIL: " + NAME), "OperationalError: database is locked"),
        (IntegrityError(f"Key (name)=({NAME}) exists"), "IntegrityError"),
        (DataError(f'invalid input syntax: "{NAME}"'), "DataError"),
        (CryptoError("There is no key ring"), "CryptoError: There is no key ring"),
        (UnicodeEncodeError("ascii", NAME, 0, 1, "no"), "UnicodeEncodeError"),
    ],
)
def test_only_faults_that_are_about_no_person_are_quoted(fault: BaseException, text: str) -> None:
    assert said(fault).endswith(text)


def test_a_line_quotes_no_exception_however_it_was_logged(lines: io.StringIO) -> None:
    logger = logging.getLogger("tests.faults")
    fault = caught()
    logger.error("could not keep it: %s", fault)
    logger.error(fault)
    logger.error("failed", exc_info=fault)
    try:
        raise fault
    except KeyError:
        logger.exception("failed again (%d)", 2)
    text = lines.getvalue()
    assert NAME not in text
    assert "ERROR could not keep it: KeyError\nERROR KeyError\nERROR failed\nTraceback" in text
    assert "failed again (2)" in text


def test_a_text_another_formatter_left_on_the_record_is_not_used(lines: io.StringIO) -> None:
    fault = caught()
    record = logging.LogRecord(
        "tests.faults", logging.ERROR, "x", 1, "failed", (), (type(fault), fault, None)
    )
    logging.Formatter().format(record)
    assert NAME in str(record.exc_text)
    logging.getLogger("tests.faults").handle(record)
    assert NAME not in lines.getvalue()
    assert NAME in str(record.exc_text)


def test_every_handler_of_the_city_writes_such_lines() -> None:
    logs = settings.LOGGING
    formatters = {name: formatter["()"] for name, formatter in logs["formatters"].items()}
    assert set(formatters.values()) == {"dokodemo.kernel.faults.Line"}
    assert all(handler["formatter"] in formatters for handler in logs["handlers"].values())


def test_the_web_server_writes_such_lines_too() -> None:
    configure_logging(LogLevels.error, serve.LOGGING)
    written = [
        handler.formatter
        for name in ("_granian", "granian.access")
        for handler in logging.getLogger(name).handlers
    ]
    assert written
    assert {type(formatter) for formatter in written} == {Line}
