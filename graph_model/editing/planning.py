"""From a list of changes to the records that they come to, or to all that is wrong with them (规划)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from graph_model.editing import assignments, corrections, divisions, judging, members, registrations, seats
from graph_model.editing.changes import (
    MAX_CHANGES,
    AddMember,
    AppointToPost,
    Change,
    CorrectRecord,
    CreateAssignment,
    EndAssignment,
    EndDesignation,
    EndDivision,
    EndExemption,
    EstablishDivision,
    JudgeFinding,
    MoveDivision,
    RecodeDivision,
    RecordDesignation,
    RecordDocument,
    RecordExemption,
    RemoveMember,
    RenameDivision,
    RetractRecord,
    TransferAssignment,
    VacatePost,
)
from graph_model.editing.draft import Draft, Rules, Step
from graph_model.editing.faults import Fault, FaultCode
from graph_model.editing.passing import tell_passings
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import AnyRecord, Text

_PLANNERS: dict[type[Any], Callable[[Any, Step], None]] = {
    AppointToPost: seats.appoint,
    VacatePost: seats.vacate,
    CreateAssignment: assignments.create,
    EndAssignment: assignments.end,
    TransferAssignment: assignments.transfer,
    AddMember: members.add,
    RemoveMember: members.remove,
    RecordDesignation: registrations.record_designation,
    EndDesignation: registrations.end_designation,
    RecordExemption: registrations.record_exemption,
    EndExemption: registrations.end_exemption,
    RenameDivision: divisions.rename,
    RecodeDivision: divisions.recode,
    MoveDivision: divisions.move,
    EstablishDivision: divisions.establish,
    EndDivision: divisions.end,
    RecordDocument: corrections.record_document,
    CorrectRecord: corrections.correct,
    RetractRecord: corrections.retract,
    JudgeFinding: judging.judge,
}


class Changed(Struct, frozen=True):
    """What a plan does to one record: ``before`` and ``after`` are None where there was, or will be, none."""

    id: str
    before: AnyRecord | None
    after: AnyRecord | None


class Plan(Struct, frozen=True):
    """What a list of changes comes to: the graph before and after, what is put and removed, what is wrong.

    Where anything is wrong nothing is to be written; ``after`` then shows what the sound changes would do.
    ``indexes``: the last change that put or removed a record, by its id.
    """

    before: Neighbourhood
    after: Neighbourhood
    puts: tuple[AnyRecord, ...]
    removes: tuple[str, ...]
    faults: tuple[Fault, ...]
    indexes: Mapping[str, int] = {}

    @property
    def changed(self) -> tuple[Changed, ...]:
        """What differs, record by record, by id."""
        after: dict[str, AnyRecord | None] = {record.id: record for record in self.puts}
        after.update(dict.fromkeys(self.removes))
        found = (
            Changed(record_id, self.before.find_record(record_id), after[record_id]) for record_id in sorted(after)
        )
        return tuple(each for each in found if each.before != each.after)


def plan(changes: Sequence[Change], around: Neighbourhood, rules: Rules) -> Plan:
    """Plan some changes one after the other, each upon what the ones before it come to."""
    draft = Draft(around, rules)
    if not 0 < len(changes) <= MAX_CHANGES:
        text = Text(
            zh=f"须有 1 至 {MAX_CHANGES} 项改动，现有 {len(changes)} 项",
            en=f"give 1 to {MAX_CHANGES} changes; these are {len(changes)}",
        )
        return Plan(around, around, (), (), (Fault(code=FaultCode.NO_CHANGES, message=text),))
    for index, change in enumerate(changes):
        step = Step(draft, index, change)
        _PLANNERS[type(change)](change, step)
        step.finish()
    tell_passings(draft, changes)
    return Plan(
        draft.base,
        draft.state,
        tuple(draft.puts.values()),
        tuple(draft.removes),
        tuple(draft.faults),
        draft.indexes,
    )
