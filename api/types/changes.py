"""What happened to divisions, and how a code was read, as they are published (沿革)."""

from __future__ import annotations

import strawberry
from msgspec import Struct

from api.enums import Lang
from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.dates import PartialDate, publish_since
from api.types.divisions import Division, publish_division
from api.types.labels import LangArgument, say
from api.types.nodes import Node
from graph_model import records
from graph_model.dates import Certainty
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions import succession
from graph_model.questions.change_words import tell_event, tell_reading
from graph_model.questions.naming import code_on, name_on
from graph_model.questions.succession import CodeMeaning
from graph_model.records import ChangeKind, Provenance, Text


async def _divisions(ids: tuple[str, ...], scope: Scope) -> list[Division]:
    views = await scope.nodes.load_many(list(ids))
    found = [(view.around.find_node(one), view) for one, view in zip(ids, views, strict=True)]
    return [publish_division(node, view, scope) for node, view in found if isinstance(node, records.Division)]


async def _names(ids: tuple[str, ...], scope: Scope) -> list[str]:
    """Names with codes: of several divisions of one name, codes tell which is meant."""
    return [f"{division.name} {division.code}" for division in await _divisions(ids, scope)]


@strawberry.type(
    description="What happened to divisions at one time (沿革事件): those before it and those after it, as the "
    "Organization Ontology of the W3C has it. What is unsure is among the findings too (`division-unsure`)."
)
class ChangeEvent(Node):
    """See the description."""

    kind: ChangeKind = strawberry.field(description="What happened.")
    on: PartialDate = strawberry.field(description="The day; where it is not known, the days that it can be.")
    confidence: Certainty = strawberry.field(
        description="Whether it is sure that this is what happened, CERTAIN or POSSIBLE; `basis` says by what."
    )
    old: str | None = strawberry.field(description="RENAMED: the name before. RECODED: the code before. Else null.")
    new: str | None = strawberry.field(description="RENAMED: the name after. RECODED: the code after. Else null.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")
    record: strawberry.Private[records.ChangeEvent]

    @strawberry.field(
        description="The divisions that it concerned, the one that gave the largest part first; one that goes on "
        "stands in `after` too. Empty for one that was made of nothing known."
    )
    async def before(self) -> list[Division]:
        return await _divisions(self.record.before, self.scope)

    @strawberry.field(
        description="The divisions that came of it, the one that took the largest part first; one that went on stands "
        "in `before` too. Empty for one that ended in nothing known."
    )
    async def after(self) -> list[Division]:
        return await _divisions(self.record.after, self.scope)

    @strawberry.field(description="MOVED: what it lay in before. Else null.")
    async def old_container(self) -> Division | None:
        return await self._container(self.record.old)

    @strawberry.field(description="MOVED: what it lay in after. Else null.")
    async def new_container(self) -> Division | None:
        return await self._container(self.record.new)

    async def _container(self, container: str | None) -> Division | None:
        if container is None or self.record.kind is not ChangeKind.MOVED:
            return None
        found = await _divisions((container,), self.scope)
        return found[0] if found else None

    @strawberry.field(description="What happened and when, in a sentence.")
    async def message(self, lang: LangArgument = Lang.ZH) -> str:
        event = self.record
        containers = (event.old, event.new) if event.kind is ChangeKind.MOVED else ()
        named = [each for each in (*event.before, *event.after, *containers) if each is not None]
        views = dict(zip(named, await self.scope.nodes.load_many(named), strict=True))
        return say(tell_event(event, lambda one, day: name_on(views[one].around, one, day).text), lang)


class Asked(Struct, frozen=True):
    """How a code led to a division, and what became of its bearer where that had ended."""

    reading: succession.CodeReading
    became: succession.Succession = succession.Succession()


@strawberry.type(
    description="How the code that was asked for was read (代码所指): codes are replaced and used again, and the "
    "division that bore one may have ended."
)
class CodeReading:
    """See the description."""

    code: str = strawberry.field(description="The code that was asked for.")
    meaning: CodeMeaning = strawberry.field(description="How it leads to the division that answers.")
    asked: strawberry.Private[Asked]
    scope: strawberry.Private[Scope]

    @strawberry.field(description="The division that bears the code, bore it last, or will bear it.")
    async def bearer(self) -> Division | None:
        found = await _divisions((self.asked.reading.bearer,), self.scope)
        return found[0] if found else None

    @strawberry.field(
        description="What surely took the bearer's place by the day, the largest part first: the answer and any others."
    )
    async def successors(self) -> list[Division]:
        return await _divisions(self.asked.became.sure, self.scope)

    @strawberry.field(description="What may have taken the bearer's place by the day.")
    async def possible_successors(self) -> list[Division]:
        return await _divisions(self.asked.became.possible, self.scope)

    @strawberry.field(description="The change events between the bearer and what took its place, in order.")
    def change_events(self) -> list[ChangeEvent]:
        return [publish_event(event, self.scope) for event in self.asked.became.events]

    @strawberry.field(description="The other divisions that bore the code or will bear it, by id.")
    async def others(self) -> list[Division]:
        return await _divisions(self.asked.reading.others, self.scope)

    @strawberry.field(description="How it was read, in a sentence.")
    async def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(await self._tell(), lang)

    async def _tell(self) -> Text:
        reading, became, day = self.asked.reading, self.asked.became, self.scope.moment.day
        around = (await self.scope.nodes.load(reading.bearer)).around
        return tell_reading(
            reading,
            name_on(around, reading.bearer, day).text,
            code_on(around, reading.bearer, day).text,
            successors=await _names(became.sure, self.scope),
            possible=await _names(became.possible, self.scope),
            others=await _names(reading.others, self.scope),
        )


def publish_event(event: records.ChangeEvent, scope: Scope) -> ChangeEvent:
    """A change event."""
    is_move = event.kind is ChangeKind.MOVED
    return ChangeEvent(
        id=strawberry.ID(event.id),
        scope=scope,
        kind=event.kind,
        on=publish_since(event.on),
        confidence=event.confidence,
        old=None if is_move else event.old,
        new=None if is_move else event.new,
        provenance=event.provenance,
        basis=publish_basis(event.basis, scope, _NOTHING),
        record=event,
    )


def publish_reading(asked: Asked, scope: Scope) -> CodeReading:
    """How a code was read."""
    return CodeReading(code=asked.reading.code, meaning=asked.reading.meaning, asked=asked, scope=scope)


async def publish_events(division: str, around: Neighbourhood, scope: Scope) -> list[ChangeEvent]:
    """The change events that concern a division, in their order."""
    ids = succession.events_of(around, division)
    views = await scope.nodes.load_many(list(ids))
    found = [view.around.find_node(one) for one, view in zip(ids, views, strict=True)]
    events = [node for node in found if isinstance(node, records.ChangeEvent)]
    return [publish_event(event, scope) for event in sorted(events, key=succession.when)]


_NOTHING = Neighbourhood(())
