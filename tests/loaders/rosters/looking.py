"""Previews without a command line: what an import of some files would do to a store, read only."""

from __future__ import annotations

import asyncio
from pathlib import Path

from graph_model.stores.opening import open_store
from loaders.rosters.commands import request_of
from loaders.rosters.effects import Effects, effects_of
from loaders.rosters.importing import Preview, preview
from tests.loaders.rosters.conftest import Silence


def looked_at(url: str, *files: Path, mapping: str, name: str | None = None) -> Preview:
    """The preview of some files of one roster."""
    return with_effects(url, *files, mapping=mapping, name=name, most=0)[0]


def with_effects(
    url: str, *files: Path, mapping: str, name: str | None = None, most: int = 1_000
) -> tuple[Preview, Effects]:
    """The preview of some files of one roster, and what they would do to chains."""

    async def look() -> tuple[Preview, Effects]:
        store = open_store(url, "reader")
        try:
            request = request_of(files[0], mapping, name, None, None, files[1:])
            looked = await preview(store, request, Silence())
            return looked, await effects_of(store, looked, most)
        finally:
            await store.close()

    return asyncio.run(look())
