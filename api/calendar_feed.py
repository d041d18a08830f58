"""What is coming as an iCalendar feed (日历订阅), for whatever calendar people use: RFC 5545 over HTTP."""

from __future__ import annotations

import datetime
from typing import Final

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from api.scope import Request
from api.upcoming_queries import ask_upcoming
from graph_model.dates import parse_day
from graph_model.errors import BadDateError, BadUserInputError, StoreError, ZerenError
from graph_model.graph import ResponsibilityGraph
from graph_model.questions.upcoming import UpcomingKind
from graph_model.questions.upcoming_calendar import check_events, to_calendar

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_PARAMETERS: Final = ("within", "from", "to", "days", "kinds", "lang", "regime")
_LANGS: Final = ("zh", "en")


class CalendarFeed:
    """The feed over a facade: ``/calendar.ics?within=530521&from=2017-07-01&days=90&kinds=REPORT_DUE&lang=en``."""

    def __init__(self, graph: ResponsibilityGraph) -> None:
        self._graph = graph

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """ASGI."""
        request = HttpRequest(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: HttpRequest) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        try:
            body = await self._feed(request)
        except ZerenError as error:
            body_of = {"message": str(error), "extensions": {"code": error.code, "retryable": error.retryable}}
            return JSONResponse({"errors": [body_of]}, 503 if isinstance(error, StoreError) else 400)
        return Response(body, headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-cache"})

    async def _feed(self, request: HttpRequest) -> bytes:
        given = dict(request.query_params)
        for name in given:
            if name not in _PARAMETERS:
                raise BadUserInputError(f"{name}: is no parameter of this feed; it has: {', '.join(_PARAMETERS)}")
        if "within" not in given:
            raise BadUserInputError("within: give the code of a division, as in /calendar.ics?within=530521")
        lang = given.get("lang", _LANGS[0])
        if lang not in _LANGS:
            raise BadUserInputError(f"lang: unknown language {lang!r}; there are: {', '.join(_LANGS)}")
        days = given.get("days")
        if days is not None and not (days.isascii() and days.isdecimal() and len(days) <= 6):
            raise BadUserInputError(f"days: {days!r} is no number of days")
        asked = await ask_upcoming(
            Request(self._graph),
            given["within"],
            _day(given, "from"),
            _day(given, "to"),
            None if days is None else int(days),
            _kinds(given.get("kinds")),
            given.get("regime"),
            None,
        )
        check_events(asked.events)
        ids = sorted({end for event in asked.events for end in (event.assignee, event.target)})
        view = await self._graph.lookup(ids, asked.scope.moment)
        told = [(asked.regime, asked.events)]
        return to_calendar(told, view.around, asked.recorded_as_of, given["within"], lang)


def _day(given: dict[str, str], name: str) -> datetime.date | None:
    try:
        return parse_day(given[name]) if name in given else None
    except BadDateError as error:
        raise BadUserInputError(f"{name}: {error}") from error


def _kinds(text: str | None) -> list[UpcomingKind] | None:
    if text is None:
        return None
    known = {kind.value: kind for kind in UpcomingKind}
    for word in text.split(","):
        if word not in known:
            raise BadUserInputError(f"kinds: unknown kind {word!r}; there are: {', '.join(known)}")
    return [known[word] for word in text.split(",")]
