"""The record of an import (导入记录): which file by which mapping, and what became of its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from graph_model.importing import MOST_REFUSALS, ImportWrite
from graph_model.records import AnyRecord, Import, Refusal, Tallied
from loaders.reading import Refused
from loaders.rosters.importing import Preview
from loaders.rosters.reading import Request, digest_of

_PARTS = re.compile(r"[\s、，,;；/|]+")


def import_write(
    request: Request, looked: Preview, own_id: str, author: str, before: Mapping[str, AnyRecord]
) -> ImportWrite:
    """What is written of an import that a preview showed: its records, and the record of it.

    ``before``: what is there of it, by id, for who asks what it touches.
    """
    meaning = request.mapping.content
    record = Import(
        id=own_id,
        provenance=meaning.provenance,
        basis=meaning.basis,
        name=looked.name,
        author=author,
        at="",
        file=looked.file,
        file_digest=looked.digest,
        mapping=meaning.code,
        mapping_digest=digest_of(request.mapping.file.path),
        rows=Tallied(
            created=len(looked.created_rows),
            changed=len(looked.changed_rows),
            unchanged=len(looked.unchanged_rows),
            ended=len(looked.ended_rows),
            refused=len(looked.refused_rows),
        ),
        records=Tallied(
            created=len(looked.created),
            changed=len(looked.changed),
            unchanged=looked.unchanged,
            ended=len(looked.ended),
        ),
        refusals=tuple(_refusal(each, looked, is_placed=bool(request.more)) for each in looked.refused[:MOST_REFUSALS]),
    )
    return ImportWrite(looked.reading.records, record, before)


def _refusal(refused: Refused, looked: Preview, *, is_placed: bool) -> Refusal:
    """As it is kept for everybody to read: without what the cells of the row hold, which may be an identity number."""
    reason, chinese = refused.reason, refused.reason_zh
    starts = {file: start for start, file in looked.starts}
    line = looked.spool.line(starts[refused.place.file] + (refused.place.row or 0))
    held = {refused.place.value or "", *line.texts.values()}
    parts = {part for value in held for part in _PARTS.split(value) if len(part) > 1}
    shown = {form for part in {*held, *parts} - {""} for form in (part, repr(part)[1:-1])}
    for part in sorted(shown, key=len, reverse=True):
        reason = reason.replace(part, "…")
        chinese = None if chinese is None else chinese.replace(part, "…")
    file = refused.place.file if is_placed else None
    return Refusal(refused.place.row or 0, reason, refused.place.column, chinese, file)
