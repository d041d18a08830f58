"""Documents, and what was recorded wrongly (登记文件、更正、撤回)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import UNSET, structs

from graph_model.codes import check_id
from graph_model.dates import Validity, parse_day, parse_since, parse_until
from graph_model.editing.changes import CorrectRecord, RecordDocument, RetractRecord
from graph_model.editing.divisions import check_bearers
from graph_model.editing.draft import Step
from graph_model.editing.events import find_event, redate, withdraw
from graph_model.editing.faults import FaultCode
from graph_model.editing.likeness import shown
from graph_model.errors import BadDateError, BadUserInputError
from graph_model.keys import node_id
from graph_model.records import (
    ChangeEvent,
    Code,
    Designation,
    Document,
    Exemption,
    Name,
    Provenance,
    Relation,
    Retraction,
    Vacancy,
)

_DATED: Final = (Relation, Designation, Exemption, Vacancy, Name, Code)
_DOCUMENT = "document:"


def record_document(change: RecordDocument, step: Step) -> None:
    """As ``RecordDocument``."""
    title, kind = step.text("title", change.title), step.text("kind", change.kind)
    title_en = None if change.title_en is None else step.text("title_en", change.title_en)
    known = step.around.find_node(change.document)
    try:
        check_id(change.document, "document")
        if not change.document.startswith(_DOCUMENT):
            raise BadUserInputError(f"document: {shown(change.document)}: the id of a document begins with {_DOCUMENT}")
    except BadUserInputError as error:
        step.fault(FaultCode.BAD_VALUE, "document", f"{shown(change.document)} 不是文件标识", str(error))
        return
    if known is not None:
        step.fault(
            FaultCode.DUPLICATE,
            "document",
            f"已有 {known.id}",
            f"{known.id} is on record already",
            stands_in_the_way=known,
        )
    if change.issuer is not None and step.around.find_node(change.issuer) is None:
        step.fault(FaultCode.NOT_FOUND, "issuer", f"没有 {shown(change.issuer)}", f"there is no {shown(change.issuer)}")
    if change.date is not None:
        step.day("date", change.date)
    if title is None or kind is None:
        return
    step.put_new(
        Document(
            id=change.document,
            provenance=step.provenance,
            basis=step.basis,
            title=title,
            kind=kind,
            title_en=title_en,
            issuer=change.issuer,
            date=change.date,
        )
    )


def correct(change: CorrectRecord, step: Step) -> None:
    """As ``CorrectRecord``."""
    record = step.dated("record", change.record, *_DATED)
    if record is None or not step.is_as_seen(record, change.expected_version):
        return
    validity = _corrected(change, record.validity, step)
    if validity is None:
        return
    if validity == record.validity:
        step.fault(
            FaultCode.NOTHING_TO_DO,
            "record",
            f"{record.id} 本来如此，无可更正",
            f"{record.id} says so already: nothing to correct",
        )
        return
    is_generated = record.provenance is Provenance.SYNTHETIC
    provenance = record.provenance if is_generated else step.provenance
    corrected = structs.replace(record, validity=validity, basis=step.basis, provenance=provenance)
    step.check_overlap(corrected, "record")
    if isinstance(corrected, Code) and isinstance(record, Code):
        check_bearers(corrected, "record", step, before=record)
    step.put(corrected)
    event = find_event(record, step.around)
    if event is not None and validity.since is None:
        withdraw(event, step)
    elif event is not None and validity.since is not None and validity.since != event.on:
        redate(event, validity.since, step)


def _corrected(change: CorrectRecord, validity: Validity, step: Step) -> Validity | None:
    since = validity.since if change.since is UNSET else change.since
    until = validity.until if change.until is UNSET else change.until
    observed = validity.observed if change.observed is UNSET else tuple(sorted(set(change.observed)))
    parsers: list[tuple[str, str | None, Callable[[Any], object]]] = [
        ("since", since, parse_since),
        ("until", until, parse_until),
        *(("observed", day, parse_day) for day in observed),
    ]
    for field, text, parse in parsers:
        try:
            parse(text)
        except BadDateError as error:
            step.fault(FaultCode.BAD_DATE, field, f"{shown(text)} 不是日期", str(error))
            return None
    return step.sound("since" if change.until is UNSET else "until", Validity(since, until, observed))


def retract(change: RetractRecord, step: Step) -> None:
    """As ``RetractRecord``. A division keeps its last name and its last code."""
    if isinstance(step.around.find_record(change.record), ChangeEvent):
        told = step.node("record", change.record, ChangeEvent)
        if told is not None and step.is_as_seen(told, change.expected_version):
            withdraw(told, step)
        return
    record = step.dated("record", change.record, *_DATED)
    if record is None or not step.is_as_seen(record, change.expected_version):
        return
    if isinstance(record, Name | Code) and len(list(step.around.iter_claims(record.subject, type(record)))) == 1:
        step.fault(
            FaultCode.NOTHING_TO_DO,
            "record",
            f"{record.id} 是 {record.subject} 唯一的名称或代码：请更正，不能撤回",
            f"{record.id} is the only one that {record.subject} has: correct it instead",
        )
        return
    step.remove(record.id)
    step.put(
        Retraction(id=node_id("retraction", record.id), provenance=step.provenance, basis=step.basis, record=record.id)
    )
    event = find_event(record, step.around)
    if event is not None:
        withdraw(event, step)
