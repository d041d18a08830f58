"""The record of an import (导入记录): which file by which mapping, and what became of its rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from graph_model.errors import Place, SourceError
from graph_model.importing import MOST_REFUSALS, ImportWrite
from graph_model.records import AnyRecord, Import, Refusal, Tallied, Text
from loaders.reading import Refused
from loaders.rosters.importing import Preview
from loaders.rosters.reading import Request

_CHUNK = 1 << 20
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
        file_digest=digest_of(request.file, *request.more),
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
        refusals=tuple(_refusal(each, is_placed=bool(request.more)) for each in looked.refused[:MOST_REFUSALS]),
    )
    return ImportWrite(looked.reading.records, record, before)


def digest_of(*paths: Path) -> str:
    """The SHA-256 of a file, of several that of their contents one after the other. Raises SourceError."""
    found = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    found.update(chunk)
        except OSError as error:
            why = error.strerror or error
            raise SourceError(Place(path.name), Text(f"不能读取：{why}", f"cannot be read: {why}")) from error
    return found.hexdigest()


def _refusal(refused: Refused, *, is_placed: bool) -> Refusal:
    """As it is kept for everybody to read: without what the cell holds, which may be an identity number."""
    reason, chinese = refused.reason, refused.reason_zh
    value = refused.place.value or ""
    parts = {part for part in _PARTS.split(value) if len(part) > 1}
    for part in sorted({value, *parts} - {""}, key=len, reverse=True):
        reason = reason.replace(part, "…")
        chinese = None if chinese is None else chinese.replace(part, "…")
    file = refused.place.file if is_placed else None
    return Refusal(refused.place.row or 0, reason, refused.place.column, chinese, file)
