"""Going through a whole store: pages, indexes, journal, and every version of every record (全库核对)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import apsw
from msgspec import Struct

from graph_model.errors import StoreInvalidError
from graph_model.records import content_hash
from graph_model.stores.embedded.acknowledged import check_kept, read_note
from graph_model.stores.embedded.chain import check_chain
from graph_model.stores.embedded.faults import translated
from graph_model.stores.embedded.files import check_for_reading, connect
from graph_model.stores.embedded.rows import TABLES
from graph_model.stores.embedded.schema import FIRST_WITH_CHAIN, FOREVER
from graph_model.stores.embedded.snapshot import EMPTY_VERSION, snapshot

_VERSIONS = {
    "node": "SELECT recorded_from, recorded_to, data FROM node",
    "claim": "SELECT recorded_from, recorded_to, data FROM claim",
    "relation": "SELECT recorded_from, recorded_to, data FROM relation",
    "item": "SELECT recorded_from, recorded_to, data FROM item",
}
_WRITES = "SELECT number, recorded_at, version FROM write ORDER BY number"
_LAST = "SELECT number, version FROM write WHERE number = (SELECT max(number) FROM write)"


class Verified(Struct, frozen=True):
    """What is in order: pages, writes, and versions of records; ``version`` is the digest of the content now."""

    pages: int
    writes: int
    versions: int
    version: str


def verify_file(path: Path, disk: str = "") -> Verified:
    """Go through the store in a file, while others may read it and write to it; see ``verify``.

    Also raises what ``open_store`` does for what is no store, or lacks what was acknowledged.
    """
    check_for_reading(path, disk)
    place, noted = str(path), read_note(path.resolve())
    with translated(place):
        connection = connect(path, writable=False, disk=disk)
        try:
            with snapshot(connection, None):
                check_kept(connection, place, noted)
                return verify(connection, place)
        finally:
            connection.close()


def verify(connection: apsw.Connection, place: str) -> Verified:
    """Go through all of a store, in the one read transaction that the connection must be in.

    Raises StoreInvalidError that says what does not fit. Takes ten seconds for half a gigabyte.
    """
    check_structure(connection, place)
    if connection.pragma("user_version") >= FIRST_WITH_CHAIN:
        check_chain(connection, place)
    versions = check_content(connection, place)
    writes, version = connection.execute(_LAST).fetchone() or (0, EMPTY_VERSION)
    return Verified(int(connection.pragma("page_count")), writes, versions, version)


def check_structure(connection: apsw.Connection, place: str) -> None:
    """Check that every page in use is what was written there, and that tables and their indexes agree."""
    for (found,) in connection.execute("PRAGMA integrity_check(1)"):
        if found != "ok":
            raise _damaged(place, str(found))


def check_content(connection: apsw.Connection, place: str) -> int:
    """Check that after each write the records were those whose digest the journal has; how many versions there are."""
    sums: defaultdict[int, int] = defaultdict(int)
    versions = 0
    for table in TABLES:
        for recorded_from, recorded_to, data in connection.execute(_VERSIONS[table]):
            number = content_hash(data)
            sums[recorded_from] += number
            if recorded_to != FOREVER:
                sums[recorded_to] -= number
            versions += 1
    digest = 0
    for number, recorded_at, version in connection.execute(_WRITES):
        digest = (digest + sums.pop(recorded_at, 0)) % (1 << 256)
        if version != f"{digest:064x}":
            raise _damaged(place, f"the records are not those that its journal has after write {number}")
    if sums:
        raise _damaged(place, f"records were written or ended at moment {min(sums)}, and the journal has no such write")
    return versions


def _damaged(place: str, what: str) -> StoreInvalidError:
    return StoreInvalidError(f"{place}: it is damaged: {what}; put a backup in its place (docs/durability.md)")
