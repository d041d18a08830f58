"""Whether what a write touches lies within an area (写入范围): whoever may write there, may write only there.

Where nobody recorded containment, nothing surely lies anywhere; but people go on writing after the last edition of the
divisions, and write about what was before the first. So a place is judged on the nearest day for which containment is
recorded completely.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph_model.change_events import divisions_of
from graph_model.dates import limits
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.ways import Ways
from graph_model.records import AnyRecord, ChangeEvent, Claim, Coverage, Family, Relation, Roster, Ruling


def authority_day(day: int, coverages: Sequence[Coverage]) -> int:
    """The day (ordinal) on which it is judged where things lie, for a write about ``day``.

    The nearest day for which containment is surely covered, of two the earlier; ``day`` itself where none is.
    """
    spans = [
        (found.certain_from, found.certain_until - 1)
        for found in (limits(coverage.validity) for coverage in coverages if coverage.roster is Roster.CONTAINMENT)
        if found.certain_from < found.certain_until
    ]
    nearest = [min(max(day, first), last) for first, last in spans]
    return min(nearest, key=lambda found: (abs(found - day), found), default=day)


def find_outside(
    around: Neighbourhood, nodes: Iterable[str], area: str | None, day: int, coverages: Sequence[Coverage]
) -> tuple[str, ...]:
    """Those of some nodes that do not lie surely within an area (None: the whole data set), in their order.

    ``day`` is an ``authority_day``, and ``around`` the neighbourhood of all the nodes that day, as it was before the
    write. What is not in it lies nowhere.
    """
    ways = Ways(around, day, coverages)
    return tuple(node for node in nodes if not ways.lies_surely_in(node, area))


def touched(record: AnyRecord) -> tuple[str, ...]:
    """The ids of what a write of a record touches, which must lie within the writer's area.

    An assignment touches its target, whoever answers; a holding the post, a membership the organisation, a report the
    one who reports; containment both ends; a claim its subject. All else touches itself, and what lies nowhere (the
    data set, a coverage, a regime, a document, a person) is for those alone who may write everywhere. A change event
    touches the divisions before and after it, a ruling what its finding concerns.
    """
    if isinstance(record, ChangeEvent):
        return divisions_of(record)
    if isinstance(record, Ruling):
        return record.subjects or (record.id,)
    if isinstance(record, Relation):
        if record.family is Family.CONTAINMENT:
            return record.source, record.target
        return (record.source if record.family is Family.REPORTING else record.target,)
    return (record.subject if isinstance(record, Claim) else record.id,)
