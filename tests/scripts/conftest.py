"""A server over the data that ship, and the same data as the scripts' local store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Server, serving


@pytest.fixture(scope="package")
def server(loaded_store: Path) -> Iterator[Server]:
    """A server over the data that ship."""
    with serving(loaded_store) as running:
        yield running


@pytest.fixture(autouse=True)
def _local_store(loaded_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEREN_STORE", f"sqlite:///{loaded_store}")
