"""What one moment shows (视图): the frame of the data set, a neighbourhood seen on a day, and two of them compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from msgspec import Struct

from graph_model.dates import Certainty, certainty_on
from graph_model.errors import BadUserInputError
from graph_model.exchange import Header, Window
from graph_model.instants import instant_of
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, Completeness, Rung, trace_chain, way_up
from graph_model.questions.compare import ChainDifference, compare_chains
from graph_model.questions.duties import Gap
from graph_model.questions.explain import Explanation, Subject, explain, find_about
from graph_model.questions.naming import resolve_code
from graph_model.questions.seats import find_emptiness, holders_of
from graph_model.questions.succession import CodeReading, read_code
from graph_model.questions.ways import Ways
from graph_model.records import (
    AnyTarget,
    Dataset,
    Division,
    Household,
    RelationTally,
    Roster,
    Tally,
)
from graph_model.regime import Regime


class Moment(Struct, frozen=True):
    """The two clocks: ``day`` (ordinal) on which it was true, ``recorded_as_of`` (microseconds) when it was known."""

    day: int
    recorded_as_of: int | None = None

    @property
    def as_of(self) -> date:
        """The day as a date."""
        return date.fromordinal(self.day)

    @property
    def recorded(self) -> datetime | None:
        """The recorded moment in UTC; None for now."""
        return None if self.recorded_as_of is None else instant_of(self.recorded_as_of)

    @property
    def window(self) -> Window:
        """The one day as a window."""
        return Window(self.day, self.day)


class Frame(Struct, frozen=True):
    """What holds for the whole data set: header, dataset and the regimes in their order."""

    header: Header
    dataset: Dataset
    regimes: Mapping[str, Regime]

    def in_force(self, day: int, codes: Sequence[str] | None = None) -> tuple[str, ...]:
        """Those of some regimes (None: the data set's first) that are, or may be, in force on a day (ordinal).

        Raises BadUserInputError for an unknown one.
        """
        chosen = dict.fromkeys([None] if codes is None else codes)
        return tuple(regime.code for regime in map(self.regime, chosen) if regime.certainty_on(day).holds)

    def regime(self, code: str | None) -> Regime:
        """A regime by code, or the data set's first. Raises BadUserInputError with the codes that there are."""
        chosen = self.dataset.regimes[0] if code is None else code
        regime = self.regimes.get(chosen)
        if regime is None:
            raise BadUserInputError(f"unknown regime {chosen!r}; there are: {', '.join(self.regimes)}")
        return regime

    def is_in_force(self, tally: Tally, day: int) -> bool:
        """Whether the regime of a tally of assignments is surely in force; True of other tallies."""
        if not isinstance(tally, RelationTally) or tally.regime is None:
            return True
        regime = self.regimes.get(tally.regime)
        return regime is not None and regime.certainty_on(day) is Certainty.CERTAIN


class View(Struct, frozen=True, dict=True):
    """A neighbourhood seen at one moment, and the questions that it answers."""

    around: Neighbourhood
    moment: Moment
    frame: Frame

    @property
    def lateness(self) -> tuple[int, int]:
        """The day and the generation: of two views the later day is the later, then what knows more."""
        return self.moment.day, self.frame.header.generation

    def resolve(self, code: str) -> tuple[str, ...]:
        """The ids of what a code means on the day, the best first."""
        return resolve_code(self.around, code, self.moment.day)

    def find(self, key: str) -> str | None:
        """The id of what a code means on the day (or the id itself), if there is such a thing."""
        return next(iter(self.around.seeds.get(key, ()) if ":" in key else self.resolve(key)), None)

    def find_chain(self, target: str, regime: str, lanes: frozenset[str] | None) -> Chain | None:
        """The chain of a target (id) in a regime; None where one of the two is not there."""
        chosen, node = self.frame.regimes.get(regime), self.around.find_node(target)
        if chosen is None or not isinstance(node, AnyTarget):
            return None
        coverages = self.frame.header.coverages
        return trace_chain(self.around, target, chosen, self.moment.day, coverages=coverages, lanes=lanes)

    def read_code(self, code: str, level: str | None = None) -> CodeReading | None:
        """What a code means on the day among the divisions of a level, or of any; None if none ever bore it."""
        return read_code(self.around, code, self.moment.day, level)

    def chain(self, target: str, regime: str | None = None, lanes: Sequence[str] | None = None) -> Chain:
        """The chain of a target (id). Raises BadUserInputError for an unknown regime or lane."""
        chosen = self.frame.regime(regime)
        return trace_chain(
            self.around,
            target,
            chosen,
            self.moment.day,
            coverages=self.frame.header.coverages,
            lanes=None if lanes is None else chosen.check_lanes(lanes),
            ways=self._ways,
        )

    def own_gaps(
        self, target: str, regime: str | None = None, lanes: Sequence[str] | None = None
    ) -> tuple[tuple[Gap, ...], Completeness]:
        """The gaps at a target (id) itself, and no higher up, and what can be said of its own duties.

        What is assigned to all that it lies in must have been read: some duties may be met there (``Duty.or_else``).
        Raises BadUserInputError for an unknown regime or lane.
        """
        chosen = self.frame.regime(regime)
        wanted = None if lanes is None else chosen.check_lanes(lanes)
        coverages, day = self.frame.header.coverages, self.moment.day
        chain = trace_chain(
            self.around,
            target,
            chosen,
            day,
            coverages=coverages,
            lanes=wanted,
            ways=self._ways,
            own_only=True,
            has_above=True,
        )
        return chain.gaps, chain.completeness

    def explain(self, target: str, subject: Subject, key: str, regime: str | None = None) -> Explanation | None:
        """Why somebody answers for a target (id), or why not; the neighbourhood must be of all days.

        None for what cannot be answered for. Raises BadUserInputError for an unknown subject or regime.
        """
        chosen = self.frame.regime(regime)
        about = find_about(self.around, chosen, subject, key)
        node = self.around.find_node(target)
        if not isinstance(node, AnyTarget):
            return None
        return explain(self.around, node, about, chosen, self.moment.day, coverages=self.frame.header.coverages)

    def way_up(self, target: str) -> tuple[Rung, ...]:
        """The target and its containers on the day, by the levels of the default regime."""
        return way_up(self.around, target, self._ways, self.frame.regime(None))

    def is_known_empty(self, post: str) -> bool:
        """Whether a post (id) is known to be empty on the day; its holdings and vacancies must be in the view."""
        around, day = self.around, self.moment.day
        covered = [
            coverage
            for coverage in self.frame.header.coverages
            if coverage.roster is Roster.HOLDING and certainty_on(coverage.validity, day) is Certainty.CERTAIN
        ]
        holders = holders_of(around, post, day)
        return find_emptiness(around, post, day, self._ways, covered, holders) is not None

    @cached_property
    def _ways(self) -> Ways:
        """The ways up of all that is seen, each found once."""
        return Ways(self.around, self.moment.day, self.frame.header.coverages)


class Comparison(Struct, frozen=True):
    """The chains of one target at two moments, in one regime, and what is different; None: no such target then."""

    target: str
    regime: str
    before: Chain | None
    after: Chain | None
    difference: ChainDifference


def compare_views(
    before: View, after: View, target: str, regime: str | None = None, lanes: Sequence[str] | None = None
) -> Comparison:
    """Compare the chains of a target (id) in two views.

    The regime, and the lanes that there are, are those of the view that knows more: the other way round gives the
    mirror image. Raises BadUserInputError for an unknown regime or lane.
    """
    knows_more = max((before, after), key=lambda view: view.frame.header.generation)
    chosen = knows_more.frame.regime(regime)
    wanted = None if lanes is None else chosen.check_lanes(lanes)
    earlier, later = (view.find_chain(target, chosen.code, wanted) for view in (before, after))
    return Comparison(target, chosen.code, earlier, later, compare_chains(earlier, later))


def first_of_level(view: View, code: str, level: str | None) -> str | None:
    """The id of what a code means on the day, if it is of that level (``household`` for households); else None."""
    for node_id in view.resolve(code):
        node = view.around.find_node(node_id)
        if level is None and isinstance(node, Division):
            return node_id
        if isinstance(node, Division) and node.level == level:
            return node_id
        if isinstance(node, Household) and level == "household":
            return node_id
    return None
