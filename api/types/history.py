"""Writes and what they did to records, as they are published (日志与沿革)."""

from __future__ import annotations

import datetime

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.labels import LangArgument, say
from api.types.nodes import Node
from api.types.publishing import publish_ids
from graph_model.checkpoint import Checkpoint
from graph_model.exchange import Change, Entry
from graph_model.instants import instant_of
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions import history
from graph_model.questions.history import RecordChangeKind, tell_change
from graph_model.records import Text

_NOTHING = Neighbourhood(())


@strawberry.type(description="One write, as the journal has it (日志): who wrote when, what, and why.")
class Write:
    """See the description."""

    number: int = strawberry.field(description="Its number in the journal; the first is 1, and each is one more.")
    recorded_at: datetime.datetime = strawberry.field(
        description="Its recorded moment, later than that of any write before: as `recordedAsOf` it gives the state "
        "just after it."
    )
    author: str = strawberry.field(description="Who wrote.")
    action: str = strawberry.field(description="What was done: `load` for files, else for instance `appoint`.")
    basis: Basis = strawberry.field(
        description="What the write rests on; empty for files, whose records have their own."
    )
    origins: list[str] = strawberry.field(description="Where what it wrote belongs: files, or `edits`; by name.")
    created: int = strawberry.field(description="How many records it created.")
    changed: int = strawberry.field(description="How many records it gave another version.")
    ended: int = strawberry.field(description="How many records it took off the record.")
    version: str = strawberry.field(description="The digest of the content after it: `dataset.version` at that moment.")
    checkpoint: str = strawberry.field(description="Names the state after it: give it to `changes` as `since`.")


@strawberry.type(description="A field of a record that differs between two versions of it.")
class FieldChange:
    """See the description."""

    path: str = strawberry.field(description="The field, for instance `validity.until` or `basis.document`.")
    before: str | None = strawberry.field(description="Its value before, as JSON; null where the record had none.")
    after: str | None = strawberry.field(description="Its value after, as JSON; null where the record has none.")
    labels: strawberry.Private[Text]

    @strawberry.field(description="What people call the field.")
    def label(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.labels, lang)


@strawberry.type(description="What one write did to one record (沿革), field by field.")
class RecordChange:
    """See the description."""

    number: int = strawberry.field(description="The number of the write in the journal.")
    recorded_at: datetime.datetime = strawberry.field(description="The write's recorded moment.")
    author: str = strawberry.field(description="Who wrote.")
    action: str = strawberry.field(description="What was done: `load` for files, else for instance `appoint`.")
    basis: Basis = strawberry.field(
        description="What the write rests on; the record's own basis is among its fields (`basis.document`...)."
    )
    record_type: str = strawberry.field(description="The record's type: `relation`, `designation`, `post`...")
    record_kind: str | None = strawberry.field(
        description="Its kind, for instance `linked-to-county`; null for types without kinds."
    )
    record_id: strawberry.ID = strawberry.field(description="The record's id: what `history` takes, too.")
    kind: RecordChangeKind = strawberry.field(description="What was done to the record.")
    fields: list[FieldChange] = strawberry.field(
        description="What differs, by path; all that it has, or had, where it was created or ended. Empty where "
        "another origin took it over as it was."
    )
    nodes: strawberry.Private[tuple[str, ...]]
    scope: strawberry.Private[Scope]

    @strawberry.field(
        description="The nodes that the record speaks of: itself, whom a claim is about, the two ends of a relation, "
        "before and after; as they are now, without those that no longer are."
    )
    async def about(self) -> list[Node]:
        return await publish_ids(self.nodes, self.scope)


def publish_write(entry: Entry, scope: Scope) -> Write:
    """An entry of the journal."""
    return Write(
        number=entry.number,
        recorded_at=instant_of(entry.recorded_at),
        author=entry.author,
        action=entry.action,
        basis=publish_basis(entry.basis, scope, _NOTHING),
        origins=list(entry.origins),
        created=entry.written.created,
        changed=entry.written.changed,
        ended=entry.written.ended,
        version=entry.version,
        checkpoint=str(Checkpoint(entry.number, entry.recorded_at)),
    )


def publish_field(field: history.FieldChange) -> FieldChange:
    """A field that differs."""
    return FieldChange(path=field.path, before=field.before, after=field.after, labels=field.label)


def publish_change(entry: Entry, change: Change, scope: Scope) -> RecordChange:
    """A change of the journal, with its entry."""
    told = tell_change(change)
    return RecordChange(
        number=entry.number,
        recorded_at=instant_of(entry.recorded_at),
        author=entry.author,
        action=entry.action,
        basis=publish_basis(entry.basis, scope, _NOTHING),
        record_type=told.record_type,
        record_kind=told.record_kind,
        record_id=strawberry.ID(told.record),
        kind=told.kind,
        fields=[publish_field(field) for field in told.fields],
        nodes=told.about,
        scope=scope,
    )
