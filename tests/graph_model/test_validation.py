"""The rules that a record must keep before it is written, each with its message."""

from __future__ import annotations

import pytest

from graph_model.dates import Validity
from graph_model.records import (
    AnyRecord,
    Code,
    Coverage,
    Dataset,
    Designation,
    Division,
    Document,
    Fact,
    Family,
    Measure,
    Provenance,
    RegimeContent,
    Relation,
    Roster,
    Text,
)
from graph_model.validation import check_records

SOURCE = Provenance.SOURCE
TEXT = Text(zh="甲", en="A")


def division(record_id: str) -> Division:
    return Division(id=record_id, provenance=SOURCE, level="village")


def designation(validity: Validity = Validity(), subject: str = "division:1") -> Designation:
    return Designation(id="designation:1", provenance=SOURCE, subject=subject, kind="poor", validity=validity)


def relation(
    record_id: str = "containment:1",
    family: Family = Family.CONTAINMENT,
    source: str = "division:1",
    target: str = "division:2",
    validity: Validity = Validity(),
    regime: str | None = None,
    joint: str | None = None,
    role: str | None = None,
    rhythm: str | None = None,
) -> Relation:
    return Relation(
        id=record_id,
        provenance=SOURCE,
        family=family,
        kind="x",
        source=source,
        target=target,
        validity=validity,
        regime=regime,
        joint=joint,
        role=role,
        rhythm=rhythm,
    )


def assignment(regime: str | None = "drought", joint: str | None = None) -> Relation:
    return relation("assignment:1", Family.RESPONSIBILITY, "post:1", "division:1", regime=regime, joint=joint)


def coverage(roster: Roster, kind: str | None = None, regime: str | None = None) -> Coverage:
    return Coverage(id="coverage:1", provenance=SOURCE, roster=roster, kind=kind, regime=regime)


def fact(period: str) -> Fact:
    return Fact(id="fact:1", provenance=SOURCE, subject=TEXT, measure=TEXT, period=period)


def dataset(reference_date: str = "2017-06-30", edition: str = "2016-07-31") -> Dataset:
    return Dataset(
        id="dataset:1",
        provenance=SOURCE,
        name=TEXT,
        reference_date=reference_date,
        editions=(edition,),
        regimes=("drought",),
    )


def document(date: str) -> Document:
    return Document(id="document:1", provenance=SOURCE, title="决定", kind="decision", date=date)


def measure(period: str) -> Measure:
    return Measure(id="measure:1", provenance=SOURCE, kind="talk", by=(), to=(), period=period)


ID = "its id must be {}: and a key of ASCII letters, digits and @ : . _ ~ + -, 400 at most"


