"""``/imports`` and ``/imports/ID``: what was imported, by whom, and what it came to (导入记录)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from starlette.responses import Response

from graph_model.importing import is_undo
from graph_model.records import Import
from graph_model.search_keys import order_key
from pages.answering import NotFoundError, Visit
from pages.texts import words
from pages.twins.answering import json_twin, rows_twin

ENDINGS: Final = ("json", "csv", "xlsx")
SHOWN: Final = 100


class ImportRow(Struct, frozen=True):
    """One import, or the taking back of some."""

    id: str
    recorded_at: str
    name: str
    author: str
    file: str | None
    file_digest: str | None
    mapping: str | None
    rows_created: int
    rows_changed: int
    rows_unchanged: int
    rows_ended: int
    rows_refused: int
    records_created: int
    records_changed: int
    records_ended: int
    is_undo: bool
    undoes: tuple[str, ...]
    undone_by: str | None


async def imports_page(visit: Visit) -> Response:
    """All imports, the latest first, a page of them."""
    after, name = visit.ask.value("after"), visit.ask.value("name")
    page = await visit.graph.list_records("import", visit.moment, first=SHOWN, after=after, kind=name)
    found = [record for record in page.records if isinstance(record, Import)]
    undone: dict[str, Import] = {}
    for each in dict.fromkeys(record.name for record in found):
        undone.update(await visit.graph.undos(each, visit.moment.recorded_as_of))
    rows = [_row(record, undone) for record in found]
    if visit.ask.twin is not None:
        return rows_twin(visit, "imports", rows, ImportRow, ENDINGS, total=page.total)
    following = order_key(found[-1]) if page.has_next and found else None
    return visit.page("imports.html", rows=rows, total=page.total, name=name, following=following, endings=ENDINGS)


async def import_page(visit: Visit) -> Response:
    """One import: its record, its report, and the way to take it back."""
    key = visit.parameters["id"].removesuffix(f".{visit.ask.twin}" if visit.ask.twin else "")
    record = await visit.graph.find_import(key, visit.moment.recorded_as_of)
    if record is None:
        raise NotFoundError(words("error.no-page", key=visit.ask.path))
    undone = await visit.graph.undos(record.name, visit.moment.recorded_as_of)
    row = _row(record, undone)
    if visit.ask.twin is not None:
        return json_twin(visit, {"import": row, "refusals": record.refusals})
    latest = await visit.graph.latest_import(record.name)
    return visit.page(
        "import.html",
        row=row,
        digests=(record.file_digest, record.mapping_digest),
        refusals=record.refusals,
        may_be_undone=latest is not None and latest.id == record.id,
        endings=("json",),
    )


def _row(record: Import, undone: dict[str, Import]) -> ImportRow:
    rows, records = record.rows, record.records
    return ImportRow(
        id=record.id,
        recorded_at=record.at,
        name=record.name,
        author=record.author,
        file=record.file,
        file_digest=record.file_digest,
        mapping=record.mapping,
        rows_created=rows.created,
        rows_changed=rows.changed,
        rows_unchanged=rows.unchanged,
        rows_ended=rows.ended,
        rows_refused=rows.refused,
        records_created=records.created,
        records_changed=records.changed,
        records_ended=records.ended,
        is_undo=is_undo(record),
        undoes=record.undoes,
        undone_by=undone[record.id].id if record.id in undone else None,
    )
