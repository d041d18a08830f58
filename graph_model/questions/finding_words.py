"""What is said of findings (发现的说法): each in a sentence, and what would settle it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from graph_model.dates import day_or_none
from graph_model.questions.duties import GapCause
from graph_model.questions.found import DUTY_CODES, DUTY_EXEMPT, DUTY_UNSURE, HOLDER_UNKNOWN, Found
from graph_model.questions.suspicions import (
    BEFORE_REGIME,
    OUTLIVES_TARGET,
    OUTSIDE_OWN_AREA,
    TOO_MANY_ASSIGNEES,
    TOO_MANY_POSTS,
    TOO_MANY_TARGETS,
)
from graph_model.records import Text
from graph_model.regime import Regime

NAMED: Final = 3
"""How many of those concerned a sentence names."""

_CAUSES: Final[Mapping[GapCause, Text]] = {
    GapCause.UNASSIGNED: Text(zh="无人确定承担", en="nobody surely answers"),
    GapCause.EXPIRED: Text(
        zh="原有责任关系已终止，无人接续", en="what was assigned ended, and no successor is recorded"
    ),
    GapCause.VACANT_POST: Text(zh="承担的职务空缺", en="the post that answers is vacant"),
    GapCause.UNKNOWN_HOLDER: Text(zh="承担的职务由谁担任未记录", en="who holds the post that answers is not recorded"),
    GapCause.EXEMPT: Text(zh="已豁免", en="exempt"),
}


def named_in(found: Found) -> tuple[str, ...]:
    """The ids of those that the sentence on a finding names."""
    return (found.place, *found.targets[:NAMED], *found.others[:NAMED])


def message_of(found: Found, regime: Regime, called: Callable[[str], str]) -> Text:
    """The finding in a sentence; ``called`` gives the name of a node."""
    place, others = called(found.place), _names(found.others, called)
    whom = Text("", "") if found.targets == (found.place,) else _names(found.targets, called)
    clause = "" if found.clause is None else found.clause
    zh_clause, en_clause = (f"（第{clause}条）", f" (clause {clause})") if clause else ("", "")
    if found.code in DUTY_CODES and found.cause is not None:
        duty = regime.get_duty(found.word)
        label, cause = duty.labels, _CAUSES[found.cause]
        if found.cause is GapCause.UNASSIGNED and duty.at_least > 1:
            number = duty.at_least
            cause = Text(zh=f"确定承担的不足{number}个", en=f"fewer than {number} surely answer")
        zh_unsure, en_unsure = ("，但可能有人承担", "; somebody may") if found.code == DUTY_UNSURE else ("", "")
        return Text(
            zh=f"{place}{'：' + whom.zh if whom.zh else ''}：{label.zh}{zh_clause}：{cause.zh}{zh_unsure}。",
            en=f"{place}{': ' + whom.en if whom.en else ''}: {label.en}{en_clause}: {cause.en}{en_unsure}.",
        )
    zh_when, en_when = _when(found)
    kind = regime.find_kind(found.word)
    label = Text(found.word, found.word) if kind is None else kind.labels
    match found.code:
        case _ if found.code == TOO_MANY_POSTS:
            return Text(
                zh=f"{place}{zh_when}同时任{found.number}个职务：{others.zh}。",
                en=f"{place} holds {found.number} posts at one time, {en_when}: {others.en}.",
            )
        case _ if found.code == TOO_MANY_ASSIGNEES:
            return Text(
                zh=f"{place}{zh_when}同时有{found.number}个“{label.zh}”{zh_clause}：{others.zh}。",
                en=f"{place} has {found.number} of “{label.en}”{en_clause} at one time, {en_when}: {others.en}.",
            )
        case _ if found.code == TOO_MANY_TARGETS:
            return Text(
                zh=f"{place}{zh_when}同时以“{label.zh}”{zh_clause}承担{found.number}处：{whom.zh}。",
                en=f"{place} answers by “{label.en}”{en_clause} for {found.number} at once, {en_when}: {whom.en}.",
            )
    zh, en = _SAID[found.code]
    at = place if not whom.zh else f"{place}：{whom.zh}"
    at_en = place if not whom.en else f"{place}: {whom.en}"
    return Text(
        zh=f"{at}：“{label.zh}”{zh_clause}（{others.zh}）{zh}。",
        en=f"{at_en}: “{label.en}”{en_clause}, by {others.en}, {en}.",
    )


_SAID: Final[Mapping[str, tuple[str, str]]] = {
    BEFORE_REGIME: ("的起始日早于本制度", "begins before this regime does"),
    OUTLIVES_TARGET: ("在责任对象已不存在之后仍在继续", "goes on after its target ended"),
    OUTSIDE_OWN_AREA: (
        "的责任对象不在其本人或所在单位的区划之内",
        "lies outside of the assignee's, or its organisation's, own division",
    ),
}


def _when(found: Found) -> tuple[str, str]:
    first, last = (None if day is None else day_or_none(day) for day in (found.first, found.last))
    if last is None:
        return f"自{first}起", f"from {first} on"
    return f"自{first}至{last}", f"from {first} to {last}"


def _names(ids: Sequence[str], called: Callable[[str], str]) -> Text:
    names = [called(each) for each in ids[:NAMED]]
    if len(ids) <= NAMED:
        return Text(zh="、".join(names), en=", ".join(names))
    more = len(ids) - NAMED
    return Text(zh=f"{'、'.join(names)}等{len(ids)}个", en=f"{', '.join(names)} and {more:,} more")


_JUDGED: Final = Text(
    zh="须由人判断：查明后以 judgeFinding 记为确认、了结或有异议，并附依据",
    en="People decide: look into it, and record what you find with judgeFinding, and on what basis",
)

_BY_CAUSE: Final[Mapping[GapCause, Text]] = {
    GapCause.UNASSIGNED: Text(
        zh="登记承担者（createAssignment）；确可免除的，登记豁免（recordExemption）",
        en="Record who answers (createAssignment), or an exemption (recordExemption) where there is one",
    ),
    GapCause.EXPIRED: Text(
        zh="登记接续者（createAssignment）；终止日期有误的，更正（correctRecord）",
        en="Record the successor (createAssignment), or correct the end if it is wrong (correctRecord)",
    ),
    GapCause.VACANT_POST: Text(
        zh="登记任职（appointToPost），或改由他人承担（transferAssignment）",
        en="Record who was appointed (appointToPost), or pass it on to somebody else (transferAssignment)",
    ),
    GapCause.UNKNOWN_HOLDER: Text(zh="登记任职者（appointToPost）", en="Record who holds the post (appointToPost)"),
    GapCause.EXEMPT: Text(
        zh="豁免终止即恢复责任（endExemption）", en="Nothing, for as long as the exemption holds (endExemption ends it)"
    ),
}
_UNSURE: Final = Text(
    zh="补全日期，或声明名册完整（覆盖），或登记承担者",
    en="Complete the dates, declare the roster complete (a coverage), or record who answers",
)
_BY_CODE: Final[Mapping[str, Text]] = {
    TOO_MANY_ASSIGNEES: Text(zh="终止或撤回多余的责任关系", en="End or retract the assignments that are too many"),
    TOO_MANY_TARGETS: Text(zh="终止或移交多余的责任关系", en="End or pass on the assignments that are too many"),
    TOO_MANY_POSTS: Text(zh="终止已卸任的任职（vacatePost）", en="End the holdings that are over (vacatePost)"),
    BEFORE_REGIME: Text(zh="更正起始日（correctRecord）", en="Correct the beginning (correctRecord)"),
    OUTLIVES_TARGET: Text(
        zh="终止责任关系，或移交给接续的区划", en="End the assignment, and assign it to what took the target's place"
    ),
    OUTSIDE_OWN_AREA: Text(
        zh="改由本区划的单位承担，或更正单位的归属",
        en="Assign somebody of that place, or correct where the unit belongs",
    ),
    "cycle": Text(zh="撤回或更正环中的一条关系", en="Retract or correct one relation of the circle"),
    "dangling-end": Text(
        zh="补录所缺的一端，或撤回该关系", en="Record the end that is missing, or retract the relation"
    ),
    "wrong-end": Text(zh="更正责任关系的一端或类型", en="Correct the assignment's end, or its kind"),
    "unknown-kind": Text(zh="在制度文件中补该类型，或更正数据", en="Add the kind to the regime, or correct the data"),
    "duplicate": Text(zh="撤回重复的记录（retractRecord）", en="Retract the one that is too many (retractRecord)"),
    "vacant-and-held": Text(zh="撤回空缺或任职其中之一", en="Retract either the vacancy or the holding"),
    "figure-differs": Text(
        zh="补全图中所缺的记录，或查明源文数字", en="Complete the records, or find out how the source counted"
    ),
    "stability-overridden": Text(
        zh="核对所依据的文件后予以了结", en="Look at the document that allows it, and settle the finding"
    ),
}


def settled_by(code: str, cause: GapCause | None = None) -> Text:
    """What would settle a finding of a code, and of a cause where it is of a duty."""
    if code == DUTY_UNSURE:
        return _UNSURE
    if cause is not None and code in {*DUTY_CODES, HOLDER_UNKNOWN, DUTY_EXEMPT}:
        return _BY_CAUSE[cause]
    return _BY_CODE.get(code, _JUDGED)
