"""Imports of rosters, as they are recorded and taken back (导入记录): what to write, and what stands in the way.

An import is an origin of its own, ``import/NAME``, and each import of that name a record of its own, written in the
same transaction. Taking one back makes the origin what it was just before; what was known meanwhile stays known
(decision 27).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Container, Iterable, Mapping, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct, structs

from graph_model.dates import BEFORE_ALL_DAYS
from graph_model.editing.effects import days_of
from graph_model.errors import ZerenError
from graph_model.exchange import Batch, End, Header, Window
from graph_model.instants import instant_of, instant_text, microseconds_of, parse_instant
from graph_model.questions.authority import authority_day, find_outside, touched
from graph_model.records import (
    NODE_TYPES,
    AnyClaim,
    AnyRecord,
    Family,
    Import,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
    Tallied,
    Text,
)
from graph_model.search_keys import order_key
from graph_model.stores.base import StoreReader
from graph_model.submitting import EVER
from graph_model.texts import quoted

ORIGIN: Final = "import/{}"
"""The origin of what the imports of a name brought."""
RECORD_ORIGIN: Final = "imports/{}"
"""The origin of one import's own record, by its key."""
MOST_REFUSALS: Final = 200
"""How many refused rows the record of an import names."""
_PAGE: Final = 1_000
_AT_ONCE: Final = 500
_FEW: Final = 100
"""Of so many nodes all that is said is held at the same time: a unit may take hundreds of villages."""
_SHOWN: Final = 5
_ALL: Final = 1 << 30
_MADE: Final = (Organization, Person, Post)
"""The nodes that a roster may make."""


class Obstacle(Enum):
    """Why an import cannot be taken back (障碍)."""

    NOT_FOUND = "NOT_FOUND"
    UNDO_OF_UNDO = "UNDO_OF_UNDO"
    UNDONE_ALREADY = "UNDONE_ALREADY"
    LATER_IMPORT = "LATER_IMPORT"
    EDITED = "EDITED"
    IN_USE = "IN_USE"
    NO_HISTORY = "NO_HISTORY"


class UndoRefusedError(ZerenError):
    """An import that cannot be taken back; ``obstacle`` says why for programs, the message for people."""

    code = "UNDO_REFUSED"

    def __init__(self, obstacle: Obstacle, reason: Text) -> None:
        super().__init__(reason)
        self.obstacle = obstacle


class ImportWrite(Struct, frozen=True):
    """What is written of an import, or of taking one back: all of the origin, and the record (``at`` is set later)."""

    records: Sequence[AnyRecord]
    record: Import
    before: Mapping[str, AnyRecord]

    @property
    def origin(self) -> str:
        """The origin that it replaces."""
        return ORIGIN.format(self.record.name)

    def batches(self, last: int, now: int) -> tuple[tuple[Batch, Batch], int]:
        """The batches of a transaction, and its recorded moment: ``now``, or just after ``last`` if that is later."""
        at = max(now, last + 1)
        record = structs.replace(self.record, at=instant_text(instant_of(at)))
        own = Batch(RECORD_ORIGIN.format(record.id.partition(":")[2]), [record])
        return (Batch(self.origin, self.records), own), at


async def last_moment(reader: StoreReader) -> int:
    """The recorded moment of the last write; 0 where there is none."""
    entries = (await reader.journal(first=1)).entries
    return entries[0].recorded_at if entries else 0


async def read_imports(reader: StoreReader, name: str, recorded_as_of: int | None = None) -> list[Import]:
    """All imports of a name, the latest first, those that take back others among them."""
    found: list[Import] = []
    after: str | None = None
    while True:
        page = await reader.list_records("import", first=_PAGE, after=after, kind=name, recorded_as_of=recorded_as_of)
        found += [record for record in page.records if isinstance(record, Import)]
        if not page.has_next:
            return found
        after = order_key(found[-1])


def standing(imports: Iterable[Import]) -> list[Import]:
    """Those of some imports, in their order, that were not taken back and take back none themselves."""
    known = list(imports)
    undone = {each for record in known for each in record.undoes}
    return [record for record in known if not is_undo(record) and record.id not in undone]


def is_undo(record: Import) -> bool:
    """Whether it takes back others, and brings no file of its own."""
    return record.file is None


