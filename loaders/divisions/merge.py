"""Which entries of several editions are the same division (归并): by name, never by code alone.

Editions are taken in the order of their days, levels from the top. An entry continues a known division, the first of
these that fits:

1. the same name within the same parent division, in the edition before;
2. a village only: the same name among those still left over in the same county, in the edition before (it moved),
   where something else vouches for it: another village went the same way, its old parent ended, or its new one began;
3. the same name within the same parent division, in an earlier edition (it had disappeared, and is back);
4. the same code and the same parent, where the name alone was replaced by one of the same sound (昇阳, 升阳), or the
   rest of the parent's list stays: a rename. The list stays if each of its other entries is the same division with
   the same code in both editions, and these outnumber the renamed ones.

Otherwise it is a new division. Names are compared without their ending (``base_name``); the city is the one division
that a set of editions is about, whatever its name.

Several of one name within one parent (or, in step 2, one county) are told apart by their full names, then by their
codes; those that are left stay apart as divisions of their own, and a ``Doubt`` says so. So does a name replaced
under the same code whose list did not stay, and a village of the same name that nothing vouches for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from graph_model.keys import division_id
from loaders.divisions.editions import LEVELS, Edition, Entry
from loaders.divisions.history import CITY, VILLAGE, Doubt, DoubtKind, History, Lineage, Renamed, base_name
from loaders.romanise import pinyin


def merge(editions: Iterable[Edition]) -> History:
    """The history that some editions of one city tell; at least one, each of its own day, in any order."""
    ordered = sorted(editions, key=lambda edition: edition.day)
    merger = _Merger()
    for number, edition in enumerate(ordered):
        merger.take(number, edition)
    return History(
        ordered[0].city,
        tuple(edition.day for edition in ordered),
        tuple(sorted(merger.lineages.values(), key=lambda lineage: lineage.id)),
        tuple(merger.renames),
        tuple(merger.doubts),
    )


class _Row(Struct, frozen=True):
    """An entry of the edition at hand, its parent's id and its county's (None where there is none)."""

    entry: Entry
    parent: str | None
    county: str | None


_Group = tuple[str | None, str]


class _Level:
    """One level of one edition while its rows look for their divisions; both sides shrink as pairs are found."""

    def __init__(self, number: int, rows: Sequence[_Row]) -> None:
        self.number = number
        self.rows = {row.entry.code: row for row in rows}
        self.found: dict[str, Lineage] = {}
        self.doubts: list[Doubt] = []

    def pair(
        self,
        lineages: dict[str, Lineage],
        old_group: Callable[[Lineage], _Group],
        new_group: Callable[[_Row], _Group],
    ) -> None:
        """Pair what is alike, by the docstring of this module; what is paired or in doubt leaves both sides."""
        before: defaultdict[_Group, list[Lineage]] = defaultdict(list)
        after: defaultdict[_Group, list[Entry]] = defaultdict(list)
        for lineage in lineages.values():
            before[old_group(lineage)].append(lineage)
        for row in self.rows.values():
            after[new_group(row)].append(row.entry)
        for group in sorted(before.keys() & after.keys(), key=str):
            self._settle(group[0] or "", before[group], after[group], lineages)

    def _settle(self, within: str, old: list[Lineage], new: list[Entry], lineages: dict[str, Lineage]) -> None:
        if len(old) == len(new) == 1:
            self.take(old[0], new[0], lineages)
            return
        for sign in (_name, _code):
            pairs = _alike(old, new, sign)
            for lineage, entry in pairs:
                self.take(lineage, entry, lineages)
            settled, entries = tuple(lineage for lineage, _ in pairs), tuple(entry for _, entry in pairs)
            old, new = [one for one in old if one not in settled], [one for one in new if one not in entries]
            if pairs and sign is _code:
                self.doubts.append(Doubt(DoubtKind.SETTLED_BY_CODE, self.number, within, settled, entries))
        if old and new:
            self.doubts.append(Doubt(DoubtKind.SAME_NAME, self.number, within, tuple(old), tuple(new)))
            for entry in new:
                del self.rows[entry.code]
            for lineage in old:
                del lineages[lineage.id]

    def take(self, lineage: Lineage, entry: Entry, lineages: dict[str, Lineage]) -> None:
        """An entry continues a division."""
        self.found[entry.code] = lineage
        del self.rows[entry.code]
        del lineages[lineage.id]


def _name(entry: Entry) -> str:
    return entry.name


def _code(entry: Entry) -> str:
    return entry.code


def _sound(entry: Entry) -> str:
    return pinyin(base_name(entry.level, entry.name))


def _alike(old: Sequence[Lineage], new: Sequence[Entry], sign: Callable[[Entry], str]) -> list[tuple[Lineage, Entry]]:
    """The pairs that share a sign which is the only one of its kind on either side."""
    before: defaultdict[str, list[Lineage]] = defaultdict(list)
    after: defaultdict[str, list[Entry]] = defaultdict(list)
    for lineage in old:
        before[sign(lineage.last_entry)].append(lineage)
    for entry in new:
        after[sign(entry)].append(entry)
    both = sorted(before.keys() & after.keys())
    return [(before[key][0], after[key][0]) for key in both if len(before[key]) == len(after[key]) == 1]


class _Merger:
    def __init__(self) -> None:
        self.lineages: dict[str, Lineage] = {}
        self.renames: list[Renamed] = []
        self.doubts: list[Doubt] = []

    def take(self, number: int, edition: Edition) -> None:
        """The next edition."""
        here: dict[str, Lineage] = {}
        for level in LEVELS:
            rows = [self._row(entry, here, number) for entry in edition.of_level(level)]
            parents = {row.entry.code: row.parent for row in rows}
            found = self._find(number, level, rows)
            for row in rows:
                entry = row.entry
                lineage = found.get(entry.code)
                if lineage is None:
                    lineage = Lineage(division_id(entry.code, edition.day if number else None), level)
                    self.lineages[lineage.id] = lineage
                lineage.entries[number] = entry
                lineage.parents[number] = parents[entry.code]
                here[entry.code] = lineage

    def _row(self, entry: Entry, here: dict[str, Lineage], number: int) -> _Row:
        parent = here.get(entry.parent)
        return _Row(entry, parent.id if parent else None, parent.parents[number] if parent else None)

    def _find(self, number: int, level: str, rows: Sequence[_Row]) -> dict[str, Lineage]:
        """The division that each row continues, by code."""
        known = [lineage for lineage in self.lineages.values() if lineage.level == level]
        before = {lineage.id: lineage for lineage in known if lineage.last == number - 1}
        gone = {lineage.id: lineage for lineage in known if lineage.last < number - 1}
        work = _Level(number, rows)
        all_rows = dict(work.rows)
        children = _Children(number, before.values(), rows)
        if level == CITY:
            for lineage in list(before.values()):
                self._continue_city(work, lineage, before)
            return work.found
        self._pair_by_parent(work, before)
        if level == VILLAGE:
            work.pair(
                before,
                lambda old: (self._county(old), base_name(old.level, old.last_entry.name)),
                lambda row: (row.county, base_name(row.entry.level, row.entry.name)),
            )
            self._doubt_lone_moves(work, all_rows)
        self._pair_by_parent(work, gone)
        self._rename(work, before, children)
        self.doubts += work.doubts
        return work.found

    def _pair_by_parent(self, work: _Level, lineages: dict[str, Lineage]) -> None:
        work.pair(
            lineages,
            lambda old: (old.parents[old.last], base_name(old.level, old.last_entry.name)),
            lambda row: (row.parent, base_name(row.entry.level, row.entry.name)),
        )

    def _doubt_lone_moves(self, work: _Level, rows: dict[str, _Row]) -> None:
        """Of what was found under another parent, what nothing vouches for stays apart."""
        moved = {code: (old.parents[old.last], rows[code].parent) for code, old in work.found.items()}
        moved = {code: way for code, way in moved.items() if way[0] != way[1]}
        together = Counter(moved.values())
        for code, (before, after) in sorted(moved.items()):
            is_going_on = before is not None and work.number in self.lineages[before].entries
            has_been = after is not None and work.number - 1 in self.lineages[after].entries
            if together[before, after] == 1 and is_going_on and has_been:
                lineage, row = work.found.pop(code), rows[code]
                work.doubts.append(Doubt(DoubtKind.MOVE, work.number, row.county or "", (lineage,), (row.entry,)))

    def _county(self, village: Lineage) -> str | None:
        township = village.parents[village.last]
        return self.lineages[township].parents[village.last] if township else None

    def _continue_city(self, work: _Level, lineage: Lineage, before: dict[str, Lineage]) -> None:
        (row,) = work.rows.values()
        if lineage.last_entry.name != row.entry.name:
            self._take_renamed(work, lineage, row.entry, before)
        else:
            work.take(lineage, row.entry, before)

    def _rename(self, work: _Level, before: dict[str, Lineage], children: _Children) -> None:
        by_parent: defaultdict[str, list[tuple[Lineage, Entry]]] = defaultdict(list)
        for lineage in before.values():
            row = work.rows.get(lineage.last_entry.code)
            if row is not None and row.parent == lineage.parents[lineage.last]:
                by_parent[row.parent or ""].append((lineage, row.entry))
        for parent, replaced in sorted(by_parent.items()):
            renamed = []
            for lineage, entry in replaced:
                if _sound(lineage.last_entry) == _sound(entry):
                    self._take_renamed(work, lineage, entry, before)
                else:
                    renamed.append((lineage, entry))
            stays = children.stays(parent, {entry.code for _, entry in renamed}, work.found)
            for lineage, entry in renamed:
                if stays:
                    self._take_renamed(work, lineage, entry, before)
                else:
                    work.doubts.append(Doubt(DoubtKind.RENAME, work.number, parent, (lineage,), (entry,)))

    def _take_renamed(self, work: _Level, lineage: Lineage, entry: Entry, before: dict[str, Lineage]) -> None:
        self.renames.append(Renamed(work.number, lineage.id, lineage.last_entry, entry))
        work.take(lineage, entry, before)


class _Children:
    """The lists of codes under each parent, in the edition before and in this one."""

    def __init__(self, number: int, before: Iterable[Lineage], rows: Iterable[_Row]) -> None:
        self._number = number
        self._old: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._new: defaultdict[str, set[str]] = defaultdict(set)
        for lineage in before:
            self._old[lineage.parents[number - 1] or ""][lineage.entries[number - 1].code] = lineage.id
        for row in rows:
            self._new[row.parent or ""].add(row.entry.code)

    def stays(self, parent: str, renamed: set[str], found: dict[str, Lineage]) -> bool:
        """Whether a parent's list stays but for the renamed codes."""
        old = {code: lineage for code, lineage in self._old[parent].items() if code not in renamed}
        new = {code: found[code].id for code in self._new[parent] - renamed if code in found}
        return old == new and len(self._new[parent]) == len(new) + len(renamed) and len(new) > len(renamed)
