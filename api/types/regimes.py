"""A regime as it is published (制度), and its words."""

from __future__ import annotations

from functools import lru_cache

import strawberry

from api.enums import Lang
from api.types.dates import PartialDate, publish_since, publish_until
from api.types.labels import (
    Alternative,
    Deadline,
    DesignationKind,
    Duty,
    Kind,
    Lane,
    LangArgument,
    Least,
    Level,
    MeasureKind,
    Rhythm,
    StabilityRule,
    Term,
    say,
)
from graph_model import regime as model
from graph_model.records import Provenance, Text
from graph_model.views import Frame


@strawberry.type(description="A regime: which levels, lanes, kinds of assignment and duties there are, and since when.")
class Regime(Term):
    """See the description."""

    since: PartialDate = strawberry.field(description="Its beginning.")
    until: PartialDate = strawberry.field(description="Its end: the first day on which it is no longer in force.")
    provenance: Provenance = strawberry.field(description="Where its bounds come from.")
    levels: list[Level] = strawberry.field(description="Its levels, from the nearest.")
    lanes: list[Lane] = strawberry.field(description="Its lanes, in order.")
    kinds: list[Kind] = strawberry.field(description="Its kinds of assignment, in order.")
    designations: list[DesignationKind] = strawberry.field(description="What its targets may be registered as.")
    duties: list[Duty] = strawberry.field(description="Its duties, in order.")
    rhythms: list[Rhythm] = strawberry.field(description="What must be done again and again, in order.")
    deadlines: list[Deadline] = strawberry.field(description="By when successors must be there, in order.")
    stability_rules: list[StabilityRule] = strawberry.field(description="What may not end before the target's exit.")
    measures: list[MeasureKind] = strawberry.field(description="The kinds of measure that it knows.")
    record: strawberry.Private[model.Regime]

    @strawberry.field(description="A note on its bounds.")
    def note(self, lang: LangArgument = Lang.ZH) -> str | None:
        return None if self.record.basis.note is None else say(self.record.basis.note, lang)


@lru_cache(maxsize=256)
def publish_level(level: model.Level) -> Level:
    """A level."""
    return Level(code=level.code, labels=level.labels)


@lru_cache(maxsize=256)
def publish_lane(lane: model.Lane) -> Lane:
    """A lane."""
    return Lane(code=lane.code, labels=lane.labels)


@lru_cache(maxsize=1024)
def publish_kind(kind: model.Kind, lane: model.Lane) -> Kind:
    """A kind of assignment."""
    return Kind(code=kind.code, labels=kind.labels, lane=publish_lane(lane), clause=kind.clause)


def kind_of(frame: Frame, regime: str | None, code: str) -> Kind:
    """The kind of a relation; a word without labels where no regime of the data set has it."""
    found = frame.regimes.get(regime or "")
    kind = None if found is None else found.find_kind(code)
    if found is None or kind is None:
        return Kind(code=code, labels=Text(zh=code, en=code), lane=None, clause=None)
    return publish_kind(kind, found.get_lane(kind.lane))


def designation_kind(frame: Frame, code: str) -> DesignationKind:
    """The word of a designation, from the first regime that has it."""
    for regime in frame.regimes.values():
        for kind in regime.designations:
            if kind.code == code:
                return DesignationKind(code=code, labels=kind.labels)
    return DesignationKind(code=code, labels=Text(zh=code, en=code))


def measure_kind(frame: Frame, code: str) -> MeasureKind:
    """The word of a measure, from the first regime that has it."""
    for regime in frame.regimes.values():
        for kind in regime.measures:
            if kind.code == code:
                return MeasureKind(code=code, labels=kind.labels)
    return MeasureKind(code=code, labels=Text(zh=code, en=code))


