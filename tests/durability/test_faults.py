"""A disk that fails at each write and flush in turn: a typed error, nothing more is written, nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from msgspec import Struct

from graph_model.errors import StoreError, StoreFencedError, StoreFullError
from graph_model.stores.embedded import log
from graph_model.stores.embedded.opening import Mode, open_file
from tests.durability.disk import Cut, Event, Flush, Write, disk, failed_flush, failed_write, no_room
from tests.durability.edits import check_kept, put_pair
from tests.durability.showing import Show

EDITS = 24
PARTS = 4


class Outcome(Struct):
    """What somebody who writes was told."""

    acknowledged: dict[str, int]
    errors: list[StoreError]
    is_fenced: bool = False


class Faults:
    """Lets a disk fail at the nth thing that is done to it, once or from then on; counts what is done."""

    def __init__(self, place: int, make: Callable[[Event], apsw.Error | None], *, lasts: bool) -> None:
        self.done = 0
        self.has_failed = False
        self.is_healed = False
        self._place = place
        self._make = make
        self._lasts = lasts

    def listen(self, event: Event) -> None:
        """For ``disk``."""
        if not isinstance(event, Write | Cut | Flush) or self.is_healed:
            return
        self.done += 1
        if self.done == self._place or (self.has_failed and self._lasts):
            fault = self._make(event)
            if fault is not None:
                self.has_failed = True
                raise fault


def broken(event: Event) -> apsw.Error:
    return failed_flush() if isinstance(event, Flush) else failed_write()


def full(event: Event) -> apsw.Error | None:
    return no_room() if isinstance(event, Write) else None


def never(_: Event) -> apsw.Error | None:
    return None


@pytest.fixture(autouse=True)
def short_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log goes into the file often, so that the disk fails meanwhile too."""
    monkeypatch.setattr(log, "LONG_PAGES", 60)


def write_on(path: Path, faults: Faults) -> Outcome:
    """Make a store on a disk that fails, and write to it one by one, whatever happens; then to the end of it."""
    outcome = Outcome({}, [])
    asyncio.run(_write_on(path, faults, outcome))
    return outcome


async def _write_on(path: Path, faults: Faults, outcome: Outcome) -> None:
    with disk(faults.listen) as name:
        try:
            store = open_file(path, Mode.WRITER, name)
        except StoreError as error:
            outcome.errors.append(error)
            return
        for number in range(EDITS):
            try:
                edited = await put_pair(store, str(number))
            except StoreError as error:
                outcome.errors.append(error)
                if isinstance(error, StoreFullError):
                    faults.is_healed = True
            else:
                assert edited.entry is not None
                outcome.acknowledged[str(number)] = edited.entry.number
        try:
            await store.check_writing()
        except StoreFencedError:
            outcome.is_fenced = True
        try:
            await store.close()
        except StoreError as error:
            outcome.errors.append(error)


def count_events(folder: Path) -> int:
    folder.mkdir()
    faults = Faults(0, never, lasts=False)
    write_on(folder / "zeren.db", faults)
    return faults.done


def fail_at(folder: Path, place: int, make: Callable[[Event], apsw.Error | None], *, lasts: bool) -> Outcome:
    """What became of a store whose disk failed: everything acknowledged is there once the disk is sound again."""
    folder.mkdir()
    faults = Faults(place, make, lasts=lasts)
    outcome = write_on(folder / "zeren.db", faults)
    check_kept(folder / "zeren.db", outcome.acknowledged)
    shutil.rmtree(folder)
    return outcome


def fail_in_turn(folder: Path, places: range, *, lasts: bool) -> str:
    """Let the disk fail at each of some places; what was seen, in a line."""
    codes, fenced = Counter[str](), 0
    for place in places:
        outcome = fail_at(folder / f"{place}", place, broken, lasts=lasts)
        codes.update(error.code for error in outcome.errors)
        fenced += outcome.is_fenced
        # What fails while a store is opened or closed is told there; all else fences.
        is_told = outcome.is_fenced or len(outcome.acknowledged) in {0, EDITS}
        assert is_told, f"place {place}: {outcome}"
    return f"{len(places)} faults, {fenced} fenced, told {dict(sorted(codes.items()))}; all acknowledged edits there"


def fill_in_turn(folder: Path, places: range) -> str:
    """Let there be no room at each of some places, until somebody is told."""
    told = 0
    for place in places:
        outcome = fail_at(folder / f"{place}", place, full, lasts=True)
        full_disks = [error for error in outcome.errors if isinstance(error, StoreFullError)]
        told += len(full_disks)
        assert not outcome.is_fenced, f"place {place}: {outcome}"
        assert len(outcome.errors) == len(full_disks), f"place {place}: {outcome.errors}"
        # Once there was room again, everything was written.
        assert not outcome.acknowledged or len(outcome.acknowledged) == EDITS - len(full_disks)
    return f"{len(places)} times without room, {told} times told, never fenced, healed each time"


def every(folder: Path, step: int, *, first: int = 1) -> range:
    return range(first, count_events(folder / "counted") + 1, step)


@pytest.mark.parametrize("lasts", [False, True])
def test_a_disk_that_fails_now_and_then(tmp_path: Path, show: Show, lasts: bool) -> None:
    places = every(tmp_path, 29)
    show(f"I/O errors, {'lasting' if lasts else 'passing'}: {fail_in_turn(tmp_path, places, lasts=lasts)}")


def test_a_disk_that_is_full_now_and_then(tmp_path: Path, show: Show) -> None:
    show(f"full disk: {fill_in_turn(tmp_path, every(tmp_path, 29))}")


@pytest.mark.long
@pytest.mark.parametrize("lasts", [False, True])
@pytest.mark.parametrize("part", range(PARTS))
def test_a_disk_that_fails_at_each_place_in_turn(tmp_path: Path, show: Show, part: int, lasts: bool) -> None:
    places = every(tmp_path, PARTS, first=1 + part)
    show(f"I/O errors, {'lasting' if lasts else 'passing'}: {fail_in_turn(tmp_path, places, lasts=lasts)}")


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_a_disk_that_is_full_at_each_place_in_turn(tmp_path: Path, show: Show, part: int) -> None:
    show(f"full disk: {fill_in_turn(tmp_path, every(tmp_path, PARTS, first=1 + part))}")
