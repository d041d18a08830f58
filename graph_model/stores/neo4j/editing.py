"""Edits of single records (改动): each decided and written in one transaction that holds the head."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import neo4j

from graph_model.errors import KeyReusedError
from graph_model.exchange import EDITS, Edit, Edited, EditRequest, Written
from graph_model.records import AnyRecord, encode
from graph_model.stores.base import Decide
from graph_model.stores.neo4j.comparing import Difference, Version
from graph_model.stores.neo4j.connection import Connection, Transaction
from graph_model.stores.neo4j.head import lock_head, run
from graph_model.stores.neo4j.long_writing import sweep_leftovers
from graph_model.stores.neo4j.plan import make_plan
from graph_model.stores.neo4j.putting import advance, put
from graph_model.stores.neo4j.reader import Neo4jReader
from graph_model.stores.neo4j.recorded import entry_of
from graph_model.stores.neo4j.rows import check_days
from graph_model.stores.neo4j.settling import change_surely, has_arrived
from graph_model.stores.neo4j.snapshot import Question
from graph_model.stores.neo4j.statements import CURRENT_BY_ID

_BY_KEY = "MATCH (w:Write {author: $author, key: $key}) RETURN w {.*, touched: null} AS write"
_BY_NUMBER = "MATCH (w:Write {number: $number}) RETURN w {.*, touched: null, answer: null} AS write"


class _Within:
    """Asks inside a transaction that is under way."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def ask(self, question: Question, recorded_as_of: int | None, **parameters: Any) -> neo4j.Record:  # noqa: ANN401 - as Asker
        """As ``Asker``. The head is there: the transaction has locked it."""
        (row,) = await run(self._transaction, *question.asked(recorded_as_of, parameters))
        found: neo4j.Record = row
        return found


async def write_edit(connection: Connection, decide: Decide, request: EditRequest, *, recorded_at: int) -> Edited:
    """As ``StoreWriter.edit`` has it."""
    token = uuid.uuid4().hex
    last: list[Edited] = []

    async def work(transaction: Transaction) -> Edited | None:
        head = await lock_head(connection.place, transaction)
        if last and await has_arrived(transaction, head, token, _number_of(last[-1])):
            return last[-1]
        head.check_free(connection.place, token)
        if head.pending is not None:
            return None
        if request.key is not None and (repeated := await _find_repeated(transaction, request)) is not None:
            return repeated
        edit = await decide(Neo4jReader(_Within(transaction)))
        difference = await _compare(transaction, head.moment, edit)
        if difference.is_empty:
            return Edited(None, edit.answer)
        plan = make_plan(token, head, [difference], (difference.counted,), request=request, recorded_at=recorded_at)
        moment = plan.moment_after(head)
        for part in plan.parts:
            await put(transaction, part, moment)
        number = await advance(transaction, plan, moment, edit.answer)
        ((write,),) = await run(transaction, _BY_NUMBER, {"number": number})
        last.append(Edited(entry_of(write), edit.answer))
        return last[-1]

    while (edited := await change_surely(connection, work)) is None:
        await sweep_leftovers(connection, token)
    return edited


def _number_of(edited: Edited) -> int:
    return 0 if edited.entry is None else edited.entry.number


async def _find_repeated(transaction: Transaction, request: EditRequest) -> Edited | None:
    rows = await run(transaction, _BY_KEY, {"author": request.author, "key": request.key})
    for (write,) in rows:
        if write["digest"] != request.digest:
            raise KeyReusedError(f"the key {request.key!r} was used before, for another request: take a new one")
        return Edited(entry_of(write), bytes(write["answer"]), is_repeated=True)
    return None


async def _compare(transaction: Transaction, moment: int, edit: Edit) -> Difference:
    puts: dict[str, tuple[AnyRecord, str]] = {}
    for record in edit.puts:
        check_days(record)
        puts[record.id] = (record, encode(record).decode())
    removes = [record_id for record_id in edit.removes if record_id not in puts]
    closed: dict[str, Version] = {}
    unchanged = 0
    for table, found in await _current(transaction, moment, [*puts, *removes]):
        for record_id, _, data in found:
            if record_id in puts and puts[record_id][1] == data:
                del puts[record_id]
                unchanged += 1
            else:
                closed[record_id] = Version(table, data)
    changed = sum(record_id in puts for record_id in closed)
    counted = Written(created=len(puts) - changed, changed=changed, unchanged=unchanged, ended=len(closed) - changed)
    return Difference(EDITS, closed, puts, counted)


async def _current(transaction: Transaction, moment: int, ids: Sequence[str]) -> list[Any]:
    return await run(transaction, CURRENT_BY_ID, {"ids": list(ids), "moment": moment}) if ids else []
