"""``/places/CODE/why``: why somebody answers for a place on a day, or why not (解释页)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from msgspec import Struct
from starlette.responses import Response

from graph_model.codes import check_id
from graph_model.errors import BadUserInputError
from graph_model.questions.explain import Explanation, Subject
from graph_model.questions.naming import called_on
from graph_model.records import AnyAssignee
from graph_model.views import View
from pages.answering import Visit
from pages.languages import Lang
from pages.places import PlaceName, get_place, regime_for
from pages.texts import say
from pages.twins.answering import json_twin, rows_twin

ENDINGS: Final = ("json", "csv", "xlsx")


class StepRow(Struct, frozen=True):
    """One step; ``leads_on`` is False of what stands in the way."""

    kind: str
    sentence: str
    leads_on: bool
    certainty: str
    clause: str | None
    provenance: str | None


class TrailRow(Struct, frozen=True):
    """One line of reasoning."""

    certainty: str
    steps: tuple[StepRow, ...]


class Why(Struct, frozen=True):
    """The answer with its reasons."""

    as_of: str
    certainty: str
    message: str
    trails: tuple[TrailRow, ...]


async def why_page(visit: Visit) -> Response:
    """The page, or its twin."""
    place = await get_place(visit, visit.parameters["code"])
    subject, key = _asked(visit)
    found = await visit.graph.explain(place.node.id, subject, key, visit.moment, regime=regime_for(visit, place.node))
    if found is None:
        raise BadUserInputError(say("why.ask", visit.lang))
    view, explanation = found
    answer = build_why(explanation, visit.lang)
    if visit.ask.twin is not None:
        return _twin(visit, place.name, subject.value, key, answer)
    name = _about(explanation, view, visit.lang)
    regime = explanation.regime
    choices = [
        (what, say(f"why.{what}", visit.lang), [(one.code, visit.lang.say(one.labels)) for one in many])
        for what, many in (("lane", regime.lanes), ("duty", regime.duties))
    ]
    given = {"name": name, "place": place.name.full}
    title = (
        say("why.duty-title", visit.lang, **given) if subject is Subject.DUTY else say("why.title", visit.lang, **given)
    )
    return visit.page("why.html", place=place.name, answer=answer, title=title, choices=choices, endings=ENDINGS)


class ReasonRow(Struct, frozen=True):
    """One step of one way, with the answer that all of them lead to."""

    place: str
    place_name: str
    subject: str
    key: str
    answer: str
    message: str
    way: int
    way_certainty: str
    step: int
    kind: str
    sentence: str
    leads_on: bool
    certainty: str
    clause: str | None
    provenance: str | None


def _twin(visit: Visit, place: PlaceName, subject: str, key: str, answer: Why) -> Response:
    rows = [
        ReasonRow(
            place.code,
            place.full,
            subject,
            key,
            answer.certainty,
            answer.message,
            way,
            trail.certainty,
            number,
            *msgspec.structs.astuple(step),
        )
        for way, trail in enumerate(answer.trails, 1)
        for number, step in enumerate(trail.steps, 1)
    ]
    if visit.ask.twin == "json":
        return json_twin(visit, {"place": place, "subject": subject, "key": key, **msgspec.structs.asdict(answer)})
    return rows_twin(visit, "why", rows, ReasonRow, ENDINGS)


def _asked(visit: Visit) -> tuple[Subject, str]:
    """The one thing that is asked about. Raises BadUserInputError for none, or several."""
    given: Sequence[tuple[Subject, str]] = [
        (subject, value) for subject in Subject if (value := visit.ask.value(subject.value)) is not None
    ]
    if len(given) != 1:
        raise BadUserInputError(say("why.ask", visit.lang))
    subject, key = given[0]
    return subject, check_id(key, subject.value) if subject in {Subject.ASSIGNEE, Subject.POST} else key


def _about(explanation: Explanation, view: View, lang: Lang) -> str:
    about = explanation.about
    if isinstance(about, AnyAssignee):
        return called_on(view.around, about, view.moment.day)
    return f"“{lang.say(about.labels)}”"


def build_why(explanation: Explanation, lang: Lang) -> Why:
    """An explanation as it is read."""
    return Why(
        as_of=date.fromordinal(explanation.day).isoformat(),
        certainty=explanation.certainty.value,
        message=lang.say(explanation.message),
        trails=tuple(
            TrailRow(
                trail.certainty.value,
                tuple(
                    StepRow(
                        step.kind.value,
                        lang.say(step.sentence),
                        step.kind.leads_on,
                        step.certainty.value,
                        step.clause,
                        None if step.record is None else step.record.provenance.value,
                    )
                    for step in trail.steps
                ),
            )
            for trail in explanation.trails
        ),
    )
