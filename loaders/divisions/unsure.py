"""What the editions leave unsure (存疑), as findings: never guessed, and told with what else it may be.

All but one have the code ``division-unsure``, so that one question lists them. Divisions of one name that were told
apart by their codes alone are ``division-same-name``: settled, and good to know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from graph_model.dates import Certainty
from graph_model.keys import key_of
from graph_model.records import ChangeEvent, ChangeKind, Finding, Provenance, Severity, Text
from loaders.divisions.editions import Entry
from loaders.divisions.events import Told, as_two_divisions
from loaders.divisions.history import TOWNSHIP, VILLAGE, Doubt, DoubtKind, History, Lineage, is_placeholder

UNSURE = "division-unsure"

Found = tuple[int, Finding]
"""The number of the edition that showed it, and the finding."""


def finding(
    code: str, word: str, severity: Severity, message: Text, subjects: Sequence[str], places: tuple[str, ...] = ()
) -> Finding:
    """A finding, derived from the editions."""
    return Finding(
        id=f"finding:{code}:{word}",
        provenance=Provenance.DERIVED,
        code=code,
        severity=severity,
        message=message,
        subjects=tuple(subjects),
        places=places,
    )


def find_unsure(history: History, told: Sequence[Told]) -> Iterator[Found]:
    """All that is unsure: which one is which, whether a change is what it seems, what became of those that ended."""
    lineages = {lineage.id: lineage for lineage in history.lineages}
    yield from _doubts(history, lineages, told)
    yield from _unsure_changes(history, lineages, told)
    yield from _lost(history, lineages, told)
    yield from _formed_of_doubtful(history, lineages, told)
    yield from _gaps(history)


def _doubts(history: History, lineages: dict[str, Lineage], told: Sequence[Told]) -> Iterator[Found]:
    followed = {(one.edition, each) for one in told if one.villages for each in (*one.event.before, *one.event.after)}
    for doubt in history.doubts:
        day = history.days[doubt.edition]
        pair = as_two_divisions(doubt, day)
        if pair is not None and {(doubt.edition, each) for each in pair} & followed:
            continue  # its villages tell what became of it
        entries = [lineage.entry_before(doubt.edition) for lineage in doubt.before]
        old = [(entry.code, entry.name) for entry in entries]
        new = [(entry.code, entry.name) for entry in doubt.after]
        before, after = (", ".join(f"{name} ({code})" for code, name in sorted(side)) for side in (old, new))
        holder = lineages[doubt.within]
        within = holder.entries.get(doubt.edition, holder.last_entry).name
        is_settled = doubt.kind is DoubtKind.SETTLED_BY_CODE
        code, severity = (doubt.kind.value, Severity.INFO) if is_settled else (UNSURE, Severity.WARNING)
        word = f"{'' if is_settled else f'{doubt.kind.value}:'}{min(new)[0]}~{day}"
        message = _doubt_message(doubt.kind, within, before, after, day)
        yield doubt.edition, finding(code, word, severity, message, _subjects(doubt, day, lineages))


def _subjects(doubt: Doubt, day: str, lineages: dict[str, Lineage]) -> list[str]:
    """The divisions in doubt: those known before, and those that began with the entries in doubt."""
    began = [f"division:{entry.code}@{day}" for entry in doubt.after]
    return [*sorted(lineage.id for lineage in doubt.before), *sorted(one for one in began if one in lineages)]


def _doubt_message(kind: DoubtKind, within: str, before: str, after: str, day: str) -> Text:
    match kind:
        case DoubtKind.RENAME:
            return Text(
                zh=f"{within}：{before}在 {day} 版中同一代码为{after}，但同级名单另有变动，不能断定是更名；"
                "视为两个区划",
                en=f"{within}: {before} has become {after} under the same code in the edition of {day}, but the list "
                "around it changed too, so it may be no rename; they are kept as two divisions",
            )
        case DoubtKind.MOVE:
            return Text(
                zh=f"{within}：{before}在 {day} 版中不见，另一上级之下有同名的{after}，别无佐证，不能断定是改隶；"
                "视为两个区划",
                en=f"{within}: {before} is gone from its place in the edition of {day}, and {after} has the same name "
                "under another parent; nothing else vouches for a move, so they are kept as two divisions",
            )
        case DoubtKind.SETTLED_BY_CODE:
            return Text(
                zh=f"{within}：同名区划{before}在 {day} 版中按代码归并为{after}",
                en=f"{within}: the divisions of one name {before} were told apart by their codes in the edition of "
                f"{day}: {after}",
            )
        case DoubtKind.SAME_NAME:
            return Text(
                zh=f"{within}：同名区划{before}与 {day} 版的{after}无法对应；分别视为不同区划",
                en=f"{within}: of the divisions of one name {before} it cannot be told which is which in the edition "
                f"of {day}: {after}; they are kept apart",
            )


def _unsure_changes(history: History, lineages: dict[str, Lineage], told: Sequence[Told]) -> Iterator[Found]:
    """Renames that only the code and the list speak for, and what became of townships where something is left over."""
    for one in told:
        event, number = one.event, one.edition
        if event.confidence is Certainty.CERTAIN:
            continue
        day = history.days[number]
        if event.kind is ChangeKind.RENAMED and event.before == event.after:
            message = Text(
                zh=f"{event.old}在 {day} 版中名为{event.new}：两名全不相似，仅据同一代码及同级名单视为同一区划",
                en=f"{event.old} is called {event.new} in the edition of {day}: the two names have nothing in common; "
                "it is taken for one division by its code and the list around it alone",
            )
        elif one.villages or event.kind is ChangeKind.CONVERTED:
            message = _succession_message(event, one.villages, lineages, number, day)
        else:
            continue  # told by its doubt, or by the gap in its entries
        word = f"{event.kind.value}:{key_of((*event.before, *event.after)[0])}~{day}"
        subjects = dict.fromkeys((*event.before, *event.after))
        yield number, finding(UNSURE, word, Severity.WARNING, message, list(subjects))


def _succession_message(event: ChangeEvent, villages: int, lineages: dict[str, Lineage], number: int, day: str) -> Text:
    before = _names(lineages[one].entries[number - 1] for one in event.before)
    after = _names(lineages[one].entries[number] for one in event.after)
    if not villages:
        return Text(
            zh=f"{before}与 {day} 版的{after}仅名称（不计乡、镇、街道）相同，无同名村可证，不能断定是改设",
            en=f"{before} and {after} of the edition of {day} have one name but for the rank; no villages of the same "
            "names tell whether the one became the other",
        )
    return Text(
        zh=f"{before}变为 {day} 版的{after}：有 {villages} 个同名村可证，但另有村无法对应，不能断定全部",
        en=f"{before} became {after} by the edition of {day}: {villages} villages of the same names tell so, but "
        "others are left over, so it cannot be told whether this is all of it",
    )


def _names(entries: Iterable[Entry]) -> str:
    return ", ".join(f"{entry.name} ({entry.code})" for entry in entries)


def _lost(history: History, lineages: dict[str, Lineage], told: Sequence[Told]) -> Iterator[Found]:
    """Those with people that ended, where nothing tells what became of them; one finding for all of one parent."""
    lost: defaultdict[tuple[int, str], list[Lineage]] = defaultdict(list)
    for one in told:
        if one.event.kind is ChangeKind.ENDED:
            lineage = lineages[one.event.before[0]]
            parent = lineage.parents[one.edition - 1]
            is_told = lineage.level == VILLAGE and one.event.confidence is Certainty.POSSIBLE  # by its doubt or gap
            if parent is not None and not is_told and _has_people(lineage, one.edition - 1, lineages.values()):
                lost[one.edition, parent].append(lineage)
    for (number, parent), ended in sorted(lost.items(), key=lambda item: item[0]):
        day = history.days[number]
        new = [
            one
            for one in history.lineages
            if one.level == ended[0].level and one.parents.get(number) == parent and number - 1 not in one.entries
        ]
        names = _names(one.entries[number - 1] for one in ended)
        began = _names(one.entries[number] for one in new)
        within = lineages[parent].entries[number - 1].name
        message = Text(
            zh=f"{within}：{names}在 {day} 版中已无，去向不明；同时新见：{began or '无'}",
            en=f"{within}: no longer in the edition of {day}, and nothing tells what became of it: {names}; new there: "
            f"{began or 'none'}",
        )
        subjects = [*(one.id for one in ended), *(one.id for one in new)]
        yield number, finding(UNSURE, f"ended:{key_of(parent)}~{day}", Severity.WARNING, message, subjects)


def _formed_of_doubtful(history: History, lineages: dict[str, Lineage], told: Sequence[Told]) -> Iterator[Found]:
    """New townships of villages that are in doubt themselves."""
    for one in told:
        event, day = one.event, history.days[one.edition]
        is_unsure = event.confidence is Certainty.POSSIBLE and not one.villages
        if event.kind is ChangeKind.CREATED and is_unsure and lineages[event.after[0]].level == TOWNSHIP:
            entry = lineages[event.after[0]].entries[one.edition]
            message = Text(
                zh=f"{entry.name}（{entry.code}）新见于 {day} 版：其村无法与前一版对应，不能断定由何处设立",
                en=f"{entry.name} ({entry.code}) is new in the edition of {day}: its villages cannot be matched with "
                "those of the edition before, so it is not known of what it was formed",
            )
            word = f"created:{key_of(event.after[0])}~{day}"
            yield one.edition, finding(UNSURE, word, Severity.WARNING, message, event.after)


def _has_people(lineage: Lineage, number: int, others: Iterable[Lineage]) -> bool:
    """Whether it is a village that is no placeholder, or holds one."""
    if lineage.level == VILLAGE:
        return not is_placeholder(lineage)
    return any(
        one.level == VILLAGE and one.parents.get(number) == lineage.id and not is_placeholder(one) for one in others
    )


def _gaps(history: History) -> Iterator[Found]:
    """Those that are missing from an edition, and back in a later one."""
    for lineage in history.lineages:
        for number in range(min(lineage.entries) + 1, lineage.last + 1):
            if number in lineage.entries and number - 1 not in lineage.entries:
                before = max(each for each in lineage.entries if each < number)
                entry, gone, back = lineage.entries[number], history.days[before + 1], history.days[number]
                message = Text(
                    zh=f"{entry.name}（{entry.code}）在 {gone} 版中不见，{back} 版复见：或曾撤销，或为漏列",
                    en=f"{entry.name} ({entry.code}) is missing from the edition of {gone} and back in that of {back}: "
                    "it may have ended meanwhile, or have been left out",
                )
                word = f"gap:{key_of(lineage.id)}~{back}"
                yield number, finding(UNSURE, word, Severity.WARNING, message, [lineage.id])
