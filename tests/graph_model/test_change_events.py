"""Change events as records: their ids, the claims that lead to them, and the shapes that are refused."""

from __future__ import annotations

import pytest
from msgspec import structs

from graph_model.change_events import change_id, parts_of
from graph_model.dates import Certainty
from graph_model.records import ChangedBy, ChangeEvent, ChangeKind, Provenance
from graph_model.validation import check_records

A, B, C = "division:1", "division:2", "division:3@2017-10-31"


def event(
    kind: ChangeKind,
    before: tuple[str, ...],
    after: tuple[str, ...],
    old: str | None = None,
    new: str | None = None,
    on: str = "2017-10-31",
    confidence: Certainty = Certainty.CERTAIN,
) -> ChangeEvent:
    return ChangeEvent(
        id=change_id(kind, (*before, *after)[0], "2017-10-31"),
        provenance=Provenance.DERIVED,
        kind=kind,
        on=on,
        before=before,
        after=after,
        old=old,
        new=new,
        confidence=confidence,
    )


GOOD = [
    event(ChangeKind.RENAMED, (A,), (A,), "甲", "乙"),
    event(ChangeKind.RECODED, (A,), (A,), "1", "2"),
    event(ChangeKind.MOVED, (A,), (A,), B, C),
    event(ChangeKind.MOVED, (A,), (B,), A, C, confidence=Certainty.POSSIBLE),
    event(ChangeKind.CONVERTED, (A,), (B,), on="[2016-08-01..2017-10-31]"),
    event(ChangeKind.SPLIT, (A,), (B, C)),
    event(ChangeKind.SPLIT, (A,), (A, B)),
    event(ChangeKind.MERGED, (A, B), (C,)),
    event(ChangeKind.MERGED, (A, B), (A,)),
    event(ChangeKind.CREATED, (), (A,)),
    event(ChangeKind.CREATED, (A, B), (C, A, B)),
    event(ChangeKind.ENDED, (A,), ()),
]


@pytest.mark.parametrize("good", GOOD, ids=lambda one: f"{one.kind.value} {one.before}-{one.after}")
def test_what_may_happen(good: ChangeEvent) -> None:
    assert check_records([good, *parts_of(good)]) == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (event(ChangeKind.RENAMED, (A,), (A,)), "old and new are given if, and only if, it is MOVED, RECODED, RENAMED"),
        (event(ChangeKind.RENAMED, (A,), (A,), "甲"), "old and new are given"),
        (event(ChangeKind.ENDED, (A,), (), "甲", "乙"), "old and new are given"),
        (event(ChangeKind.RENAMED, (A,), (A,), "甲", "甲"), "RENAMED: one division before, one after, and two names"),
        (event(ChangeKind.RECODED, (A, B), (A,), "1", "2"), "RECODED: one division before"),
        (event(ChangeKind.MOVED, (A,), (), B, C), "MOVED: one division before"),
        (event(ChangeKind.CONVERTED, (A,), (A,)), "CONVERTED: one division before, and another one after"),
        (event(ChangeKind.CONVERTED, (A,), (B, C)), "CONVERTED: one division before"),
        (event(ChangeKind.SPLIT, (A,), (B,)), "SPLIT: one division before, and two or more after"),
        (event(ChangeKind.MERGED, (A,), (B,)), "MERGED: two or more divisions before, and one after"),
        (event(ChangeKind.CREATED, (A,), (A,)), "CREATED: at least one division after that does not stand before"),
        (event(ChangeKind.ENDED, (A,), (B,)), "ENDED: one division before, and none after"),
        (event(ChangeKind.SPLIT, (A,), (B, B)), "each division stands at most once"),
        (event(ChangeKind.CREATED, (), ("post:1",)), "must be ids of divisions"),
        (event(ChangeKind.ENDED, (A,), (), confidence=Certainty.NO), "its confidence is CERTAIN or POSSIBLE"),
        (event(ChangeKind.ENDED, (A,), (), on="2017-02-30"), "is not in the calendar"),
    ],
)
def test_what_may_not(bad: ChangeEvent, reason: str) -> None:
    (error,) = check_records([bad])
    assert reason in error.reason


def test_each_division_leads_to_its_event_once() -> None:
    split = event(ChangeKind.SPLIT, (A,), (A, B))
    assert split.id == "change:split:1~2017-10-31"
    assert [(part.id, part.subject, part.event) for part in parts_of(split)] == [
        ("changed-by:division:1~split:1~2017-10-31", A, split.id),
        ("changed-by:division:2~split:1~2017-10-31", B, split.id),
    ]


def test_a_claim_must_name_an_event() -> None:
    (part,) = parts_of(event(ChangeKind.ENDED, (A,), ()))
    assert isinstance(part, ChangedBy)
    (error,) = check_records([structs.replace(part, event="division:1")])
    assert error.reason == "its event must be the id of a change event"
