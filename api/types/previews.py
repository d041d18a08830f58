"""Previews of imports, as they are published to their author (导入预览)."""

from __future__ import annotations

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.imports import Import, ImportTally, publish_import, publish_tally
from api.types.labels import EnglishArgument, say
from graph_model.records import Text
from intake.plans import Plan, PlannedChange, RefusedCell, State
from intake.uploads import Upload


@strawberry.type(description="A field of a record that an import would change.")
class PlannedField:
    """See the description."""

    path: str = strawberry.field(description="The field, for instance `validity.until`.")
    before: str = strawberry.field(description="Its value now, as JSON; `-` where it has none.")
    after: str = strawberry.field(description="Its value then, as JSON; `-` where it would have none.")


@strawberry.type(description="What would become of one record.")
class PlannedRecord:
    """See the description."""

    record_id: strawberry.ID = strawberry.field(description="The record's id.")
    outcome: str = strawberry.field(description="`created`, `changed`, or `ended`: no row says it any more.")
    fields: list[PlannedField] = strawberry.field(description="Of one that changes, what differs.")


@strawberry.type(description="Why a row would be refused, with what its cell says.")
class RefusedRow:
    """See the description."""

    row: int = strawberry.field(description="The row's number, as the sheet shows it.")
    file: str = strawberry.field(description="The name of the file in which it stands, with the sheet in brackets.")
    column: str | None = strawberry.field(description="The column, as the file calls it; null for the whole row.")
    value: str | None = strawberry.field(description="What the cell says.")
    wording: strawberry.Private[Text]

    @strawberry.field(description="What is wrong, and what would help.")
    def reason(self, lang: EnglishArgument = Lang.EN) -> str:
        return say(self.wording, lang)


@strawberry.type(description="Why a file cannot be imported at all.")
class ImportFailure:
    """See the description."""

    code: str = strawberry.field(description="A code for programs, for instance `INVALID_SOURCE`.")
    is_retryable: bool = strawberry.field(description="Whether sending it again may help.")
    wording: strawberry.Private[Text]

    @strawberry.field(description="What is wrong, where, and what would help.")
    def message(self, lang: EnglishArgument = Lang.EN) -> str:
        return say(self.wording, lang)


@strawberry.type(description="What an import would do, by the present state (导入方案).")
class ImportPlan:
    """See the description."""

    digest: str = strawberry.field(
        description="Names what is shown here: `commitImport` takes it, and writes this and nothing else."
    )
    name: str = strawberry.field(description="The import's name.")
    file: str = strawberry.field(description="The name of the file, with the sheet in brackets; of several all.")
    mapping: str = strawberry.field(description="The code of the mapping.")
    rows: ImportTally = strawberry.field(description="What would become of the file's rows.")
    records: ImportTally = strawberry.field(description="What would become of the graph's records.")
    changes: list[PlannedRecord] = strawberry.field(
        description="The records that would differ, those created first, then changed, then ended; 1,000 of each."
    )
    refused: list[RefusedRow] = strawberry.field(description="What is wrong with which cell; the first 1,000.")
    outside: list[strawberry.ID] = strawberry.field(
        description="What it touches and does not lie surely within the author's area: with any, it is not written."
    )
    noted: strawberry.Private[tuple[Text, ...]]
    foreseen: strawberry.Private[tuple[Text, ...]]

    @strawberry.field(description="What of the file is not read at all, and what in it does not go together.")
    def notes(self, lang: EnglishArgument = Lang.EN) -> list[str]:
        return [say(each, lang) for each in self.noted]

    @strawberry.field(description="What it would do to chains and gaps, a line each; empty where nothing.")
    def effects(self, lang: EnglishArgument = Lang.EN) -> list[str]:
        return [say(each, lang) for each in self.foreseen]


@strawberry.type(description="How far the reading of an uploaded file has come (进度).")
class ImportProgress:
    """See the description."""

    step: str = strawberry.field(description="What is being done, in English: reading the rows, comparing, ...")
    done: int = strawberry.field(
        description="How many rows (records, in comparing) it has gone through; 0 where they are not counted."
    )
    total: int | None = strawberry.field(description="Of how many; null where that is not known before.")


@strawberry.type(
    description="An uploaded file (上传), and what it would do: its author alone sees it, for half an hour at most."
)
class ImportPreview:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Names the upload, as `POST /imports` answered.")
    state: State = strawberry.field(description="How far it has come.")
    step: str = strawberry.field(description="What is being done, while it is read; else what was done last.")
    progress: ImportProgress | None = strawberry.field(
        description="How far that has come; null before it begins, while others are read, and once it was read."
    )
    plan: ImportPlan | None = strawberry.field(description="What it would do; null while it is read, and if it failed.")
    failure: ImportFailure | None = strawberry.field(description="Why the file cannot be imported at all.")
    written: Import | None = strawberry.field(description="The import that was written of it.")


def publish_preview(upload: Upload, scope: Scope) -> ImportPreview:
    """An upload as its author sees it."""
    plan, failed = upload.plan, upload.failed
    failure = None
    if failed is not None:
        failure = ImportFailure(code=failed.code, wording=failed.message, is_retryable=failed.retryable)
    return ImportPreview(
        id=strawberry.ID(upload.key),
        state=upload.state,
        step=upload.step.text,
        progress=_progress(upload),
        plan=None if plan is None else _plan(plan),
        failure=failure,
        written=None if upload.record is None else publish_import(upload.record, scope),
    )


def _progress(upload: Upload) -> ImportProgress | None:
    step = upload.step
    if upload.state is not State.READING or not step.text:
        return None
    return ImportProgress(step=step.text, done=step.done, total=step.total)


def _plan(plan: Plan) -> ImportPlan:
    return ImportPlan(
        digest=plan.digest,
        name=plan.name,
        file=plan.file,
        mapping=plan.mapping,
        rows=publish_tally(plan.rows),
        records=publish_tally(plan.records),
        changes=[_change(each) for each in plan.changes],
        refused=[_refused(each) for each in plan.refused],
        noted=plan.notes,
        foreseen=plan.effects,
        outside=[strawberry.ID(each) for each in plan.outside],
    )


def _change(change: PlannedChange) -> PlannedRecord:
    fields = [PlannedField(path=path, before=before, after=after) for path, before, after in change.fields]
    return PlannedRecord(record_id=strawberry.ID(change.id), outcome=change.outcome, fields=fields)


def _refused(cell: RefusedCell) -> RefusedRow:
    return RefusedRow(row=cell.row, file=cell.file, column=cell.column, value=cell.value, wording=cell.reason)
