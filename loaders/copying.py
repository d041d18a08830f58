"""From one store into another, with its whole history, and whether both then hold the same (搬迁).

Write after write is read from the one and written again by the other, so that every question about any moment has the
same answer in both. A copy that was cut goes on behind the last write that arrived.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from graph_model.errors import StoreError
from graph_model.exchange import Stored
from graph_model.records import content_hash
from graph_model.stores.base import Store, StoreReader
from loaders.progress import Progress

_DIGEST = 1 << 256


class Holdings(Struct, frozen=True):
    """What a store holds of one type of record: current ones, versions, and the digest of all versions."""

    current: int = 0
    versions: int = 0
    digest: int = 0


class CopyReport(Struct, frozen=True):
    """What a copy came to: writes copied by this run, of how many, and what both stores hold, by type."""

    copied: int
    writes: int
    version: str
    holdings: dict[str, Holdings]

    def lines(self) -> Iterator[str]:
        """The report, a line at a time."""
        yield f"{'type':<14}{'current':>10}{'versions':>10}  digest of all versions"
        for record_type, held in sorted(self.holdings.items()):
            yield f"{record_type:<14}{held.current:>10}{held.versions:>10}  {held.digest:064x}"
        yield ""
        yield (
            f"{self.copied} of {self.writes} writes were copied, and both stores hold the same; the data set's version"
            f" is {self.version}"
        )


async def copy(source: Store, target: Store, progress: Progress) -> CopyReport:
    """Copy what the target lacks, and compare all of it.

    Raises StoreError where the target holds something else, or where the two differ afterwards.
    """
    last = (await source.header()).generation
    arrived = (await target.header()).generation
    if arrived > last:
        raise StoreError(f"the target has {arrived} writes, and the source {last}: it is no copy of the source")
    if arrived:
        await _check_common(source, target, arrived)
    for number in range(arrived + 1, last + 1):
        write = await source.read_write(number)
        progress.step(f"copying write {number} of {last}", len(write.puts))
        await target.replay(write, progress=progress.advance)
    progress.step("comparing both stores")
    expected, found = await holdings_of(source, last), await holdings_of(target, last)
    for record_type in sorted(expected.keys() | found.keys()):
        if expected.get(record_type) != found.get(record_type):
            raise StoreError(
                f"the two stores differ in their {record_type} records: {_said(expected.get(record_type))} in the"
                f" source, {_said(found.get(record_type))} in the target; empty the target, and copy again"
            )
    return CopyReport(last - arrived, last, (await target.header()).version, found)


async def _check_common(source: StoreReader, target: StoreReader, arrived: int) -> None:
    """Raises StoreError unless the target's last write is the source's write of that number."""
    ours = (await source.journal(first=1, before=arrived + 1)).entries[0]
    theirs = (await target.journal(first=1)).entries[0]
    if ours != theirs:
        raise StoreError(
            f"the target's write {arrived} is not the source's: it is no copy of the source; choose an empty store"
        )


async def holdings_of(store: StoreReader, until: int) -> dict[str, Holdings]:
    """What a store holds by type of record; what was recorded after the write ``until`` does not count."""
    entries = (await store.journal(first=1, before=until + 1)).entries
    moment = entries[0].recorded_at if entries else 0
    held: dict[str, Holdings] = {}
    async for version in store.versions():
        if version.recorded_from <= moment:
            record_type = msgspec.json.decode(version.data, type=_Tag).type
            held[record_type] = _with(held.get(record_type, Holdings()), version, moment)
    return held


class _Tag(Struct):
    type: str


def _with(held: Holdings, version: Stored, moment: int) -> Holdings:
    until = version.recorded_to if version.recorded_to is not None and version.recorded_to <= moment else None
    content = b"%s %d %s " % (version.origin.encode(), version.recorded_from, str(until).encode())
    return Holdings(
        held.current + (until is None),
        held.versions + 1,
        (held.digest + content_hash(content + version.data)) % _DIGEST,
    )


def _said(held: Holdings | None) -> str:
    return "none" if held is None else f"{held.current} current of {held.versions} versions"
