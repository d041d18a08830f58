"""Why a duty is met or a gap (责任要求的理由): the duty checker's judgement, and the records that it rests on.

Nothing is decided here: cause and certainty are the checker's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph_model.dates import Certainty, certainty_on, ended_surely, limits
from graph_model.questions.duties import GapCause, Judgement
from graph_model.questions.reasons.steps import Step, StepKind, ValidityEnd, say_bound
from graph_model.questions.reasons.telling import NOTHING_TO_SAY, Piece
from graph_model.questions.reasons.trails import Trail, Trailblazer, make_trail
from graph_model.records import AnyTarget, Designation, Exemption, Relation, Text
from graph_model.regime import DesignationKind, Duty


def trail_duty(duty: Duty, blazer: Trailblazer) -> Iterator[Trail]:
    """A trail for each node on the way up that is of the duty's level; where there is none, why."""
    level = next(level for level in blazer.regime.levels if level.code == duty.level)
    nodes = [node for node in blazer.lying.ever_above if blazer.regime.find_level(node) == level]
    on_the_way = [node for node in nodes if blazer.ways.certainty_of(blazer.target, node.id).holds]
    for node in on_the_way or nodes:
        yield DutyTrail(duty, node, blazer).make()
    if not nodes:
        name = blazer.teller.name(blazer.target)
        sentence = Text(
            zh=f"{name}及其所属中没有“{level.labels.zh}”一级",
            en=f"neither {name} nor what it lies in is of the level “{level.labels.en}”",
        )
        step = Step(kind=StepKind.NO_SUCH_LEVEL, sentence=sentence, certainty=Certainty.NO, clause=duty.clause)
        yield make_trail(None, [Piece((step,), Certainty.NO)])


