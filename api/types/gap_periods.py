"""The gap calendar as it is published (缺口日历)."""

from __future__ import annotations

import datetime

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.divisions import Division, publish_division
from api.types.labels import Duty, Lane, LangArgument, Level, say
from api.types.nodes import Target
from api.types.publishing import publish_target
from api.types.regimes import publish_duty, publish_lane, publish_level
from graph_model import records
from graph_model.dates import Certainty
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.duties import GapCause
from graph_model.questions.gap_calendar import gap_on
from graph_model.questions.gap_listing import GapPeriod as Period
from graph_model.questions.gap_listing import GapTotal as Total
from graph_model.regime import Regime
from graph_model.views import Frame, Moment, View


@strawberry.type(
    description="A period in which one thing is to be said of a duty (缺口时段): it is not simply met, for one cause "
    "and as surely, on each day. Cut off at the window that was asked for, and where the target does not lie there."
)
class GapPeriod:
    """See the description."""

    first_day: datetime.date = strawberry.field(description="The first day of the period.")
    last_day: datetime.date = strawberry.field(description="The last day of the period, inclusive.")
    days: int = strawberry.field(description="How many days it has.")
    target: Target = strawberry.field(description="Whose duty it is, as seen on the period's first day.")
    level: Level = strawberry.field(description="The level that has the duty.")
    lane: Lane = strawberry.field(description="The lane of the duty's first kind.")
    duty: Duty = strawberry.field(description="The duty.")
    cause: GapCause = strawberry.field(description="Why it is a gap.")
    certainty: Certainty = strawberry.field(
        description="CERTAIN only if nothing that is not recorded could still meet the duty."
    )
    node: strawberry.Private[records.AnyTarget]
    view: strawberry.Private[View]
    regime: strawberry.Private[Regime]
    code: strawberry.Private[str]

    @strawberry.field(description="What is missing, as one sentence, as of the period's first day.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        day, coverages = self.view.moment.day, self.view.frame.header.coverages
        gap = gap_on(self.view.around, self.node, self.regime, day, self.code, coverages)
        if gap is None:
            raise LookupError(f"{self.node.id}: no gap of {self.code} on the first day of its period")
        return say(gap.message, lang)


@strawberry.type(
    description="What the periods of one lane come to in one county (缺口合计). A target that moved counts in both."
)
class GapTotal:
    """See the description."""

    county: Division | None = strawberry.field(
        description="The county; null for targets that lie in none, the city for instance."
    )
    lane: Lane = strawberry.field(description="The lane.")
    periods: int = strawberry.field(description="How many periods there are.")
    certain_periods: int = strawberry.field(description="How many of them are CERTAIN.")
    targets: int = strawberry.field(description="How many targets have one.")
    target_days: int = strawberry.field(
        description="The days of all periods together; a day of two targets, or of two duties, counts twice."
    )


def publish_period(period: Period, around: Neighbourhood, frame: Frame, regime: Regime, scope: Scope) -> GapPeriod:
    """A period; ``around`` must be of all of its days, ``scope`` of its first one."""
    node = around.get_node(period.target)
    if not isinstance(node, records.AnyTarget):
        raise TypeError(f"{period.target} is no target")
    spell = period.spell
    view = View(around, Moment(spell.first, scope.moment.recorded_as_of), frame)
    if spell.cause is None:
        raise TypeError(f"{period.target}: what is met is no gap")
    return GapPeriod(
        first_day=datetime.date.fromordinal(spell.first),
        last_day=datetime.date.fromordinal(spell.last),
        days=spell.last - spell.first + 1,
        target=publish_target(node, view, scope),
        level=publish_level(regime.levels[period.key.level]),
        lane=publish_lane(regime.lane_of(spell.duty)),
        duty=publish_duty(regime, spell.duty),
        cause=spell.cause,
        certainty=spell.certainty,
        node=node,
        view=view,
        regime=regime,
        code=spell.duty.code,
    )


def publish_total(total: Total, view: View, regime: Regime, scope: Scope) -> GapTotal:
    """A total; ``view`` must know the county."""
    county = None if total.area is None else view.around.get_node(total.area)
    return GapTotal(
        county=publish_division(county, view, scope) if isinstance(county, records.Division) else None,
        lane=publish_lane(regime.get_lane(total.lane)),
        periods=total.periods,
        certain_periods=total.certain,
        targets=total.targets,
        target_days=total.days,
    )
