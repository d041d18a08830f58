"""What an auditor should know of a city's editions (发现): renames, reused codes, what came, went and moved.

What is unsure is told by ``unsure``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from msgspec import structs

from graph_model.keys import key_of
from graph_model.records import Basis, Finding, Severity, Text
from loaders.divisions.events import Told, as_two_divisions
from loaders.divisions.history import CITY, VILLAGE, History, Lineage
from loaders.divisions.unsure import Found, find_unsure, finding


def find(history: History, told: Sequence[Told], documents: Sequence[str]) -> Iterator[Finding]:
    """All findings of a history and its events; ``documents`` are the ids of the editions' documents, by their days.

    Each rests on the edition that showed it, and names the files of that edition and of the ones it is compared with.
    """
    lineages = {lineage.id: lineage for lineage in history.lineages}
    for number, found in (
        *_renames(history),
        *_reused_codes(history),
        *find_unsure(history, told),
        *_came_and_went(history),
        *_moves(history, lineages),
    ):
        places = found.places or _places(history, history.days[number - 1 : number + 1])
        yield structs.replace(found, basis=Basis(document=documents[number]), places=places)


def _places(history: History, days: Iterable[str]) -> tuple[str, ...]:
    """The files of some editions, called alike wherever they lie."""
    return tuple(f"divisions/{history.city}/{day}.csv" for day in days)


def _renames(history: History) -> Iterator[Found]:
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
        yield renamed.edition, finding("division-renamed", word, Severity.WARNING, message, [renamed.division])


def _reused_codes(history: History) -> Iterator[Found]:
    """Codes that surely meant several divisions; whether a doubtful rename is one is for ``unsure``."""
    doubtful = {as_two_divisions(doubt, history.days[doubt.edition]) for doubt in history.doubts}
    bearers: defaultdict[str, dict[int, Lineage]] = defaultdict(dict)
    for lineage in history.lineages:
        for number, entry in lineage.entries.items():
            bearers[entry.code][number] = lineage
    for code, by_number in sorted(bearers.items()):
        meant = [(number, by_number[number]) for number in sorted(by_number)]
        runs = [list(run) for _, run in groupby(meant, key=lambda one: one[1].id)]
        turns = [(run, after) for run, after in pairwise(runs) if (run[0][1].id, after[0][1].id) not in doubtful]
        if not turns:
            continue
        spans = [(history.days[run[0][0]], history.days[run[-1][0]], run[0][1].entries[run[0][0]].name) for run in runs]
        zh = "；".join(f"{first} {'' if first == last else f'至 {last} '}为{name}" for first, last, name in spans)
        en = "; ".join(f"{name} on {first}{'' if first == last else f' to {last}'}" for first, last, name in spans)
        message = Text(
            zh=f"代码 {code} 先后指不同区划：{zh}。按日期解析；两者皆可能之日，取该日或之前最近一版所指者",
            en=f"Code {code} meant different divisions: {en}. It resolves by the day; on a day on which both are "
            "possible, to what the latest edition on or before that day means by it",
        )
        places = _places(history, (history.days[run[0][0]] for run in runs))
        subjects = list(dict.fromkeys(run[0][1].id for run in runs))
        yield turns[0][1][0][0], finding("code-reused", code, Severity.WARNING, message, subjects, places)


def _came_and_went(history: History) -> Iterator[Found]:
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
                yield number, finding("division-begun", word, Severity.INFO, message, [lineage.id])
            elif before is not None and after is None:
                message = Text(
                    zh=f"{before.name}（{before.code}）见于 {last} 版，{day} 版已无",
                    en=f"{before.name} ({before.code}) is in the edition of {last}, and no longer in that of {day}",
                )
                yield number, finding("division-ended", word, Severity.INFO, message, [lineage.id])


def _moves(history: History, lineages: dict[str, Lineage]) -> Iterator[Found]:
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
        yield number, finding("villages-moved", word, Severity.INFO, message, subjects)
