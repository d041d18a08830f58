"""Divisions and the households in them, as they are published (行政区划、户)."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.dates import PartialDate, publish_since, publish_until
from api.types.labels import DesignationKind, Level
from api.types.nodes import Target, relation_page
from api.types.regimes import designation_kind, publish_level
from graph_model import records
from graph_model.dates import Certainty, certainty_on, parse_day
from graph_model.exchange import End
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import code_on, name_on
from graph_model.records import Family, Provenance, Text
from graph_model.views import Frame, View

if TYPE_CHECKING:
    from api.types.changes import Asked, ChangeEvent, CodeReading
    from api.types.relations import Relation


@strawberry.type(description="A name or a code that a division bears or bore (名称或代码).")
class DatedText:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="The id of the record that says so.")
    text: str = strawberry.field(description="The name or code.")
    since: PartialDate = strawberry.field(description="Since when.")
    until: PartialDate = strawberry.field(description="The first day on which it no longer holds.")
    observed: list[datetime.date] = strawberry.field(description="The days on which it was seen.")
    certainty: Certainty = strawberry.field(description="Whether it holds on the day that was asked about.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    record: strawberry.Private[records.Name | records.Code]

    @strawberry.field(
        description="Tells its versions apart: give it as `expectedVersion` to change what you saw, and nothing else."
    )
    def version(self) -> str:
        return records.version_of(self.record)


@strawberry.type(description="What a division is registered as (认定).")
class Designation:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="The id of the record that says so.")
    kind: DesignationKind = strawberry.field(description="What it is registered as.")
    since: PartialDate = strawberry.field(description="Since when.")
    until: PartialDate = strawberry.field(description="The first day on which it no longer holds.")
    certainty: Certainty = strawberry.field(description="Whether it holds on the day that was asked about.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")
    record: strawberry.Private[records.Designation]

    @strawberry.field(
        description="Tells its versions apart: give it as `expectedVersion` to change what you saw, and nothing else."
    )
    def version(self) -> str:
        return records.version_of(self.record)


@strawberry.interface(description="An administrative division: a city, county, township or village.")
class Division(Target):
    """See the description."""

    level: Level = strawberry.field(description="Its level.")
    pinyin: str = strawberry.field(description="Its name in pinyin without tones, a space between syllables.")
    name_en: str | None = strawberry.field(description="Its English name, where one exists.")
    marks: list[str] = strawberry.field(
        description="`placeholder`: a statistical entry without people (虚拟); `park`: a park or a committee's area."
    )
    certainty: Certainty = strawberry.field(
        description="As an ancestor: whether the division that was asked for lies in it on the day. In a list: whether "
        "it lies in the list's division. Otherwise CERTAIN."
    )
    provenance: Provenance = strawberry.field(description="Where the division comes from.")
    around: strawberry.Private[Neighbourhood]
    frame: strawberry.Private[Frame]
    asked: strawberry.Private[object] = None

    @strawberry.field(
        description="How the code that was asked for led here: it may be an old one, and this the successor of the "
        "division that bore it. Null where it was not found by a code."
    )
    def asked_as(self) -> Annotated[CodeReading, strawberry.lazy("api.types.changes")] | None:
        from api.types.changes import Asked, publish_reading

        return publish_reading(self.asked, self.scope) if isinstance(self.asked, Asked) else None

    @strawberry.field(
        description="What happened to it, whether or not it had by the day: renames, new codes, new parents, splits, "
        "mergers; in their order."
    )
    async def change_events(self) -> list[Annotated[ChangeEvent, strawberry.lazy("api.types.changes")]]:
        from api.types.changes import publish_events

        return await publish_events(str(self.id), self.around, self.scope)

    @strawberry.field(
        description="What it lies in on the day, from the nearest level; several of one level where it may lie in each."
    )
    async def ancestors(self) -> list[Annotated[Division, strawberry.lazy("api.types.divisions")]]:
        view = await self.scope.views.load(self.id)
        return [
            publish_division(rung.node, view, self.scope, rung.certainty)
            for rung in view.way_up(self.id)[1:]
            if isinstance(rung.node, records.Division)
        ]

    @strawberry.field(
        description="What it is or was registered as, whether or not that holds on the day; by kind, then id."
    )
    def designations(self) -> list[Designation]:
        claims = sorted(self.around.iter_claims(self.id, records.Designation), key=lambda claim: (claim.kind, claim.id))
        return [
            Designation(
                id=strawberry.ID(claim.id),
                kind=designation_kind(self.frame, claim.kind),
                since=publish_since(claim.validity.since),
                until=publish_until(claim.validity.until),
                certainty=certainty_on(claim.validity, self.scope.moment.day),
                provenance=claim.provenance,
                basis=publish_basis(claim.basis, self.scope, self.around),
                record=claim,
            )
            for claim in claims
        ]

    @strawberry.field(description="All names that it bears or bore, by id.")
    def names(self) -> list[DatedText]:
        return self._dated_texts(records.Name)

    @strawberry.field(
        description="All codes that it bears or bore, by id. A code never identifies a division by itself."
    )
    def codes(self) -> list[DatedText]:
        return self._dated_texts(records.Code)

    def _dated_texts(self, of: type[records.Name] | type[records.Code]) -> list[DatedText]:
        claims = sorted(self.around.iter_claims(self.id, of), key=lambda claim: claim.id)
        return [
            DatedText(
                id=strawberry.ID(claim.id),
                text=claim.text,
                since=publish_since(claim.validity.since),
                until=publish_until(claim.validity.until),
                observed=[parse_day(day) for day in claim.validity.observed],
                certainty=certainty_on(claim.validity, self.scope.moment.day),
                provenance=claim.provenance,
                record=claim,
            )
            for claim in claims
        ]

    @strawberry.field(
        description="All that it lies or may lie in directly on the day, with dates; by kind and container."
    )
    async def containers(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.CONTAINMENT, End.SOURCE, first, after)


@strawberry.type(description="A province (省); only where a fact needs it.")
class Province(Division):
    """See the description."""


@strawberry.type(description="A city of prefecture rank (地级市).")
class City(Division):
    """See the description."""


@strawberry.type(description="A county, district or city of county rank (县、区、县级市).")
class County(Division):
    """See the description."""


@strawberry.type(description="A township, town or subdistrict (乡、镇、街道).")
class Township(Division):
    """See the description."""


@strawberry.type(description="A village or community (村、社区).")
class Village(Division):
    """See the description."""

    @strawberry.field(description="Its registered households on the day, by code.")
    async def households(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Household, strawberry.lazy("api.types.divisions")]]:
        size, key = check_first(first), decode_cursor(after, "households", tuple[str, str, str])
        page = await self.scope.pages.load((self.id, Family.CONTAINMENT, End.TARGET, size, key, None))
        views = await self.scope.nodes.load_many([row.source for row in page.relations])
        rows = []
        for row, view in zip(page.relations, views, strict=True):
            node = view.around.find_node(row.source)
            if isinstance(node, records.Household):
                cursor = encode_cursor("households", [row.kind, row.source, row.id])
                rows.append((cursor, publish_household(node, self.scope)))
        return connection(rows, total=page.total, has_next=page.has_next, after=after)


@strawberry.type(description="A registered household (建档立卡贫困户). Whatever is personal is private.")
class Household(Target):
    """See the description."""

    provenance: Provenance = strawberry.field(description="Where the household comes from.")

    @strawberry.field(description="The village that it lies in on the day, or may; null where none is recorded.")
    async def village(self) -> Village | None:
        view = await self.scope.views.load(self.id)
        for rung in view.way_up(self.id)[1:]:
            if isinstance(rung.node, records.Division) and rung.node.level == "village":
                published = publish_division(rung.node, view, self.scope, rung.certainty)
                return published if isinstance(published, Village) else None
        return None


_DIVISION_TYPES: dict[str, type[Division]] = {
    "province": Province,
    "city": City,
    "county": County,
    "township": Township,
    "village": Village,
}


def publish_division(
    node: records.Division,
    view: View,
    scope: Scope,
    certainty: Certainty = Certainty.CERTAIN,
    asked: Asked | None = None,
) -> Division:
    """A division as seen at the view's moment; ``asked``: how a code led to it."""
    day = view.moment.day
    name = name_on(view.around, node.id, day)
    level = view.frame.regime(None).find_level(node)
    return _DIVISION_TYPES[node.level](
        id=strawberry.ID(node.id),
        scope=scope,
        code=code_on(view.around, node.id, day).text,
        name=name.text,
        level=Level(code=node.level, labels=Text(node.level, node.level)) if level is None else publish_level(level),
        pinyin=name.pinyin,
        name_en=name.english,
        marks=list(node.marks),
        certainty=certainty,
        provenance=node.provenance,
        around=view.around,
        frame=view.frame,
        asked=asked,
    )


def publish_household(node: records.Household, scope: Scope) -> Household:
    """A household."""
    return Household(id=strawberry.ID(node.id), scope=scope, code=node.code, name=node.code, provenance=node.provenance)
