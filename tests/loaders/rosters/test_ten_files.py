"""Ten real-looking files with the traps of such files: the whole report of each is in ``cases/NAME.txt``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from graph_model.errors import ZerenError
from graph_model.stores.opening import open_store
from loaders.rosters.commands import request_of
from loaders.rosters.importing import Preview, preview
from loaders.rosters.telling import tell
from tests.loaders.rosters.both_languages import check_both_languages, texts_of
from tests.loaders.rosters.case_files import CASES, HERE, Case
from tests.loaders.rosters.conftest import Silence


def look_at(case: Case, file: Path, store_file: Path) -> Preview | ZerenError:
    """The preview of a file, or why it cannot be read."""

    async def look() -> Preview:
        store = open_store(f"sqlite:///{store_file.as_posix()}", "reader")
        try:
            return await preview(store, request_of(file, case.mapping, None, None, case.on), Silence())
        finally:
            await store.close()

    try:
        return asyncio.run(look())
    except ZerenError as error:
        return error


def report_of(found: Preview | ZerenError) -> str:
    """What a preview says, or why there is none."""
    if isinstance(found, ZerenError):
        return f"error: {found}\n"
    return "\n".join(tell(found, shown=100)) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_the_report(name: str, facts_store: Path, small_city: Path, tmp_path: Path) -> None:
    case = CASES[name]
    file = tmp_path / case.file
    case.make(file)
    before = file.read_bytes()
    store_file = facts_store if case.city == "facts" else small_city / "store.db"
    found = look_at(case, file, store_file)
    assert report_of(found) == (HERE / f"{name}.txt").read_text(encoding="utf-8")
    for text in texts_of(found):
        check_both_languages(text)
    assert file.read_bytes() == before
