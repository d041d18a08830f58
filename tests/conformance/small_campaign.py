"""A campaign of one county (两村一乡一县), small enough to write by hand, with the regime that ships."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from msgspec import structs

from graph_model.editing.changes import Change
from graph_model.exchange import EDITS, Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.keys import relation_id
from graph_model.records import (
    AnyRecord,
    Basis,
    Dataset,
    Designation,
    Document,
    Family,
    Provenance,
    Relation,
    Text,
)
from graph_model.regime import Regime
from graph_model.regime_file import encode_regime, read_regime
from graph_model.stores.base import Store
from graph_model.submitting import Submission
from tests.conformance.graphs import (
    assignment,
    code_of,
    division,
    holding,
    name_of,
    organization,
    part_of,
    person,
    post,
    since,
)

SOURCE = Provenance.SOURCE
PROJECT = Path(__file__).resolve().parents[2]
REGIME = "poverty-alleviation-2017"
ORDER = Document(id="document:order", provenance=SOURCE, title="任免通知", kind="order")
ON_ORDER = Basis(document=ORDER.id)
COUNTY, OTHER, TOWNSHIP, WEST, EAST = (
    f"division:{code}" for code in ("530521", "530523", "530521101", "530521101201", "530521101202")
)
MAYOR, DEPUTY, HEAD = "post:mayor", "post:deputy", "post:head"
ANNA, BERT = "person:anna", "person:bert"
UNIT = "organization:unit"


def answers(assignee: str, kind: str, target: str) -> Relation:
    """An assignment since 2016, of the natural id that files and changes give it."""
    found = assignment(assignee, target, since("2016-01-01", ".."), kind=kind, regime=REGIME)
    return structs.replace(found, id=relation_id(Family.RESPONSIBILITY, kind, assignee, target))


LINK = answers(MAYOR, "linked-to-county", COUNTY)
TAKES = answers(UNIT, "takes-village", WEST)


def _places() -> list[AnyRecord]:
    found: list[AnyRecord] = []
    levels = {COUNTY: "county", OTHER: "county", TOWNSHIP: "township", WEST: "village", EAST: "village"}
    for node, level in levels.items():
        code = node.partition(":")[2]
        found += [division(code, level), name_of(code, f"地{code}", f"di {code}"), code_of(code, code)]
    inside = {WEST: TOWNSHIP, EAST: TOWNSHIP, TOWNSHIP: COUNTY}
    found += [part_of(part, whole, since("2000-01-01", "..")) for part, whole in inside.items()]
    return found


@cache
def the_regime() -> Regime:
    """The regime that ships."""
    return read_regime(PROJECT / "regimes" / REGIME / "regime.yaml")


@cache
def the_records() -> tuple[AnyRecord, ...]:
    """All records of the campaign."""
    return (
        Dataset(
            id="dataset:small",
            provenance=SOURCE,
            name=Text("小县", "A small county"),
            reference_date="2017-06-30",
            editions=("2016-07-31",),
            regimes=(REGIME,),
        ),
        encode_regime(the_regime()),
        ORDER,
        *_places(),
        *(post(node.partition(":")[2]) for node in (MAYOR, DEPUTY, HEAD)),
        *(person(node.partition(":")[2]) for node in (ANNA, BERT)),
        organization("unit"),
        LINK,
        TAKES,
        answers(HEAD, "leads", TOWNSHIP),
        holding(ANNA, HEAD, since("2016-01-01", "..")),
        Designation(
            id=f"designation:{WEST}~poor",
            provenance=SOURCE,
            subject=WEST,
            kind="poor",
            validity=since("2014-01-01", ".."),
        ),
    )


async def begin(store: Store) -> ResponsibilityGraph:
    """The campaign as it was before anybody changed anything, also in a store that was written before."""
    records = the_records()
    await store.apply([Batch("campaign", records), Batch(EDITS, [])], recorded_at=1_000, author="loader")
    return ResponsibilityGraph(store)


def asked(*changes: Change, author: str = "anna", key: str | None = None) -> Submission:
    """A submission of some changes."""
    return Submission(changes=changes, author=author, key=key)
