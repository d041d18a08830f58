"""Files that are broken in any way: loaded as meant, or refused with their place; never a traceback, never half."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import pytest

from graph_model.errors import ZerenError
from graph_model.records import Relation
from graph_model.stores.base import StoreReader
from graph_model.stores.opening import open_store
from loaders.rosters.commands import request_of
from loaders.rosters.importing import Preview, preview
from loaders.rosters.refused_lists import write_refused
from tests.loaders.rosters.both_languages import check_both_languages, texts_of
from tests.loaders.rosters.conftest import Silence
from tests.loaders.rosters.looking import looked_at
from tests.loaders.rosters.mutants import good_files, mutants
from tests.loaders.rosters.test_importing import generation, imported, run

SEED = 20170630
MOST_MEMORY = 400 << 20
"""What reading broken files may add to a process, in bytes."""


async def outcome(store: StoreReader, file: Path, mapping: str) -> Preview | ZerenError:
    """The preview of a file, or why it was refused; all else is a fault of ours, and is raised."""
    try:
        return await preview(store, request_of(file, mapping, None, None, None), Silence())
    except ZerenError as error:
        return error


def check(found: Preview | ZerenError, file: Path) -> None:
    """Refused with its place, in both languages, or every row with an outcome and nothing that hangs in the air."""
    for text in texts_of(found):
        check_both_languages(text)
    if isinstance(found, ZerenError):
        assert str(found).startswith(file.name), str(found)
        return
    for refused in found.refused:
        assert refused.place.file.startswith(file.name)
        assert refused.place.row is not None or refused.place.at is not None
    made = {record.id for record in found.reading.records}
    for record in found.reading.records:
        if isinstance(record, Relation):
            own = [end for end in (record.source, record.target) if f":{found.name}:" in end]
            assert made.issuperset(own)


async def go_through(url: str, folder: Path, number: int, seed: int) -> tuple[int, int]:
    """How many of so many broken files were refused whole, and how many had refused rows alone or none."""
    refused = read = 0
    store = open_store(url, "reader")
    try:
        for name, content, mapping in mutants(good_files(folder), number, seed):
            file = folder / name
            file.write_bytes(content)
            found = await outcome(store, file, mapping)
            check(found, file)
            refused, read = refused + isinstance(found, ZerenError), read + isinstance(found, Preview)
            if isinstance(found, Preview) and found.refused:
                out = folder / "refused.csv"
                write_refused(found, request_of(file, mapping, None, None, None), out)
                out.unlink()
            file.unlink()
    finally:
        await store.close()
    return refused, read


def memory() -> int:
    """The most that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def test_good_files_are_read(url: str, tmp_path: Path) -> None:
    async def look() -> dict[str, Preview | ZerenError]:
        store = open_store(url, "reader")
        found = {}
        for name, (content, mapping) in good_files(tmp_path).items():
            (tmp_path / name).write_bytes(content)
            found[name] = await outcome(store, tmp_path / name, mapping)
        await store.close()
        return found

    assert [name for name, each in asyncio.run(look()).items() if not isinstance(each, Preview)] == []


def test_broken_files(url: str, tmp_path: Path) -> None:
    before = memory()
    refused, read = asyncio.run(go_through(url, tmp_path, 110, SEED))
    assert refused > 20
    assert read > 20
    assert memory() - before < MOST_MEMORY


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
def test_two_thousand_broken_files(part: int, url: str, tmp_path: Path) -> None:
    before = memory()
    refused, read = asyncio.run(go_through(url, tmp_path, 500, SEED + 1 + part))
    assert refused + read == 500
    assert memory() - before < MOST_MEMORY


def test_a_broken_file_writes_what_its_preview_says_or_nothing(url: str, tmp_path: Path) -> None:
    good = {name: each for name, each in good_files(tmp_path).items() if each[1] == "village-units"}
    written = 0
    for name, content, mapping in mutants(good, 24, SEED):
        file = tmp_path / name
        file.write_bytes(content)
        before = imported(url), generation(url)
        code = run("import", file, "--mapping", mapping, "--store", url, "--write", "--accept-partial")
        if code:
            assert (imported(url), generation(url)) == before
        else:
            records = looked_at(url, file, mapping=mapping).reading.records
            assert imported(url) == sorted(records, key=lambda record: record.id)
            written += 1
    assert written > 4