async def plan_undo(reader: StoreReader, import_id: str, author: str, own_id: str) -> ImportWrite:
    """What taking back one import writes: its origin as it was just before it. Raises UndoRefusedError."""
    record = (await reader.records([import_id])).get(import_id)
    if not isinstance(record, Import):
        said = Text(f"{import_id}：没有这一次导入", f"{import_id}: there is no such import")
        raise UndoRefusedError(Obstacle.NOT_FOUND, said)
    if is_undo(record):
        said = Text(
            f"{import_id} 本身就是一次撤销：请重新导入文件",
            f"{import_id} takes back another import: import the file again instead",
        )
        raise UndoRefusedError(Obstacle.UNDO_OF_UNDO, said)
    stands = [each.id for each in standing(await read_imports(reader, record.name))]
    if import_id not in stands:
        said = Text("这次导入已经撤销", f"{import_id} was taken back already")
        raise UndoRefusedError(Obstacle.UNDONE_ALREADY, said)
    later = stands[: stands.index(import_id)]
    if later:
        first = _some(later)
        said = Text(
            f"导入名{quoted(record.name)}的后来导入建立在 {import_id} 之上：请先撤销 {first.zh}",
            f"later imports of the name {record.name!r} lie on {import_id}: take back first {first.en}",
        )
        raise UndoRefusedError(Obstacle.LATER_IMPORT, said)
    at = microseconds_of(parse_instant(record.at))
    was_there = import_id in await reader.records([import_id], at)
    if not was_there or import_id in await reader.records([import_id], at - 1):
        said = Text(
            f"{import_id}：这个库不知道导入之前的情况（数据来自转储）：请用同一导入名另导一个文件，或者用"
            " `python -m loaders undo-import` 撤销整个导入名",
            f"{import_id}: this store does not know what was there before it (it came by a dump): import another file"
            " of this name, or take back the whole name with `python -m loaders undo-import`",
        )
        raise UndoRefusedError(Obstacle.NO_HISTORY, said)
    origin = ORIGIN.format(record.name)
    now = await read_origin(reader, origin)
    _check_untouched(now, await read_origin(reader, origin, at))
    base = await read_origin(reader, origin, at - 1)
    gone = [each for each, there in now.items() if isinstance(there, NODE_TYPES) and each not in base]
    await _check_unused(reader, gone, now)
    undoing = Import(
        id=own_id,
        provenance=record.provenance,
        name=record.name,
        author=author,
        at="",
        records=tally(now, base),
        undoes=(import_id,),
    )
    return ImportWrite(tuple(base.values()), undoing, now)


async def plan_undo_all(reader: StoreReader, name: str, author: str, own_id: str) -> ImportWrite:
    """What taking back all imports of a name writes: nothing is left of its origin. Raises UndoRefusedError.

    Of what is there only the ids are held, so that an import of a million rows can be taken back.
    """
    nodes: list[str] = []
    now: set[str] = set()
    provenance: Provenance | None = None
    async for record in reader.of_origin(ORIGIN.format(name)):
        now.add(record.id)
        provenance = provenance or record.provenance
        nodes += [record.id] if isinstance(record, NODE_TYPES) else []
    if provenance is None:
        said = Text(f"以{quoted(name)}导入的没有现行的内容", f"nothing that is current was imported as {name!r}")
        raise UndoRefusedError(Obstacle.NOT_FOUND, said)
    await _check_unused(reader, nodes, now)
    undoing = Import(
        id=own_id,
        provenance=provenance,
        name=name,
        author=author,
        at="",
        records=Tallied(ended=len(now)),
        undoes=tuple(each.id for each in standing(await read_imports(reader, name))),
    )
    return ImportWrite((), undoing, {})


def tally(before: Mapping[str, AnyRecord], after: Mapping[str, AnyRecord]) -> Tallied:
    """How many records are created, changed, left and ended between two states of an origin."""
    both = before.keys() & after.keys()
    changed = sum(before[each] != after[each] for each in both)
    return Tallied(
        created=len(after) - len(both), changed=changed, unchanged=len(both) - changed, ended=len(before) - len(both)
    )


async def read_origin(reader: StoreReader, origin: str, recorded_as_of: int | None = None) -> dict[str, AnyRecord]:
    """All records of an origin by their ids, now or as of a recorded moment; others have their turn meanwhile."""
    found: dict[str, AnyRecord] = {}
    async for record in reader.of_origin(origin, recorded_as_of):
        found[record.id] = record
        if len(found) % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return found


