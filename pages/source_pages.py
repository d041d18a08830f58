"""``/sources/2017`` and ``/about``: what the figures rest on, and what the data are (依据、数据)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from starlette.responses import Response

from graph_model.questions.figures import agrees
from graph_model.records import Document, Fact
from pages.answering import Visit
from pages.texts import find_text
from pages.twins.answering import json_twin, rows_twin

ENDINGS: Final = ("json", "csv", "xlsx")
MOST: Final = 1_000


class FactRow(Struct, frozen=True):
    """One figure of the source, and what the graph counts beside it; ``verdict``: equal, differs, not-counted, none."""

    clause: str
    subject: str
    measure: str
    qualifier: str
    value: float | None
    unit: str | None
    unit_label: str
    counted: int | None
    verdict: str
    period: str


async def source_page(visit: Visit) -> Response:
    """The figures of the report, clause by clause, stated and counted."""
    facts = await visit.graph.facts(None, visit.moment.recorded_as_of)
    counted = await visit.graph.counted(facts, visit.moment.recorded_as_of)
    rows = [_fact_row(visit, fact, number) for fact, number in zip(facts, counted, strict=True)]
    if visit.ask.twin is not None:
        return rows_twin(visit, "source-2017", rows, FactRow, ENDINGS)
    documents = await visit.graph.list_records("document", visit.moment, first=MOST)
    named: dict[str, list[str]] = {}
    for document in documents.records:
        if isinstance(document, Document):
            for clause in document.clauses:
                named.setdefault(clause, []).append(document.title)
    return visit.page(
        "source.html",
        clauses=[(clause, [row for row in rows if row.clause == clause], named.get(clause, [])) for clause in CLAUSES],
        counted=sum(row.counted is not None for row in rows),
        equal=sum(row.verdict == "equal" for row in rows),
        differs=sum(row.verdict == "differs" for row in rows),
        total=len(rows),
        endings=ENDINGS,
    )


CLAUSES: Final = (
    *("1", "1.1", "1.2", "1.3", "2", "3.1", "3.2", "4.0", "4.1", "4.2", "4.3", "4.4", "5"),
    *("6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "7.1", "7.2", "7.3", "7.4", "7.5"),
)
"""The clauses of the report, in its order (data/baoshan-2017/ORIGIN.md)."""


def _fact_row(visit: Visit, fact: Fact, counted: int | None) -> FactRow:
    lang = visit.lang
    if fact.value is None:
        verdict = "none"
    else:
        verdict = {None: "not-counted", True: "equal", False: "differs"}[agrees(fact, counted)]
    return FactRow(
        clause=fact.basis.clause or "",
        subject=lang.say(fact.subject),
        measure=lang.say(fact.measure),
        qualifier=fact.qualifier.value,
        value=fact.value,
        unit=fact.unit,
        unit_label="" if fact.unit is None else find_text(f"unit.{fact.unit}", fact.unit, lang),
        counted=counted,
        verdict=verdict,
        period=lang.say(fact.period_label) if fact.period_label else fact.period,
    )


class CountRow(Struct, frozen=True):
    """How many records are stated, concluded or generated."""

    provenance: str
    nodes: int
    relations: int


async def about_page(visit: Visit) -> Response:
    """What the data set says of itself, and how much of it is stated, concluded and generated."""
    counts = await visit.graph.counts(visit.moment.recorded_as_of)
    dataset = visit.frame.dataset
    if visit.ask.twin == "json":
        return json_twin(visit, {"name": visit.lang.say(dataset.name), "editions": dataset.editions, "counts": counts})
    if visit.ask.twin is not None:
        rows = [CountRow(count.provenance.value, count.nodes, count.relations) for count in counts]
        return rows_twin(visit, "data", rows, CountRow, ENDINGS)
    return visit.page(
        "about.html",
        name=visit.lang.say(dataset.name),
        editions=dataset.editions,
        counts=counts,
        synthetic=any(count.provenance.value == "SYNTHETIC" and count.nodes + count.relations for count in counts),
        regimes=[(one, visit.lang.say(one.labels)) for one in visit.frame.regimes.values()],
        coverages=visit.frame.header.coverages,
        endings=ENDINGS,
    )
