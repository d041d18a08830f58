"""From a target to somebody, along one assignment (责任路径): what holds on the day, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from graph_model.dates import Certainty, certainty_on, ended_surely, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.duties import DutyChecker, Gap
from graph_model.questions.reasons.lying import Lying
from graph_model.questions.reasons.steps import Step, StepKind
from graph_model.questions.reasons.telling import NOTHING_TO_SAY, Piece, Teller
from graph_model.questions.ways import Ways
from graph_model.records import AnyAssignee, AnyTarget, Coverage, Family, Person, Post, Relation, Text
from graph_model.regime import Regime


class Trail(Struct, frozen=True, kw_only=True):
    """One line of reasoning; ``certainty`` is NO where something stands in the way.

    ``target`` is what is answered for: the target that was asked about, or something that it lies in; ``gap`` what the
    duty checker says, where a duty was asked about. ``distance``: how far, in days, what stands in the way lies from
    the day; ``obstacles``: in how many parts of the trail.
    """

    certainty: Certainty
    target: AnyTarget | None
    steps: tuple[Step, ...]
    assignment: Relation | None = None
    gap: Gap | None = None
    distance: int = 0
    obstacles: int = 0


def make_trail(
    target: AnyTarget | None,
    pieces: Iterable[Piece],
    *,
    certainty: Certainty | None = None,
    assignment: Relation | None = None,
    gap: Gap | None = None,
) -> Trail:
    """A trail of its pieces, one after the other; as sure as the weakest of them, unless its certainty is given."""
    parts = list(pieces)
    return Trail(
        certainty=weakest(*(piece.certainty for piece in parts)) if certainty is None else certainty,
        target=target,
        steps=tuple(step for piece in parts for step in piece.steps),
        assignment=assignment,
        gap=gap,
        distance=max((piece.distance for piece in parts), default=0),
        obstacles=sum(not piece.certainty.holds for piece in parts),
    )


class Trailblazer:
    """Makes trails for one target, one regime and one day (ordinal), within one neighbourhood of all days."""

    def __init__(
        self, around: Neighbourhood, target: str, regime: Regime, day: int, coverages: Sequence[Coverage]
    ) -> None:
        self.around = around
        self.regime = regime
        self.day = day
        self.target = target
        self.ways = Ways(around, day, coverages)
        self.checker = DutyChecker(around, regime, day, self.ways, coverages)
        self.teller = Teller(around, regime, day)
        self.lying = Lying(self.teller, target, self.ways, coverages)

    def along(self, target: AnyTarget, assignment: Relation, person: Person | None = None) -> Trail:
        """The trail along one assignment of the regime to a target; on to ``person`` where a post answers."""
        held = self.seat(assignment.source) if person is None else self._held(assignment.source, person)
        pieces = [self.lying.way_to(target), self.assigned(assignment), self.in_force(), held]
        return make_trail(target, pieces, assignment=assignment)

    def in_force(self) -> Piece:
        """That the regime is not, or not surely, in force; nothing where it is."""
        return self.teller.bounded(self.regime.bounds, self.regime.labels, self.regime.basis.clause)

    def assignments_to(self, target: str) -> Iterator[Relation]:
        """The regime's assignments to a target by somebody who is on record, whenever they hold."""
        for relation in self.around.iter_to(target, Family.RESPONSIBILITY):
            if (
                relation.regime == self.regime.code
                and relation.kind in self.regime.kind_positions
                and isinstance(self.around.find_node(relation.source), AnyAssignee)
            ):
                yield relation

    def assigned(self, assignment: Relation) -> Piece:
        """The assignment itself: that it holds, may hold, begins later, or ended, and who followed."""
        sentence, clause = self.teller.spell(assignment), self.teller.clause_of(assignment)
        certainty = certainty_on(assignment.validity, self.day)
        if certainty.holds:
            step = self.teller.step(StepKind.ANSWERS, assignment, certainty, sentence, clause=clause)
            return Piece((step, *self.teller.doubts(assignment, assignment.validity, sentence, clause)), certainty)
        piece = self.teller.over_or_to_come(assignment, sentence, clause)
        if not ended_surely(assignment.validity, self.day):
            return piece
        followers = [
            relation
            for relation in self.assignments_to(assignment.target)
            if relation.kind == assignment.kind and certainty_on(relation.validity, self.day).holds
        ]
        steps = (*piece.steps, *self.followed_by(followers, assignment))
        return Piece(steps, piece.certainty, piece.distance)

    def followed_by(self, followers: Iterable[Relation], ended: Relation) -> Iterator[Step]:
        """Who answers in place of an assignment that ended, with what leaves a doubt; or that nobody is on record."""
        following = sorted(followers, key=lambda relation: (relation.source, relation.id))
        for relation in following:
            sentence, clause = self.teller.spell(relation), self.teller.clause_of(relation)
            certainty = certainty_on(relation.validity, self.day)
            yield self.teller.step(
                StepKind.SUCCEEDED,
                relation,
                certainty,
                Text(zh=f"接续：{sentence.zh}", en=f"in its place {sentence.en}"),
                clause=clause,
            )
            yield from self.teller.doubts(relation, relation.validity, sentence, clause)
        if not following:
            yield Step(
                kind=StepKind.NO_SUCCESSOR,
                sentence=Text(zh="未见接续者的记录", en="no successor is on record"),
                certainty=Certainty.NO,
                subject=self.around.find_node(ended.target),
                clause=self.teller.clause_of(ended),
            )

    def _held(self, post: str, person: Person) -> Piece:
        """Whether a person holds a post on the day: by the best of its holdings, else by the nearest in time."""
        name = self.teller.name
        sentence = Text(zh=f"{name(person)}任{name(post)}", en=f"{name(person)} holds {name(post)}")
        best = next((row for row in self.checker.holders_of(post) if row.person.id == person.id), None)
        if best is not None:
            step = self.teller.step(StepKind.HOLDS, best.holding, best.certainty, sentence)
            return Piece((step, *self.teller.doubts(best.holding, best.holding.validity, sentence)), best.certainty)
        pieces = [
            (piece.distance, holding.id, piece)
            for holding in self.around.iter_to(post, Family.HOLDING)
            if holding.source == person.id
            for piece in [self.teller.over_or_to_come(holding, sentence, holding.basis.clause)]
        ]
        return min(pieces, key=lambda row: row[:2])[2]

    def seat(self, assignee: str) -> Piece:
        """A remark on a post: that it is known to be empty, or that its holder is not recorded."""
        node = self.around.find_node(assignee)
        if not isinstance(node, Post):
            return NOTHING_TO_SAY
        emptiness = self.checker.find_emptiness(assignee)
        if emptiness is not None:
            sentence = Text(zh=f"{node.name}当日空缺", en=f"{node.name} was vacant on that day")
            vacant = Step(
                kind=StepKind.VACANT_POST,
                sentence=sentence,
                certainty=Certainty.CERTAIN,
                subject=node,
                record=emptiness,
                clause=emptiness.basis.clause,
            )
            return Piece((vacant,), Certainty.CERTAIN)
        if self.checker.holders_of(assignee):
            return NOTHING_TO_SAY
        sentence = Text(zh=f"{node.name}的任职人未记录", en=f"who holds {node.name} is not recorded")
        unknown = Step(kind=StepKind.UNKNOWN_HOLDER, sentence=sentence, certainty=Certainty.POSSIBLE, subject=node)
        return Piece((unknown,), Certainty.CERTAIN)
