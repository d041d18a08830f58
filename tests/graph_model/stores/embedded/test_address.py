from __future__ import annotations

from pathlib import Path

import pytest

from graph_model.errors import StoreAddressError
from graph_model.stores.embedded import parse_url


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/zeren.sqlite", Path("var/zeren.sqlite")),
        ("sqlite:////var/zeren.sqlite", Path("/var/zeren.sqlite")),
        ("sqlite:///责任.sqlite", Path("责任.sqlite")),
        ("sqlite:///100%.sqlite", Path("100%.sqlite")),
        ("sqlite:///:memory:", None),
    ],
)
def test_an_address_is_read(url: str, path: Path | None) -> None:
    assert parse_url(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "",
        "zeren.sqlite",
        "sqlite://zeren.sqlite",
        "sqlite:///",
        "sqlite:////",
        "sqlite:///var/",
        "sqlite:///a.sqlite?mode=ro",
        "sqlite:///a\0b",
        "neo4j://host:7687/neo4j",
    ],
)
def test_another_address_is_refused_with_the_forms_there_are(url: str) -> None:
    with pytest.raises(StoreAddressError, match="sqlite:////absolute/path"):
        parse_url(url)
