"""Edits that cannot be half there unnoticed: each writes two records under a key of its own (成对写入)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from graph_model.exchange import Edit, Edited, EditRequest, Entry
from graph_model.records import Person, Relation, content_hash, decode
from graph_model.stores.base import Store, StoreReader
from graph_model.stores.embedded.files import connect
from graph_model.stores.embedded.opening import Mode, open_file
from graph_model.stores.embedded.verifying import verify_file
from tests.conformance.graphs import holding, person

_PADDING = "x" * 200  # so that few edits fill a page


async def put_pair(store: Store, key: str) -> Edited:
    """Write a person and what it holds."""

    async def decide(_: StoreReader) -> Edit:
        return Edit((person(key), holding(f"person:{key}", "post:a")), answer=f"{key} {_PADDING}".encode())

    return await store.edit(decide, EditRequest("anna", "test", key=key, digest=key), recorded_at=5_000)


class LostError(AssertionError):
    """What was acknowledged is not there, or not whole, or there twice."""


def check_kept(path: Path, acknowledged: Mapping[str, int]) -> int:
    """Open a store as who writes to it does, and go through it; how many edits it holds.

    ``acknowledged``: the number of the write by key. Raises LostError, and StoreError for what is damaged.
    """
    asyncio.run(open_file(path, Mode.WRITER).close())
    verify_file(path)
    connection = connect(path, writable=False)
    rows = connection.execute("SELECT key, number FROM write WHERE key IS NOT NULL")
    written = {str(key): number for key, number in rows}
    writes = connection.execute("SELECT count(*) FROM write WHERE key IS NOT NULL").get
    persons = [key for (key,) in connection.execute("SELECT substr(id, 8) FROM node WHERE type = 'person'")]
    held = [key for (key,) in connection.execute("SELECT substr(source, 8) FROM relation WHERE family = 'holding'")]
    connection.close()
    _compare(acknowledged, written, persons, held)
    if writes != len(written):
        raise LostError("an edit is there twice")
    return len(written)


async def check_kept_by(store: Store, acknowledged: Mapping[str, int]) -> dict[str, int]:
    """As ``check_kept``, of any store, by what it answers; the number of each edit that it holds, by key."""
    entries: list[Entry] = []
    while not entries or entries[-1].number > 1:
        page = await store.journal(first=1_000, before=entries[-1].number if entries else None)
        if not page.entries:
            break
        entries += page.entries
    if [entry.number for entry in reversed(entries)] != list(range(1, len(entries) + 1)):
        raise LostError("an entry of the journal is lost, or there twice")
    written = {entry.key: entry.number for entry in entries if entry.key is not None}
    if len(written) != len(entries):
        raise LostError("an edit is there twice")
    content = [data async for _, data in store.dump()]
    records = [decode(data) for data in content]
    persons = [record.id.removeprefix("person:") for record in records if isinstance(record, Person)]
    held = [record.source.removeprefix("person:") for record in records if isinstance(record, Relation)]
    _compare(acknowledged, written, persons, held)
    if f"{sum(map(content_hash, content)) % (1 << 256):064x}" != (await store.header()).version:
        raise LostError("the content is not that of the last entry of the journal")
    return written


def _compare(
    acknowledged: Mapping[str, int], written: Mapping[str, int], persons: Sequence[str], held: Sequence[str]
) -> None:
    lost = {key: number for key, number in acknowledged.items() if written.get(key) != number}
    if lost:
        raise LostError(f"{len(lost)} of {len(acknowledged)} acknowledged edits are not there: {sorted(lost)[:3]}")
    if sorted(persons) != sorted(written) or sorted(held) != sorted(written):
        raise LostError("an edit is half there, or there twice")
