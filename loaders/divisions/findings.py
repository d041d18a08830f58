"""What an auditor should know of a city's editions (发现): renames, reused codes, doubts, what came, went and moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import structs

from graph_model.keys import key_of
from graph_model.records import Basis, Finding, Provenance, Severity, Text
from loaders.divisions.history import CITY, VILLAGE, Doubt, DoubtKind, History, Lineage


def find(history: History, documents: Sequence[str]) -> Iterator[Finding]:
    """All findings of a history; ``documents`` are the ids of the editions' documents, in the order of their days.

    Each rests on the edition that showed it, and names the files of that edition and of the ones it is compared with.
    """
    lineages = {lineage.id: lineage for lineage in history.lineages}
    for number, finding in (
        *_renames(history),
        *_reused_codes(history),
        *_doubts(history, lineages),
        *_came_and_went(history),
        *_moves(history, lineages),
    ):
        places = finding.places or _places(history, history.days[number - 1 : number + 1])
        yield structs.replace(finding, basis=Basis(document=documents[number]), places=places)


_Found = tuple[int, Finding]
"""The number of the edition that showed it, and the finding."""


def _places(history: History, days: Iterable[str]) -> tuple[str, ...]:
    """The files of some editions, called alike wherever they lie."""
    return tuple(f"divisions/{history.city}/{day}.csv" for day in days)


def _finding(
    code: str, word: str, severity: Severity, message: Text, subjects: Sequence[str], places: tuple[str, ...] = ()
) -> Finding:
    return Finding(
        id=f"finding:{code}:{word}",
        provenance=Provenance.DERIVED,
        code=code,
        severity=severity,
        message=message,
        subjects=tuple(subjects),
        places=places,
    )


def _renames(history: History) -> Iterator[_Found]:
    for renamed in history.renames:
        day, before, after = history.days[renamed.edition], renamed.before, renamed.after
        reason = (
            Text(zh="各版所述即此市", en="it is the city that the editions are about")
            if after.level == CITY
            else Text(zh="上级及同级名单其余不变", en="the parent and the rest of the list stayed")
        )
        message = Text(
            zh=f"{before.name}（{after.code}）在 {day} 版中名为{after.name}：代码未变，{reason.zh}，视为同一区划更名",
            en=f"{before.name} ({after.code}) is called {after.name} in the edition of {day}: its code, "
            f"{reason.en}, so it is taken for the same division under a new name"
            if after.level != CITY
            else f"{before.name} ({after.code}) is called {after.name} in the edition of {day}: {reason.en}",
        )
        word = f"{key_of(renamed.division)}~{day}"
        yield renamed.edition, _finding("division-renamed", word, Severity.WARNING, message, [renamed.division])


def _reused_codes(history: History) -> Iterator[_Found]:
    bearers: defaultdict[str, dict[int, Lineage]] = defaultdict(dict)
    for lineage in history.lineages:
        for number, entry in lineage.entries.items():
            bearers[entry.code][number] = lineage
    for code, by_number in sorted(bearers.items()):
        subjects = list(dict.fromkeys(by_number[number].id for number in sorted(by_number)))
        if len(subjects) == 1:
            continue
        meant = [(history.days[number], by_number[number].entries[number].name) for number in sorted(by_number)]
        zh, en = (
            "；".join(f"{day} 为{name}" for day, name in meant),
            "; ".join(f"{name} on {day}" for day, name in meant),
        )
        message = Text(
            zh=f"代码 {code} 先后指不同区划：{zh}。按日期解析；两者皆可能之日，取该日或之前最近一版所指者",
            en=f"Code {code} meant different divisions: {en}. It resolves by the day; on a day on which both are "
            "possible, to what the latest edition on or before that day means by it",
        )
        places = _places(history, (day for day, _ in meant))
        yield max(by_number), _finding("code-reused", code, Severity.WARNING, message, subjects, places)


def _doubts(history: History, lineages: dict[str, Lineage]) -> Iterator[_Found]:
    for doubt in history.doubts:
        day = history.days[doubt.edition]
        old = [(lineage.last_entry.code, lineage.last_entry.name) for lineage in doubt.before]
        new = [(entry.code, entry.name) for entry in doubt.after]
        before, after = (", ".join(f"{name} ({code})" for code, name in sorted(side)) for side in (old, new))
        within = lineages[doubt.within].last_entry.name
        severity = Severity.INFO if doubt.kind is DoubtKind.SETTLED_BY_CODE else Severity.WARNING
        word = f"{min(new)[0]}~{day}"
        yield (
            doubt.edition,
            _finding(
                doubt.kind.value,
                word,
                severity,
                _doubt_message(doubt, within, before, after, day),
                _subjects(doubt, day, lineages),
            ),
        )


def _subjects(doubt: Doubt, day: str, lineages: dict[str, Lineage]) -> list[str]:
    """The divisions in doubt: those known before, and those that began with the entries in doubt."""
    began = [f"division:{entry.code}@{day}" for entry in doubt.after]
    return [*sorted(lineage.id for lineage in doubt.before), *sorted(one for one in began if one in lineages)]


def _doubt_message(doubt: Doubt, within: str, before: str, after: str, day: str) -> Text:
    if doubt.kind is DoubtKind.RENAME:
        return Text(
            zh=f"{within}：{before}在 {day} 版中同一代码为{after}，但同级名单另有变动，不能断定是更名；视为两个区划",
            en=f"{within}: {before} has become {after} under the same code in the edition of {day}, but the list "
            "around it changed too, so it may be no rename; they are kept as two divisions",
        )
    if doubt.kind is DoubtKind.SETTLED_BY_CODE:
        return Text(
            zh=f"{within}：同名区划{before}在 {day} 版中按代码归并为{after}",
            en=f"{within}: the divisions of one name {before} were told apart by their codes in the edition of {day}: "
            f"{after}",
        )
    return Text(
        zh=f"{within}：同名区划{before}与 {day} 版的{after}无法对应；分别视为不同区划",
        en=f"{within}: of the divisions of one name {before} it cannot be told which is which in the edition of {day}: "
        f"{after}; they are kept apart",
    )


def _came_and_went(history: History) -> Iterator[_Found]:
    for lineage in history.lineages:
        for number in range(1, len(history.days)):
            before, after = lineage.entries.get(number - 1), lineage.entries.get(number)
            word, day, last = (
                f"{key_of(lineage.id)}~{history.days[number]}",
                history.days[number],
                history.days[number - 1],
            )
            if before is None and after is not None:
                message = Text(
                    zh=f"{after.name}（{after.code}）见于 {day} 版，{last} 版尚无",
                    en=f"{after.name} ({after.code}) is in the edition of {day}, and not yet in that of {last}",
                )
                yield number, _finding("division-begun", word, Severity.INFO, message, [lineage.id])
            elif before is not None and after is None:
                message = Text(
                    zh=f"{before.name}（{before.code}）见于 {last} 版，{day} 版已无",
                    en=f"{before.name} ({before.code}) is in the edition of {last}, and no longer in that of {day}",
                )
                yield number, _finding("division-ended", word, Severity.INFO, message, [lineage.id])


def _moves(history: History, lineages: dict[str, Lineage]) -> Iterator[_Found]:
    """One finding for all the villages that went from one township to another between two editions."""
    moved: defaultdict[tuple[int, str, str], list[Lineage]] = defaultdict(list)
    for lineage in history.lineages:
        if lineage.level == VILLAGE:
            for number in range(1, len(history.days)):
                before, after = lineage.parents.get(number - 1), lineage.parents.get(number)
                if before is not None and after is not None and before != after:
                    moved[number, before, after].append(lineage)
    for (number, before, after), villages in sorted(moved.items(), key=lambda item: item[0]):
        old, new = lineages[before].entries[number - 1].name, lineages[after].entries[number].name
        names = [lineage.entries[number].name for lineage in villages]
        day = history.days[number]
        message = Text(
            zh=f"{old}的 {len(villages)} 个村在 {day} 版中属于{new}：{'、'.join(names)}",
            en=f"{old} gave {len(villages)} of its villages to {new} by the edition of {day}: {', '.join(names)}",
        )
        word = f"{key_of(before)}~{key_of(after)}~{day}"
        subjects = [before, after, *(lineage.id for lineage in villages)]
        yield number, _finding("villages-moved", word, Severity.INFO, message, subjects)
