"""What the editions tell of, as change events (沿革事件): each rests on the edition that showed it.

The same division under another name, code or parent is RENAMED, RECODED or MOVED; what is only in the one edition or
only in the other is told by ``successions`` for townships, and is ENDED or CREATED elsewhere. A doubt between one old
division and one new one is told as a POSSIBLE rename or move of the one into the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.change_events import change_id
from graph_model.dates import Certainty
from graph_model.keys import division_id
from graph_model.records import Basis, ChangeEvent, ChangeKind, Provenance, Text
from loaders.divisions.editions import Entry
from loaders.divisions.history import Doubt, DoubtKind, History, Lineage, base_name
from loaders.divisions.spans import change_between
from loaders.divisions.successions import Succession, successions
from loaders.romanise import pinyin

_KIND_OF_DOUBT = {DoubtKind.RENAME: ChangeKind.RENAMED, DoubtKind.MOVE: ChangeKind.MOVED}


class Told(Struct, frozen=True):
    """An event, and the number of the edition that showed it; ``villages``: how many went from one to another."""

    edition: int
    event: ChangeEvent
    villages: int = 0


def tell_events(history: History, documents: tuple[str, ...]) -> list[Told]:
    """All events of a history, by edition and id; ``documents`` are the ids of the editions' documents."""
    told: list[Told] = []
    for number in range(1, len(history.days)):
        edition = _Edition(history, number, documents[number])
        told += sorted(edition.tell(), key=lambda one: one.event.id)
    return told


def as_two_divisions(doubt: Doubt, day: str) -> tuple[str, str] | None:
    """The ids of the old and the new division of a doubt about one rename or move; None for other doubts."""
    if doubt.kind not in _KIND_OF_DOUBT:
        return None
    (before,), (after,) = doubt.before, doubt.after
    return before.id, division_id(after.code, day)


def are_alike(before: Entry, after: Entry) -> bool:
    """Whether two names share a character beside their endings, or sound alike in the speech of the south-west."""
    old, new = base_name(before.level, before.name), base_name(after.level, after.name)
    return bool(set(old) & set(new)) or _blurred(old) == _blurred(new)


def _blurred(name: str) -> str:
    """Pinyin without what the local speech does not tell apart: n and l, zh and z, ang and an."""
    syllables = pinyin(name).split()
    for hard, soft in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n")):
        syllables = [soft + one.removeprefix(hard) if one.startswith(hard) else one for one in syllables]
    return " ".join(one.removesuffix("g") if one.endswith("ng") else one for one in syllables)


