"""The synthetic fill generated once a worker, with look-ups that count what is CERTAIN on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from graph_model.dates import Certainty, certainty_on, parse_day
from graph_model.records import AnyRecord, Claim, Designation, Division, Family, Organization, Post, Relation
from loaders.default import read_default
from loaders.reading import Reading

IN_ONE_WORKER = pytest.mark.xdist_group("fill")
"""Tests that look at the fill: to generate it is dear, and each worker would do it."""
FOLDER = Path(__file__).parents[2] / "data" / "synthetic-2017"
ORIGIN = "synthetic-2017"
REFERENCE = "2017-06-30"
_OF_CAMPAIGN = ("baoshan-2017", "divisions/", "regimes/poverty-alleviation-2017", ORIGIN)
_OF_CAMPAIGN = ("baoshan-2017", "divisions/", "regimes/poverty-alleviation-2017", ORIGIN)


@cache
def readings() -> dict[str, Reading]:
    """All that ships, by origin."""
    return {reading.origin: reading for reading in read_default()}


@cache
def everything() -> World:
    """The campaign's facts, its divisions and the fill, for counting; of further sets the fill knows nothing."""
    of_campaign = [reading for origin, reading in readings().items() if origin.startswith(_OF_CAMPAIGN)]
    return World([record for reading in of_campaign for record in reading.records])


class World:
    """Records by what tests ask of them."""

    def __init__(self, records: list[AnyRecord]) -> None:
        self.records = {record.id: record for record in records}
        self.relations: dict[tuple[Family, str], list[Relation]] = {}
        self.designations: list[Designation] = []
        for record in records:
            if isinstance(record, Relation):
                self.relations.setdefault((record.family, record.kind), []).append(record)
            elif isinstance(record, Designation):
                self.designations.append(record)

    def on(self, family: Family, kind: str, day: str = REFERENCE) -> Iterator[Relation]:
        """The relations of a kind that are CERTAIN on a day."""
        return (one for one in self.relations.get((family, kind), ()) if holds(one, day))

    def assigned(self, kind: str, day: str = REFERENCE) -> list[Relation]:
        """The assignments of a kind that are CERTAIN on a day."""
        return list(self.on(Family.RESPONSIBILITY, kind, day))

    def designated(self, kind: str, day: str = REFERENCE) -> set[str]:
        """The ids of what is CERTAINly designated on a day."""
        return {one.subject for one in self.designations if one.kind == kind and holds(one, day)}

    def kind_of(self, node: str) -> str:
        """The kind of an organisation or post; the level of a division; else the type in its id."""
        record = self.records[node]
        if isinstance(record, Organization | Post):
            return record.kind
        return record.level if isinstance(record, Division) else node.partition(":")[0]

    def nodes(self, of: type[Organization] | type[Post], kind: str) -> set[str]:
        """The ids of the organisations or posts of a kind."""
        return {one.id for one in self.records.values() if isinstance(one, of) and one.kind == kind}

    def members(self, kind: str, role: str | None = None, day: str = REFERENCE) -> Counter[str]:
        """How many memberships each organisation of a kind has on a day."""
        return Counter(
            one.target
            for one in self.on(Family.MEMBERSHIP, "member-of", day)
            if self.kind_of(one.target) == kind and role in {None, one.role}
        )

    def holders(self, kind: str, day: str = REFERENCE) -> dict[str, str]:
        """Who holds each post of a kind on a day; more than one on a post is a fault."""
        held = [one for one in self.on(Family.HOLDING, "holds", day) if self.kind_of(one.target) == kind]
        by_post = {one.target: one.source for one in held}
        assert len(by_post) == len(held)
        return by_post


def holds(record: Relation | Claim, day: str) -> bool:
    """Whether a record is CERTAIN on a day."""
    return certainty_on(record.validity, parse_day(day).toordinal()) is Certainty.CERTAIN
