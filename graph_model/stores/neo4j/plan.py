"""What a write does, part by part, worked out before the first of it is written (写入计划)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.exchange import EditRequest, Written
from graph_model.records import AnyRecord, content_hash, decode
from graph_model.stores.differences import tally_key
from graph_model.stores.neo4j.comparing import PART, Difference, parts
from graph_model.stores.neo4j.head import Head
from graph_model.stores.neo4j.rows import TABLES

Encoded = tuple[AnyRecord, str]
"""A record and its JSON."""


class Part(Struct, frozen=True):
    """What one transaction writes: ids to close by table, and records by origin."""

    closed: tuple[tuple[str, Sequence[str]], ...] = ()
    written: tuple[tuple[str, Sequence[Encoded]], ...] = ()

    @property
    def size(self) -> int:
        """How many records it writes."""
        return sum(len(records) for _, records in self.written)

    @property
    def touched(self) -> list[str]:
        """The ids of all that it changes."""
        ids = {record.id for _, records in self.written for record, _ in records}
        return sorted(ids.union(*(ids for _, ids in self.closed)))


class Plan(Struct, frozen=True):
    """A write: whose it is, what it was compared with, its parts in order, and what the journal says afterwards.

    ``token`` is the writer's own, ``digest`` the same whenever the same is written upon the same.
    """

    token: str
    base: Head
    digest: str
    parts: tuple[Part, ...]
    tallies: tuple[tuple[str, str, str, int], ...]
    recorded_at: int
    request: EditRequest
    origins: tuple[str, ...]
    counted: tuple[Written, ...]
    version: str
    answer: bytes = b""

    def moment_after(self, head: Head) -> int:
        """The moment at which it is recorded: later than any before."""
        return max(self.recorded_at, head.moment + 1)


def make_plan(
    token: str,
    head: Head,
    differences: Sequence[Difference],
    counted: tuple[Written, ...],
    *,
    request: EditRequest,
    recorded_at: int,
) -> Plan:
    """The plan of some differences to what the head stands for."""
    tally: Counter[tuple[str, str, str]] = Counter()
    content = int(head.version, 16)
    digest = hashlib.blake2b(f"{head.moment} {PART}\n".encode(), digest_size=16)
    for difference in differences:
        digest.update(f"\n{difference.origin}\n".encode())
        for record_id, version in difference.closed.items():
            tally[tally_key(decode(version.data))] -= 1
            content -= content_hash(version.data.encode())
            digest.update(f"{record_id} ends\n".encode())
        for record, data in difference.written.values():
            tally[tally_key(record)] += 1
            content += content_hash(data.encode())
            digest.update(data.encode())
    return Plan(
        token=token,
        base=head,
        digest=digest.hexdigest(),
        parts=tuple(_parts(differences)),
        tallies=tuple((*key, number) for key, number in sorted(tally.items()) if number),
        recorded_at=recorded_at,
        request=request,
        origins=tuple(sorted(difference.origin for difference in differences)),
        counted=counted,
        version=f"{content % (1 << 256):064x}",
    )


def _parts(differences: Sequence[Difference]) -> Iterator[Part]:
    """All closings first: an id has one current version at most. What is little is one part."""
    closed = [
        (table, ids)
        for difference in differences
        for table in TABLES
        for ids in parts(sorted(key for key, version in difference.closed.items() if version.table == table))
    ]
    written = [
        (difference.origin, records)
        for difference in differences
        for records in parts(list(difference.written.values()))
    ]
    if sum(len(some) for _, some in closed) + sum(len(some) for _, some in written) <= PART:
        yield Part(tuple(closed), tuple(written))
        return
    for some_closed in closed:
        yield Part(closed=(some_closed,))
    for some_written in written:
        yield Part(written=(some_written,))
