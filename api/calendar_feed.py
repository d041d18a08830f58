"""What is coming as an iCalendar feed (日历订阅), for whatever calendar people use: RFC 5545 over HTTP."""

from __future__ import annotations

import datetime
import hashlib
from typing import Final

import icalendar
from msgspec.structs import astuple
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from api.scope import Request
from api.upcoming_queries import UpcomingAsked, ask_upcoming
from graph_model.dates import LAST_DAY, Certainty, parse_day
from graph_model.errors import BadDateError, BadUserInputError, StoreError, ZerenError
from graph_model.graph import ResponsibilityGraph
from graph_model.instants import instant_of
from graph_model.questions.upcoming import Upcoming, UpcomingKind
from graph_model.questions.upcoming_words import say_upcoming
from graph_model.views import View

MAX_EVENTS: Final = 5_000
MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_PARAMETERS: Final = ("within", "from", "to", "days", "kinds", "lang", "regime")
_LANGS: Final = ("zh", "en")
_CATEGORIES: Final = {
    UpcomingKind.LINK_ENDS: ("责任关系到期", "A link ends"),
    UpcomingKind.TERM_ENDS: ("任期到期", "A term ends"),
    UpcomingKind.REPORT_DUE: ("履职期限", "Due"),
}


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
        if len(asked.events) > MAX_EVENTS:
            raise BadUserInputError(
                f"within: {len(asked.events)} events, and a feed has at most {MAX_EVENTS}: ask for a smaller division, "
                "fewer days or some kinds"
            )
        ids = sorted({end for event in asked.events for end in (event.assignee, event.target)})
        view = await self._graph.lookup(ids, asked.scope.moment)
        return to_calendar(asked, view, given["within"], lang)


def to_calendar(asked: UpcomingAsked, view: View, within: str, lang: str) -> bytes:
    """The calendar, the same bytes for the same state: stamped with the moment of its last write."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Zeren//upcoming//{lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"责任 Zeren {within}")
    stamp = instant_of(asked.recorded_as_of).replace(microsecond=0)
    for coming in asked.events:
        calendar.add_component(_event(coming, asked, view, stamp, lang))
    content: bytes = calendar.to_ical()
    return content


def _event(coming: Upcoming, asked: UpcomingAsked, view: View, stamp: datetime.datetime, lang: str) -> icalendar.Event:
    """All day, on each day on which it can be; tentative where it only may come."""
    said = say_upcoming(coming, view.around, asked.regime)
    event = icalendar.Event()
    key = "\n".join(map(str, astuple(coming)))
    event.add("uid", f"{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}@zeren")
    event.add("dtstamp", stamp)
    event.add("dtstart", datetime.date.fromordinal(coming.first))
    if coming.last < LAST_DAY:  # an all-day event without an end takes its one day
        event.add("dtend", datetime.date.fromordinal(coming.last + 1))
    event.add("summary", said.zh if lang == "zh" else said.en)
    event.add("categories", [_CATEGORIES[UpcomingKind(coming.kind)][_LANGS.index(lang)]])
    event.add("status", "CONFIRMED" if coming.certainty == Certainty.CERTAIN.value else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event


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
