"""The divisions of a level within a division, on a day."""

from __future__ import annotations

from datetime import date

from graph_model.dates import Certainty, Validity
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.listing import list_divisions
from graph_model.questions.ways import Ways
from graph_model.records import Code, Coverage, Division, Family, Provenance, Relation, Roster

SOURCE = Provenance.SOURCE
DAY = date(2017, 6, 30).toordinal()
SURE = Validity(since="2000-01-01", until="..")


def division(key: str, level: str) -> Division:
    return Division(id=f"division:{key}", provenance=SOURCE, level=level)


def inside(below: str, above: str, validity: Validity = SURE) -> Relation:
    return Relation(
        id=f"containment:{below}-{above}",
        provenance=SOURCE,
        family=Family.CONTAINMENT,
        kind="part-of",
        source=f"division:{below}",
        target=f"division:{above}",
        validity=validity,
    )


def code(key: str, text: str) -> Code:
    return Code(id=f"code:{key}", provenance=SOURCE, subject=f"division:{key}", text=text, scheme="xzqh", validity=SURE)


NODES = [
    division("county", "county"),
    division("town", "township"),
    division("street", "township"),
    *(division(key, "village") for key in ("a", "b", "c", "elsewhere")),
]
CODES = [code("a", "3"), code("b", "1"), code("c", "2"), code("elsewhere", "0")]
RELATIONS = [
    inside("town", "county"),
    inside("street", "county"),
    inside("a", "town"),
    inside("b", "town", Validity()),
    inside("b", "street", Validity()),
    inside("c", "street", Validity(until="2010")),
]


def listed(within: str, level: str, *coverages: Coverage) -> list[tuple[str, Certainty]]:
    around = Neighbourhood(NODES, CODES, RELATIONS)
    rows = list_divisions(around, f"division:{within}", level, DAY, Ways(around, DAY, coverages))
    return [(row.id.removeprefix("division:"), row.certainty) for row in rows]


def test_divisions_are_listed_by_code_with_their_certainty() -> None:
    assert listed("county", "village") == [("b", Certainty.POSSIBLE), ("a", Certainty.CERTAIN)]


def test_covered_alternatives_within_the_county_are_certain() -> None:
    everywhere = Coverage(id="coverage:1", provenance=SOURCE, roster=Roster.CONTAINMENT, validity=SURE)
    assert listed("county", "village", everywhere) == [("b", Certainty.CERTAIN), ("a", Certainty.CERTAIN)]


def test_what_left_is_not_listed() -> None:
    assert listed("street", "village") == [("b", Certainty.POSSIBLE)]


def test_a_division_is_listed_within_itself() -> None:
    assert listed("county", "county") == [("county", Certainty.CERTAIN)]


def test_nothing_lies_within_a_village() -> None:
    assert listed("a", "township") == []
