"""An explanation as one plain sentence (一句话说明), in both languages, with its clauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph_model.dates import Certainty
from graph_model.questions.reasons.steps import Step, StepKind
from graph_model.questions.reasons.trails import Trail, Trailblazer
from graph_model.records import AnyAssignee, Text
from graph_model.regime import Duty, Lane

_ASSIGNEE = {
    Certainty.CERTAIN: Text(zh="{day}，{name}对{target}负责", en="On {day} {name} answers for {target}"),
    Certainty.POSSIBLE: Text(zh="{day}，{name}可能对{target}负责", en="On {day} {name} possibly answers for {target}"),
    Certainty.NO: Text(zh="{day}，{name}不对{target}负责", en="On {day} {name} does not answer for {target}"),
}
_LANE = {
    Certainty.CERTAIN: Text(
        zh="{day}，“{name}”条线有人对{target}负责", en="On {day} somebody answers for {target} in the lane “{name}”"
    ),
    Certainty.POSSIBLE: Text(
        zh="{day}，“{name}”条线可能有人对{target}负责",
        en="On {day} somebody possibly answers for {target} in the lane “{name}”",
    ),
    Certainty.NO: Text(
        zh="{day}，“{name}”条线未见对{target}负责者",
        en="On {day} nobody is on record as answering for {target} in the lane “{name}”",
    ),
}
_DUTY = {
    Certainty.CERTAIN: Text(zh="{day}，{target}的“{name}”已落实", en="On {day} “{name}” of {target} is met"),
    Certainty.POSSIBLE: Text(
        zh="{day}，{target}的“{name}”可能已落实", en="On {day} “{name}” of {target} is possibly met"
    ),
    Certainty.NO: Text(zh="{day}，不要求{target}有“{name}”", en="On {day} “{name}” is not asked of {target}"),
}


def tell(first: Trail, about: AnyAssignee | Lane | Duty, certainty: Certainty, blazer: Trailblazer) -> Text:
    """The answer, then the steps of the first trail with their clauses: one sentence."""
    if first.gap is not None:
        answer = Text(zh=first.gap.message.zh.rstrip("。"), en=first.gap.message.en.rstrip("."))
    else:
        words = (_DUTY if isinstance(about, Duty) else _LANE if isinstance(about, Lane) else _ASSIGNEE)[certainty]
        name = name_of(about, blazer)
        is_duty_of = isinstance(about, Duty) and first.target is not None
        target = blazer.teller.name(first.target if is_duty_of and first.target else blazer.target)
        answer = Text(
            zh=words.zh.format(day=blazer.teller.date, name=name.zh, target=target),
            en=words.en.format(day=blazer.teller.date, name=name.en, target=target),
        )
    told = _worth_telling(first)
    clauses = [step.clause if step.clause != before else None for step, before in _with_clause_before(told)]
    zh = "；".join(
        step.sentence.zh + (f"（第{clause}条）" if clause else "") for step, clause in zip(told, clauses, strict=True)
    )
    en = "; ".join(
        step.sentence.en + (f" (clause {clause})" if clause else "") for step, clause in zip(told, clauses, strict=True)
    )
    return Text(
        zh=f"{answer.zh}：{zh}。" if zh else f"{answer.zh}。", en=f"{answer.en}: {en}." if en else f"{answer.en}."
    )


_BESIDE_THE_POINT = frozenset(
    {StepKind.LIES_IN, StepKind.LIES_IN_ANY_CASE, StepKind.ONLY_POSSIBLE, StepKind.UNKNOWN_HOLDER}
)
"""Steps that a sentence leaves away where something else stands in the way."""


def _worth_telling(trail: Trail) -> list[Step]:
    """The steps of a trail that belong into one sentence; what a doubt repeats stands there once."""
    steps = trail.steps
    if trail.gap is None and any(step.certainty is Certainty.NO for step in steps):
        return [step for step in steps if step.kind not in _BESIDE_THE_POINT]
    return [
        step
        for step, following in zip(steps, (*steps[1:], None), strict=True)
        if following is None
        or following.kind is not StepKind.ONLY_POSSIBLE
        or step.kind is StepKind.ONLY_POSSIBLE
        or following.record != step.record
    ]


def _with_clause_before(steps: Sequence[Step]) -> Iterator[tuple[Step, str | None]]:
    """Each step with the clause of the one before it, which need not be cited twice in a row."""
    before = None
    for step in steps:
        yield step, before
        before = step.clause


def name_of(about: AnyAssignee | Lane | Duty, blazer: Trailblazer) -> Text:
    """What is asked about, as people call it."""
    if isinstance(about, Lane | Duty):
        return about.labels
    name = blazer.teller.name(about)
    return Text(zh=name, en=name)
