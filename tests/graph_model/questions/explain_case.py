"""The notation of the cases of explanations: a world as in ``case.py``, who is asked about, and why or why not.

``ask``      one of ``assignee: NAME``, ``lane: CODE``, ``duty: CODE``: whether it answers for ``of``.
``later``    facts that were recorded only later; the question is asked as it was known before.
``expect``   ``answer`` (CERTAIN is yes, POSSIBLE perhaps, NO no); ``why``: the trails, each a list of its steps;
             ``says``, the sentence in both languages, where a case speaks of it.

A step is its kind, then the fact that says so and, where a date decides, that date: ``ENDED unit-takes-village until
2017-06-01``. The fact is left away where none is recorded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from graph_model.dates import parse_day
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.explain import Explanation, explain, learnt_later, with_later_knowledge
from graph_model.questions.reasons.steps import Step, ValidityEnd
from graph_model.questions.reasons.trails import Trail
from graph_model.records import AnyAssignee, AnyTarget
from graph_model.regime import Duty, Lane, Regime
from graph_model.yaml_file import read_yaml
from tests.graph_model.questions.case import Case, When
from tests.graph_model.questions.naive_chain import World

RECORDED = "2017-09-01T08:00:00Z"
"""When what was recorded later was recorded."""


class Sentence(Struct, forbid_unknown_fields=True, frozen=True):
    """The sentence in both languages."""

    zh: str
    en: str


class Why(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is left away is not looked at."""

    answer: str
    why: list[list[str]] | None = None
    says: Sentence | None = None


class ExplainCase(Case, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One case as it is written."""

    ask: dict[Literal["assignee", "lane", "duty"], str]
    expect: Why  # type: ignore[assignment]
    later: dict[str, When] = field(default_factory=dict)

    def about(self, world: World, regime: Regime) -> AnyAssignee | Lane | Duty:
        """Who or what is asked about."""
        ((what, name),) = self.ask.items()
        if what == "lane":
            return regime.get_lane(name)
        if what == "duty":
            return regime.duties[regime.duty_positions[name]]
        node = next(node for node in world.nodes if node.id == self.id_of(name))
        assert isinstance(node, AnyAssignee)
        return node

    def explained(self, world: World) -> Explanation:
        """The explanation in a world: that of the case, or one with the same records."""
        regime = self.the_regime()
        around = Neighbourhood(world.nodes, world.claims, world.relations)
        target = around.get_node(self.id_of(self.of))
        assert isinstance(target, AnyTarget)
        day = parse_day(self.as_of).toordinal()
        return explain(around, target, self.about(world, regime), regime, day, coverages=world.coverages)

    def answer(self) -> Explanation:
        """The explanation, with what was recorded later if the case has any."""
        then = self.explained(self.world())
        if not self.later:
            return then
        now = self.explained(self.world_later())
        known = Neighbourhood(self.world().nodes, self.world().claims, self.world().relations)
        learnt = learnt_later(then, now, known)
        return with_later_knowledge(then, learnt, dict.fromkeys(learnt, RECORDED))

    def world_later(self) -> World:
        """The world with what was recorded later."""
        later = {name: getattr(self, name) for name in self.__struct_fields__}
        return type(self)(**{**later, "facts": {**self.facts, **self.later}}).world()


def read_explain_cases(folder: Path) -> list[ExplainCase]:
    """All cases of a folder, file by file."""
    return [case for path in sorted(folder.glob("*.yaml")) for case in read_yaml(path, list[ExplainCase]).content]


def words_of(step: Step) -> str:
    """A step in the notation of the cases."""
    words = [step.kind.value]
    if step.record is not None:
        words.append(step.record.id.partition(":")[2].removesuffix("-0"))
    if step.bound is not None:
        words.append(f"{'since' if step.end is ValidityEnd.SINCE else 'until'} {step.bound.text or 'unknown'}")
    return " ".join(words)


def words_of_trail(trail: Trail) -> list[str]:
    """A trail in the notation of the cases."""
    return [words_of(step) for step in trail.steps]