def publish_duty(regime: model.Regime, duty: model.Duty) -> Duty:
    """A duty of a regime."""
    levels = {level.code: level for level in regime.levels}
    designations = {kind.code: kind for kind in regime.designations}
    designation = designations.get(duty.designation or "")
    return Duty(
        code=duty.code,
        labels=duty.labels,
        clause=duty.clause,
        level=publish_level(levels[duty.level]),
        kinds=[kind_in(regime, code) for code in duty.kinds],
        designation=None if designation is None else DesignationKind(code=designation.code, labels=designation.labels),
        at_least=duty.at_least,
        or_else=[
            Alternative(level=publish_level(levels[each.level]), kinds=[kind_in(regime, code) for code in each.kinds])
            for each in duty.or_else
        ],
        area=None if duty.area is None else strawberry.ID(duty.area),
        rule=duty.rule,
    )


def kind_in(regime: model.Regime, code: str) -> Kind:
    """A kind of a regime."""
    kind = regime.kinds[regime.kind_positions[code]]
    return publish_kind(kind, regime.get_lane(kind.lane))


def publish_rhythm(regime: model.Regime, rhythm: model.Rhythm) -> Rhythm:
    """A rhythm of a regime."""
    levels = {level.code: level for level in regime.levels}
    evidence = next(kind for kind in regime.measures if kind.code == rhythm.evidence)
    season = rhythm.season
    return Rhythm(
        code=rhythm.code,
        labels=rhythm.labels,
        clause=rhythm.clause,
        level=publish_level(levels[rhythm.level]),
        kinds=[kind_in(regime, code) for code in rhythm.kinds],
        evidence=MeasureKind(code=evidence.code, labels=evidence.labels),
        every=rhythm.every,
        at_least=rhythm.at_least,
        per=rhythm.per,
        season=None if season is None else f"{season.begin}/{season.end}",
        least=[Least(quantity=each.quantity, at_least=each.at_least) for each in rhythm.least],
        area=None if rhythm.area is None else strawberry.ID(rhythm.area),
        rule=rhythm.rule,
    )


def publish_deadline(regime: model.Regime, deadline: model.Deadline) -> Deadline:
    """A deadline of a regime."""
    levels = {level.code: level for level in regime.levels}
    return Deadline(
        code=deadline.code,
        labels=deadline.labels,
        clause=deadline.clause,
        level=publish_level(levels[deadline.level]),
        kinds=[kind_in(regime, code) for code in deadline.kinds],
        after=deadline.after,
        by=[kind_in(regime, code) for code in deadline.by],
        done=next(
            (MeasureKind(code=kind.code, labels=kind.labels) for kind in regime.measures if kind.code == deadline.done),
            None,
        ),
        within=deadline.within,
        unit=deadline.unit,
        area=None if deadline.area is None else strawberry.ID(deadline.area),
        rule=deadline.rule,
    )


def publish_rule(regime: model.Regime, rule: model.StabilityRule) -> StabilityRule:
    """A stability rule of a regime."""
    levels = {level.code: level for level in regime.levels}
    return StabilityRule(
        code=rule.code,
        labels=rule.labels,
        clause=rule.clause,
        kinds=[kind_in(regime, code) for code in rule.kinds],
        levels=[publish_level(levels[code]) for code in rule.levels],
        successor_allowed=rule.successor_allowed,
        holders_stay=rule.holders_stay,
    )


def publish_regime(regime: model.Regime) -> Regime:
    """A regime with all its words."""
    return Regime(
        code=regime.code,
        labels=regime.labels,
        since=publish_since(regime.since),
        until=publish_until(regime.until),
        provenance=regime.provenance,
        levels=[publish_level(level) for level in regime.levels],
        lanes=[publish_lane(lane) for lane in regime.lanes],
        kinds=[kind_in(regime, kind.code) for kind in regime.kinds],
        designations=[DesignationKind(code=kind.code, labels=kind.labels) for kind in regime.designations],
        duties=[publish_duty(regime, duty) for duty in regime.duties],
        rhythms=[publish_rhythm(regime, rhythm) for rhythm in regime.rhythms],
        deadlines=[publish_deadline(regime, deadline) for deadline in regime.deadlines],
        stability_rules=[publish_rule(regime, rule) for rule in regime.stability_rules],
        measures=[MeasureKind(code=kind.code, labels=kind.labels) for kind in regime.measures],
        record=regime,
    )
