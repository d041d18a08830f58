"""What becomes uncovered if somebody leaves (离任影响), as its page says it: the same as GraphQL's ``impact``."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from graph_model.editing.changes import VacatePost
from graph_model.editing.deciding import Verdict
from graph_model.editing.planning import Plan
from graph_model.editing.telling import message_of, remedies_of
from graph_model.errors import BadUserInputError
from graph_model.impact import Exposure, find_exposed
from graph_model.views import View
from pages.answering import Visit
from pages.ladder import gap_row
from pages.places import name_place
from pages.saying import say_link
from pages.texts import say


class ExposedRow(Struct, frozen=True):
    """A target that loses a link, or its holder, or gains a gap of its own; ``others``: who is left there."""

    day: str
    target: str
    target_code: str
    target_name: str
    gaps: tuple[str, ...]
    causes: tuple[str, ...]
    certainties: tuple[str, ...]
    lost: tuple[str, ...]
    others: tuple[str, ...]


class RuleRow(Struct, frozen=True):
    """A rule that forbids the leaving, and what would be allowed."""

    rule: str
    clause: str
    message: str
    remedies: tuple[str, ...]


class Leaving(Struct, frozen=True):
    """What comes of it. ``refused``: why that cannot be told, empty where it is; ``ended``: how many records end."""

    on: str
    ended: int
    rules: tuple[RuleRow, ...]
    exposed: tuple[ExposedRow, ...]
    refused: str = ""

    @property
    def uncovered(self) -> int:
        """At how many targets a gap opens."""
        return sum(bool(row.gaps) for row in self.exposed)


async def find_leaving(visit: Visit, assignee: str) -> Leaving | None:
    """What comes of it if an assignee (an id) leaves on the visit's day; None for an unknown one."""
    day = visit.moment.as_of
    try:
        found = await visit.graph.impact(assignee, day, visit.moment.recorded_as_of)
    except BadUserInputError as error:
        return Leaving(day.isoformat(), 0, (), (), str(error))
    if found is None:
        return None
    if found.judgement is None:
        return Leaving(day.isoformat(), 0, (), ())
    exposed = await find_exposed(found)
    view = await visit.graph.view(sorted({each.target.id for each in exposed}), visit.moment) if exposed else None
    plan = found.judgement.verdict.plan
    empty = frozenset(change.post for change in found.changes if isinstance(change, VacatePost))
    return Leaving(
        on=day.isoformat(),
        ended=len(plan.changed),
        rules=_rules(visit, found.judgement.verdict),
        exposed=() if view is None else tuple(_row(visit, each, plan, view, empty) for each in exposed),
    )


def _rules(visit: Visit, verdict: Verdict) -> tuple[RuleRow, ...]:
    lang = visit.lang
    return tuple(
        RuleRow(
            rule=lang.say(breach.rule.labels),
            clause=breach.rule.clause,
            message=lang.say(message_of(breach, verdict.plan.after)),
            remedies=tuple(lang.say(remedy.message) for remedy in remedies_of(breach)),
        )
        for breach in verdict.breaches
    )


def _row(visit: Visit, exposure: Exposure, plan: Plan, view: View, empty: frozenset[str]) -> ExposedRow:
    """``empty``: the posts that nobody is on any more; they still stand among the others."""
    place, lang = name_place(view, exposure.target), visit.lang
    gaps = [gap_row(gap, lang, place) for gap in exposure.gaps]
    return ExposedRow(
        day=date.fromordinal(exposure.day).isoformat(),
        target=place.id,
        target_code=place.code,
        target_name=place.full,
        gaps=tuple(gap.message for gap in gaps),
        causes=tuple(gap.cause for gap in gaps),
        certainties=tuple(gap.certainty for gap in gaps),
        lost=tuple(say_link(link, plan.before, exposure.day, place.full, lang) for link in exposure.lost),
        others=tuple(
            say_link(link, plan.after, exposure.day, place.full, lang)
            + (f" ({say('holder.vacant', lang)})" if link.assignee.id in empty else "")
            for link in exposure.others
        ),
    )
