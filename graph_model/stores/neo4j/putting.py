"""What the transactions of every write do (落库): put a part's rows, and move the head."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import msgspec
from msgspec import Struct

from graph_model.exchange import Written
from graph_model.stores.neo4j.connection import Transaction
from graph_model.stores.neo4j.head import run
from graph_model.stores.neo4j.plan import Part, Plan
from graph_model.stores.neo4j.rows import Row, ends_of, keys_of, row_of, table_of
from graph_model.stores.neo4j.schema import APPLICATION, FOREVER
from graph_model.stores.neo4j.statements import ADVANCE, CLOSE, CREATE, CREATE_ENTITIES, CREATE_KEYS, WRITE_TALLIES


class Known(Struct, frozen=True):
    """Entities (ids) and search keys that exist."""

    entities: AbstractSet[str] = frozenset()
    keys: AbstractSet[str] = frozenset()


NOTHING = Known()


async def put(transaction: Transaction, part: Part, moment: int, known: Known = NOTHING) -> Known:
    """Close and write versions at a moment; the entities and keys that were made for them, if they were not known."""
    for table, ids in part.closed:
        await run(transaction, CLOSE[table], {"ids": list(ids), "moment": moment, "forever": FOREVER})
    records = [record for _, written in part.written for record, _ in written]
    entities = {end for record in records for end in ends_of(record)} - known.entities
    keys = {key for record in records for key, _ in keys_of(record)} - known.keys
    if entities:
        await run(transaction, CREATE_ENTITIES, {"ids": sorted(entities)})
    if keys:
        await run(transaction, CREATE_KEYS, {"keys": sorted(keys)})
    for origin, written in part.written:
        rows: dict[str, list[Row]] = {}
        for record, data in written:
            rows.setdefault(table_of(record), []).append(row_of(record, data))
        for table, of_table in rows.items():
            await run(
                transaction,
                CREATE[table],
                {"rows": of_table, "origin": origin, "moment": moment, "forever": FOREVER},
            )
    return Known(entities, keys)


async def advance(transaction: Transaction, plan: Plan, moment: int, answer: bytes = b"") -> int:
    """Move the head: from the end of this transaction on, everybody sees what was written. The number of the write."""
    tallies = [list(tally) for tally in plan.tallies]
    await run(transaction, WRITE_TALLIES, {"tallies": tallies, "moment": moment, "forever": FOREVER})
    sums = {field: sum(getattr(written, field) for written in plan.counted) for field in Written.__struct_fields__}
    request = plan.request
    ((number,),) = await run(
        transaction,
        ADVANCE,
        {
            "application": APPLICATION,
            "moment": moment,
            "version": plan.version,
            "token": plan.token,
            "author": request.author,
            "action": request.action,
            "basis": msgspec.json.encode(request.basis).decode(),
            "key": request.key,
            "digest": request.digest,
            "answer": answer or plan.answer,
            "touched": plan.parts[0].touched if len(plan.parts) == 1 else None,
            "origins": msgspec.json.encode(plan.origins).decode(),
            **sums,
        },
    )
    return int(number)
