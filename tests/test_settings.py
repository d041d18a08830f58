"""The settings: each documented, each wrong value named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from settings import Settings

README = Path(__file__).resolve().parents[1] / "README.md"
FIELDS = sorted(Settings.model_fields)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the tests were started with."""
    for name in FIELDS:
        monkeypatch.delenv(f"ZEREN_{name.upper()}", raising=False)


def documented() -> dict[str, tuple[str, str]]:
    """The README's table: default and meaning of each setting."""
    row = re.compile(r"^\| `ZEREN_([A-Z_]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
    rows = row.findall(README.read_text(encoding="utf-8"))
    return {name.lower(): (default.strip().strip("`"), meaning.strip()) for name, default, meaning in rows}


def test_the_readme_has_every_setting_and_no_other() -> None:
    assert sorted(documented()) == FIELDS


@pytest.mark.parametrize("name", FIELDS)
def test_the_readme_has_the_default(name: str) -> None:
    default = getattr(Settings(), name)
    assert documented()[name][0] == (str(default).lower() if isinstance(default, bool) else str(default))


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_says_what_it_means(name: str) -> None:
    assert re.fullmatch(r"[A-Z].*\.", Settings.model_fields[name].description or "")


def test_serves_this_machine_alone_by_default() -> None:
    assert (Settings().host, Settings().port) == ("127.0.0.1", 8000)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("HOST", "::1", "::1"),
        ("PORT", "0", 0),
        ("STORE", "sqlite:////data/zeren.db", "sqlite:////data/zeren.db"),
        ("PUBLIC_URL", "https://zeren.example.org/", "https://zeren.example.org"),
        ("PUBLIC_URL", "http://[::1]:8443", "http://[::1]:8443"),
        ("DEFAULT_DATE", "today", "today"),
        ("TOKENS", "/etc/zeren/tokens.json", "/etc/zeren/tokens.json"),
        ("WRITABLE", "true", True),
        ("MAX_BODY_BYTES", "4096", 4096),
        ("LOG_LEVEL", "debug", "debug"),
        ("LOG_FORMAT", "json", "json"),
    ],
)
def test_a_setting_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, read: object
) -> None:
    monkeypatch.setenv(f"ZEREN_{name}", value)
    assert getattr(Settings(), name.lower()) == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", ""),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "eighty"),
        ("DEFAULT_DATE", "2017-06-30"),
        ("TOKENS", ""),
        ("WRITABLE", "perhaps"),
        ("MAX_BODY_BYTES", "0"),
        ("MAX_BODY_BYTES", "128 KiB"),
        ("PUBLIC_URL", ""),
        ("PUBLIC_URL", "zeren.example.org"),
        ("PUBLIC_URL", "ftp://zeren.example.org"),
        ("PUBLIC_URL", "https://user@zeren.example.org"),
        ("PUBLIC_URL", "https://zeren.example.org/below"),
        ("PUBLIC_URL", "https://zeren.example.org/?q=1"),
        ("PUBLIC_URL", "https://zeren.example.org:80000"),
        ("PUBLIC_URL", "https://zeren example"),
        ("LOG_LEVEL", "VERBOSE"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_value_is_refused_under_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ZEREN_{name}", value)
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert [fault["loc"] for fault in refusal.value.errors()] == [(name.lower(),)]


def test_takes_no_writes_by_default() -> None:
    assert Settings().writable is False


def test_what_others_set_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEREN_TEST_CHROMIUM", "/usr/bin/chromium")
    assert Settings().port == 8000
