"""What must be done again and again, and whether it was, as it is published (履职频次)."""

from __future__ import annotations

import datetime
from collections import Counter

import strawberry

from api.scope import Scope
from api.types.assignees import publish_assignee
from api.types.labels import Rhythm
from api.types.measures import Measure, publish_measure
from api.types.nodes import Assignee, Target
from api.types.publishing import publish_target
from api.types.regimes import publish_rhythm
from api.types.relations import Assignment, publish_assignment
from graph_model import regime as model
from graph_model.dates import Certainty
from graph_model.questions.rhythms import Fulfilment
from graph_model.questions.rhythms import PeriodCheck as PeriodAnswer
from graph_model.questions.rhythms import RhythmCheck as RhythmAnswer
from graph_model.views import View


@strawberry.type(description="One period of a rhythm, and whether what must be done was done.")
class RhythmPeriod:
    """See the description."""

    first: datetime.date = strawberry.field(description="The first day of the period.")
    last: datetime.date = strawberry.field(description="The last day of the period.")
    verdict: Fulfilment = strawberry.field(description="Met, missed or unknown.")
    certainty: Certainty = strawberry.field(description="Whether the rhythm binds in the period, or only may.")
    done: list[Measure] = strawberry.field(description="What was surely done in the period.")
    perhaps: list[Measure] = strawberry.field(description="What may have been: its own date is of a longer time.")


@strawberry.type(description="What one who answers for a target must do in a rhythm, period by period.")
class RhythmCheck:
    """See the description."""

    rhythm: Rhythm = strawberry.field(description="The rhythm.")
    target: Target = strawberry.field(description="What is answered for.")
    assignee: Assignee = strawberry.field(description="Who answers.")
    assignment: Assignment = strawberry.field(description="By what assignment.")
    met: int = strawberry.field(description="In how many periods it was met.")
    missed: int = strawberry.field(description="In how many it was missed: not done, and the record is complete.")
    unknown: int = strawberry.field(description="Of how many nothing can be said: not recorded is not missed.")
    periods: list[RhythmPeriod] = strawberry.field(description="The periods in which it binds, in their order.")


def publish_check(check: RhythmAnswer, regime: model.Regime, view: View, scope: Scope) -> RhythmCheck:
    """One check, with its counts."""
    counts = Counter(period.verdict for period in check.periods)
    return RhythmCheck(
        rhythm=publish_rhythm(regime, check.rhythm),
        target=publish_target(check.target, view, scope),
        assignee=publish_assignee(check.assignee, view, scope),
        assignment=publish_assignment(check.assignment, scope, view.frame, view.around),
        met=counts[Fulfilment.MET],
        missed=counts[Fulfilment.MISSED],
        unknown=counts[Fulfilment.UNKNOWN],
        periods=[_publish_period(period, view, scope) for period in check.periods],
    )


def _publish_period(check: PeriodAnswer, view: View, scope: Scope) -> RhythmPeriod:
    return RhythmPeriod(
        first=datetime.date.fromordinal(check.period.first),
        last=datetime.date.fromordinal(check.period.last),
        verdict=check.verdict,
        certainty=check.certainty,
        done=[publish_measure(measure, view, scope) for measure in check.done],
        perhaps=[publish_measure(measure, view, scope) for measure in check.perhaps],
    )
