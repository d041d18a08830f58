"""What is coming, as one sentence (事项说明)."""

from __future__ import annotations

from datetime import date

from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import called_on
from graph_model.questions.upcoming import Upcoming, UpcomingKind
from graph_model.records import Text
from graph_model.regime import Regime


def clause_of(coming: Upcoming, regime: Regime) -> str | None:
    """The clause that the link or the report rests on; None of a term, or where the regime gives none."""
    if coming.kind == UpcomingKind.REPORT_DUE.value:
        return next(rhythm.clause for rhythm in regime.rhythms if rhythm.code == coming.what)
    kind = regime.find_kind(coming.what) if coming.kind == UpcomingKind.LINK_ENDS.value else None
    return None if kind is None else kind.clause


def say_upcoming(coming: Upcoming, around: Neighbourhood, regime: Regime) -> Text:
    """The sentence; ``around`` must know both ends."""
    assignee, target = (
        each if (node := around.find_node(each)) is None else called_on(around, node, coming.last)
        for each in (coming.assignee, coming.target)
    )
    when = date.fromordinal(coming.last).isoformat()
    first = date.fromordinal(coming.first).isoformat()
    zh, en = (
        (when, f"on {when}") if coming.first == coming.last else (f"{first}至{when}间", f"between {first} and {when}")
    )
    if coming.kind == UpcomingKind.REPORT_DUE.value:
        rhythm = next(rhythm for rhythm in regime.rhythms if rhythm.code == coming.what)
        label = rhythm.labels.en[:1].lower() + rhythm.labels.en[1:]
        return Text(
            zh=f"{assignee}（{target}）：{rhythm.labels.zh}，{when}前（第{rhythm.clause}条）。",
            en=f"{assignee} ({target}): {label}, by {when} (clause {rhythm.clause}).",
        )
    kind = regime.find_kind(coming.what)
    if kind is None:
        return Text(zh=f"{assignee}任{target}：{zh}到期。", en=f"{assignee} holds {target}: that ends {en}.")
    said = {"assignee": assignee, "target": target}
    return Text(
        zh=f"{kind.sentence.zh.format(**said)}：{zh}到期。", en=f"{kind.sentence.en.format(**said)}: that ends {en}."
    )
