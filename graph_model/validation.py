"""The rules that a record must keep before it is written (记录校验): what no type can say."""

from __future__ import annotations

from collections.abc import Iterable

from graph_model.change_events import event_fault
from graph_model.dates import limits, parse_day, parse_partial, parse_period
from graph_model.errors import BadDateError, RecordError
from graph_model.instants import parse_instant
from graph_model.keys import RELATION_PREFIX
from graph_model.records import (
    DIVISION_LEVELS,
    ID_PATTERN,
    AnyRecord,
    Assessment,
    ChangedBy,
    ChangeEvent,
    Claim,
    Coverage,
    Dataset,
    Division,
    Document,
    Fact,
    Family,
    FindingState,
    Import,
    Measure,
    RegimeContent,
    Relation,
    Retraction,
    Roster,
    Ruling,
    Text,
    type_of,
)
from graph_model.regime_file import content_fault


def check_records(records: Iterable[AnyRecord]) -> list[RecordError]:
    """One error for each record that breaks a rule."""
    return [RecordError(record.id, reason) for record in records if (reason := _fault(record)) is not None]


def _fault(record: AnyRecord) -> str | Text | None:
    prefix = RELATION_PREFIX[record.family] if isinstance(record, Relation) else type_of(record)
    if not ID_PATTERN.fullmatch(record.id) or not record.id.startswith(f"{prefix}:"):
        return Text(
            f"它的标识必须是 {prefix}: 加上由 ASCII 字母、数字和 @ : . _ ~ + - 组成的键，最多 400 个字符",
            f"its id must be {prefix}: and a key of ASCII letters, digits and @ : . _ ~ + -, 400 at most",
        )
    try:
        _check_dates(record)
    except BadDateError as error:
        return error.text
    if isinstance(record, Division) and record.level not in DIVISION_LEVELS:
        return f"its level {record.level!r} is none of a division: {', '.join(DIVISION_LEVELS)}"
    if isinstance(record, Relation):
        return _relation_fault(record)
    if isinstance(record, Assessment) and len({result.code for result in record.results}) != len(record.results):
        return "each of its results must stand once"
    if isinstance(record, Claim) and not ID_PATTERN.fullmatch(record.subject):
        return Text("它的对象必须是节点的标识", "its subject must be the id of a node")
    if isinstance(record, ChangedBy) and not record.event.startswith("change:"):
        return "its event must be the id of a change event"
    if isinstance(record, ChangeEvent):
        return event_fault(record)
    if isinstance(record, Retraction) and not ID_PATTERN.fullmatch(record.record):
        return "its record must be the id of a record"
    if isinstance(record, Ruling):
        return _ruling_fault(record)
    if isinstance(record, Measure):
        codes = [quantity.code for quantity in record.quantities]
        return None if codes == sorted(set(codes)) else "each of its quantities must stand once, by code"
    if isinstance(record, Coverage):
        is_of_assignments = record.roster is Roster.ASSIGNMENT
        names = (record.kind is not None, record.regime is not None)
        if record.roster is Roster.EVIDENCE:
            return None if all(names) else "a coverage of evidence names a kind of measure and its regime"
        if names != (is_of_assignments, is_of_assignments):
            return "a coverage names a kind and its regime if, and only if, it covers assignments"
    return content_fault(record) if isinstance(record, RegimeContent) else None


def _ruling_fault(ruling: Ruling) -> str | None:
    if not ID_PATTERN.fullmatch(ruling.finding) or not ruling.finding.startswith("finding:"):
        return "its finding must be the id of a finding"
    if not all(ID_PATTERN.fullmatch(each) for each in ruling.subjects):
        return "its subjects must be ids of nodes"
    return "no ruling can say REOPENED" if ruling.state is FindingState.REOPENED else None


def _relation_fault(relation: Relation) -> Text | None:
    if not (ID_PATTERN.fullmatch(relation.source) and ID_PATTERN.fullmatch(relation.target)):
        return Text("它的两端必须是节点的标识", "its ends must be ids of nodes")
    is_assignment = relation.family is Family.RESPONSIBILITY
    if is_assignment != (relation.regime is not None):
        return Text("制度由责任关系指明，也只由它们指明", "a regime is named by assignments, and by them alone")
    if relation.joint is not None and not is_assignment:
        return Text("只有责任关系可以是共同的", "only assignments can be joint")
    if relation.role is not None and relation.family is not Family.MEMBERSHIP:
        return Text("只有成员关系才有角色", "only memberships have a role")
    if relation.rhythm is not None and relation.family is not Family.REPORTING:
        return Text("只有报告关系才有周期", "only reporting lines have a rhythm")
    return None


def _check_dates(record: AnyRecord) -> None:
    if isinstance(record, Claim | Relation | Coverage):
        limits(record.validity)
        observed = record.validity.observed
        if list(observed) != sorted(set(observed)):
            raise BadDateError(f"observed {', '.join(observed)}: each day once, in order")
    if isinstance(record, Import):
        parse_instant(record.at)
    if isinstance(record, Fact | Measure):
        parse_period(record.period)
    if isinstance(record, ChangeEvent):
        parse_partial(record.on)
    if isinstance(record, Ruling):
        parse_day(record.as_of)
    if isinstance(record, Document) and record.date is not None:
        parse_partial(record.date)
    if isinstance(record, Dataset):
        for day in (record.reference_date, *record.editions):
            parse_day(day)
