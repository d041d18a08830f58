"""Change events, and what a code means, in a sentence for people (沿革语句)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graph_model.dates import AFTER_ALL_DAYS, BEFORE_ALL_DAYS, Bound, Certainty, parse_since
from graph_model.questions.succession import CodeMeaning, CodeReading, takers
from graph_model.records import ChangeEvent, ChangeKind, Text

NameOn = Callable[[str, int], str]
"""The name of a division (an id) on a day (an ordinal)."""


def ends_of(event: ChangeEvent) -> tuple[int, int]:
    """The last day (ordinal) that is surely before an event, and the first that is surely not."""
    bound = parse_since(event.on)
    return max(BEFORE_ALL_DAYS + 1, bound.earliest - 1), min(AFTER_ALL_DAYS - 1, bound.latest)


def tell_event(event: ChangeEvent, name_on: NameOn) -> Text:
    """What happened and when; names before are those of the day before, names after those that came of it."""
    first, last = ends_of(event)
    before = [name_on(one, first) for one in event.before]
    after = [name_on(one, last) for one in takers(event)]
    what = _what(event, before, after, name_on)
    when = _when(parse_since(event.on))
    if event.confidence is Certainty.CERTAIN:
        return Text(zh=f"{when.zh}{what.zh}", en=f"{what.en} {when.en}")
    return Text(zh=f"{when.zh}{what.zh}（不能断定）", en=f"{what.en} {when.en} (this is not sure)")


def _what(event: ChangeEvent, before: Sequence[str], after: Sequence[str], name_on: NameOn) -> Text:
    first, last = ends_of(event)
    olds, news = _list(before), _list(after)
    match event.kind:
        case ChangeKind.RENAMED:
            return Text(zh=f"{event.old}更名为{event.new}", en=f"{event.old} was renamed {event.new}")
        case ChangeKind.RECODED:
            zh, en = f"{news.zh}的代码由 {event.old} 改为 {event.new}", f"the code of {news.en} became {event.new}"
            return Text(zh=zh, en=f"{en} in place of {event.old}")
        case ChangeKind.MOVED:
            old, new = name_on(event.old or "", first), name_on(event.new or "", last)
            return Text(zh=f"{olds.zh}由{old}改属{new}", en=f"{olds.en} went from {old} to {new}")
        case ChangeKind.CONVERTED:
            return Text(zh=f"{olds.zh}改设为{news.zh}", en=f"{olds.en} became {news.en}")
        case ChangeKind.SPLIT if event.before[0] in event.after:
            parts = [name_on(one, last) for one in event.after if one not in event.before]
            rest = _list(parts)
            return Text(zh=f"从{olds.zh}析出{rest.zh}", en=f"{rest.en} {_be(parts)} formed of a part of {olds.en}")
        case ChangeKind.SPLIT:
            return Text(zh=f"{olds.zh}分为{news.zh}", en=f"{olds.en} was divided into {news.en}")
        case ChangeKind.MERGED if event.after[0] in event.before:
            gone = [name_on(one, first) for one in event.before if one not in event.after]
            rest = _list(gone)
            return Text(zh=f"{rest.zh}并入{news.zh}", en=f"{rest.en} {_be(gone)} merged into {news.en}")
        case ChangeKind.MERGED:
            return Text(zh=f"{olds.zh}合并为{news.zh}", en=f"{olds.en} were merged into {news.en}")
        case ChangeKind.CREATED if before:
            en = f"{news.en} {_be(after)} formed of parts of {olds.en}"
            return Text(zh=f"析{olds.zh}各一部分设立{news.zh}", en=en)
        case ChangeKind.CREATED:
            return Text(zh=f"新设{news.zh}", en=f"{news.en} began")
        case ChangeKind.ENDED:
            return Text(zh=f"{olds.zh}不再存在", en=f"{olds.en} ended")


def _when(bound: Bound) -> Text:
    first, last = bound.earliest_day, bound.latest_day
    if first is not None and first == last:
        return Text(zh=f"{first}，", en=f"on {first}")
    if first is None and last is None:
        return Text(zh="日期不详，", en="on a day that is not known")
    if first is None:
        return Text(zh=f"至迟 {last}，", en=f"on {last} at the latest")
    if last is None:
        return Text(zh=f"{first} 或其后，", en=f"on {first} or later")
    return Text(zh=f"{first} 至 {last} 之间，", en=f"on some day from {first} to {last}")


def _list(names: Sequence[str]) -> Text:
    return Text(zh="、".join(names), en=" and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names))


def _be(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"


def tell_reading(
    reading: CodeReading,
    name: str,
    code_now: str,
    *,
    successors: Sequence[str] = (),
    possible: Sequence[str] = (),
    others: Sequence[str] = (),
) -> Text:
    """How a code was read: ``name`` and ``code_now`` are the bearer's on the day, the rest are names with codes."""
    said = _read(reading, name, code_now, successors)
    if possible:
        maybe = _list(possible)
        said = Text(zh=f"{said.zh}；或为{maybe.zh}", en=f"{said.en}; perhaps {maybe.en}")
    if others:
        also = _list(others)
        said = Text(zh=f"{said.zh}；此代码亦曾或将指{also.zh}", en=f"{said.en}; at other times it meant {also.en}")
    return said


def _read(reading: CodeReading, name: str, code_now: str, successors: Sequence[str]) -> Text:
    code, then = reading.code, _list(successors)
    match reading.meaning:
        case CodeMeaning.PRESENT:
            return Text(zh=f"{code} 是{name}的代码", en=f"{code} is the code of {name}")
        case CodeMeaning.FORMER:
            zh = f"{name}原用代码 {code}，其时代码为 {code_now}"
            return Text(zh=zh, en=f"{code} was the code of {name}, whose code on the day is {code_now}")
        case CodeMeaning.FUTURE if code == code_now:
            return Text(zh=f"{name}后来才有，代码为 {code}", en=f"{code} is the code of {name}, which began later")
        case CodeMeaning.FUTURE:
            zh = f"{name}后来才用代码 {code}，其时代码为 {code_now}"
            return Text(zh=zh, en=f"{code} became the code of {name} later; on the day its code is {code_now}")
        case CodeMeaning.SUCCEEDED:
            en = f"{code} was {name}, which had ended by the day; in its place: {then.en}"
            return Text(zh=f"{code} 原为{name}，其时已不存在，由{then.zh}承继", en=en)
        case CodeMeaning.ENDED if successors:
            en = f"{code} was {name}, which had ended by the day; in its place, at another level: {then.en}"
            return Text(zh=f"{code} 原为{name}，其时已不存在，由另一层级的{then.zh}承继", en=en)
        case CodeMeaning.ENDED:
            en = f"{code} was {name}, which had ended by the day; what became of it is not known for sure"
            return Text(zh=f"{code} 原为{name}，其时已不存在，去向不能断定", en=en)
