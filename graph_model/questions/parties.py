"""Who a rule means (对象的认定): from the one assessed, or others of the same year, to nodes with a certainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from graph_model.consequence_rules import Among, Party
from graph_model.dates import Certainty, certainty_on, weakest
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.ways import Ways
from graph_model.records import AnyNode, Assessment, Family, Organization, Post, Text
from graph_model.regime import Regime, allows


class Found(Struct, frozen=True):
    """Who is meant, and how sure that is: ``node`` is None where nobody can be named; ``of``: whose he is, if known."""

    node: AnyNode | None
    certainty: Certainty
    labels: Text
    of: AnyNode | None = None


class Assessed(Struct, frozen=True):
    """The assessments of one year and the year before: by kind, subject and year."""

    by_key: Mapping[tuple[str, str, int], Assessment]

    def find(self, kind: str, subject: str, year: int) -> Assessment | None:
        """The assessment of a subject in a year."""
        return self.by_key.get((kind, subject, year))

    def of_year(self, kind: str, year: int) -> list[Assessment]:
        """All of a kind in a year, by subject."""
        found = [one for (one_kind, _, one_year), one in self.by_key.items() if (one_kind, one_year) == (kind, year)]
        return sorted(found, key=lambda one: one.subject)


def value_of(assessment: Assessment, code: str) -> float | bool | None:
    """A result by its code; None where it was not recorded."""
    return next((result.value for result in assessment.results if result.code == code), None)


class Parties:
    """Finds who is meant, on one day (ordinal) and for one year, within one neighbourhood."""

    def __init__(
        self, around: Neighbourhood, regime: Regime, day: int, ways: Ways, assessed: Assessed, year: int
    ) -> None:
        self._around = around
        self._regime = regime
        self._day = day
        self._ways = ways
        self._assessed = assessed
        self._year = year

    def find(self, party: Party, subject: str) -> list[Found]:
        """Those meant: the named ones first, each once, the surest first, then by id; then those without a name."""
        starts = [(subject, Certainty.CERTAIN)] if party.among is None else self._among(party.among)
        best: dict[str, Found] = {}
        unnamed: list[Found] = []
        if not starts and not party.optional:
            unnamed.append(Found(None, Certainty.CERTAIN, party.labels))
        for start, start_certainty in starts:
            for base, base_certainty in self._bases(party, start):
                for found in self._from(party, base, weakest(start_certainty, base_certainty), base != subject):
                    known = None if found.node is None else best.get(found.node.id)
                    if found.node is None:
                        unnamed.append(found)
                    elif known is None or known.certainty is not Certainty.CERTAIN:
                        best[found.node.id] = found
        named = sorted(best.items(), key=lambda row: (row[1].certainty is not Certainty.CERTAIN, row[0]))
        return [*(found for _, found in named), *unnamed]

    def _from(self, party: Party, base: str, certainty: Certainty, is_another: bool) -> Iterator[Found]:
        """Those meant from one base."""
        found = list(self._of(party, base, certainty))
        if not found and not party.optional:
            yield Found(None, certainty, party.labels, self._around.find_node(base) if is_another else None)
        for node, node_certainty in found:
            if (party.only and not allows(party.only, node)) or not self._is_of_levels(node.id, party.of_levels):
                continue
            if party.then is None:
                yield Found(node, node_certainty, party.labels)
                continue
            for further in self.find(party.then, node.id):
                yield Found(
                    further.node, weakest(node_certainty, further.certainty), further.labels, further.of or node
                )

    def _among(self, among: Among) -> list[tuple[str, Certainty]]:
        rows = [
            one
            for one in self._assessed.of_year(among.assessment, self._year)
            if all((value := value_of(one, c.result)) is not None and c.accepts(value) for c in among.when)
        ]
        if among.largest is None or among.most is None:
            return [(one.subject, Certainty.CERTAIN) for one in rows]
        figures = [(float(value), one.subject) for one in rows if (value := value_of(one, among.largest)) is not None]
        figures.sort(key=lambda row: (-row[0], row[1]))
        if len(figures) <= among.most:
            return [(subject, Certainty.CERTAIN) for _, subject in figures]
        last, next_one = figures[among.most - 1][0], figures[among.most][0]
        if last != next_one:
            return [(subject, Certainty.CERTAIN) for _, subject in figures[: among.most]]
        return [
            (subject, Certainty.CERTAIN if figure > last else Certainty.POSSIBLE)
            for figure, subject in figures
            if figure >= last
        ]

    def _bases(self, party: Party, node: str) -> Iterator[tuple[str, Certainty]]:
        """The node itself, or its containers of the level that is asked for."""
        if party.level is None:
            yield node, Certainty.CERTAIN
            return
        for above in self._ways.reached_from(node):
            if self._level_of(above) == party.level:
                yield above, self._ways.certainty_of(node, above)

    def _of(self, party: Party, base: str, certainty: Certainty) -> Iterator[tuple[AnyNode, Certainty]]:
        if party.assignees:
            yield from self._assignees(party.assignees, base, certainty)
        elif party.posts or party.organizations:
            yield from self._inside(party, base, certainty)
        elif party.members:
            yield from self._members(base, certainty)
        elif (node := self._around.find_node(base)) is not None:
            yield node, certainty

    def _assignees(
        self, kinds: Sequence[str], target: str, certainty: Certainty
    ) -> Iterator[tuple[AnyNode, Certainty]]:
        for relation in self._around.iter_to(target, Family.RESPONSIBILITY):
            node = self._around.find_node(relation.source)
            if relation.regime == self._regime.code and relation.kind in kinds and node is not None:
                held = weakest(certainty, certainty_on(relation.validity, self._day))
                if held.holds:
                    yield node, held

    def _members(self, organization: str, certainty: Certainty) -> Iterator[tuple[AnyNode, Certainty]]:
        for relation in self._around.iter_to(organization, Family.MEMBERSHIP):
            node = self._around.find_node(relation.source)
            held = weakest(certainty, certainty_on(relation.validity, self._day))
            if node is not None and held.holds:
                yield node, held

    def _inside(self, party: Party, base: str, certainty: Certainty) -> Iterator[tuple[AnyNode, Certainty]]:
        for node in self._around.iter_nodes():
            is_wanted = (isinstance(node, Post) and node.kind in party.posts) or (
                isinstance(node, Organization) and node.kind in party.organizations
            )
            if is_wanted and base in self._homes(node.id, base):
                held = weakest(certainty, self._ways.certainty_of(node.id, base))
                if held.holds:
                    yield node, held

    def _homes(self, node: str, base: str) -> set[str]:
        """The nearest containers with a level: a county's secretary is not the city's, though the county lies in it.

        A base without a level is a home of all that lies in it.
        """
        if base != node and self._level_of(base) is None:
            return {above for above in self._ways.reached_from(node) if above != node}
        above = [each for each in self._ways.reached_from(node) if each != node and self._level_of(each) is not None]
        return {
            each
            for each in above
            if not any(other != each and each in self._ways.reached_from(other) for other in above)
        }

    def _is_of_levels(self, node: str, levels: Sequence[str]) -> bool:
        return not levels or any(self._level_of(home) in levels for home in self._homes(node, node))

    def _level_of(self, node: str) -> str | None:
        record = self._around.find_node(node)
        level = None if record is None else self._regime.find_level(record)
        return None if level is None else level.code
