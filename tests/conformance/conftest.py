"""The stores that must meet the contract; another one is one more parameter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph_model.stores.base import Store
from graph_model.stores.embedded import open_store


@pytest.fixture(params=["embedded"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store, open for writing."""
    opened: Store = open_store(f"sqlite:///{tmp_path}/zeren.sqlite", "writer")
    yield opened
    await opened.close()
