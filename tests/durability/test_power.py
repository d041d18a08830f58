"""Losses of power, at each flush of the disk: no acknowledged edit is lost, and the store opens."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from enum import Enum
from pathlib import Path
from random import Random

import pytest

from graph_model.errors import StoreError
from graph_model.stores.embedded import log
from graph_model.stores.embedded.opening import Mode, open_file
from tests.durability.disk import disk
from tests.durability.edits import LostError, check_kept, put_pair
from tests.durability.images import MANNERS, Image, Manner, Recorder, Told, image
from tests.durability.showing import Show

EDITS = 60
PARTS = 10
IMAGES = 200
"""Of a part."""


class Kept(Enum):
    """What became of a store."""

    WHOLE = "all acknowledged edits are there"
    LOST = "acknowledged edits are lost, and nothing says so"
    REFUSED = "it is refused as damaged"


@pytest.fixture(autouse=True)
def short_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log goes into the file often, so that power is lost meanwhile too."""
    monkeypatch.setattr(log, "LONG_PAGES", 60)


def record(folder: Path, *, synchronous: str = "FULL") -> Recorder:
    """Make a store, write to it one by one and several at a time, and close it: all that is done to the disk."""
    recorder = Recorder()
    asyncio.run(_record(folder / "zeren.db", recorder, synchronous))
    return recorder


async def _record(path: Path, recorder: Recorder, synchronous: str) -> None:
    note = path.with_name("zeren.db.last")
    with disk(recorder.listen) as name:
        store = open_file(path, Mode.WRITER, name)
        assert store._writer is not None
        store._writer._connection.pragma("synchronous", synchronous)

        async def write(key: str) -> None:
            edited = await put_pair(store, key)
            assert edited.entry is not None
            recorder.events.append(Told(key, edited.entry.number, note.read_bytes()))

        for number in range(0, EDITS, 6):
            await write(f"{number}")
            await asyncio.gather(*(write(f"{number}-{part}") for part in range(5)))
        await store.close()


def look(held: Image, folder: Path, note: bytes | None) -> Kept:
    """What became of a store whose files are these."""
    folder.mkdir()
    held.lay(folder, note)
    try:
        check_kept(folder / "zeren.db", held.acknowledged)
    except LostError:
        return Kept.LOST
    except StoreError:
        return Kept.REFUSED
    else:
        return Kept.WHOLE
    finally:
        shutil.rmtree(folder)


def look_at_many(recorder: Recorder, folder: Path, images: int, seed: int, *, has_note: bool = True) -> Counter[Kept]:
    """So many images: at each flush, and anywhere in between, in every manner; what became of them."""
    chance, found, flushes = Random(seed), Counter[Kept](), recorder.boundaries()
    for number in range(images):
        anywhere = chance.randrange(len(recorder.events) + 1)
        place = flushes[number * 31 % len(flushes)] if number % 4 else anywhere
        held = image(recorder.events, place, MANNERS[number % len(MANNERS)], chance)
        # Nobody flushes the note: it may be any that was written by then, or none yet.
        note = chance.choice([None, *held.notes[-3:]]) if has_note else None
        found[look(held, folder / str(number), note)] += 1
    return found


def lose_power(folder: Path, images: int, seed: int) -> Counter[Kept]:
    recorder = record(folder)
    return look_at_many(recorder, folder, images, seed)


def test_a_loss_of_power_loses_nothing(tmp_path: Path, show: Show) -> None:
    found = lose_power(tmp_path, 100, seed=1)
    assert found == {Kept.WHOLE: 100}
    show("power: 100 images, all whole")


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_many_losses_of_power_lose_nothing(tmp_path: Path, show: Show, part: int) -> None:
    found = lose_power(tmp_path, IMAGES, seed=100 + part)
    assert found == {Kept.WHOLE: IMAGES}
    show(f"power: {IMAGES} images, all whole")


def test_with_flushes_left_out_acknowledged_edits_are_lost(tmp_path: Path, show: Show) -> None:
    """The control: were the harness blind, it would not see this either."""
    recorder = record(tmp_path, synchronous="NORMAL")
    found = look_at_many(recorder, tmp_path, 60, seed=3, has_note=False)
    assert found[Kept.LOST] > 0
    show(f"power, control with synchronous NORMAL: {found[Kept.LOST]} of 60 images lost acknowledged edits")


def test_without_any_flush_the_file_is_damaged(tmp_path: Path, show: Show) -> None:
    """The other control."""
    recorder = record(tmp_path, synchronous="OFF")
    chance, found = Random(4), Counter[Kept]()
    for number in range(60):
        place = chance.randrange(len(recorder.events) + 1)
        held = image(recorder.events, place, (Manner.TORN, Manner.SOME)[number % 2], chance)
        found[look(held, tmp_path / str(number), None)] += 1
    assert found[Kept.REFUSED] > 0
    show(f"power, control with synchronous OFF: {found[Kept.REFUSED]} of 60 images were refused as damaged")


def test_a_disk_that_lost_what_it_had_flushed_is_found_out(tmp_path: Path) -> None:
    """What NORMAL loses is what a disk loses that lies about its flushes: the note tells."""
    recorder = record(tmp_path, synchronous="NORMAL")
    chance, found = Random(5), Counter[Kept]()
    for number in range(20):
        place = chance.randrange(len(recorder.events) // 2, len(recorder.events) + 1)
        held = image(recorder.events, place, Manner.NONE, chance)
        found[look(held, tmp_path / str(number), held.notes[-1] if held.notes else None)] += 1
    assert found[Kept.LOST] == 0
    assert found[Kept.REFUSED] > 0
