"""Files for a bulk import: what a real Neo4j makes of them is the store that they came from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph_model.errors import SourceError
from graph_model.records import Provenance
from graph_model.stores.base import Store
from graph_model.stores.embedded import open_store
from graph_model.stores.opening import Patience
from graph_model.stores.opening import open_store as open_any
from loaders.bulk.export import export_store
from loaders.bulk.files import FILES, day_text, line_of
from loaders.copying import holdings_of
from scripts.dev.neo4j_import import import_files
from scripts.dev.neo4j_server import Server
from tests.conformance.graphs import DAY
from tests.conformance.test_whole_writes import make_history
from tests.neo4j_server import IN_ONE_WORKER, PASSWORD, RunningServer


@pytest.fixture
async def source() -> AsyncIterator[Store]:
    store: Store = open_store("sqlite:///:memory:", "writer")
    await make_history(store)
    yield store
    await store.close()


def ignore(_: int) -> None:
    """Progress."""


def test_a_field_that_is_not_there_is_empty_and_a_text_stands_in_quotes() -> None:
    assert line_of(None, "", 'say "a, b"', 7, True, b"\x01\xff") == ',"","say ""a, b""",7,true,1;255\n'


@pytest.mark.parametrize(("ordinal", "text"), [(0, "0000-12-31"), (1, "0001-01-01"), (3_652_060, "+10000-01-01")])
def test_infinite_days_lie_beside_the_real_ones(ordinal: int, text: str) -> None:
    assert day_text(ordinal) == text


async def test_a_folder_with_something_in_it_is_refused(source: Store, tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(SourceError, match="is not empty"):
        await export_store(source, tmp_path, ignore)


async def test_a_store_without_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds nothing yet"):
        await export_store(open_store("sqlite:///:memory:", "writer"), tmp_path / "files", ignore)


async def test_compressed_files_have_the_names_that_an_import_looks_for(source: Store, tmp_path: Path) -> None:
    await export_store(source, tmp_path / "files", ignore, compress=True)
    assert {path.name for path in (tmp_path / "files").iterdir()} == {f"{file.name}.gz" for file in FILES}


@pytest.mark.long
@IN_ONE_WORKER
async def test_an_imported_store_is_the_one_it_came_from(
    source: Store, tmp_path: Path, neo4j_server: RunningServer
) -> None:
    await export_store(source, tmp_path / "files", ignore)
    import_files(tmp_path / "files", tmp_path / "home", heap="512m")
    server = Server(tmp_path / "home", heap="512m", page_cache="128m", java=("-XX:TieredStopAtLevel=1",))
    try:
        server.wait_ready(PASSWORD)
        patience = Patience(connect=30, read=120, write=120)
        imported = open_any(server.url, "writer", password=PASSWORD, patience=patience)
        last = (await source.header()).generation
        assert await imported.header() == await source.header()
        assert await holdings_of(imported, last) == await holdings_of(source, last)
        assert await imported.journal(first=50) == await source.journal(first=50)
        assert await imported.changes(first=50) == await source.changes(first=50)
        assert await imported.search("pingdi", DAY, first=5) == await source.search("pingdi", DAY, first=5)
        assert await imported.counts(2_500) == await source.counts(2_500)
        assert (await imported.lookup(["person:b"])).get_node("person:b").provenance is Provenance.DERIVED
        await imported.close()
    finally:
        server.kill()
