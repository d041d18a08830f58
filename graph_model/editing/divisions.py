"""Divisions that change (区划变更): names, codes, what they lie in, those that are formed and those that end.

A merger moves what lies in one division into another and ends it; a split forms one and moves a part into it: in one
list of changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from graph_model.codes import check_code, check_id
from graph_model.dates import OPEN, Bound, Certainty, Validity, certainty_on, limits
from graph_model.editing.changes import (
    EndDivision,
    EstablishDivision,
    MoveDivision,
    RecodeDivision,
    RenameDivision,
)
from graph_model.editing.draft import Step, Turn
from graph_model.editing.events import tell_going_on
from graph_model.editing.faults import FaultCode
from graph_model.editing.likeness import first_day, holds_until, overlap, shown, spoken
from graph_model.editing.passing import check_departures, check_others, check_there, weighed
from graph_model.errors import BadUserInputError
from graph_model.keys import claim_id, relation_id
from graph_model.questions.naming import code_on, pick
from graph_model.records import DIVISION_LEVELS, ChangeKind, Code, Division, Family, Household, Name, Relation

PART_OF: Final = "part-of"
_DIVISION: Final = "division:"
_PINYIN = re.compile(r"[a-zü]+( [a-zü]+)*")
_MAX_PINYIN = 200

R = TypeVar("R", Name, Code, Relation)


def rename(change: RenameDivision, step: Step) -> None:
    """As ``RenameDivision``."""
    division, on = step.node("division", change.division, Division), step.day("on", change.on)
    text, pinyin, english = _spelt(change, step)
    if division is None or on is None or not step.is_sound:
        return
    check_there("on", division.id, on, step)
    names = list(step.around.iter_claims(division.id, Name))
    if any(holds_until(each, on) and each.text == text for each in names):
        step.fault(FaultCode.NOTHING_TO_DO, "name", f"本名 {text}", f"it is called {text} already")
        return
    validity = Validity(since=change.on, until=OPEN)
    name = Name(
        id=step.new_id(claim_id("name", division.id, first_day(validity)), validity),
        provenance=step.provenance,
        basis=step.basis,
        subject=division.id,
        validity=validity,
        text=text,
        pinyin=pinyin,
        english=english,
    )
    _succeed(name, names, change.on, on, change.expected_version, step)
    old = pick([each for each in names if holds_until(each, on)], on.earliest - 1)
    if old is not None:
        tell_going_on(ChangeKind.RENAMED, division.id, change.on, old.text, text, step)


def recode(change: RecodeDivision, step: Step) -> None:
    """As ``RecodeDivision``. The scheme stays."""
    division, on = step.node("division", change.division, Division), step.day("on", change.on)
    if division is None or on is None:
        return
    check_there("on", division.id, on, step)
    codes = list(step.around.iter_claims(division.id, Code))
    if any(holds_until(each, on) and each.text == change.code for each in codes):
        step.fault(
            FaultCode.NOTHING_TO_DO,
            "code",
            f"代码本为 {shown(change.code)}",
            f"its code is {shown(change.code)} already",
        )
        return
    validity = Validity(since=change.on, until=OPEN)
    code = _code(change.code, division, validity, code_on(step.around, division.id, on.earliest).scheme, step)
    _succeed(code, codes, change.on, on, change.expected_version, step)
    old = pick([each for each in codes if holds_until(each, on)], on.earliest - 1)
    if old is not None:
        tell_going_on(ChangeKind.RECODED, division.id, change.on, old.text, change.code, step)


def move(change: MoveDivision, step: Step) -> None:
    """As ``MoveDivision``."""
    division = step.node("division", change.division, Division, Household)
    within, on = step.node("within", change.within, Division), step.day("on", change.on)
    if change.leaves is not None:
        step.node("leaves", change.leaves, Division)
    if not isinstance(division, Division | Household) or within is None or on is None:
        return
    if not _check_higher(division, within, step):
        return
    check_there("on", division.id, on, step)
    check_there("within", within.id, on, step)
    validity = Validity(since=change.on, until=OPEN)
    lies = [each for each in _lies_in(division.id, step) if holds_until(each, on)]
    leaving = [each for each in lies if change.leaves in {None, each.target}]
    if any(each.target == within.id for each in leaving):
        step.fault(FaultCode.NOTHING_TO_DO, "within", f"本属 {within.id}", f"{division.id} lies in {within.id} already")
        return
    if change.leaves is not None and not leaving:
        step.fault(
            FaultCode.NOTHING_TO_DO,
            "leaves",
            f"其时不属 {change.leaves}",
            f"{division.id} does not lie in {change.leaves} then",
        )
    later = [each for each in _lies_in(division.id, step) if each not in lies]
    begun = _contained(division, within, validity, step)
    _succeed(begun, [*leaving, *later], change.on, on, change.expected_version, step)
    if leaving:
        surest = min(leaving, key=lambda each: (_is_less_than_sure(each, on), each.id)).target
        if isinstance(division, Division):
            tell_going_on(ChangeKind.MOVED, division.id, change.on, surest, within.id, step)
        step.turn(Turn(change.on, flows=((surest, within.id, 1),)))


def _is_less_than_sure(record: Relation, on: Bound) -> bool:
    """Whether it may not have held on the day before."""
    return certainty_on(record.validity, on.earliest - 1) is not Certainty.CERTAIN


def establish(change: EstablishDivision, step: Step) -> None:
    """As ``EstablishDivision``."""
    within, since = step.node("within", change.within, Division), step.day("since", change.since)
    text, pinyin, english = _spelt(change, step)
    if change.level not in DIVISION_LEVELS:
        step.unknown_code("level", change.level, DIVISION_LEVELS)
    check_others("formed_of", change.formed_of, change.division, change.level, since, step)
    if not _check_new(change.division, step) or within is None or since is None or not step.is_sound:
        return
    division = Division(id=change.division, provenance=step.provenance, basis=step.basis, level=change.level)
    validity = Validity(since=change.since, until=OPEN)
    check_there("within", within.id, since, step)
    if not _check_higher(division, within, step):
        return
    word, scheme = first_day(validity), code_on(step.around, within.id, since.earliest).scheme
    step.put_new(division)
    step.put_new(
        Name(
            id=claim_id("name", division.id, word),
            provenance=step.provenance,
            basis=step.basis,
            subject=division.id,
            validity=validity,
            text=text,
            pinyin=pinyin,
            english=english,
        )
    )
    step.put_new(_code(change.code, division, validity, scheme, step))
    step.put_new(_contained(division, within, validity, step))
    flows = ((each, division.id, weight) for each, weight in weighed(change.formed_of))
    step.turn(Turn(change.since, begun=division.id, flows=tuple(flows)))


def end(change: EndDivision, step: Step) -> None:
    """As ``EndDivision``. The divisions and households in it must have been moved before; organisations stay."""
    division, until = step.node("division", change.division, Division), step.day("until", change.until)
    if division is None or until is None:
        return
    check_others("successors", change.successors, division.id, division.level, until, step)
    check_departures(division.id, step)
    inside = [
        each
        for each in step.around.iter_to(division.id, Family.CONTAINMENT)
        if each.kind == PART_OF and limits(each.validity).possible_until > until.latest
    ]
    if inside:
        names = sorted({each.source for each in inside})
        few = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        step.fault(
            FaultCode.IN_USE,
            "division",
            f"其中尚有 {len(names)} 个：{few}，请先划出或终止",
            f"{len(names)} lie in it then: {few}; move or end them first",
            stands_in_the_way=inside[0],
        )
        return
    lasting: list[Name | Code | Relation] = [
        *step.around.iter_claims(division.id, Name),
        *step.around.iter_claims(division.id, Code),
        *_lies_in(division.id, step),
    ]
    left = [each for each in lasting if limits(each.validity).possible_until > until.earliest]
    if not left:
        step.fault(
            FaultCode.ALREADY_ENDED,
            "until",
            f"{division.id} 其时已不存在",
            f"{division.id} did not exist then any more",
        )
    for each in left:
        if holds_until(each, until):
            step.end("until", each, change.until)
        else:
            step.fault(
                FaultCode.IN_USE,
                "until",
                f"{each.id}（{spoken(each.validity)}）其后才开始：请先更正或撤回",
                f"{each.id} ({spoken(each.validity)}) begins only then, or later: correct or retract it first",
                stands_in_the_way=each,
            )
    flows = ((division.id, each, weight) for each, weight in weighed(change.successors))
    step.turn(Turn(change.until, ended=division.id, flows=tuple(flows)))


def _succeed(begun: R, others: Iterable[R], text: str, on: Bound, expected_version: str | None, step: Step) -> None:
    """What holds until a day (``text``) ends, and another begins; what begins only then, or later, is in its way."""
    held = [(each, holds_until(each, on)) for each in others]
    for each, is_leaving in held:
        if is_leaving:
            step.end("on", each, text, expected_version)
        elif overlap(begun, each):
            step.fault(
                FaultCode.DUPLICATE,
                "on",
                f"已有 {each.id}（{spoken(each.validity)}）：请先更正或撤回",
                f"there is {each.id} already ({spoken(each.validity)}): correct or retract it first",
                stands_in_the_way=each,
            )
    if expected_version is not None and held and not any(is_leaving for _, is_leaving in held):
        step.conflict(max((each for each, _ in held), key=lambda each: (limits(each.validity).possible_until, each.id)))
    step.begin(begun, "on")


def _lies_in(division: str, step: Step) -> list[Relation]:
    """What it is recorded to lie in, whenever."""
    return [each for each in step.around.iter_from(division, Family.CONTAINMENT) if each.kind == PART_OF]


def _contained(division: Division | Household, within: Division, validity: Validity, step: Step) -> Relation:
    return Relation(
        id=step.new_id(relation_id(Family.CONTAINMENT, PART_OF, division.id, within.id), validity),
        provenance=step.provenance,
        basis=step.basis,
        family=Family.CONTAINMENT,
        kind=PART_OF,
        source=division.id,
        target=within.id,
        validity=validity,
    )


def _code(text: str, division: Division, validity: Validity, scheme: str, step: Step) -> Code:
    """A code that is one of the division's level, and that no other division bears at the time."""
    code = Code(
        id=step.new_id(claim_id("code", division.id, first_day(validity)), validity),
        provenance=step.provenance,
        basis=step.basis,
        subject=division.id,
        validity=validity,
        text=text,
        scheme=scheme,
    )
    try:
        check_code(text, division.level)
    except BadUserInputError as error:
        step.fault(FaultCode.BAD_VALUE, "code", f"{shown(text)} 不是 {division.level} 的代码", str(error))
        return code
    check_bearers(code, "code", step)
    return code


