"""Enums for what is closed (枚举), each value described."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.types.enum import StrawberryEnumDefinition

from api.access.tokens import Role
from graph_model.chain_changes import Reach
from graph_model.dates import BoundState, Certainty
from graph_model.editing.faults import FaultCode
from graph_model.editing.telling import RemedyKind
from graph_model.questions.chain import Completeness
from graph_model.questions.consequences import Standing, Verdict
from graph_model.questions.duties import GapCause
from graph_model.questions.handovers import Timeliness
from graph_model.questions.history import RecordChangeKind
from graph_model.questions.reasons.steps import StepKind, ValidityEnd
from graph_model.questions.rhythms import Fulfilment
from graph_model.questions.succession import CodeMeaning
from graph_model.questions.upcoming import UpcomingKind
from graph_model.records import ChangeKind, FindingState, Provenance, Qualifier, Severity
from intake.errors import Problem
from intake.plans import State

E = TypeVar("E", bound=type[Enum])


class Lang(Enum):
    """A language of texts for people."""

    ZH = "ZH"
    EN = "EN"


def _describe(enum: E, description: str, values: Mapping[str, str], name: str | None = None) -> E:
    """Publish an enum of the model; every value must be described."""
    strawberry.enum(enum, name=name, description=description)
    definition = getattr(enum, "__strawberry_definition__", None)
    if not isinstance(definition, StrawberryEnumDefinition):
        raise TypeError(f"{enum.__name__} has no Strawberry definition: {get_object_definition(enum)}")
    for value in definition.values:
        value.description = values[value.name]
    return enum


_describe(Lang, "A language of texts for people.", {"ZH": "Chinese, as the source.", "EN": "English."})
_describe(
    Certainty,
    "Whether something holds on the day that was asked about (确定性).",
    {
        "CERTAIN": "It surely held on that day.",
        "POSSIBLE": "It may have held: a date is partial or unknown, or nobody observed it then.",
        "NO": "It surely did not hold.",
    },
)
_describe(
    BoundState,
    "What is known of the beginning or the end of something (边界状态).",
    {
        "KNOWN": "Known to the day.",
        "PARTIAL": "Known to a month, a year or a range of days.",
        "UNKNOWN": "Nothing is known of it.",
        "OPEN": "Still running (only of an end).",
    },
)
_describe(
    Role,
    "What a bearer token is for (角色).",
    {"READER": "To read.", "EDITOR": "To read, and to write within its area."},
)
_describe(
    Provenance,
    "Where a statement comes from (来源).",
    {
        "SOURCE": "Stated by the source that its basis names.",
        "DERIVED": "Our reasoning on the source, explained in its basis.",
        "SYNTHETIC": "Generated to bring the data to true scale; nobody ever stated it.",
    },
)
_describe(
    Severity,
    "How much a finding matters (严重程度), the gravest first.",
    {
        "ERROR": "Something that cannot be right.",
        "WARNING": "Something that is likely to be wrong, or that answers differ by.",
        "INFO": "Something to know: a difference, a reading that was chosen.",
    },
)
_describe(
    Qualifier,
    "How a figure is meant (限定).",
    {"EXACT": "As stated, exactly.", "OVER": "A lower bound: the source says that it is more."},
)
_describe(
    ChangeKind,
    "What happened to divisions (沿革类型).",
    {
        "RENAMED": "It goes on under another name (更名).",
        "RECODED": "It goes on under another code (代码变更).",
        "MOVED": "It goes on under another parent (改隶).",
        "CONVERTED": "Another one took its place whole, a town become a subdistrict for instance (改设).",
        "SPLIT": "It was divided: it ended in several, or a part of it became another (析置).",
        "MERGED": "Several became one, or one was merged into another that goes on (合并).",
        "CREATED": "A new one was formed: of parts of several that go on, or of nothing that is known (设立).",
        "ENDED": "It ended, and what became of it is not known (撤销).",
    },
)
_describe(
    CodeMeaning,
    "How a code leads to the division that answers (代码所指).",
    {
        "PRESENT": "The division bears it, or may bear it, on the day.",
        "FORMER": "The division bore it before, and has another code on the day.",
        "FUTURE": "The division bears it later, and has another code on the day, or none yet.",
        "SUCCEEDED": "The division that bore it has ended; the answer is what surely took its place.",
        "ENDED": "The division that bore it has ended, and nothing surely took its place: the answer is that division.",
    },
)
_describe(
    GapCause,
    "Why a duty is a gap (缺口原因). EXEMPT and UNKNOWN_HOLDER are remarks; the other three mean that it is not met.",
    {
        "EXEMPT": "The target is exempt from the duty.",
        "UNKNOWN_HOLDER": "It is with a post whose holder is not recorded.",
        "VACANT_POST": "It is with a post that is known to be empty.",
        "EXPIRED": "It was assigned, and that has surely ended.",
        "UNASSIGNED": "Nobody is recorded, or only possibly.",
    },
)
_describe(
    UpcomingKind,
    "What is coming (事项类型).",
    {
        "LINK_ENDS": "An assignment ends.",
        "TERM_ENDS": "The holding of a post ends.",
        "REPORT_DUE": "A period ends in which something must be done again: a report, a study, a patrol.",
    },
)
_describe(
    Completeness,
    "What can be said of a whole chain (完整性).",
    {
        "COMPLETE": "Every duty is met, or only remarks are left.",
        "BROKEN": "At least one duty is surely not met.",
        "UNKNOWN": "No duty applies, or what is missing may exist and not be recorded.",
    },
)
_describe(
    Verdict,
    "Whether a row of the table of consequences applies (是否适用).",
    {
        "APPLIES": "Every condition is met, in every year that it asks for.",
        "DOES_NOT": "A condition is not met, or the row is for others.",
        "UNKNOWN": "A result that it asks for is not recorded.",
    },
)
_describe(
    Standing,
    "Whether a measure stands by itself (效力).",
    {
        "HOLDS": "It holds.",
        "INCLUDED": "A graver sanction of the same addressee, or one amount for a person in two posts, includes it.",
    },
)
_describe(
    RecordChangeKind,
    "What a write did to a record (变动类型).",
    {
        "CREATED": "It was recorded, for the first time or again.",
        "CHANGED": "It got another version; the one before stays on record.",
        "ENDED": "It was taken off the record, retracted for instance; its versions stay. The end of a period is a "
        "CHANGED `validity.until`.",
    },
)
_describe(
    StepKind,
    "What a step of an explanation says (理由类别). The first five lead on; the others stand in the way, or leave a "
    "doubt.",
    {
        "LIES_IN": "It lies, or may lie, there.",
        "LIES_IN_ANY_CASE": "It lies in one of several, and each of them leads there.",
        "ANSWERS": "Somebody answers for it, or may.",
        "HOLDS": "Somebody holds the post, or may.",
        "SUCCEEDED": "In place of what ended, this one answers, or may.",
        "NEVER_ASSIGNED": "No such assignment was ever recorded.",
        "ENDED": "It ended, on this day or on some day between these.",
        "NO_SUCCESSOR": "Nobody is on record in place of what ended.",
        "BEGINS_LATER": "It begins only later.",
        "NOT_THERE_THEN": "The target did not lie there on that day: no longer, or not yet.",
        "VACANT_POST": "The post is known to be empty.",
        "UNKNOWN_HOLDER": "Who holds the post is not recorded.",
        "ONLY_POSSIBLE": "It is only possible, because this date is partial or unknown.",
        "NOT_COVERED": "The roster is not known to be complete: somebody may not be recorded.",
        "RECORDED_LATER": "It was recorded only after the moment that was asked about.",
        "EXEMPT": "The target is exempt from the duty, or may be.",
        "NOT_DESIGNATED": "The target is not registered as the duty asks.",
        "NOT_IN_FORCE": "The regime, or the duty, is not in force on that day, or not there.",
        "NO_SUCH_LEVEL": "Nothing on the way up is of the duty's level.",
    },
)
_describe(
    Fulfilment,
    "Whether something was done as often as it must be in a period (核查结论).",
    {
        "MET": "It was.",
        "MISSED": "It surely was not: too little is recorded, and the record is complete.",
        "UNKNOWN": "It cannot be said: what is not recorded may have been done.",
    },
)
_describe(
    Timeliness,
    "Whether a successor was there in time (是否按期接任).",
    {
        "IN_TIME": "Somebody surely was.",
        "LATE": "Surely nobody was: nobody is recorded, and the roster is complete.",
        "PENDING": "The deadline lies after the last day that was asked about, or may.",
        "UNKNOWN": "It cannot be said: the dates leave it open, or somebody may not be recorded.",
    },
)
_describe(
    ValidityEnd,
    "Which end of a validity (界限).",
    {"SINCE": "Its beginning.", "UNTIL": "Its end: the first day on which it no longer holds."},
)
_describe(
    Reach,
    "Which targets `changes` compared (比较范围).",
    {
        "TOUCHED": "All that could differ by what was written.",
        "DIVISIONS": "More was written than is followed one by one: all divisions, and no households, organisations "
        "or assets; read anew what you show of these.",
    },
)
_describe(
    FaultCode,
    "What is wrong with a change (错误类别).",
    {
        "NO_CHANGES": "There are no changes, or too many.",
        "NO_BASIS": "It rests on nothing.",
        "BAD_VALUE": "A text that cannot stand here.",
        "BAD_DATE": "No date, or a time that can hold on no day, or that contradicts what was observed.",
        "NOT_FOUND": "There is nothing with this id.",
        "WRONG_TYPE": "What has this id is of another type.",
        "UNKNOWN_CODE": "A code that the regimes do not have.",
        "END_NOT_ALLOWED": "The kind, or the duty, is not for such an assignee, target or subject.",
        "NOT_IN_FORCE": "The regime is not in force at that time.",
        "OUT_OF_TIME": "The division did not exist at that time.",
        "DUPLICATE": "Another record says so already, or contradicts it.",
        "ALREADY_ENDED": "It ended already by then.",
        "NOTHING_TO_DO": "It would change nothing.",
        "IN_USE": "Something else hangs on it: what lies in a division that is to end.",
        "CONFLICT": "The record was changed since it was seen: `presentVersion` is its version now.",
        "RULE_BROKEN": "A stability rule forbids it: see `brokenRules`.",
    },
)
_describe(
    FindingState,
    "What was decided about a finding (处置状态).",
    {
        "OPEN": "Nothing yet, or it was opened again.",
        "ACKNOWLEDGED": "It is known, and stands.",
        "SETTLED": "It is done with: mended, or decided.",
        "DISPUTED": "Somebody holds that it is wrong.",
        "REOPENED": "It was decided about, but what is found now is another thing than was seen then: it concerns "
        "others, rests on other records, or was gone in between. Nobody records this state.",
    },
)
_describe(
    RemedyKind,
    "What would be allowed in place of what a rule forbids (可行之法).",
    {
        "SUCCESSOR": "A successor that starts the same day.",
        "LATER": "A later day: the exit is certain from then on.",
        "EXIT": "After the exit, once it is recorded.",
        "KNOWN_DAY": "To give the day, where only a month or a year is given.",
        "OVERRIDE": "To override the rule, with a document that allows it.",
    },
)
_describe(
    State,
    "How far an uploaded roster has come (导入状态).",
    {
        "READING": "It is being read; ask again in a moment.",
        "READY": "It was read: look at what it would do, then write it.",
        "FAILED": "It cannot be imported; `failure` says why.",
        "WRITING": "It is being written.",
        "WRITTEN": "It was written.",
    },
    "ImportState",
)
_describe(
    Problem,
    "Why an import was not written, or not taken back (导入问题).",
    {
        "NOT_FOUND": "There is no such upload or import of yours, or no longer.",
        "NOT_READY": "The file cannot be imported, or is still being read.",
        "STALE": "Others wrote since, and it would do something else now than `plan` says.",
        "ROWS_REFUSED": "Rows were refused, and the others alone were not asked for.",
        "NOTHING_TO_DO": "It would change nothing.",
        "UNDO_OF_UNDO": "It takes back another import itself.",
        "UNDONE_ALREADY": "It was taken back already.",
        "LATER_IMPORT": "A later import of its name lies on it: take that one back first.",
        "EDITED": "Somebody edited or retracted what it brought.",
        "IN_USE": "Something else speaks of a unit, post or person that it made.",
        "NO_HISTORY": "The store does not know what was there before it.",
    },
    "ImportErrorCode",
)