@pytest.mark.parametrize(
    "record",
    [
        division("division:530521"),
        designation(Validity(since="2017", until="..", observed=("2017-01-01", "2017-06-30"))),
        relation(),
        assignment(),
        assignment(joint="joint:1"),
        relation("holding:1", Family.HOLDING, "person:1", "post:1"),
        relation("membership:1", Family.MEMBERSHIP, "post:1", "organization:1", role="head"),
        relation("reporting:1", Family.REPORTING, "post:1", "organization:1", rhythm="half-year"),
        coverage(Roster.CONTAINMENT),
        coverage(Roster.ASSIGNMENT, "leads", "drought"),
        coverage(Roster.EVIDENCE, "patrol", "drought"),
        fact("2016/2017-06-30"),
        dataset(),
        document("2015-11"),
        measure("2017"),
    ],
)
def test_a_sound_record_has_no_fault(record: AnyRecord) -> None:
    assert check_records([record]) == []


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param(division("530521"), ID.format("division"), id="id without a type"),
        pytest.param(division("post:530521"), ID.format("division"), id="id of another type"),
        pytest.param(division("division:施甸"), ID.format("division"), id="id not ASCII"),
        pytest.param(division("division:" + "1" * 401), ID.format("division"), id="id too long"),
        pytest.param(division("division:"), ID.format("division"), id="id without a key"),
        pytest.param(relation("assignment:1"), ID.format("containment"), id="id of another family"),
        pytest.param(designation(subject="1"), "its subject must be the id of a node", id="claim about nothing"),
        pytest.param(relation(source="1"), "its ends must be ids of nodes", id="source is no id"),
        pytest.param(relation(target=""), "its ends must be ids of nodes", id="target is no id"),
        pytest.param(assignment(None), "a regime is named by assignments, and by them alone", id="no regime"),
        pytest.param(relation(regime="x"), "a regime is named by assignments, and by them alone", id="regime"),
        pytest.param(relation(joint="joint:1"), "only assignments can be joint", id="joint containment"),
        pytest.param(relation(role="head"), "only memberships have a role", id="role of a containment"),
        pytest.param(relation(rhythm="year"), "only reporting lines have a rhythm", id="rhythm of a containment"),
        pytest.param(
            designation(Validity(since="2018", until="2017")),
            "since 2018 until 2017: it can hold on no day",
            id="holds on no day",
        ),
        pytest.param(
            relation(validity=Validity(since="2018", observed=("2017-06-30",))),
            "observed 2017-06-30, outside of since 2018 until None",
            id="observed outside",
        ),
        pytest.param(
            designation(Validity(observed=("2017-06-30", "2016-07-31"))),
            "observed 2017-06-30, 2016-07-31: each day once, in order",
            id="observed out of order",
        ),
        pytest.param(
            designation(Validity(observed=("2017-06-30", "2017-06-30"))),
            "observed 2017-06-30, 2017-06-30: each day once, in order",
            id="observed twice",
        ),
        pytest.param(
            Code(
                id="code:1",
                provenance=SOURCE,
                subject="division:1",
                text="1",
                scheme="x",
                validity=Validity(since="2017-02-30"),
            ),
            "'2017-02-30' is not in the calendar: write 2017, 2017-06, 2017-06-16 or [2016-08-01..2017-10-31]",
            id="no such day",
        ),
        pytest.param(
            coverage(Roster.ASSIGNMENT),
            "a coverage names a kind and its regime if, and only if, it covers assignments",
            id="coverage without a kind",
        ),
        pytest.param(
            coverage(Roster.ASSIGNMENT, "leads"),
            "a coverage names a kind and its regime if, and only if, it covers assignments",
            id="coverage without a regime",
        ),
        pytest.param(
            coverage(Roster.EVIDENCE),
            "a coverage of evidence names a kind of measure and its regime",
            id="a coverage of evidence without a kind",
        ),
        pytest.param(
            coverage(Roster.HOLDING, "leads", "drought"),
            "a coverage names a kind and its regime if, and only if, it covers assignments",
            id="coverage with a kind",
        ),
        pytest.param(fact("2017/2016"), "'2017/2016' ends before it begins", id="period reversed"),
        pytest.param(measure(""), "'' is no date: write 2017, 2017-06, 2017-06-16 or", id="no period"),
        pytest.param(document("2015-13"), "'2015-13' is not in the calendar", id="date of a document"),
        pytest.param(dataset(reference_date="2017-06"), "'2017-06' is no day", id="reference date"),
        pytest.param(dataset(edition="2017"), "'2017' is no day", id="day of an edition"),
        pytest.param(
            RegimeContent(id="regime:x", provenance=SOURCE, code="x", content="{}"),
            "its content is no regime: Object missing required field",
            id="content that is no regime",
        ),
    ],
)
def test_a_fault_is_told_with_its_reason(record: AnyRecord, reason: str) -> None:
    assert [error.reason.startswith(reason) for error in check_records([record])] == [True]


def test_every_record_with_a_fault_is_named() -> None:
    errors = check_records([division("a"), division("division:1"), division("b")])
    assert [error.record for error in errors] == ["a", "b"]
