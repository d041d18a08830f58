"""Decisions about findings (处置发现): what was seen is looked up before, which may take the whole graph."""

from __future__ import annotations

from graph_model.dates import parse_day
from graph_model.editing.changes import JudgeFinding
from graph_model.editing.draft import Step
from graph_model.editing.faults import FaultCode
from graph_model.editing.likeness import shown
from graph_model.errors import BadDateError
from graph_model.questions.found import ruling_id
from graph_model.records import FindingState, Ruling

_STATES = [state.value for state in FindingState if state is not FindingState.REOPENED]


def judge(change: JudgeFinding, step: Step) -> None:
    """Record a ruling, in place of the one before on the same finding."""
    rules = step.draft.rules
    if change.state not in _STATES:
        step.unknown_code("state", change.state, _STATES)
        return
    if change.as_of is not None and not _is_day(change.as_of):
        step.fault(FaultCode.BAD_DATE, "as_of", f"{shown(change.as_of)} 不是日期", f"{shown(change.as_of)} is no day")
        return
    seen = rules.seen.get((change.finding, change.as_of))
    if seen is None:
        step.fault(
            FaultCode.NOT_FOUND,
            "finding",
            f"没有发现 {shown(change.finding)}：请用 findings 查询其 id，并给出同一 asOf",
            f"there is no finding {shown(change.finding)}: ask `findings` for its id, and give the same asOf",
        )
        return
    if change.expected_version not in {None, seen.version}:
        step.fault(
            FaultCode.CONFLICT,
            "expected_version",
            f"{change.finding} 已有变化，现为版本 {seen.version}：请重新查看后再处置",
            f"{change.finding} is another by now, of version {seen.version}: look at it again",
            allowed=[seen.version],
        )
        return
    before = step.around.find_record(ruling_id(change.finding))
    step.put(
        Ruling(
            id=ruling_id(change.finding),
            provenance=step.provenance,
            basis=step.basis,
            finding=change.finding,
            state=FindingState(change.state),
            seen=seen.version,
            by=rules.author,
            as_of=seen.as_of,
            subjects=seen.subjects,
            number=before.number + 1 if isinstance(before, Ruling) else 1,
        )
    )


def _is_day(text: str) -> bool:
    try:
        parse_day(text)
    except BadDateError:
        return False
    return True