class _Edition:
    """The events that one edition shows."""

    def __init__(self, history: History, number: int, document: str) -> None:
        self._history = history
        self._number = number
        self._day = history.days[number]
        self._on = change_between(history.days[number - 1], self._day)
        self._document = document
        doubts = [doubt for doubt in history.doubts if doubt.edition == number]
        self._doubts = {pair: doubt for doubt in doubts if (pair := as_two_divisions(doubt, self._day)) is not None}
        self._in_doubt = self._doubted([doubt for doubt in doubts if doubt.kind is not DoubtKind.SETTLED_BY_CODE])

    def _doubted(self, doubts: Sequence[Doubt]) -> set[str]:
        """Those that may be others than they seem: in a doubt, under the code of one, or holding one."""
        before = {one.id for doubt in doubts for one in doubt.before}
        codes = {one.entry_before(self._number).code for doubt in doubts for one in doubt.before}
        after = {division_id(one.code, self._day) for doubt in doubts for one in doubt.after}
        after |= {division_id(code, self._day) for code in codes}
        holders: set[str | None] = set()
        for one in self._history.lineages:
            if one.id in before:
                holders.add(one.parents.get(self._number - 1))
            if one.id in after:
                holders.add(one.parents.get(self._number))
        return {*before, *after, *(one for one in holders if one is not None)}

    def tell(self) -> Iterator[Told]:
        """All of them, in no order that means anything."""
        for lineage in self._history.lineages:
            yield from self._going_on(lineage)
        told: set[str] = set()
        for succession in successions(self._history, self._number):
            if succession.before and succession.after:
                told.update((*succession.before, *succession.after))
                yield self._succession(succession)
        for pair, doubt in self._doubts.items():
            if not told & set(pair):
                told.update(pair)
                yield self._doubtful(doubt, *pair)
        for lineage in self._history.lineages:
            if lineage.id not in told:
                yield from self._coming_or_going(lineage)

    def _going_on(self, lineage: Lineage) -> Iterator[Told]:
        before, after = lineage.entries.get(self._number - 1), lineage.entries.get(self._number)
        if before is None or after is None:
            return
        one = (lineage.id,)
        if before.name != after.name:
            is_sure = lineage.level == "city" or are_alike(before, after)
            yield self._told(ChangeKind.RENAMED, one, one, _sure(is_sure), old=before.name, new=after.name)
        if before.code != after.code:
            yield self._told(ChangeKind.RECODED, one, one, old=before.code, new=after.code)
        old, new = lineage.parents[self._number - 1], lineage.parents[self._number]
        if old is not None and new is not None and old != new:
            yield self._told(ChangeKind.MOVED, one, one, old=old, new=new)

    def _doubtful(self, doubt: Doubt, old: str, new: str) -> Told:
        (before,), (after,) = doubt.before, doubt.after
        kind = _KIND_OF_DOUBT[doubt.kind]
        values = (before.entry_before(self._number).name, after.name)
        if kind is ChangeKind.MOVED:
            now = next(one for one in self._history.lineages if one.id == new)
            values = (before.parents[self._number - 1] or "", now.parents[self._number] or "")
        return self._told(kind, (old,), (new,), Certainty.POSSIBLE, old=values[0], new=values[1])

    def _succession(self, one: Succession) -> Told:
        return self._told(one.kind, one.before, one.after, one.confidence, villages=one.villages)

    def _coming_or_going(self, lineage: Lineage) -> Iterator[Told]:
        numbers = lineage.entries.keys()
        was, is_there = self._number - 1 in numbers, self._number in numbers
        one = (lineage.id,)
        if was and not is_there:
            is_sure = lineage.id not in self._in_doubt and max(numbers) < self._number
            yield self._told(ChangeKind.ENDED, one, (), _sure(is_sure))
        elif is_there and not was:
            is_sure = lineage.id not in self._in_doubt and min(numbers) == self._number
            yield self._told(ChangeKind.CREATED, (), one, _sure(is_sure))

    def _told(
        self,
        kind: ChangeKind,
        before: tuple[str, ...],
        after: tuple[str, ...],
        confidence: Certainty = Certainty.CERTAIN,
        *,
        old: str | None = None,
        new: str | None = None,
        villages: int = 0,
    ) -> Told:
        named_after = after[0] if kind is ChangeKind.CREATED else before[0]
        event = ChangeEvent(
            id=change_id(kind, named_after, self._day),
            provenance=Provenance.DERIVED,
            basis=Basis(document=self._document, note=self._note(kind, before, after, villages)),
            kind=kind,
            on=self._on,
            before=before,
            after=after,
            old=old,
            new=new,
            confidence=confidence,
        )
        return Told(self._number, event, villages)

    def _note(self, kind: ChangeKind, before: tuple[str, ...], after: tuple[str, ...], villages: int) -> Text:
        if villages:
            return Text(
                zh=f"据两版名单中 {villages} 个同名村的隶属判断（本系统的判断）",
                en=f"by where {villages} villages of the same names lie in the two editions (our reading)",
            )
        return _NOTES[kind] if before == after or not (before and after) else _DOUBTFUL[kind]


def _sure(is_sure: bool) -> Certainty:
    return Certainty.CERTAIN if is_sure else Certainty.POSSIBLE


_NOTES = {
    ChangeKind.RENAMED: Text(
        zh="同一上级之下，按名称（不计后缀）或代码及同级名单视为同一区划（本系统的判断）",
        en="within one parent, the same by name without its ending or by code and the list around it (our reading)",
    ),
    ChangeKind.RECODED: Text(
        zh="名称（不计后缀）相同，代码不同（本系统的判断）",
        en="the same name without its ending, under another code (our reading)",
    ),
    ChangeKind.MOVED: Text(
        zh="同一县内名称（不计后缀）相同，且有其他村同行、原上级已撤或新上级新设为证（本系统的判断）",
        en="the same name without its ending within the county; other villages went the same way, or the old parent "
        "ended, or the new one began (our reading)",
    ),
    ChangeKind.CREATED: Text(zh="前一版名单中没有（本系统的判断）", en="not in the edition before (our reading)"),
    ChangeKind.ENDED: Text(zh="后一版名单中没有（本系统的判断）", en="no longer in the edition after (our reading)"),
}
_DOUBTFUL = {
    ChangeKind.RENAMED: Text(
        zh="代码与上级相同而同级名单另有变动，不能断定（本系统的判断）",
        en="the same code and parent, but the list around it changed too: it cannot be told (our reading)",
    ),
    ChangeKind.MOVED: Text(
        zh="同一县内名称相同，别无佐证，不能断定（本系统的判断）",
        en="the same name within the county, and nothing else that vouches for it: it cannot be told (our reading)",
    ),
    ChangeKind.CONVERTED: Text(
        zh="仅据名称（不计乡、镇、街道）相同，不能断定（本系统的判断）",
        en="by the name without its rank alone: it cannot be told (our reading)",
    ),
}
