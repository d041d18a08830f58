"""What is wrong with the consequences of a regime that types cannot say (奖惩规则校验)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from graph_model.consequence_rules import Among, AssessmentKind, Condition, Consequence, Party
from graph_model.regime import Regime

At = tuple[str | int, ...]
Fault = tuple[At, str | None, str]
"""Where in the file (a path as ``YamlFile.error`` takes it), the offending value, the reason."""

_SUBJECTS = ("division", "organization")


def consequence_faults(regime: Regime) -> Iterator[Fault]:
    """References, conditions that no result can meet, parties that say two things at once."""
    kinds = {kind.code: kind for kind in regime.assessments}
    for index, kind in enumerate(regime.assessments):
        yield from _assessment_faults(kind, ("assessments", index))
    for index, consequence in enumerate(regime.consequences):
        yield from _faults_of(consequence, regime, kinds, ("consequences", index))


def _assessment_faults(kind: AssessmentKind, at: At) -> Iterator[Fault]:
    for pattern in kind.of:
        if pattern.split(":", 1)[0] not in _SUBJECTS:
            yield (*at, "of"), pattern, f"cannot be assessed; write some of: {', '.join(_SUBJECTS)}"
    codes = [result.code for result in kind.results]
    for index, result in enumerate(kind.results):
        if result.code in codes[:index]:
            yield (*at, "results", index, "code"), result.code, "is the code of another result already"
        if result.type == "flag" and (result.least is not None or result.most is not None):
            yield (*at, "results", index, "type"), result.type, "a flag has no least and no most"
        if (result.least is None) != (result.most is None):
            yield (*at, "results", index), result.code, "give least and most together"


def _faults_of(consequence: Consequence, regime: Regime, kinds: dict[str, AssessmentKind], at: At) -> Iterator[Fault]:
    yield from _references([consequence.assessment], kinds, "assessment", (*at, "assessment"))
    if consequence.years_running < 1:
        yield (*at, "years_running"), str(consequence.years_running), "is 1 for the year itself, 2 for two running"
    yield from _condition_faults(consequence.when, kinds.get(consequence.assessment), (*at, "when"))
    designations = [designation.code for designation in regime.designations]
    for key in ("designation", "undesignated"):
        code = getattr(consequence, key)
        if code is not None:
            yield from _references([code], designations, "designation", (*at, key))
    measures = [measure.code for measure in regime.measures]
    for index, rule in enumerate(consequence.measures):
        here = (*at, "measures", index)
        yield from _references([rule.measure], measures, "measure", (*here, "measure"))
        if not rule.to:
            yield (*here, "to"), None, "is for nobody"
        for side, parties in (("to", rule.to), ("by", rule.by)):
            for number, party in enumerate(parties):
                yield from _party_faults(party, regime, kinds, (*here, side, number))


def _party_faults(party: Party, regime: Regime, kinds: dict[str, AssessmentKind], at: At) -> Iterator[Fault]:
    ways = [key for key in ("assignees", "posts", "organizations", "members") if getattr(party, key)]
    if len(ways) > 1 and ways != ["posts", "organizations"]:
        yield at, ", ".join(ways), "says two things at once: give one of them, and go on with then"
    yield from _references(party.assignees, regime.kind_positions, "kind", (*at, "assignees"))
    levels = [*party.of_levels, *([party.level] if party.level is not None else [])]
    yield from _references(levels, regime.level_positions, "level", at)
    if party.among is not None:
        yield from _among_faults(party.among, kinds, (*at, "among"))
    if party.then is not None:
        yield from _party_faults(party.then, regime, kinds, (*at, "then"))


def _among_faults(among: Among, kinds: dict[str, AssessmentKind], at: At) -> Iterator[Fault]:
    yield from _references([among.assessment], kinds, "assessment", (*at, "assessment"))
    kind = kinds.get(among.assessment)
    yield from _condition_faults(among.when, kind, (*at, "when"))
    if (among.largest is None) != (among.most is None):
        yield at, None, "give largest and most together"
    numbers = [] if kind is None else [result.code for result in kind.results if result.type == "number"]
    if kind is not None and among.largest is not None:
        yield from _references([among.largest], numbers, "number of that assessment", (*at, "largest"))


def _condition_faults(when: Sequence[Condition], kind: AssessmentKind | None, at: At) -> Iterator[Fault]:
    if kind is None:
        return
    results = {result.code: result for result in kind.results}
    for index, condition in enumerate(when):
        yield from _references([condition.result], results, "result of that assessment", (*at, index, "result"))
        result = results.get(condition.result)
        bounds = [condition.at_least, condition.at_most, condition.above]
        if result is None:
            continue
        if (result.type == "flag") != (condition.equals is not None) or (
            result.type == "flag" and any(bound is not None for bound in bounds)
        ):
            yield (*at, index), condition.result, "a flag equals true or false; a number has at_least, at_most, above"
        elif result.type == "number" and all(bound is None for bound in bounds):
            yield (*at, index), condition.result, "asks nothing of the number: give at_least, at_most or above"


def _references(codes: Iterable[str], known: Collection[str], what: str, at: At) -> Iterator[Fault]:
    for code in codes:
        if code not in known:
            yield at, code, f"is no {what} of this regime; it has: {', '.join(known)}"
