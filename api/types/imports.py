"""Imports of rosters, as they are published (导入)."""

from __future__ import annotations

import datetime

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.labels import EnglishArgument, say
from api.types.nodes import Node
from graph_model import records
from graph_model.importing import is_undo
from graph_model.instants import parse_instant
from graph_model.records import Provenance, Text


@strawberry.type(description="What became of the rows of a file, or of the records of the graph (计数).")
class ImportTally:
    """See the description."""

    created: int = strawberry.field(description="How many were new.")
    changed: int = strawberry.field(description="How many differed from before.")
    unchanged: int = strawberry.field(description="How many were as before.")
    ended: int = strawberry.field(description="How many ended: of records, those that no row says any more.")
    refused: int = strawberry.field(description="How many were refused, and are not in the graph.")


@strawberry.type(
    description="Why a row was refused (拒收). Without what its cells hold, which may be somebody's identity number."
)
class ImportRefusal:
    """See the description."""

    row: int = strawberry.field(description="The row's number, as the sheet shows it; 0 for the file as a whole.")
    column: str | None = strawberry.field(description="The column, as the file calls it; null for the whole row.")
    file: str | None = strawberry.field(
        description="Of an import of several files, in which one the row stands, with the sheet in brackets; else null."
    )
    wording: strawberry.Private[Text]

    @strawberry.field(description="What is wrong, and what would help; … stands for the cell's text.")
    def reason(self, lang: EnglishArgument = Lang.EN) -> str:
        return say(self.wording, lang)


@strawberry.type(description="One import of a roster (导入), or the taking back of some: who, when, from what.")
class Import(Node):
    """See the description."""

    name: str = strawberry.field(
        description="The import's name: each import of a name takes the place of the one before."
    )
    is_undo: bool = strawberry.field(description="Whether it takes back imports; it has no file and no mapping then.")
    author: str = strawberry.field(
        description="Who: the name of a token or, by the command, the user of the operating system."
    )
    recorded_at: datetime.datetime = strawberry.field(description="Its recorded moment.")
    file: str | None = strawberry.field(description="The name of the file, with the sheet in brackets; of several all.")
    file_digest: str | None = strawberry.field(
        description="The file's SHA-256, in hexadecimal digits; of several that of all, one after the other."
    )
    mapping: str | None = strawberry.field(description="The code of the mapping that its columns were read by.")
    mapping_digest: str | None = strawberry.field(description="The SHA-256 of the mapping's file.")
    rows: ImportTally = strawberry.field(description="What became of the file's rows.")
    records: ImportTally = strawberry.field(description="What became of the graph's records.")
    refusals: list[ImportRefusal] = strawberry.field(
        description="The rows that were refused, in their order; the first 200."
    )
    undoes: list[strawberry.ID] = strawberry.field(description="The ids of the imports that it takes back.")
    provenance: Provenance = strawberry.field(description="Where what it brought comes from, as its mapping says.")

    @strawberry.field(description="What took it back, if anything did.")
    async def undone_by(self) -> Import | None:
        found = (await self.scope.undos.load(self.name)).get(str(self.id))
        return None if found is None else publish_import(found, self.scope)


def publish_tally(tally: records.Tallied) -> ImportTally:
    """Counts by outcome."""
    return ImportTally(
        created=tally.created,
        changed=tally.changed,
        unchanged=tally.unchanged,
        ended=tally.ended,
        refused=tally.refused,
    )


def publish_import(record: records.Import, scope: Scope) -> Import:
    """The record of an import."""
    return Import(
        id=strawberry.ID(record.id),
        scope=scope,
        name=record.name,
        is_undo=is_undo(record),
        author=record.author,
        recorded_at=parse_instant(record.at),
        file=record.file,
        file_digest=record.file_digest,
        mapping=record.mapping,
        mapping_digest=record.mapping_digest,
        rows=publish_tally(record.rows),
        records=publish_tally(record.records),
        refusals=[
            ImportRefusal(row=refusal.row, column=refusal.column, file=refusal.file, wording=refusal.text)
            for refusal in record.refusals
        ],
        undoes=[strawberry.ID(each) for each in record.undoes],
        provenance=record.provenance,
    )
