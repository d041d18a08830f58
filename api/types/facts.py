"""Figures and the data set itself, as they are published (数据、数据集)."""

from __future__ import annotations

import datetime

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.dates import PartialDate, Period, publish_period, publish_since, publish_until
from api.types.labels import LangArgument, say
from api.types.regimes import Regime, publish_regime
from graph_model import records
from graph_model.dates import parse_day
from graph_model.exchange import Count
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import Provenance, Qualifier
from graph_model.views import Frame

_NOTHING = Neighbourhood(())


@strawberry.type(description="A figure of the source (数据), with its clause; never smoothed.")
class Fact:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="The figure's id.")
    clause: str = strawberry.field(description="The clause of the source that states it.")
    value: float | None = strawberry.field(description="The figure; null for a fact without a number.")
    unit: str | None = strawberry.field(description="Its unit; money is in yuan.")
    qualifier: Qualifier = strawberry.field(description="Whether it is exact.")
    period: Period = strawberry.field(description="The time that it speaks of.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")
    record: strawberry.Private[records.Fact]
    scope: strawberry.Private[Scope]

    @strawberry.field(
        description="What the graph itself counts: what is CERTAIN on the reference date, or on the last day of the "
        "figure's own period. Null where it holds no record of the sort: not recorded is not zero."
    )
    async def counted(self) -> float | None:
        return await self.scope.counted.load(self.record)

    @strawberry.field(description="What the figure is about.")
    def subject(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.record.subject, lang)

    @strawberry.field(description="What was counted or stated.")
    def measure(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.record.measure, lang)


@strawberry.type(description="How many nodes and relations there are of one provenance.")
class ProvenanceCount:
    """See the description."""

    provenance: Provenance = strawberry.field(description="The provenance.")
    nodes: int = strawberry.field(description="How many nodes.")
    relations: int = strawberry.field(description="How many relations, of all families.")


@strawberry.type(description="A roster that the data set holds completely (覆盖): nothing found there means nobody.")
class Coverage:
    """See the description."""

    roster: str = strawberry.field(description="`assignment`, `holding` or `containment`.")
    kind: str | None = strawberry.field(description="The kind of assignment; null for the other rosters.")
    area: str | None = strawberry.field(description="The id of the division that it covers; null: everything.")
    since: PartialDate = strawberry.field(description="Since when it is complete.")
    until: PartialDate = strawberry.field(description="The first day on which it no longer is.")
    observed: list[datetime.date] = strawberry.field(description="The days on which it was complete.")
    basis: Basis = strawberry.field(description="Why we say so.")


@strawberry.type(description="What the data set says of itself (数据集).")
class Dataset:
    """See the description."""

    reference_date: datetime.date = strawberry.field(
        description="The day that a question without `asOf` is asked as of, where the server is set so: our reading."
    )
    divisions_editions: list[datetime.date] = strawberry.field(
        description="The days of the editions of the divisions that were loaded."
    )
    version: str = strawberry.field(
        description="A digest of the content, 64 hexadecimal digits: equal content has an equal version."
    )
    counts: list[ProvenanceCount] = strawberry.field(description="How many nodes and relations, by provenance.")
    regimes: list[Regime] = strawberry.field(description="The regimes; the first is the default.")
    coverages: list[Coverage] = strawberry.field(description="The rosters that are complete.")
    is_synthetic: bool = strawberry.field(description="Whether any node or relation is synthetic.")
    record: strawberry.Private[records.Dataset]
    generation: strawberry.Private[int]
    scope: strawberry.Private[Scope]

    @strawberry.field(
        description="Names the state after the last write: give it to `changes` as `since`, to learn what is new then."
    )
    async def checkpoint(self) -> str:
        return str(await self.scope.graph.checkpoint_of(self.generation))

    @strawberry.field(description="What the data set is called.")
    def name(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.record.name, lang)


def publish_fact(fact: records.Fact, scope: Scope) -> Fact:
    """A figure."""
    return Fact(
        id=strawberry.ID(fact.id),
        clause=fact.basis.clause or "",
        value=fact.value,
        unit=fact.unit,
        qualifier=fact.qualifier,
        period=publish_period(fact.period, fact.period_label),
        provenance=fact.provenance,
        basis=publish_basis(fact.basis, scope, _NOTHING),
        record=fact,
        scope=scope,
    )


def publish_dataset(frame: Frame, counts: tuple[Count, ...], scope: Scope) -> Dataset:
    """The data set."""
    return Dataset(
        reference_date=parse_day(frame.dataset.reference_date),
        divisions_editions=[parse_day(day) for day in frame.dataset.editions],
        version=frame.header.version,
        counts=[
            ProvenanceCount(provenance=count.provenance, nodes=count.nodes, relations=count.relations)
            for count in counts
        ],
        regimes=[publish_regime(regime) for regime in frame.regimes.values()],
        coverages=[_publish_coverage(coverage, scope) for coverage in frame.header.coverages],
        is_synthetic=any(
            count.provenance is Provenance.SYNTHETIC and count.nodes + count.relations > 0 for count in counts
        ),
        record=frame.dataset,
        generation=frame.header.generation,
        scope=scope,
    )


def _publish_coverage(coverage: records.Coverage, scope: Scope) -> Coverage:
    return Coverage(
        roster=coverage.roster.value,
        kind=coverage.kind,
        area=coverage.area,
        since=publish_since(coverage.validity.since),
        until=publish_until(coverage.validity.until),
        observed=[parse_day(day) for day in coverage.validity.observed],
        basis=publish_basis(coverage.basis, scope, _NOTHING),
    )
