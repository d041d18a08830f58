"""Who holds a post, and who no longer does (任免)."""

from __future__ import annotations

from msgspec import structs

from graph_model.codes import check_id
from graph_model.dates import OPEN, limits, parse_partial, parse_since
from graph_model.editing.changes import AppointToPost, VacatePost
from graph_model.editing.draft import Step
from graph_model.editing.faults import FaultCode
from graph_model.editing.likeness import first_day, holds_until, overlap, shown, spoken
from graph_model.errors import BadUserInputError
from graph_model.keys import claim_id, key_of, relation_id
from graph_model.records import Family, Person, Post, Relation, Vacancy

HOLDS = "holds"
_PERSON = "person:"


def appoint(change: AppointToPost, step: Step) -> None:
    """As ``AppointToPost``."""
    post = step.node("post", change.post, Post)
    if change.is_new_person:
        _record_person(change.person, step)
    else:
        step.node("person", change.person, Person)
    validity = step.validity(change.since, change.until)
    if post is None or validity is None:
        return
    holding = Relation(
        id=step.new_id(relation_id(Family.HOLDING, HOLDS, change.person, post.id), validity),
        provenance=step.provenance,
        basis=step.basis,
        family=Family.HOLDING,
        kind=HOLDS,
        source=change.person,
        target=post.id,
        validity=validity,
    )
    step.begin(holding)
    if change.replaces_holders:
        _replace_holders(change, holding, step)
    elif change.expected_version is not None:
        step.fault(
            FaultCode.BAD_VALUE,
            "expected_version",
            "只用于 replacesHolders：本项不终止任何人的任职",
            "it is for replacesHolders only: this ends nobody's holding",
        )
    for vacancy in step.around.iter_claims(post.id, Vacancy):
        _fill(vacancy, holding, step)


def vacate(change: VacatePost, step: Step) -> None:
    """As ``VacatePost``."""
    post = step.node("post", change.post, Post)
    day = step.day("until", change.until)
    if change.person is not None:
        step.node("person", change.person, Person)
    if post is None or day is None or not step.is_sound:
        return
    held = [other for other in step.around.iter_to(post.id, Family.HOLDING) if holds_until(other, day)]
    leaving = [holding for holding in held if change.person in {None, holding.source}]
    if not leaving and change.expected_version is not None:
        _lost_sight(post.id, change.person, step)
        return
    if change.person is not None and not leaving:
        step.fault(
            FaultCode.NOTHING_TO_DO,
            "person",
            f"{change.person} 此时不任 {post.id}",
            f"{change.person} does not hold {post.id} then",
        )
    for holding in leaving:
        step.end("until", holding, change.until, change.expected_version)
    is_left_empty = change.is_left_empty and len(leaving) == len(held)
    is_emptied = is_left_empty and _leave_empty(post, change.until, step)
    if not is_emptied and not leaving and (held or change.person is None):
        step.fault(
            FaultCode.NOTHING_TO_DO,
            "post",
            f"没有 {post.id} 此时任职人的记录",
            f"nobody is recorded to hold {post.id} then",
        )


def _replace_holders(change: AppointToPost, holding: Relation, step: Step) -> None:
    """The others make room on that day; who comes only then, or later, cannot: the post would have two holders."""
    since = parse_partial(change.since)
    others = [other for other in step.around.iter_to(holding.target, Family.HOLDING) if other.source != holding.source]
    leaving = [other for other in others if holds_until(other, since)]
    for other in leaving:
        step.end("since", other, change.since, change.expected_version)
    if not leaving and change.expected_version is not None:
        _lost_sight(holding.target, None, step)
    for other in others:
        if other not in leaving and overlap(holding, other):
            step.fault(
                FaultCode.DUPLICATE,
                "since",
                f"其间 {other.source} 亦任此职（{spoken(other.validity)}）：请给出 until，或先更正、撤回 {other.id}",
                f"{other.source} holds it then, too ({spoken(other.validity)}): give an until, or correct or retract "
                f"{other.id} first",
                stands_in_the_way=other,
            )


def _lost_sight(post: str, person: str | None, step: Step) -> None:
    """Note that the holding that an editor saw is not there any more: it is told of as it is now."""
    held = [each for each in step.around.iter_to(post, Family.HOLDING) if person in {None, each.source}]
    if held:
        step.conflict(max(held, key=lambda each: (limits(each.validity).possible_until, each.id)))
    else:
        step.fault(
            FaultCode.CONFLICT,
            "expected_version",
            f"已没有 {post} 任职人的记录",
            f"nobody is recorded to hold {post} any more",
        )


def _record_person(person: str, step: Step) -> None:
    try:
        check_id(person, "person")
    except BadUserInputError as error:
        step.fault(FaultCode.BAD_VALUE, "person", f"{shown(person)} 不是标识", str(error))
        return
    known = step.around.find_node(person)
    if not person.startswith(_PERSON):
        step.fault(
            FaultCode.BAD_VALUE,
            "person",
            f"{shown(person)}：人员标识须以 {_PERSON} 开头",
            f"{shown(person)}: the id of a person begins with {_PERSON}",
        )
    elif known is not None:
        step.fault(
            FaultCode.DUPLICATE,
            "is_new_person",
            f"已有 {person}：不是新人员",
            f"{person} is on record already: it is no new person",
            stands_in_the_way=known,
        )
    else:
        code = key_of(person).rpartition(":")[2]
        step.put_new(Person(id=person, provenance=step.provenance, basis=step.basis, code=code))


def _fill(vacancy: Vacancy, holding: Relation, step: Step) -> None:
    """A vacancy ends where the post is held again; one that begins while it is held contradicts that."""
    empty, held = limits(vacancy.validity), limits(holding.validity)
    if empty.possible_until <= held.possible_from or empty.possible_from >= held.possible_until:
        return
    if empty.possible_from >= held.certain_from:
        step.fault(
            FaultCode.DUPLICATE,
            "since",
            f"{vacancy.id}（{spoken(vacancy.validity)}）称其间空缺：请先更正或撤回",
            f"{vacancy.id} ({spoken(vacancy.validity)}) says that it is vacant meanwhile: correct or retract it first",
            stands_in_the_way=vacancy,
        )
        return
    validity = step.sound("since", structs.replace(vacancy.validity, until=holding.validity.since))
    if validity is not None:
        step.put(structs.replace(vacancy, validity=validity))


def _leave_empty(post: Post, since: str, step: Step) -> bool:
    """Record that a post is empty from a day on, until who is on record already comes; whether it is empty at all."""
    day = parse_partial(since)
    begins = ((parse_since(each.validity.since), each) for each in step.around.iter_to(post.id, Family.HOLDING))
    later = [(begin.earliest, each.id, each) for begin, each in begins if begin.earliest >= day.latest]
    begin, _, next_one = min(later, default=(None, "", None))
    if begin is not None and begin <= day.earliest:
        return False
    validity = step.validity(since, OPEN if next_one is None else next_one.validity.since, "until")
    if validity is not None:
        vacancy = Vacancy(
            id=step.new_id(claim_id("vacancy", post.id, first_day(validity)), validity),
            provenance=step.provenance,
            basis=step.basis,
            subject=post.id,
            validity=validity,
        )
        step.begin(vacancy, "until")
    return True