def check_bearers(code: Code, field: str, step: Step, before: Code | None = None) -> None:
    """Note the other divisions that bear a code at the same time; not those that did so ``before`` already."""
    for other in step.bearers(code.text):
        if other.subject != code.subject and overlap(code, other) and not (before and overlap(before, other)):
            step.fault(
                FaultCode.DUPLICATE,
                field,
                f"其时 {code.text} 是 {other.subject} 的代码（{spoken(other.validity)}）",
                f"{code.text} is the code of {other.subject} then ({spoken(other.validity)})",
                stands_in_the_way=other,
            )


def _check_higher(division: Division | Household, within: Division, step: Step) -> bool:
    """Whether one may lie in the other: in a division of a higher level, a household in a village; notes it if not."""
    level: str
    higher: tuple[str, ...]
    if isinstance(division, Household):
        level, higher = "household", DIVISION_LEVELS[-1:]
    else:
        level, higher = division.level, DIVISION_LEVELS[: DIVISION_LEVELS.index(division.level)]
    if within.level in higher:
        return True
    either = ", ".join(higher) or "-"
    step.fault(
        FaultCode.END_NOT_ALLOWED,
        "within",
        f"{level} 不能属于 {within.level}，只能属于：{either}",
        f"a {level} cannot lie in a {within.level}, only in: {either}",
        allowed=higher,
    )
    return False


