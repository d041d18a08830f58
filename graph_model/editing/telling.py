"""What is said of a breach (违规说明): the rule, its clause, what would be allowed, and the finding of an override."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from graph_model.dates import Bound, BoundState, Certainty, day_or_none
from graph_model.editing.changes import Override
from graph_model.editing.exits import clip
from graph_model.editing.stability import Breach
from graph_model.keys import node_id
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import called_on
from graph_model.records import Family, Finding, Provenance, Relation, Severity, Text, Vacancy

OVERRIDDEN = "stability-overridden"
"""The code of the findings of overridden rules."""


class RemedyKind(Enum):
    """What would be allowed in place of a breach (可行之法)."""

    SUCCESSOR = "SUCCESSOR"
    LATER = "LATER"
    EXIT = "EXIT"
    KNOWN_DAY = "KNOWN_DAY"
    OVERRIDE = "OVERRIDE"


class Remedy(Struct, frozen=True):
    """One thing that would be allowed; ``day`` (ordinal) is the day that it speaks of."""

    kind: RemedyKind
    message: Text
    day: int | None = None


def message_of(breach: Breach, around: Neighbourhood) -> Text:
    """The breach in a sentence."""
    rule, day = breach.rule, clip(breach.end.earliest)
    when, target = spoken_end(breach.end), called_on(around, breach.target, day)
    who_zh, who_en = _who(breach, around, day)
    if breach.exit is Certainty.NO:
        exit_zh, exit_en = f"{target}其时尚无退出的记录", f"the exit of {target} is not recorded by then"
    else:
        exit_zh, exit_en = f"{target}其时是否已退出尚不确定", f"whether {target} has exited by then is not sure"
    if breach.has_unsure_successor:
        exit_zh += "，是否有人同日接任亦不确定"
        exit_en += ", and so is whether a successor starts the same day"
    return Text(
        zh=f"{rule.labels.zh}（第{rule.clause}条）：{who_zh}，{when} 不得终止：{exit_zh}。",
        en=f"{rule.labels.en} (clause {rule.clause}): {who_en} may not end on {when}: {exit_en}.",
    )


def remedies_of(breach: Breach) -> tuple[Remedy, ...]:
    """What would be allowed, the plainest first."""
    found: list[Remedy] = []
    rule, end = breach.rule, breach.end
    if end.state is not BoundState.KNOWN and (breach.exit.holds or rule.successor_allowed):
        found.append(
            Remedy(
                RemedyKind.KNOWN_DAY,
                Text(zh="日期须精确到日", en="give the dates to the day"),
            )
        )
    if rule.successor_allowed and isinstance(breach.record, Relation):
        kind, when = breach.record.kind, spoken_end(end)
        text = Text(zh=f"同日（{when}）有人接任（{kind}）", en=f"a successor ({kind}) that starts the same day, {when}")
        found.append(Remedy(RemedyKind.SUCCESSOR, text, end.earliest if end.state is BoundState.KNOWN else None))
    later = None if breach.free_from is None else day_or_none(breach.free_from)
    if later is not None:
        found.append(
            Remedy(
                RemedyKind.LATER,
                Text(zh=f"{later} 起（已退出）", en=f"on {later} or later, after the exit"),
                breach.free_from,
            )
        )
    else:
        found.append(
            Remedy(
                RemedyKind.EXIT,
                Text(zh=f"先登记退出（{rule.exit}）", en=f"after its exit ({rule.exit}), once that is recorded"),
            )
        )
    found.append(
        Remedy(
            RemedyKind.OVERRIDE,
            Text(
                zh=f"突破规定：override.rules 列明 {rule.code}，并附依据文件",
                en=f"an override that names {rule.code} and a document that allows it",
            ),
        )
    )
    return tuple(found)


def finding_of(breach: Breach, override: Override, around: Neighbourhood) -> Finding:
    """What an auditor should see: the breach, who allowed it, and what it concerns."""
    message, record = message_of(breach, around), breach.record
    day = day_or_none(breach.end.earliest)
    ends = [record.subject] if isinstance(record, Vacancy) else [record.source, record.target]
    return Finding(
        id=node_id("finding", OVERRIDDEN, breach.rule.code, f"{record.id}~{'undated' if day is None else day}"),
        provenance=Provenance.DERIVED,
        basis=override.basis,
        code=OVERRIDDEN,
        severity=Severity.WARNING,
        message=Text(zh=f"已突破：{message.zh}", en=f"Overridden: {message.en}"),
        clauses=(breach.rule.clause,),
        subjects=tuple(dict.fromkeys([breach.target.id, *ends])),
    )


def spoken_end(bound: Bound) -> str:
    """An end in a sentence: as written, or the days that it can be."""
    if bound.text is not None:
        return bound.text
    first, last = day_or_none(bound.earliest), day_or_none(bound.latest)
    return str(first) if bound.state is BoundState.KNOWN else f"[{first or ''}..{last or ''}]"


def _who(breach: Breach, around: Neighbourhood, day: int) -> tuple[str, str]:
    """What would end, in both languages."""

    def called(node_id: str) -> str:
        node = around.find_node(node_id)
        return node_id if node is None else called_on(around, node, day)

    record = breach.record
    if isinstance(record, Vacancy):
        seat = called(record.subject)
        return f"{seat}之任职", f"holding {seat}"
    source, target = called(record.source), called(record.target)
    if record.family is Family.HOLDING:
        return f"{source}任{target}", f"{source} holding {target}"
    kind = breach.regime.find_kind(record.kind)
    if kind is None:
        return f"{source} → {target}", f"{source} -> {target}"
    names = {"assignee": source, "target": target}
    return kind.sentence.zh.format(**names), f"“{kind.sentence.en.format(**names)}”"
