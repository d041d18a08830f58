"""Reading one Neo4j database: the contract's reader (读取)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from graph_model.exchange import (
    ChangePage,
    Count,
    Edge,
    End,
    Entry,
    EntryPage,
    Header,
    Hit,
    HitPage,
    Page,
    RelationPage,
    Stored,
    Vacated,
    Wanted,
    WholeWrite,
    Window,
)
from graph_model.neighbourhood import Neighbourhood
from graph_model.outline import Outline
from graph_model.records import AnyRecord, Family, Tally
from graph_model.stores.neo4j import (
    counting,
    listing,
    outlining,
    recorded,
    replaying,
    searching,
    streaming,
    surroundings,
)
from graph_model.stores.neo4j.snapshot import Asker


class Neo4jReader:
    """What can be read: of what was committed, or inside a write transaction of what it has written."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def header(self, recorded_as_of: int | None = None) -> Header:
        """As ``StoreReader``."""
        return await listing.read_header(self._asker, recorded_as_of)

    async def counts(self, recorded_as_of: int | None = None) -> tuple[Count, ...]:
        """As ``StoreReader``."""
        return await listing.read_counts(self._asker, recorded_as_of)

    async def neighbourhood(
        self, keys: Sequence[str], window: Window, recorded_as_of: int | None = None, *, own_only: bool = False
    ) -> Neighbourhood:
        """As ``StoreReader``; one query, which is the same with ``own_only``."""
        del own_only
        return await surroundings.read_neighbourhood(self._asker, keys, window, recorded_as_of)

    async def lookup(self, ids: Sequence[str], recorded_as_of: int | None = None) -> Neighbourhood:
        """As ``StoreReader``."""
        return await surroundings.read_nodes(self._asker, ids, recorded_as_of)

    async def records(self, ids: Sequence[str], recorded_as_of: int | None = None) -> dict[str, AnyRecord]:
        """As ``StoreReader``."""
        return await listing.read_by_ids(self._asker, ids, recorded_as_of)

    async def relations(
        self,
        nodes: Sequence[str],
        family: Family,
        end: End,
        window: Window,
        *,
        first: int,
        after: tuple[str, str, str] | None = None,
        regimes: Sequence[str] | None = None,
        recorded_as_of: int | None = None,
    ) -> dict[str, RelationPage]:
        """As ``StoreReader``."""
        return await listing.read_relations(
            self._asker,
            nodes,
            family,
            end,
            window,
            first=first,
            after=after,
            regimes=regimes,
            recorded_as_of=recorded_as_of,
        )

    async def assignments(
        self,
        wanted: Wanted,
        window: Window,
        *,
        first: int,
        after: tuple[str, str] | None = None,
        recorded_as_of: int | None = None,
    ) -> RelationPage:
        """As ``StoreReader``."""
        return await listing.read_assignments(
            self._asker, wanted, window, first=first, after=after, recorded_as_of=recorded_as_of
        )

    async def descendants(
        self, node: str, level: str, window: Window, recorded_as_of: int | None = None
    ) -> Neighbourhood:
        """As ``StoreReader``."""
        return await surroundings.read_descendants(self._asker, node, level, window, recorded_as_of)

    async def assets(self, node: str, window: Window, recorded_as_of: int | None = None) -> Neighbourhood:
        """As ``StoreReader``."""
        return await surroundings.read_assets(self._asker, node, window, recorded_as_of)

    async def list_records(
        self,
        record_type: str,
        *,
        first: int,
        after: str | None = None,
        kind: str | None = None,
        prefix: str = "",
        recorded_as_of: int | None = None,
    ) -> Page:
        """As ``StoreReader``. Raises BadUserInputError for a type that does not exist."""
        return await listing.read_records(
            self._asker,
            record_type,
            first=first,
            after=after,
            kind=kind,
            prefix=prefix,
            recorded_as_of=recorded_as_of,
        )

    async def search(
        self,
        text: str,
        window: Window,
        *,
        first: int,
        after: Hit | None = None,
        recorded_as_of: int | None = None,
    ) -> HitPage:
        """As ``StoreReader``."""
        return await searching.read_hits(
            self._asker, text, window, first=first, after=after, recorded_as_of=recorded_as_of
        )

    async def tally(
        self, tallies: Sequence[Tally], day: int, recorded_as_of: int | None = None
    ) -> tuple[int | None, ...]:
        """As ``StoreReader``."""
        return tuple(await counting.count(self._asker, tallies, day, recorded_as_of))

    async def outline(self, recorded_as_of: int | None = None) -> Outline:
        """As ``StoreReader``."""
        return await outlining.read_outline(self._asker, recorded_as_of)

    async def journal(self, *, first: int, before: int | None = None) -> EntryPage:
        """As ``StoreReader``."""
        return await recorded.read_journal(self._asker, first=first, before=before)

    async def entries(self, numbers: Sequence[int]) -> dict[int, Entry]:
        """As ``StoreReader``."""
        return await recorded.read_entries(self._asker, numbers)

    async def changes(
        self,
        *,
        since: int = 0,
        until: int | None = None,
        touching: str | None = None,
        first: int,
        after: tuple[int, str] | None = None,
    ) -> ChangePage:
        """As ``StoreReader``."""
        return await recorded.read_changes(
            self._asker, since=since, until=until, touching=touching, first=first, after=after
        )

    async def read_write(self, number: int) -> WholeWrite:
        """As ``StoreReader``."""
        return await replaying.read_write(self._asker, "the store", number)

    async def versions(self) -> AsyncIterator[Stored]:
        """As ``StoreReader``."""
        async for version in replaying.iter_versions(self._asker):
            yield version

    async def edges(self, recorded_as_of: int | None = None) -> AsyncIterator[Edge | Vacated]:
        """As ``StoreReader``."""
        async for edge in counting.iter_edges(self._asker, recorded_as_of):
            yield edge

    async def of_origin(self, origin: str, recorded_as_of: int | None = None) -> AsyncIterator[AnyRecord]:
        """As ``StoreReader``."""
        async for record in streaming.iter_origin(self._asker, origin, recorded_as_of):
            yield record

    async def dump(self, recorded_as_of: int | None = None) -> AsyncIterator[tuple[str, bytes]]:
        """As ``StoreReader``."""
        async for row in streaming.iter_dump(self._asker, recorded_as_of):
            yield row
