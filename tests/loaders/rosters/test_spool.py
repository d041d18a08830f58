"""What waits outside of memory: rows and records of a roster, by numbers and ids."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import apsw
import pytest

from graph_model.errors import NoRoomError
from loaders.rosters.commands import request_of
from loaders.rosters.importing import preview
from loaders.rosters.spool import Spool, Spooled
from loaders.stores import open_store
from tests.loaders.rosters.conftest import Silence
from tests.loaders.rosters.looking import looked_at

HEADER = "乡镇,村,包村单位,起,止\n"
PLACES = (("清水镇", "和平"), ("清水镇", "龙塘村"), ("白云乡", "和平村民委员会"))


def sheet(path: Path, rows: int) -> Path:
    """Rows that each say something of its own, of few places, units and days."""
    lines = (
        ",".join((*PLACES[row % 3], f"单位{row // 3 % 50}", f"{1900 + row // 150}年", f"{1900 + row // 150}年\n"))
        for row in range(rows)
    )
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def test_a_sequence_is_read_as_a_tuple_would_be() -> None:
    spool = Spool("x")
    spool.do_each("INSERT INTO came (line, outcome) VALUES (?, 1)", [(number,) for number in range(10)])
    found, whole = spool.came(1), tuple(range(10))
    assert (len(found), tuple(found), bool(spool.came(2))) == (10, whole, False)
    for part in (slice(3), slice(2, 5), slice(-2, None), slice(8, 100), slice(5, 2), slice(0, 9, 4)):
        assert found[part] == whole[part]
    assert (found[0], found[-1]) == (0, 9)
    for beyond in (10, -11):
        with pytest.raises(IndexError):
            found[beyond]


async def test_rows_are_not_held_in_memory(url: str, tmp_path: Path) -> None:
    peaks: list[int] = []
    for rows in (50, 2_100, 4_200):  # the first one imports what is imported once; chunks are full in the others
        request = request_of(sheet(tmp_path / f"{len(peaks)}.csv", rows), "village-units", None, None, None)
        store = open_store(url, "reader")
        tracemalloc.start()
        try:
            looked = await preview(store, request, Silence())
            assert (looked.rows, len(looked.created_rows)) == (rows, rows)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
            await store.close()
    assert (peaks[2] - peaks[1]) / 2_100 < 100  # bytes a row


def test_no_room_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool("x")

    def full(*_: object) -> None:
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(spool, "_database", type("Full", (), {"execute": full, "executemany": full})())
    with pytest.raises(NoRoomError, match="no room for temporary files") as refused:
        spool.do("DELETE FROM came")
    assert "TMPDIR" in refused.value.text.zh


def test_what_was_previewed_can_be_looked_at_again_and_again(url: str, tmp_path: Path) -> None:
    looked = looked_at(url, sheet(tmp_path / "a.csv", 5), mapping="village-units")
    assert isinstance(looked.created, Spooled)
    assert list(looked.created) == list(looked.created) == [*looked.created[:3], *looked.created[3:]]
    assert [change.id for change in looked.created] == sorted(record.id for record in looked.reading.records)
