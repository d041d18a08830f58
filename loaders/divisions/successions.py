"""What took the place of townships that ended, and what new ones were formed of (承继): by where their villages went.

Only villages that are the same division in both editions count; placeholders do not. What they come to is said by
``change_events.passings``. Where no villages tell of it, but one that ended and a new one have the same name but for
the rank (``stem``), it is CONVERTED, which is then POSSIBLE. Of the others nothing is known here.

It is sure where nothing is left over: every village of what ended is found again in what follows, and every village of
a new one comes from what it was formed of. A lone village tells little: unless the name says so too, two are needed.
Where the name stays but for the rank, more than half of the villages will do.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.change_events import Passing, passings
from graph_model.dates import Certainty
from graph_model.records import ChangeKind
from loaders.divisions.history import TOWNSHIP, VILLAGE, History, Lineage, base_name, is_placeholder

_RANK = re.compile(r"(街道|镇|乡)$")


class Succession(Struct, frozen=True):
    """One event among townships: ids before and after, the largest part first; ``villages``: how many went over."""

    kind: ChangeKind
    before: tuple[str, ...]
    after: tuple[str, ...]
    confidence: Certainty
    villages: int = 0


def stem(name: str) -> str:
    """A township's name without its rank: ``河图镇`` and ``河图街道办事处`` have one stem."""
    base = base_name(TOWNSHIP, name)
    return _RANK.sub("", base) or base


def successions(history: History, number: int) -> list[Succession]:
    """What happened among the townships between an edition and the one before."""
    return list(_Townships(history, number).tell())


class _Townships:
    def __init__(self, history: History, number: int) -> None:
        self._number = number
        self._townships = {one.id: one for one in history.lineages if one.level == TOWNSHIP}
        self._before: defaultdict[str, set[str]] = defaultdict(set)
        self._after: defaultdict[str, set[str]] = defaultdict(set)
        self._flows: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for one in history.lineages:
            if one.level == VILLAGE and not is_placeholder(one):
                self._count(one)
        old = [one for one in self._townships.values() if number - 1 in one.entries]
        new = [one for one in self._townships.values() if number in one.entries]
        self._ended = sorted(one.id for one in old if number not in one.entries)
        self._begun = sorted(one.id for one in new if number - 1 not in one.entries)

    def _count(self, village: Lineage) -> None:
        before, after = village.parents.get(self._number - 1), village.parents.get(self._number)
        if before is not None:
            self._before[before].add(village.id)
        if after is not None:
            self._after[after].add(village.id)
        if before is not None and after is not None and before != after:
            self._flows[before][after] += 1

    def tell(self) -> Iterator[Succession]:
        """All of it: what became of those that ended, what new ones were formed of, and what is left."""
        told: set[str] = set()
        for one in passings(self._ended, self._begun, self._flows):
            told.update((*one.before, *one.after))
            yield Succession(one.kind, one.before, one.after, _sure(self._is_sure(one)), one.parts)
        yield from self._by_name(told)

    def _is_sure(self, one: Passing) -> bool:
        gone = [each for each in one.before if each in self._ended and each not in one.after]
        match one.kind:
            case ChangeKind.CONVERTED:
                return self._is_conversion(one.before[0], one.after[0])
            case ChangeKind.CREATED:
                return self._all_came(one.after[0], one.before)
            case _ if gone:
                return all(self._all_went(each, one.after) for each in gone)
            case _:
                return all(self._all_came(each, one.before) for each in one.after if each not in one.before)

    def _by_name(self, told: set[str]) -> Iterator[Succession]:
        """What is left: nothing tells of it but, perhaps, the name."""
        ended = [one for one in self._ended if one not in told]
        begun = [one for one in self._begun if one not in told]
        before = _by_stem([self._townships[one] for one in ended], self._number - 1)
        after = _by_stem([self._townships[one] for one in begun], self._number)
        for key in sorted(before.keys() & after.keys()):
            if len(before[key]) == len(after[key]) == 1:
                yield Succession(ChangeKind.CONVERTED, tuple(before[key]), tuple(after[key]), Certainty.POSSIBLE)

    def _all_went(self, ended: str, targets: Sequence[str]) -> bool:
        return self._before[ended] <= set().union(*(self._after[target] for target in targets))

    def _all_came(self, begun: str, origins: Sequence[str]) -> bool:
        came = self._after[begun]
        return len(came) > 1 and came <= set().union(*(self._before[origin] for origin in origins))

    def _is_conversion(self, ended: str, begun: str) -> bool:
        before, after = self._before[ended], self._after[begun]
        old, new = self._townships[ended].entries[self._number - 1], self._townships[begun].entries[self._number]
        if stem(old.name) == stem(new.name):
            return 2 * len(before & after) > max(len(before), len(after))
        return before == after and len(before) > 1


def _sure(is_sure: bool) -> Certainty:
    return Certainty.CERTAIN if is_sure else Certainty.POSSIBLE


def _by_stem(townships: Sequence[Lineage], number: int) -> dict[tuple[str | None, str], list[str]]:
    """Ids by county and stem."""
    found: defaultdict[tuple[str | None, str], list[str]] = defaultdict(list)
    for one in townships:
        found[one.parents[number], stem(one.entries[number].name)].append(one.id)
    return found
