"""Which rosters the fill holds completely, and what an auditor should know of it (覆盖与发现)."""

from __future__ import annotations

from collections.abc import Iterator

from graph_model.dates import Validity
from graph_model.records import Coverage, Exemption, Finding, Roster
from loaders.synthetic.world import World

_WHOLE = {
    "linked-to-village": "1.2",
    "takes-village": "3.1",
    "helps-household": "3.1",
    "resident-team": "3.1",
    "first-secretary": "3.1",
    "office": "6.2",
    "group-deputy-head": "6.3",
    "in-charge": "6.5",
}
"""Kinds covered in the whole city, each with its clause."""


def make_coverages(world: World) -> Iterator[Coverage]:
    """Assignments of which everything is filled, and the holdings below the city, for the period of the rosters.

    Neither the holders of the city's posts nor who directs the city's office are filled, and so they are not covered.
    """
    make, rosters = world.make, world.fill.rosters
    period = Validity(rosters.since, rosters.until)
    for kind, clause in _WHOLE.items():
        yield make.coverage(Roster.ASSIGNMENT, kind, make.area, period, clause)
    for county in world.places.counties:
        yield make.coverage(Roster.ASSIGNMENT, "office-director", county.id, period, "6.2")
        yield make.coverage(Roster.HOLDING, None, county.id, period, "6.5")


def make_exemptions(world: World) -> Iterator[Exemption]:
    """The planted exemptions."""
    for row in world.troubles.exempt:
        validity = world.over(row.day, row.until)
        yield world.make.exemption(f"division:{row.place}", row.duty, validity, "3.1")


def make_findings(world: World) -> Iterator[Finding]:
    """How the fill reads what the source leaves open."""
    make = world.make
    yield make.finding(
        "synthetic-fill",
        "reading",
        ("3.1",),
        "逐村逐户逐人的关系为合成：只为达到源文总数而生成，并无任何人陈述",
        "What is given for single villages, households and persons is synthetic: generated to meet the source's "
        "totals, stated by nobody.",
    )
    changing = [one for one in world.places.townships if not one.is_stable]
    for one in changing:
        yield make.finding(
            f"synthetic-township-{one.key}",
            "reading",
            ("6.2",),
            f"{one.name}在两版区划之间撤销，日期不详：合成部分按参照日仍在、其后由继任者接续，只计一次",
            f"{one.english} ended between two editions, on a day that is not known: the fill takes it to have stood on "
            "the reference date, and its successor to follow after it, so that it counts once.",
            *(piece.division for piece in one.pieces),
        )
    yield make.finding(
        "synthetic-documents",
        "reading",
        ("5",),
        "合成部分把列名的两份计入新出台的文件，另补其余",
        "The fill counts the two documents named by title among the newly issued ones, and adds what is missing.",
    )
    yield make.finding(
        "synthetic-deputies",
        "reading",
        ("6.3",),
        "纪委书记已任副组长的是哪2县、哪31个乡镇，源文未列：由合成部分抽定",
        "Which 2 counties and 31 townships have the discipline secretary as a deputy head is not said: the fill draws.",
    )
