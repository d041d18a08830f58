"""A regime read from its YAML file, or from its record in a store, and refused with file, line and reason (制度文件).

The file's form is described in docs/regime-file.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from string import Formatter

import msgspec

from graph_model.consequence_faults import Fault, consequence_faults
from graph_model.dates import Validity, limits, parse_day
from graph_model.errors import BadDateError
from graph_model.periods import season_fault
from graph_model.records import DIVISION_LEVELS, ID_PATTERN, RegimeContent
from graph_model.regime import Deadline, Duty, Kind, Regime, Rhythm, StabilityRule
from graph_model.yaml_file import read_yaml

_ASSIGNEES = ("organization", "post", "person")
_TARGETS = ("division", "household", "organization", "asset")
_PLACEHOLDERS = {"assignee", "target"}
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def read_regime(path: Path, *, name: str | None = None) -> Regime:
    """A regime from its YAML file. Raises SourceError with file, line and reason."""
    file = read_yaml(path, Regime, name=name)
    for steps, value, reason in _faults(file.content):
        raise file.error(reason, *steps, value=value)
    return file.content


def decode_regime(record: RegimeContent) -> Regime:
    """The regime of a loaded record; the same object for the same content: each write asks for it anew."""
    return _decode(record.content)


@lru_cache(maxsize=16)
def _decode(content: str) -> Regime:
    return msgspec.json.decode(content, type=Regime)


def encode_regime(regime: Regime) -> RegimeContent:
    """The record of a regime."""
    return RegimeContent(
        id=f"regime:{regime.code}",
        provenance=regime.provenance,
        basis=regime.basis,
        code=regime.code,
        content=msgspec.json.encode(regime, order="deterministic").decode(),
    )


def content_fault(record: RegimeContent) -> str | None:
    """What is wrong with the record of a regime; None if nothing is."""
    try:
        regime = decode_regime(record)
    except msgspec.DecodeError as error:
        return f"its content is no regime: {error}"
    for steps, value, reason in _faults(regime):
        return f"its content, {'.'.join(map(str, steps))} = {value!r}: {reason}"
    return None if encode_regime(regime) == record else "it differs from its own content, or that is not canonical"


def _faults(regime: Regime) -> Iterator[Fault]:
    """What types cannot say: unique codes, references, sentences, dates."""
    if not _CODE.fullmatch(regime.code):
        yield ("code",), regime.code, _NO_CODE
    yield from _bound_faults((), regime.bounds)
    for part in _PARTS:
        yield from _code_faults(part, [entry.code for entry in getattr(regime, part)])
    yield from _level_faults(regime)
    for index, kind in enumerate(regime.kinds):
        yield from _kind_faults(regime, kind, ("kinds", index))
    for index, measure in enumerate(regime.measures):
        codes = [each.code for each in measure.quantities]
        for place, code in enumerate(codes):
            if code in codes[:place] or not _CODE.fullmatch(code):
                yield ("measures", index, "quantities", place, "code"), code, f"must stand once; {_NO_CODE}"
    for index, duty in enumerate(regime.duties):
        yield from _duty_faults(regime, duty, ("duties", index))
    for index, rhythm in enumerate(regime.rhythms):
        yield from _rhythm_faults(regime, rhythm, ("rhythms", index))
    for index, deadline in enumerate(regime.deadlines):
        yield from _deadline_faults(regime, deadline, ("deadlines", index))
    for part, days in (("free", regime.calendar.free), ("worked", regime.calendar.worked)):
        for index, day in enumerate(days):
            try:
                parse_day(day)
            except BadDateError as error:
                yield ("calendar", part, index), day, str(error)
    for index, rule in enumerate(regime.stability_rules):
        yield from _rule_faults(regime, rule, ("stability_rules", index))
    yield from consequence_faults(regime)


_PARTS = (
    "levels", "lanes", "kinds", "designations", "duties", "measures", "rhythms", "deadlines", "stability_rules",
    "assessments", "consequences",
)  # fmt: skip
_NO_CODE = "a code is lower-case ASCII letters and digits with hyphens between, such as first-secretary"


def _code_faults(part: str, codes: Sequence[str]) -> Iterator[Fault]:
    for index, code in enumerate(codes):
        if not _CODE.fullmatch(code):
            yield (part, index, "code"), code, _NO_CODE
        if code in codes[:index]:
            yield (part, index, "code"), code, f"is the code of {part}.{codes.index(code)} already"


def _level_faults(regime: Regime) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for index, level in enumerate(regime.levels):
        yield from _word_faults(level.of, _TARGETS, ("levels", index, "of"))
        for pattern in level.of:
            if pattern in taken:
                yield ("levels", index, "of"), pattern, f"is of level {taken[pattern]!r} already"
            taken[pattern] = level.code


def _kind_faults(regime: Regime, kind: Kind, at: tuple[str | int, ...]) -> Iterator[Fault]:
    yield from _reference_faults([kind.lane], regime.lane_positions, "lane", (*at, "lane"))
    yield from _word_faults(kind.assignees, _ASSIGNEES, (*at, "assignees"))
    yield from _word_faults(kind.targets, _TARGETS, (*at, "targets"))
    for language, sentence in (("zh", kind.sentence.zh), ("en", kind.sentence.en)):
        try:
            found = sorted(word for _, word, _, _ in Formatter().parse(sentence) if word is not None)
        except ValueError:
            found = []
        if found != sorted(_PLACEHOLDERS):
            yield (
                (*at, "sentence", language),
                sentence,
                "must hold {assignee} and {target}, each once, and nothing else in braces",
            )


def _duty_faults(regime: Regime, duty: Duty, at: tuple[str | int, ...]) -> Iterator[Fault]:
    yield from _reference_faults([duty.level], regime.level_positions, "level", (*at, "level"))
    if not duty.kinds and not duty.or_else:
        yield (*at, "kinds"), None, "asks for no kind of assignment"
    yield from _reference_faults(duty.kinds, regime.kind_positions, "kind", (*at, "kinds"))
    if duty.designation is not None:
        yield from _designation_faults(regime, duty.designation, (*at, "designation"))
    if duty.at_least < 1:
        yield (*at, "at_least"), str(duty.at_least), "must be 1 or more"
    for index, each in enumerate(duty.or_else):
        where = (*at, "or_else", index)
        yield from _reference_faults([each.level], regime.level_positions, "level", (*where, "level"))
        if not each.kinds:
            yield (*where, "kinds"), None, "asks for no kind of assignment"
        yield from _reference_faults(each.kinds, regime.kind_positions, "kind", (*where, "kinds"))
    yield from _place_faults(duty.area, duty.rule, at)
    yield from _bound_faults(at, regime.whole_bounds(duty))


def _rhythm_faults(regime: Regime, rhythm: Rhythm, at: tuple[str | int, ...]) -> Iterator[Fault]:
    yield from _reference_faults([rhythm.level], regime.level_positions, "level", (*at, "level"))
    if not rhythm.kinds:
        yield (*at, "kinds"), None, "binds nobody: name kinds of assignment"
    yield from _reference_faults(rhythm.kinds, regime.kind_positions, "kind", (*at, "kinds"))
    measures = [measure.code for measure in regime.measures]
    yield from _reference_faults([rhythm.evidence], measures, "measure", (*at, "evidence"))
    known = [each.code for kind in regime.measures if kind.code == rhythm.evidence for each in kind.quantities]
    for index, least in enumerate(rhythm.least):
        yield from _reference_faults([least.quantity], known, "quantity", (*at, "least", index, "quantity"))
    if rhythm.at_least < 1:
        yield (*at, "at_least"), str(rhythm.at_least), "must be 1 or more"
    if rhythm.season is not None:
        for key, text in (("from", rhythm.season.begin), ("to", rhythm.season.end)):
            fault = season_fault(text)
            if fault is not None:
                yield (*at, "season", key), text, fault
    if rhythm.designation is not None:
        yield from _designation_faults(regime, rhythm.designation, (*at, "designation"))
    yield from _place_faults(rhythm.area, rhythm.rule, at)
    yield from _bound_faults(at, regime.whole_bounds(rhythm))


def _deadline_faults(regime: Regime, deadline: Deadline, at: tuple[str | int, ...]) -> Iterator[Fault]:
    yield from _reference_faults([deadline.level], regime.level_positions, "level", (*at, "level"))
    if not deadline.kinds:
        yield (*at, "kinds"), None, "names no kind of assignment"
    if not deadline.by and deadline.done is None:
        yield (*at, "by"), None, "names no kind of assignment, and `done` nothing that must be done"
    if deadline.by and deadline.done is not None:
        yield (*at, "done"), deadline.done, "stands beside `by`: give one of the two"
    for column, kinds in (("kinds", deadline.kinds), ("by", deadline.by)):
        yield from _reference_faults(kinds, regime.kind_positions, "kind", (*at, column))
    if deadline.done is not None:
        measures = [measure.code for measure in regime.measures]
        yield from _reference_faults([deadline.done], measures, "measure", (*at, "done"))
    if deadline.after == "begin" and deadline.by:
        yield (*at, "after"), "begin", "who begins needs no successor: name in `done` what must be done"
    if deadline.within < 1:
        yield (*at, "within"), str(deadline.within), "must be 1 or more"
    if deadline.designation is not None:
        yield from _designation_faults(regime, deadline.designation, (*at, "designation"))
    yield from _place_faults(deadline.area, deadline.rule, at)
    yield from _bound_faults(at, regime.whole_bounds(deadline))


def _place_faults(area: str | None, rule: str | None, at: tuple[str | int, ...]) -> Iterator[Fault]:
    """Where a rule holds, and the word that its rivals share."""
    if area is not None and not ID_PATTERN.fullmatch(area):
        yield (*at, "area"), area, "is no id of a node, such as division:530581"
    if rule is not None and not _CODE.fullmatch(rule):
        yield (*at, "rule"), rule, _NO_CODE


def _rule_faults(regime: Regime, rule: StabilityRule, at: tuple[str | int, ...]) -> Iterator[Fault]:
    yield from _reference_faults(rule.kinds, regime.kind_positions, "kind", (*at, "kinds"))
    yield from _reference_faults(rule.levels, regime.level_positions, "level", (*at, "levels"))
    if rule.exit_of_all is None and (rule.designation is not None or rule.own_exit_counts):
        yield (*at, "exit_of_all"), None, "is left away, and designation and own_exit_counts speak of it"
    if rule.exit_of_all is not None:
        yield from _reference_faults([rule.exit_of_all], regime.level_positions, "level", (*at, "exit_of_all"))
    yield from _designation_faults(regime, rule.exit, (*at, "exit"))
    if rule.designation is not None:
        yield from _designation_faults(regime, rule.designation, (*at, "designation"))
    yield from _bound_faults(at, regime.whole_bounds(rule))


def _designation_faults(regime: Regime, code: str, at: tuple[str | int, ...]) -> Iterator[Fault]:
    yield from _reference_faults([code], [entry.code for entry in regime.designations], "designation", at)


def _reference_faults(
    codes: Iterable[str], known: Collection[str], what: str, at: tuple[str | int, ...]
) -> Iterator[Fault]:
    for code in codes:
        if code not in known:
            yield at, code, f"is no {what} of this regime; it has: {', '.join(known)}"


def _word_faults(patterns: Sequence[str], words: Sequence[str], at: tuple[str | int, ...]) -> Iterator[Fault]:
    if not patterns:
        yield at, None, f"names no node type; write some of: {', '.join(words)}"
    for pattern in patterns:
        node_type, _, kind = pattern.partition(":")
        if node_type not in words:
            yield at, pattern, f"cannot stand here; write some of: {', '.join(words)}"
        elif node_type == "division" and kind and kind not in DIVISION_LEVELS:
            yield at, pattern, f"is no level of divisions; they are: {', '.join(DIVISION_LEVELS)}"


def _bound_faults(at: tuple[str | int, ...], bounds: Validity) -> Iterator[Fault]:
    try:
        limits(bounds)
    except BadDateError as error:
        yield (*at, "since"), None, str(error)