def _check_new(division: str, step: Step) -> bool:
    """Whether a division can be recorded under an id; notes it if not."""
    try:
        check_id(division, "division")
        if not division.startswith(_DIVISION):
            raise BadUserInputError(f"division: {shown(division)}: the id of a division begins with {_DIVISION}")
    except BadUserInputError as error:
        step.fault(FaultCode.BAD_VALUE, "division", f"{shown(division)} 不是区划标识", str(error))
        return False
    known = step.around.find_node(division)
    if known is not None:
        step.fault(
            FaultCode.DUPLICATE,
            "division",
            f"已有 {known.id}",
            f"{known.id} is on record already",
            stands_in_the_way=known,
        )
    return known is None


def _spelt(change: RenameDivision | EstablishDivision, step: Step) -> tuple[str, str, str | None]:
    """The name, its pinyin and its English form; what is wrong with them is noted."""
    if not _PINYIN.fullmatch(change.pinyin) or len(change.pinyin) > _MAX_PINYIN:
        step.fault(
            FaultCode.BAD_VALUE,
            "pinyin",
            f"{shown(change.pinyin)}：拼音须小写、无声调、音节间一个空格，如 he tu jie dao",
            f"{shown(change.pinyin)}: lower-case letters without tones, a space between syllables: he tu jie dao",
        )
    english = None if change.name_en is None else step.text("name_en", change.name_en)
    return step.text("name", change.name) or "", change.pinyin, english
