"""Ten real-looking files with the traps of such files: the whole report of each is in ``cases/NAME.txt``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from graph_model.errors import ZerenError
from graph_model.stores.opening import open_store
from loaders.rosters.commands import request_of
from loaders.rosters.importing import preview
from loaders.rosters.telling import tell
from tests.loaders.rosters.case_files import CASES, HERE, Case
from tests.loaders.rosters.conftest import Silence


def report_of(case: Case, file: Path, store_file: Path) -> str:
    """What the preview of a file says, or why it cannot be read."""

    async def look() -> list[str]:
        store = open_store(f"sqlite:///{store_file.as_posix()}", "reader")
        try:
            request = request_of(file, case.mapping, None, None, case.on)
            return list(tell(await preview(store, request, Silence()), shown=100))
        finally:
            await store.close()

    try:
        return "\n".join(asyncio.run(look())) + "\n"
    except ZerenError as error:
        return f"error: {error}\n"


@pytest.mark.parametrize("name", CASES)
def test_the_report(name: str, facts_store: Path, small_city: Path, tmp_path: Path) -> None:
    case = CASES[name]
    file = tmp_path / case.file
    case.make(file)
    before = file.read_bytes()
    store_file = facts_store if case.city == "facts" else small_city / "store.db"
    assert report_of(case, file, store_file) == (HERE / f"{name}.txt").read_text(encoding="utf-8")
    assert file.read_bytes() == before
