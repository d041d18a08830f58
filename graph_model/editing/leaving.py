"""What it means that an assignee leaves (离任), as changes: what ends on that day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from graph_model.dates import parse_partial
from graph_model.editing.changes import Change, CorrectRecord, EndAssignment, RemoveMember, VacatePost
from graph_model.editing.likeness import holds_until
from graph_model.records import AnyAssignee, Basis, Family, Post, Relation, Text

_BASIS: Final = Basis(note=Text(zh="离任推演，未作记录", en="a question about leaving; nothing is recorded"))


def changes_of_leaving(
    assignee: AnyAssignee, relations: Iterable[Relation], holdings: Sequence[Relation], on: date
) -> tuple[Change, ...]:
    """What ends when an assignee leaves; ``on`` is the first day without.

    A post is left empty: its assignments go on, with nobody on it. A person's posts are left empty where nobody else
    holds them, and its own assignments and memberships end, as an organisation's do. ``relations``: those from the
    assignee; ``holdings``: all those of the post, or of the posts that the person holds. What surely ended before, or
    surely begins on that day or later, stays as it is; that something was seen on that day or later is set aside.
    """
    day, bound = on.isoformat(), parse_partial(on.isoformat())
    held = [holding for holding in holdings if holds_until(holding, bound)]
    if isinstance(assignee, Post):
        return (*_set_aside(held, day), VacatePost(post=assignee.id, until=day, basis=_BASIS))
    ending = (relation for relation in relations if holds_until(relation, bound))
    return tuple(_changes(sorted(ending, key=lambda relation: (relation.family.value, relation.id)), held, day))


def _changes(ending: Iterable[Relation], held: Sequence[Relation], day: str) -> Iterator[Change]:
    for relation in ending:
        if relation.family is Family.HOLDING:
            yield from _leave_post(relation, held, day)
        elif _seen_since(relation, day):
            yield from _set_aside([relation], day)
        elif relation.family is Family.RESPONSIBILITY:
            yield EndAssignment(assignment=relation.id, until=day, basis=_BASIS)
        elif relation.family is Family.MEMBERSHIP:
            yield RemoveMember(membership=relation.id, until=day, basis=_BASIS)


def _leave_post(holding: Relation, held: Sequence[Relation], day: str) -> Iterator[Change]:
    post = holding.target
    if not _seen_since(holding, day):
        yield VacatePost(post=post, person=holding.source, until=day, basis=_BASIS)
        return
    yield from _set_aside([holding], day)
    if all(other.target != post or other.source == holding.source for other in held):
        yield VacatePost(post=post, until=day, basis=_BASIS)


def _set_aside(relations: Iterable[Relation], day: str) -> Iterator[Change]:
    for relation in relations:
        if _seen_since(relation, day):
            before = tuple(seen for seen in relation.validity.observed if seen < day)
            yield CorrectRecord(record=relation.id, until=day, observed=before, basis=_BASIS)


def _seen_since(relation: Relation, day: str) -> bool:
    return any(seen >= day for seen in relation.validity.observed)
