"""What stays though no row says it any more (保留): a row that is refused may say it, or others speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import structs

from graph_model.importing import users_of
from graph_model.records import NODE_TYPES, AnyRecord, Claim, Relation, Text, decode
from graph_model.stores.base import StoreReader
from loaders.rosters.spool import Spool, in_chunks

_SHOWN: Final = 5
_GOING: Final = """
    CREATE TABLE going AS
    SELECT body FROM present WHERE NOT EXISTS (SELECT 1 FROM record WHERE record.id = present.id AND times > 0)
    ORDER BY id"""
_ALIKE: Final = """
    SELECT body.body FROM record JOIN body USING (number) WHERE target = ? AND source IS ? AND times > 0"""
_IS_OWN: Final = "SELECT EXISTS (SELECT 1 FROM present WHERE id = ?)"


async def keep(store: StoreReader, spool: Spool) -> list[Text]:
    """Keep what must not end, as it is; the notes on it.

    While rows are refused nothing ends: what they would say is not known. Else what others speak of stays, as it does
    where an import is taken back. Raises StoreError.
    """
    spool.do(_GOING)
    if not any(_going(spool)):
        return []
    spool.do("CREATE INDEX IF NOT EXISTS record_target ON record (target, source)")
    if spool.refused():
        number = sum(
            spool.keep(each for each in some if not _is_said(spool, each)) for some in in_chunks(_going(spool))
        )
        told = Text(
            f"有被拒绝的行，它们说的是什么并不知道，所以什么都不终止：{number} 条记录没有别的行说到，仍然保留",
            f"nothing ends while rows are refused, which may say it: {number} records stay that no other row says",
        )
        return [told] if number else []
    used: list[str] = []
    for some in in_chunks(each for each in _going(spool) if isinstance(each, NODE_TYPES)):
        by_others = await _used(store, spool, [each.id for each in some])
        used += sorted(by_others)
        spool.keep(each for each in some if each.id in by_others)
    if not used:
        return []
    shown, more = used[:_SHOWN], len(used) - _SHOWN
    return [
        Text(
            f"仍然保留，因为别的记录说到它：{'、'.join(shown)}{f'，另有 {more} 个' if more > 0 else ''}",
            f"stays, as other records speak of it: {', '.join(shown)}{f' and {more} more' if more > 0 else ''}",
        )
    ]


def _going(spool: Spool) -> Iterator[AnyRecord]:
    """What no row says any more, by id."""
    for (body,) in spool.rows("SELECT body FROM going ORDER BY rowid"):
        yield decode(body)


def _is_said(spool: Spool, record: AnyRecord) -> bool:
    """Whether rows say just this, under another id: the periods of a pair have theirs by which of them comes first."""
    match record:
        case Relation(source=source, target=target):
            ends: tuple[str, str | None] = target, source
        case Claim(subject=subject):
            ends = subject, None
        case _:
            return False
    alike = (decode(body) for (body,) in spool.rows(_ALIKE, *ends))
    return any(structs.replace(each, id=record.id) == record for each in alike)


async def _used(store: StoreReader, spool: Spool, nodes: Iterable[str]) -> set[str]:
    """Those of some nodes of which records of others speak."""
    wanted = list(nodes)
    used: set[str] = set()
    async for key, record in users_of(store, wanted):
        ((is_own,),) = spool.rows(_IS_OWN, key)
        if not is_own:
            used |= {record.source, record.target} if isinstance(record, Relation) else {record.subject}
    return used & set(wanted)
