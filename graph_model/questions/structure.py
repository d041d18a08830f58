"""What is wrong with the graph as a graph (结构问题): circles, dangling and wrong ends, duplicates, held vacancies.

Pure, over light edges of the whole store; the findings are the same whatever the order of loading.
Sources: domain.md, section 6; model.md, "Relations" and "Chain", 4.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from graph_model.dates import AFTER_ALL_DAYS, BEFORE_ALL_DAYS, Limits
from graph_model.exchange import Edge, Vacated
from graph_model.questions.cycles import find_cycles
from graph_model.records import Family, Finding, Provenance, Severity, Text
from graph_model.regime import Kind, Regime

_WORDS = {
    Family.CONTAINMENT: Text(zh="从属", en="containment"),
    Family.HOLDING: Text(zh="任职", en="holding"),
    Family.MEMBERSHIP: Text(zh="成员", en="membership"),
    Family.REPORTING: Text(zh="汇报", en="reporting"),
    Family.RESPONSIBILITY: Text(zh="责任", en="responsibility"),
}
_CIRCULAR = {Family.CONTAINMENT: Severity.ERROR, Family.REPORTING: Severity.WARNING}
_MAX_KEY = 380
_Ends: TypeAlias = tuple[Family, str, str, str, str | None]
"""What is one and the same where it is recorded twice: family, kind, source, target, regime."""


class Faults:
    """Finds the structural faults of a graph whose edges are shown one after the other, its vacancies first.

    A second time is needed where some may be recorded twice; what is kept of most edges is a number each.
    """

    def __init__(self, regimes: Mapping[str, Regime]) -> None:
        self._wrong = _WrongEnds(regimes)
        self._found: list[Finding] = []
        self._circular: defaultdict[Family, list[Edge]] = defaultdict(list)
        self._vacant: defaultdict[str, list[Vacated]] = defaultdict(list)
        self._ends = array("q")
        self._repeated: defaultdict[_Ends, list[Edge]] = defaultdict(list)
        self._again: frozenset[int] = frozenset()

    def see(self, edge: Edge | Vacated) -> None:
        """The first time."""
        if isinstance(edge, Vacated):
            self._vacant[edge.post].append(edge)
            return
        if edge.source_sort is None or edge.target_sort is None:
            self._found += _dangling(edge)
        if edge.family is Family.RESPONSIBILITY:
            self._found += self._wrong.see(edge)
        elif edge.family in _CIRCULAR:
            self._circular[edge.family].append(edge)
        elif edge.target in self._vacant and edge.family is Family.HOLDING:
            self._found += _held_vacancies(edge, self._vacant[edge.target])
        self._ends.append(hash(_ends(edge)))

    def is_to_see_again(self) -> bool:
        """Whether a second time is needed; to be asked after the first."""
        ends = sorted(self._ends)
        self._again = frozenset(one for one, other in pairwise(ends) if one == other)
        return bool(self._again)

    def see_again(self, edge: Edge | Vacated) -> None:
        """The second time."""
        if isinstance(edge, Edge) and hash(_ends(edge)) in self._again:
            self._repeated[_ends(edge)].append(edge)

    def found(self) -> Iterator[Finding]:
        """All structural findings."""
        yield from _circles(self._circular)
        yield from self._found
        yield from self._wrong.unknown()
        yield from _duplicates(self._repeated)


def _ends(edge: Edge) -> _Ends:
    return edge.family, edge.kind, edge.source, edge.target, edge.regime


def _circles(of_family: Mapping[Family, Sequence[Edge]]) -> Iterator[Finding]:
    for family, severity in _CIRCULAR.items():
        for cycle in find_cycles(of_family.get(family, ())):
            way = " → ".join((*cycle.nodes, cycle.nodes[0]))
            word = _WORDS[family]
            yield _finding(
                "cycle",
                (family.value, *cycle.nodes),
                severity,
                Text(zh=f"{word.zh}关系成环：{way}", en=f"{word.en.capitalize()} goes in a circle: {way}"),
                subjects=cycle.nodes,
                places=cycle.edges,
            )


def _dangling(edge: Edge) -> Iterator[Finding]:
    if edge.source_sort is None:
        yield _dangling_end(edge, "source", edge.source, Text(zh="起点", en="source"))
    if edge.target_sort is None:
        yield _dangling_end(edge, "target", edge.target, Text(zh="终点", en="target"))


def _dangling_end(edge: Edge, end: str, node: str, word: Text) -> Finding:
    message = Text(zh=f"{edge.id} 的{word.zh} {node} 没有记录", en=f"The {word.en} of {edge.id}, {node}, has no record")
    other = edge.target if end == "source" else edge.source
    return _finding("dangling-end", (end, edge.id), Severity.ERROR, message, subjects=(other,), places=(edge,))


class _Rule(Struct, frozen=True):
    """Whether nodes of two sorts may be the ends of a kind."""

    kind: Kind
    assignee_allowed: bool
    target_allowed: bool


class _WrongEnds:
    """Assignments between what their kind does not allow, and of kinds that their regime does not have."""

    def __init__(self, regimes: Mapping[str, Regime]) -> None:
        self._regimes = regimes
        self._rules: dict[tuple[str | None, ...], _Rule | None] = {}
        self._unknown: Counter[tuple[str, str, str]] = Counter()

    def see(self, edge: Edge) -> Sequence[Finding]:
        """What is wrong with one assignment; of unknown kinds nothing yet."""
        case = (edge.regime, edge.kind, edge.source_sort, edge.target_sort)
        if case not in self._rules:
            self._rules[case] = _rule(edge, self._regimes)
        rule = self._rules[case]
        if rule is None:
            self._unknown[edge.regime or "", edge.kind, edge.origin] += 1
            return ()
        if rule.assignee_allowed and rule.target_allowed:
            return ()
        found = []
        if not rule.assignee_allowed:
            found.append(_wrong_end(edge, "assignee", edge.source, edge.source_sort, rule.kind.assignees))
        if not rule.target_allowed:
            found.append(_wrong_end(edge, "target", edge.target, edge.target_sort, rule.kind.targets))
        return found

    def unknown(self) -> Iterator[Finding]:
        """The unknown kinds, one finding for each origin."""
        for (regime, kind, origin), number in self._unknown.items():
            message = Text(
                zh=f"{origin} 的 {number} 条责任关系属 {kind}：制度 {regime} 没有此类型",
                en=f"{number} assignments of {origin} are of kind {kind}, which the regime {regime} does not have",
            )
            key = (regime, kind, hashlib.blake2b(origin.encode(), digest_size=4).hexdigest())
            yield _finding("unknown-kind", key, Severity.ERROR, message, subjects=(), places=(origin,))


def _rule(edge: Edge, regimes: Mapping[str, Regime]) -> _Rule | None:
    regime = regimes.get(edge.regime or "")
    kind = None if regime is None else regime.find_kind(edge.kind)
    if kind is None:
        return None
    return _Rule(kind, _is_allowed(edge.source_sort, kind.assignees), _is_allowed(edge.target_sort, kind.targets))


def _is_allowed(sort: str | None, patterns: Sequence[str]) -> bool:
    """Whether a sort of nodes is among the allowed ones; a dangling end is a fault of another kind."""
    return sort is None or sort in patterns or sort.partition(":")[0] in patterns


def _wrong_end(edge: Edge, end: str, node: str, sort: str | None, allowed: Sequence[str]) -> Finding:
    word = Text(zh="责任人", en="assignee") if end == "assignee" else Text(zh="责任对象", en="target")
    message = Text(
        zh=f"{edge.id} 的{word.zh} {node} 是 {sort}；{edge.kind} 只许 {'、'.join(allowed)}",
        en=f"The {word.en} of {edge.id}, {node}, is {sort}; {edge.kind} allows {', '.join(allowed)}",
    )
    return _finding(
        "wrong-end", (end, edge.id), Severity.ERROR, message, subjects=(edge.source, edge.target), places=(edge,)
    )


def _duplicates(repeated: Mapping[_Ends, Sequence[Edge]]) -> Iterator[Finding]:
    for (family, kind, source, target, regime), group in repeated.items():
        same = [edge for edge in group if any(edge is not other and _overlap(edge.days, other.days) for other in group)]
        if not same:
            continue
        same.sort(key=lambda edge: edge.id)
        ids = [edge.id for edge in same]
        message = Text(
            zh=f"同一{_WORDS[family].zh}关系（{kind}）重复记载，时段重叠：{'、'.join(ids)}",
            en=f"One {_WORDS[family].en} ({kind}) is recorded {len(ids)} times, for times that overlap: "
            + ", ".join(ids),
        )
        key_parts = (family.value, kind, source, target, *([regime] if regime else []))
        yield _finding("duplicate", key_parts, Severity.WARNING, message, subjects=(source, target), places=same)


def _overlap(one: Limits, other: Limits) -> bool:
    """Whether two validities hold together on some possible day, and are not simply one after the other.

    An end and a beginning that are both bounded (``2017``, ``2017``) may be the same day: then one follows the other.
    """
    if one.possible_from >= other.possible_until or other.possible_from >= one.possible_until:
        return False
    return not (_may_precede(one, other) or _may_precede(other, one))


def _may_precede(one: Limits, other: Limits) -> bool:
    is_bounded = one.possible_until < AFTER_ALL_DAYS and other.possible_from > BEFORE_ALL_DAYS
    return is_bounded and one.certain_until <= other.certain_from


def _held_vacancies(edge: Edge, vacancies: Iterable[Vacated]) -> Iterator[Finding]:
    for vacancy in vacancies:
        since = max(edge.days.certain_from, vacancy.days.certain_from)
        if since < min(edge.days.certain_until, vacancy.days.certain_until):
            message = Text(
                zh=f"{edge.target} 同时确定空缺（{vacancy.id}）且确定有人任职（{edge.id}）",
                en=f"{edge.target} is surely vacant ({vacancy.id}) and surely held ({edge.id}) at one time",
            )
            yield _finding(
                "vacant-and-held",
                (vacancy.id, edge.id),
                Severity.ERROR,
                message,
                subjects=(edge.target, edge.source),
                places=(vacancy, edge),
            )


def _finding(
    code: str,
    key: Sequence[str],
    severity: Severity,
    message: Text,
    *,
    subjects: Sequence[str],
    places: Iterable[Edge | Vacated | str],
) -> Finding:
    """A finding; its places are the origins of the records that it is about, with their ids."""
    return Finding(
        id=f"finding:{code}:{_word(key)}",
        provenance=Provenance.DERIVED,
        code=code,
        severity=severity,
        message=message,
        subjects=tuple(subjects),
        places=tuple(place if isinstance(place, str) else f"{place.origin}: {place.id}" for place in places),
    )


def _word(key: Sequence[str]) -> str:
    """What tells a finding from others of its code; of a long key, its beginning and a digest."""
    word = "~".join(key)
    if len(word) <= _MAX_KEY:
        return word
    return f"{word[: _MAX_KEY - 33]}~{hashlib.blake2b(word.encode(), digest_size=16).hexdigest()}"
