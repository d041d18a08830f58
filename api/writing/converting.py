"""From inputs to changes (转换): the same fields by the same names."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import strawberry

from api.writing import inputs
from graph_model.editing import changes
from graph_model.editing.changes import Change, Override
from graph_model.records import Basis, FindingState, Text

_MADE_OF: dict[type[Any], type[Any]] = {
    inputs.AppointToPostInput: changes.AppointToPost,
    inputs.VacatePostInput: changes.VacatePost,
    inputs.CreateAssignmentInput: changes.CreateAssignment,
    inputs.EndAssignmentInput: changes.EndAssignment,
    inputs.TransferAssignmentInput: changes.TransferAssignment,
    inputs.AddMemberInput: changes.AddMember,
    inputs.RemoveMemberInput: changes.RemoveMember,
    inputs.RecordDesignationInput: changes.RecordDesignation,
    inputs.EndDesignationInput: changes.EndDesignation,
    inputs.RecordExemptionInput: changes.RecordExemption,
    inputs.EndExemptionInput: changes.EndExemption,
    inputs.RenameDivisionInput: changes.RenameDivision,
    inputs.RecodeDivisionInput: changes.RecodeDivision,
    inputs.MoveDivisionInput: changes.MoveDivision,
    inputs.EstablishDivisionInput: changes.EstablishDivision,
    inputs.EndDivisionInput: changes.EndDivision,
    inputs.RecordDocumentInput: changes.RecordDocument,
    inputs.CorrectRecordInput: changes.CorrectRecord,
    inputs.RetractRecordInput: changes.RetractRecord,
    inputs.JudgeFindingInput: changes.JudgeFinding,
}


_LISTS = {"formed_of", "successors"}
"""Lists that may be left away: none is an empty one."""


def change_of(given: object) -> Change:
    """The change that an input asks for."""
    fields = {name: _value(value) for name, value in vars(given).items() if value is not None or name not in _LISTS}
    if isinstance(given, inputs.CorrectRecordInput) and given.observed is None:
        fields["observed"] = msgspec.UNSET  # no list has no value that could mean "not known"
    made: Change = _MADE_OF[type(given)](**fields)
    return made


def override_of(given: inputs.OverrideInput) -> Override:
    """The override that an input asks for."""
    return Override(rules=tuple(given.rules), basis=_basis(given.basis))


def _value(value: object) -> object:
    if value is strawberry.UNSET:
        return msgspec.UNSET
    if isinstance(value, inputs.BasisInput):
        return _basis(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, FindingState):
        return value.value
    return tuple(value) if isinstance(value, list) else value


def _basis(given: inputs.BasisInput) -> Basis:
    note = None if given.note is None else Text(zh=given.note.zh, en=given.note.en)
    return Basis(document=given.document, clause=given.clause, note=note)
