"""The duties of a regime on one day, as findings (责任核查): one for each duty, cause and certainty in a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graph_model.dates import Certainty
from graph_model.outline import Outline
from graph_model.questions.duties import GapCause
from graph_model.questions.found import (
    DUTY_EXEMPT,
    DUTY_UNMET,
    DUTY_UNSURE,
    HOLDER_UNKNOWN,
    Found,
    digest,
    found_id,
    lies_on,
    place_of,
)
from graph_model.questions.gap_calendar import Spell
from graph_model.questions.likeness import Likeness
from graph_model.questions.places import Containment
from graph_model.records import Severity
from graph_model.regime import Regime

_SEVERITIES = {
    DUTY_UNMET: Severity.ERROR,
    DUTY_UNSURE: Severity.INFO,
    HOLDER_UNKNOWN: Severity.INFO,
    DUTY_EXEMPT: Severity.INFO,
}


def find_unmet(
    outline: Outline,
    containment: Containment,
    regime: Regime,
    likeness: Likeness,
    spells: Mapping[int, Sequence[Spell]],
    day: int,
) -> Iterator[Found]:
    """What is not simply met on a day (ordinal), of all targets that may be there on it.

    ``spells``: what is to be said of each sort on that day. What is surely not met is an ERROR; what may not be met, a
    remark of a holder who is not recorded and an exemption are INFO.
    """
    open_sorts = {
        sort: [(spell, spell.cause) for spell in its if spell.cause is not None] for sort, its in spells.items()
    }
    grouped: dict[tuple[str, GapCause, Certainty, str], list[int]] = {}
    for row, sort in enumerate(likeness.sorts):
        gaps = open_sorts.get(sort)
        if not gaps or not lies_on(containment, likeness.targets[row], day):
            continue
        place = place_of(containment, outline.nodes["division"], likeness.targets[row], day)
        for spell, cause in gaps:
            grouped.setdefault((spell.duty.code, cause, spell.certainty, place), []).append(row)
    grounds: dict[int, str] = {}
    for (duty, cause, certainty, place), rows in grouped.items():
        code = _code_of(cause, certainty)
        for row in rows:
            sort = likeness.sorts[row]
            if sort not in grounds:
                grounds[sort] = _ground(likeness, sort)
        identifier = found_id(code, regime.code, duty, cause.value, certainty.value, place)
        yield Found(
            id=identifier,
            code=code,
            severity=_SEVERITIES[code],
            regime=regime.code,
            word=duty,
            place=place,
            targets=tuple(likeness.targets[row] for row in rows),
            version=digest([identifier, [[likeness.targets[row], grounds[likeness.sorts[row]]] for row in rows]]),
            cause=cause,
            certainty=certainty,
            clause=regime.get_duty(duty).clause,
        )


def _code_of(cause: GapCause, certainty: Certainty) -> str:
    if cause is GapCause.UNKNOWN_HOLDER:
        return HOLDER_UNKNOWN
    if cause is GapCause.EXEMPT:
        return DUTY_EXEMPT
    return DUTY_UNMET if certainty is Certainty.CERTAIN else DUTY_UNSURE


def _ground(likeness: Likeness, sort: int) -> str:
    """What a target of a sort is judged by, in a form that no other target has to do with."""
    facts = likeness.facts[sort]
    assigned = sorted(
        [kind, list(days), sorted(map(list, seat.held)), sorted(map(list, seat.empty))]
        for kind, days, seat in ((kind, days, likeness.seats[at]) for kind, days, at, _ in facts.assigned)
    )
    return digest([assigned, sorted(map(_plain, facts.designated)), sorted(map(_plain, facts.exempt))])


def _plain(claim: tuple[str, tuple[int, ...]]) -> list[object]:
    return [claim[0], *claim[1]]