def _check_untouched(now: Mapping[str, AnyRecord], then: Mapping[str, AnyRecord]) -> None:
    """Raises UndoRefusedError where people edited or retracted since what was there just after an import."""
    edited = sorted(each for each in then.keys() | now.keys() if then.get(each) != now.get(each))
    if edited:
        some = _some(edited)
        said = Text(
            f"导入之后有人修改或撤回过：{some.zh}；请接着修改它们",
            f"edited or retracted since it was imported: {some.en}; edit these on",
        )
        raise UndoRefusedError(Obstacle.EDITED, said)


async def _check_unused(reader: StoreReader, gone: Sequence[str], own: Container[str]) -> None:
    """Raises UndoRefusedError where something else than what is its own hangs on a node that would be gone."""
    users = sorted({each async for each, _ in users_of(reader, gone) if each not in own})
    if users:
        some = _some(users)
        said = Text(f"另有记录用到它带来的：{some.zh}", f"other records speak of what it brought: {some.en}")
        raise UndoRefusedError(Obstacle.IN_USE, said)


async def users_of(reader: StoreReader, nodes: Sequence[str]) -> AsyncIterator[tuple[str, Relation | AnyClaim]]:
    """All current relations at some nodes and claims about them, by id; some of them more than once."""
    for start in range(0, len(nodes), _FEW):
        some = nodes[start : start + _FEW]
        for family in Family:
            for end in End:
                pages = await reader.relations(some, family, end, EVER, first=_ALL)
                for page in pages.values():
                    for relation in page.relations:
                        yield relation.id, relation
        around = await reader.lookup(some)
        for claim in around.iter_all_claims():
            yield claim.id, claim


async def find_outside_of(reader: StoreReader, header: Header, write: ImportWrite, area: str | None) -> tuple[str, ...]:
    """The ids of what an import touches, and what does not lie surely within an area (None: everywhere).

    As ``submitting.outside_of`` judges edits: what is new lies nowhere yet. So does much of what earlier imports of the
    name made (a unit, a post of it): that is judged by all that speaks of it.
    """
    if area is None:
        return ()
    after = {record.id: record for record in write.records}
    own = {each for each, record in write.before.items() if isinstance(record, _MADE)}
    dated: list[tuple[Sequence[int], set[str]]] = []
    for each in write.before.keys() | after.keys():
        before, later = write.before.get(each), after.get(each)
        if before != later:
            nodes = {node for record in (before, later) if record is not None for node in touched(record)}
            dated.append((days_of(before, later), nodes))
    touched_own = sorted({node for _, nodes in dated for node in nodes} & own)
    dated += [(days_of(None, record), set(touched(record))) async for _, record in users_of(reader, touched_own)]
    there = await _there(reader, {node for _, nodes in dated for node in nodes} - own)
    by_day: dict[int, set[str]] = {}
    for days, nodes in dated:
        day = authority_day(days[0] if days else BEFORE_ALL_DAYS + 1, header.coverages)
        by_day.setdefault(day, set()).update(nodes & there)
    outside: set[str] = set()
    for day, nodes in by_day.items():
        outside.update(await _outside_on(reader, header, sorted(nodes), area, day))
    return tuple(sorted(outside))


async def _outside_on(
    reader: StoreReader, header: Header, nodes: Sequence[str], area: str, day: int
) -> tuple[str, ...]:
    found: list[str] = []
    for start in range(0, len(nodes), _AT_ONCE):
        some = nodes[start : start + _AT_ONCE]
        around = await reader.neighbourhood(some, Window(day, day), own_only=True)
        found += find_outside(around, some, area, day, header.coverages)
    return tuple(found)


async def _there(reader: StoreReader, ids: Iterable[str]) -> set[str]:
    """Those of some ids that something has already."""
    wanted, found = sorted(ids), set[str]()
    for start in range(0, len(wanted), _PAGE):
        found.update(await reader.records(wanted[start : start + _PAGE]))
    return found


def _some(ids: Sequence[str]) -> Text:
    zh, en, more = "、".join(ids[:_SHOWN]), ", ".join(ids[:_SHOWN]), len(ids) - _SHOWN
    return Text(f"{zh}，另有 {more} 个", f"{en} and {more} more") if more > 0 else Text(zh, en)
