"""Putting records into words on a day (表述): names, what an assignment says, why something is only possible."""

from __future__ import annotations

from msgspec import Struct

from graph_model.dates import Bound, Certainty, Validity, certainty_on, day_or_none, limits, parse_since, parse_until
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import called_on
from graph_model.questions.reasons.steps import (
    AnyDated,
    Step,
    StepKind,
    ValidityEnd,
    doubtful_ends,
    say_bound,
    say_doubt,
)
from graph_model.records import AnyNode, Relation, Text
from graph_model.regime import Kind, Regime


class Piece(Struct, frozen=True):
    """A part of a trail: its steps, its certainty, and how far, in days, what stands in the way lies from the day."""

    steps: tuple[Step, ...]
    certainty: Certainty
    distance: int = 0


NOTHING_TO_SAY = Piece((), Certainty.CERTAIN)


class Teller:
    """Says what records say on one day (ordinal), within one neighbourhood and by the words of one regime."""

    def __init__(self, around: Neighbourhood, regime: Regime, day: int) -> None:
        self.around = around
        self.regime = regime
        self.day = day

    def name(self, node: AnyNode | str) -> str:
        """What a node is called on the day; its id where it has no record."""
        record = self.around.find_node(node) if isinstance(node, str) else node
        return str(node) if record is None else called_on(self.around, record, self.day)

    def kind_of(self, assignment: Relation) -> Kind:
        """The kind of an assignment of the regime. Raises KeyError for another's."""
        return self.regime.kinds[self.regime.kind_positions[assignment.kind]]

    def clause_of(self, assignment: Relation) -> str | None:
        """The clause that an assignment rests on: its own, else its kind's."""
        return assignment.basis.clause or self.kind_of(assignment).clause

    def spell(self, assignment: Relation) -> Text:
        """An assignment as its kind spells it."""
        kind = self.kind_of(assignment)
        names = {"assignee": self.name(assignment.source), "target": self.name(assignment.target)}
        return Text(zh=kind.sentence.zh.format(**names), en=kind.sentence.en.format(**names))

    def step(
        self,
        kind: StepKind,
        relation: Relation,
        certainty: Certainty,
        sentence: Text,
        *,
        clause: str | None = None,
        bound: Bound | None = None,
        end: ValidityEnd | None = None,
    ) -> Step:
        """A step that rests on a relation, between its ends."""
        return Step(
            kind=kind,
            sentence=sentence,
            certainty=certainty,
            subject=self.around.find_node(relation.source),
            object=self.around.find_node(relation.target),
            record=relation,
            clause=clause or relation.basis.clause,
            bound=bound,
            end=end,
        )

    def doubts(
        self, record: AnyDated | None, validity: Validity, sentence: Text, clause: str | None = None
    ) -> tuple[Step, ...]:
        """Why something is only POSSIBLE on the day: each date that leaves it open. None where it is not."""
        if certainty_on(validity, self.day) is not Certainty.POSSIBLE:
            return ()
        steps = []
        for end, bound in doubtful_ends(validity, self.day):
            why = say_doubt(end, bound, validity)
            steps.append(
                Step(
                    kind=StepKind.ONLY_POSSIBLE,
                    sentence=Text(
                        zh=f"“{sentence.zh}”当日仅为可能：{why.zh}",
                        en=f"“{sentence.en}” is only possible on that day: {why.en}",
                    ),
                    certainty=Certainty.POSSIBLE,
                    record=record,
                    clause=clause or (None if record is None else record.basis.clause),
                    bound=bound,
                    end=end,
                )
            )
        return tuple(steps)

    def over_or_to_come(self, relation: Relation, sentence: Text, clause: str | None) -> Piece:
        """A relation that does not hold on the day: that it surely ended, or surely begins later."""
        is_over, bound, distance = self.missing_bound(relation.validity)
        when = say_bound(bound)
        if is_over:
            kind, end = StepKind.ENDED, ValidityEnd.UNTIL
            text = Text(zh=f"{sentence.zh}，已于{when.zh}终止", en=f"{sentence.en}, which ended on {when.en}")
        else:
            kind, end = StepKind.BEGINS_LATER, ValidityEnd.SINCE
            text = Text(zh=f"{sentence.zh}，{when.zh}方才开始", en=f"{sentence.en}, which begins only on {when.en}")
        step = self.step(kind, relation, Certainty.NO, text, clause=clause, bound=bound, end=end)
        return Piece((step,), Certainty.NO, distance)

    def bounded(self, validity: Validity, what: Text, clause: str | None) -> Piece:
        """That a regime or duty is not, or not surely, in force; nothing where it is."""
        certainty = certainty_on(validity, self.day)
        if certainty is Certainty.CERTAIN:
            return NOTHING_TO_SAY
        if certainty is Certainty.POSSIBLE:
            sentence = Text(zh=f"{what.zh}施行", en=f"{what.en} is in force")
            return Piece(self.doubts(None, validity, sentence, clause), certainty)
        is_over, bound, distance = self.missing_bound(validity)
        when = say_bound(bound)
        if is_over:
            text = Text(
                zh=f"“{what.zh}”当日已不施行，止于{when.zh}",
                en=f"“{what.en}” is no longer in force: it ended on {when.en}",
            )
        else:
            text = Text(
                zh=f"“{what.zh}”当日尚未施行，始于{when.zh}",
                en=f"“{what.en}” is not yet in force: it begins on {when.en}",
            )
        step = Step(
            kind=StepKind.NOT_IN_FORCE,
            sentence=text,
            certainty=Certainty.NO,
            clause=clause,
            bound=bound,
            end=ValidityEnd.UNTIL if is_over else ValidityEnd.SINCE,
        )
        return Piece((step,), Certainty.NO, distance)

    def missing_bound(self, validity: Validity) -> tuple[bool, Bound, int]:
        """Of what does not hold on the day: whether it is over, the date that says so, how many days away it is."""
        bounds = limits(validity)
        if self.day >= bounds.possible_until:
            return True, parse_until(validity.until), self.day - bounds.possible_until + 1
        return False, parse_since(validity.since), bounds.possible_from - self.day

    @property
    def date(self) -> str:
        """The day as a text."""
        return str(day_or_none(self.day))
