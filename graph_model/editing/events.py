"""What changes of divisions come to, as change events (沿革): the records that loaded editions bring as well.

A new name, code or container is told by its own change, and is taken back or dated anew with it. An official's word is
CERTAIN. What ended or began: ``passing``.
"""

from __future__ import annotations

from msgspec import structs

from graph_model.change_events import change_id, parts_of
from graph_model.dates import Validity
from graph_model.editing.draft import Step, provenance_of
from graph_model.editing.likeness import first_day
from graph_model.keys import node_id
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.succession import events_of
from graph_model.records import (
    AnyClaim,
    AnyNode,
    AnyRecord,
    Basis,
    ChangeEvent,
    ChangeKind,
    Code,
    Family,
    Name,
    Relation,
    Retraction,
)


def tell_going_on(kind: ChangeKind, division: str, on: str, old: str, new: str, step: Step) -> None:
    """Record that a division goes on under another name or code, or in another container."""
    if old == new:
        return
    one = (division,)
    event = ChangeEvent(
        id=free_id(step.around, kind, division, on),
        provenance=step.provenance,
        basis=step.basis,
        kind=kind,
        on=on,
        before=one,
        after=one,
        old=old,
        new=new,
    )
    records: tuple[AnyRecord, ...] = (event, *parts_of(event))
    for record in records:
        step.put_new(record)


def find_event(record: AnyNode | AnyClaim | Relation, around: Neighbourhood) -> ChangeEvent | None:
    """The event of what a new name, code or containment says, if there is one."""
    match record:
        case Name():
            kind, division, new = ChangeKind.RENAMED, record.subject, record.text
        case Code():
            kind, division, new = ChangeKind.RECODED, record.subject, record.text
        case Relation(family=Family.CONTAINMENT):
            kind, division, new = ChangeKind.MOVED, record.source, record.target
        case _:
            return None
    for event in events_at(division, around):
        if (event.kind, event.new, event.on) == (kind, new, record.validity.since) and division in event.after:
            return event
    return None


def withdraw(event: ChangeEvent, step: Step) -> None:
    """Take an event back, with what leads to it; a load of files does not bring it again."""
    for retraction in retractions_of(event, step.basis):
        step.remove(retraction.record)
        step.put(retraction)


def redate(event: ChangeEvent, on: str, step: Step) -> None:
    """Correct when an event was; its id stays."""
    step.put(redated(event, on, step.basis))


def redated(event: ChangeEvent, on: str, basis: Basis) -> ChangeEvent:
    """The event on another day, as something else says."""
    return structs.replace(event, on=on, basis=basis, provenance=provenance_of(basis))


def retractions_of(event: ChangeEvent, basis: Basis) -> list[Retraction]:
    """The retractions of an event and of what leads to it."""
    return [
        Retraction(id=node_id("retraction", each), provenance=provenance_of(basis), basis=basis, record=each)
        for each in (event.id, *(part.id for part in parts_of(event)))
    ]


def events_at(division: str, around: Neighbourhood) -> list[ChangeEvent]:
    """The change events that concern a division, by id."""
    found = (around.find_node(each) for each in events_of(around, division))
    return [each for each in found if isinstance(each, ChangeEvent)]


def free_id(around: Neighbourhood, kind: ChangeKind, division: str, on: str) -> str:
    """The id of a new event; with a number behind it where there is one of that kind, division and day already."""
    natural = change_id(kind, division, first_day(Validity(since=on)))
    found, number = natural, 1
    while around.find_node(found) is not None:
        number += 1
        found = f"{natural}.{number}"
    return found