class DutyTrail:
    """The trail of one duty of one node."""

    def __init__(self, duty: Duty, node: AnyTarget, blazer: Trailblazer) -> None:
        self._duty = duty
        self._node = node
        self._blazer = blazer
        self._checker = blazer.checker
        self._teller = blazer.teller

    def make(self) -> Trail:
        """The trail; its certainty says whether somebody answers."""
        way = self._blazer.lying.way_to(self._node)
        bounds = self._teller.bounded(
            self._blazer.regime.whole_bounds(self._duty), self._duty.labels, self._duty.clause
        )
        applying = [way, self._blazer.in_force(), bounds, self._located(), self._designated()]
        if not all(piece.certainty.holds for piece in applying):
            return make_trail(self._node, applying)
        judgements = self._checker.judge(self._node, way.certainty)
        judgement = next(judgement for judgement in judgements if judgement.duty == self._duty)
        gap = self._checker.gap_of(judgement, self._node)
        pieces = [*applying, Piece(tuple(self._reasons(judgement)), Certainty.CERTAIN)]
        return make_trail(self._node, pieces, certainty=_answered(judgement), gap=gap)

    def _reasons(self, judgement: Judgement) -> Iterator[Step]:
        match judgement.cause:
            case None:
                for relation, certainty in _ordered(judgement):
                    if certainty is Certainty.CERTAIN and self._checker.answers(relation):
                        yield from self._blazer.assigned(relation).steps
            case GapCause.EXEMPT:
                yield from self._exempt(Certainty.CERTAIN)
            case GapCause.UNKNOWN_HOLDER:
                for relation, certainty in _ordered(judgement):
                    if certainty is Certainty.CERTAIN and not self._checker.is_empty_seat(relation):
                        yield from self._answering(relation)
            case GapCause.VACANT_POST:
                for relation, certainty in _ordered(judgement):
                    if certainty.holds:
                        yield from self._answering(relation)
            case GapCause.EXPIRED:
                yield from self._expired(judgement)
            case GapCause.UNASSIGNED:
                yield from self._unassigned(judgement)
        if judgement.cause is not None and judgement.cause.is_unmet:
            yield from self._exempt(Certainty.POSSIBLE)
            yield from self._not_covered()

    def _answering(self, relation: Relation) -> Iterator[Step]:
        yield from self._blazer.assigned(relation).steps
        yield from self._blazer.seat(relation.source).steps

    def _expired(self, judgement: Judgement) -> Iterator[Step]:
        """The last one that ended, and who is possibly in its place."""
        day = self._blazer.day
        ended = [relation for relation, _ in _ordered(judgement) if ended_surely(relation.validity, day)]
        last = max(ended, key=lambda relation: limits(relation.validity).possible_until)
        yield from self._teller.over_or_to_come(last, self._teller.spell(last), self._teller.clause_of(last)).steps
        yield from self._blazer.followed_by(
            [relation for relation, certainty in judgement.assignments if certainty.holds], last
        )
        yield from self._to_come(judgement)

    def _unassigned(self, judgement: Judgement) -> Iterator[Step]:
        for relation, certainty in _ordered(judgement):
            if certainty.holds:
                yield from self._answering(relation)
        yield from self._to_come(judgement)
        if not judgement.assignments:
            name = self._teller.name(self._node)
            counting = self._blazer.regime.all_kinds(self._duty)
            kinds = [kind for kind in self._blazer.regime.kinds if kind.code in counting]
            yield Step(
                kind=StepKind.NEVER_ASSIGNED,
                sentence=Text(
                    zh=f"{name}从未有{'、'.join(kind.labels.zh for kind in kinds)}的记录",
                    en=f"nobody was ever recorded for {name} as {' or '.join(f'“{kind.labels.en}”' for kind in kinds)}",
                ),
                certainty=Certainty.NO,
                subject=self._node,
                clause=self._duty.clause,
            )

    def _to_come(self, judgement: Judgement) -> Iterator[Step]:
        for relation, certainty in _ordered(judgement):
            if not certainty.holds and self._blazer.day < limits(relation.validity).possible_from:
                yield from self._blazer.assigned(relation).steps

    def _exempt(self, wanted: Certainty) -> Iterator[Step]:
        """The exemptions from the duty that are as sure as wanted."""
        claims = sorted(self._blazer.around.iter_claims(self._node.id, Exemption), key=lambda claim: claim.id)
        for claim in claims:
            if (
                claim.duty == self._duty.code
                and claim.regime == self._blazer.regime.code
                and certainty_on(claim.validity, self._blazer.day) is wanted
            ):
                name, labels = self._teller.name(self._node), self._duty.labels
                sentence = Text(zh=f"{name}免于“{labels.zh}”", en=f"{name} is exempt from “{labels.en}”")
                clause = claim.basis.clause or self._duty.clause
                yield Step(
                    kind=StepKind.EXEMPT,
                    sentence=sentence,
                    certainty=wanted,
                    subject=self._node,
                    record=claim,
                    clause=clause,
                )
                yield from self._teller.doubts(claim, claim.validity, sentence, clause)

    def _not_covered(self) -> Iterator[Step]:
        """The duty's rosters that may lack somebody: its own, and those of its alternatives."""
        yield from self._uncovered(self._duty.kinds, self._node)
        for each, container, _ in self._checker.above(self._duty, self._node):
            node = self._blazer.around.find_node(container)
            if isinstance(node, AnyTarget):
                yield from self._uncovered(each.kinds, node)
        if self._duty.or_else and self._blazer.ways.find_coverage(self._node.id) is None:
            name = self._teller.name(self._node)
            sentence = Text(
                zh=f"{name}所属是否全部在录未知，其上可能另有承担者",
                en=f"whether all that {name} lies in is on record is not known: somebody may answer there",
            )
            yield Step(
                kind=StepKind.NOT_COVERED,
                sentence=sentence,
                certainty=Certainty.POSSIBLE,
                subject=self._node,
                clause=self._duty.clause,
            )

    def _uncovered(self, kinds: Sequence[str], node: AnyTarget) -> Iterator[Step]:
        for kind in self._blazer.regime.kinds:
            if kind.code in kinds and not self._checker.is_covered(kind.code, node):
                name = self._teller.name(node)
                yield Step(
                    kind=StepKind.NOT_COVERED,
                    sentence=Text(
                        zh=f"“{kind.labels.zh}”名册当日在{name}是否齐全未知，可能有未记录者",
                        en=f"whether the roster “{kind.labels.en}” is complete for {name} on that day is not known: "
                        "somebody may not be recorded",
                    ),
                    certainty=Certainty.POSSIBLE,
                    subject=node,
                    clause=kind.clause,
                )

    def _located(self) -> Piece:
        """That the duty does not hold, or not surely, where the node lies; nothing where it does."""
        certainty = self._checker.located(self._duty, self._node)
        if certainty is Certainty.CERTAIN:
            return NOTHING_TO_SAY
        name, labels, area = self._teller.name(self._node), self._duty.labels, self._duty.area
        where = Text(zh="各地", en="everywhere") if area is None else Text(*[self._teller.name(area)] * 2)
        if certainty is Certainty.POSSIBLE:
            kind = StepKind.ONLY_POSSIBLE
            sentence = Text(
                zh=f"“{labels.zh}”（{where.zh}）当日在{name}仅可能施行",
                en=f"“{labels.en}” (of {where.en}) is only possibly in force for {name} on that day",
            )
        else:
            kind = StepKind.NOT_IN_FORCE
            sentence = Text(
                zh=f"“{labels.zh}”（{where.zh}）在{name}不施行：不在其地，或有更近的规定",
                en=f"“{labels.en}” (of {where.en}) is not in force for {name}: it lies elsewhere, or a nearer "
                "rule holds",
            )
        step = Step(kind=kind, sentence=sentence, certainty=certainty, subject=self._node, clause=self._duty.clause)
        return Piece((step,), certainty)

    def _designated(self) -> Piece:
        """That the node is not, or not surely, registered as the duty asks; nothing where it is."""
        certainty = self._checker.designated(self._duty, self._node)
        kind = next((kind for kind in self._blazer.regime.designations if kind.code == self._duty.designation), None)
        if kind is None or certainty is Certainty.CERTAIN:
            return NOTHING_TO_SAY
        day = self._blazer.day
        claims = [
            claim
            for claim in self._blazer.around.iter_claims(self._node.id, Designation)
            if claim.kind == kind.code and certainty_on(claim.validity, day) is certainty
        ]
        if certainty is Certainty.NO:
            return self._not_designated(kind, claims)
        name = self._teller.name(self._node)
        sentence = Text(zh=f"{name}属“{kind.labels.zh}”", en=f"{name} is “{kind.labels.en}”")
        claim = min(claims, key=lambda claim: claim.id)
        return Piece(self._teller.doubts(claim, claim.validity, sentence, self._duty.clause), certainty)

    def _not_designated(self, kind: DesignationKind, claims: list[Designation]) -> Piece:
        """Never, no longer or not yet: by the claim that is nearest in time."""
        name = self._teller.name(self._node)
        zh, en = f"{name}当日不属“{kind.labels.zh}”", f"{name} is not “{kind.labels.en}” on that day"
        if not claims:
            sentence = Text(zh=f"{zh}，亦无此记录", en=f"{en}, and never was on record")
            step = Step(
                kind=StepKind.NOT_DESIGNATED,
                sentence=sentence,
                certainty=Certainty.NO,
                subject=self._node,
                clause=self._duty.clause,
            )
            return Piece((step,), Certainty.NO)
        distance, _, claim = min((self._teller.missing_bound(claim.validity)[2], claim.id, claim) for claim in claims)
        is_over, bound, _ = self._teller.missing_bound(claim.validity)
        when = say_bound(bound)
        sentence = (
            Text(zh=f"{zh}，止于{when.zh}", en=f"{en}: that ended on {when.en}")
            if is_over
            else Text(zh=f"{zh}，始于{when.zh}", en=f"{en}: that begins on {when.en}")
        )
        step = Step(
            kind=StepKind.NOT_DESIGNATED,
            sentence=sentence,
            certainty=Certainty.NO,
            subject=self._node,
            record=claim,
            clause=claim.basis.clause or self._duty.clause,
            bound=bound,
            end=ValidityEnd.UNTIL if is_over else ValidityEnd.SINCE,
        )
        return Piece((step,), Certainty.NO, distance)


def _ordered(judgement: Judgement) -> list[tuple[Relation, Certainty]]:
    """The assignments that count: the certain ones first, then by who answers and id."""
    return sorted(
        judgement.assignments, key=lambda row: (row[1] is not Certainty.CERTAIN, row[0].kind, row[0].source, row[0].id)
    )


def _answered(judgement: Judgement) -> Certainty:
    """Whether somebody answers: surely where it is met, surely nobody where it surely is a gap; else perhaps."""
    if judgement.cause in {None, GapCause.UNKNOWN_HOLDER}:
        return judgement.certainty
    return Certainty.NO if judgement.certainty is Certainty.CERTAIN else Certainty.POSSIBLE
