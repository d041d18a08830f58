"""What a disk may hold after a loss of power, from all that was done to it before (断电镜像).

What a file was flushed with is there. Of what was written to it since, each sector (512 bytes) may be there or not, in
any order; so may a cut and a deletion. A file that was never flushed may not be there at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from random import Random

from msgspec import Struct

from tests.durability.disk import Cut, Delete, Event, Flush, Write

SECTOR = 512


class Told(Struct, frozen=True):
    """That an edit was acknowledged, and the note beside the store at that time."""

    key: str
    number: int
    note: bytes


class Manner(Enum):
    """What becomes of what was not flushed."""

    NONE = "nothing of it is there"
    ALL = "all of it is there"
    SOME = "some writes are there"
    REORDERED = "some writes are there, later ones before earlier ones"
    TORN = "some sectors are there"


MANNERS = tuple(Manner)


class Recorder:
    """Keeps all that is done to a disk, in order."""

    def __init__(self) -> None:
        self.events: list[Event | Told] = []

    def listen(self, event: Event) -> None:
        """For ``disk``."""
        self.events.append(event)

    def boundaries(self) -> list[int]:
        """The places just before and just after each flush."""
        flushes = [place for place, event in enumerate(self.events) if isinstance(event, Flush)]
        return sorted({place + after for place in flushes for after in (0, 1)})


class Image(Struct, frozen=True):
    """The files that are there, by path, and what had been acknowledged: the number of the write by key."""

    files: dict[str, bytes]
    acknowledged: dict[str, int]
    notes: tuple[bytes, ...]

    def lay(self, folder: Path, note: bytes | None) -> None:
        """Write the files into a folder, and the note of the store, if any."""
        for path, content in self.files.items():
            (folder / Path(path).name).write_bytes(content)
        if note is not None:
            (folder / "zeren.db.last").write_bytes(note)


def image(events: Sequence[Event | Told], place: int, manner: Manner, chance: Random) -> Image:
    """What may be there where power was lost after the first ``place`` events."""
    done = events[:place]
    pending: dict[str, list[Event]] = {}
    files: dict[str, bytearray | None] = {}
    flushed: set[str] = set()
    for event in done:
        match event:
            case Told():
                continue
            case Flush(path):
                for waiting in pending.pop(path, ()):
                    _do(files, waiting)
                if path not in flushed:  # the first time the folder is flushed too, and what was deleted is gone
                    flushed.add(path)
                    for other in list(pending):
                        _delete(files, pending, other)
            case _:
                pending.setdefault(event.path, []).append(event)
                if isinstance(event, Delete):
                    flushed.discard(event.path)
    for left in pending.values():
        for event in _chosen(left, manner, chance):
            _do(files, event)
    told = [event for event in done if isinstance(event, Told)]
    return Image(
        {path: bytes(content) for path, content in files.items() if content is not None},
        {event.key: event.number for event in told},
        tuple(event.note for event in told),
    )


def _delete(files: dict[str, bytearray | None], pending: dict[str, list[Event]], path: str) -> None:
    """Do what was done to a file up to its last deletion, if there was one."""
    waiting = pending[path]
    ends = [place for place, event in enumerate(waiting) if isinstance(event, Delete)]
    if ends:
        files[path] = None
        pending[path] = waiting[ends[-1] + 1 :]


def _chosen(waiting: Sequence[Event], manner: Manner, chance: Random) -> list[Event]:
    match manner:
        case Manner.NONE:
            return []
        case Manner.ALL:
            return list(waiting)
        case Manner.SOME:
            return [event for event in waiting if chance.random() < 0.5]
        case Manner.REORDERED:
            some = [event for event in waiting if chance.random() < 0.7]
            chance.shuffle(some)
            return some
        case Manner.TORN:
            return [part for event in waiting for part in _sectors(event) if chance.random() < 0.7]


def _sectors(event: Event) -> list[Event]:
    if not isinstance(event, Write):
        return [event]
    parts: list[Event] = []
    start = event.offset
    end = event.offset + len(event.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        parts.append(Write(event.path, start, event.data[start - event.offset : stop - event.offset]))
        start = stop
    return parts


def _do(files: dict[str, bytearray | None], event: Event) -> None:
    match event:
        case Write(path, offset, data):
            content = files.get(path)
            if content is None:
                content = files[path] = bytearray()
            if len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset : offset + len(data)] = data
        case Cut(path, size):
            content = files.get(path)
            if content is not None:
                del content[size:]
        case Delete(path):
            files[path] = None
        case Flush():
            pass
