"""How a page is answered (应答): headers, the tag of its state, errors as pages."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Final

import structlog
from msgspec import Struct, structs
from starlette.requests import Request
from starlette.responses import Response

from graph_model.errors import BadUserInputError, NotRecordedYetError, StoreError, ZerenError
from graph_model.exchange import Window
from graph_model.graph import ResponsibilityGraph
from graph_model.records import Text
from graph_model.views import Frame, Moment
from pages.asking import Ask, read_ask, read_lang
from pages.languages import Lang
from pages.rendering import render
from pages.texts import words

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
}
_log = structlog.get_logger("zeren.pages")


class Suggestion(Struct, frozen=True):
    """Something else that may have been meant, and where it is."""

    text: str
    url: str


class NotFoundError(Exception):
    """There is no such page; ``suggestions`` are what may have been meant."""

    def __init__(self, message: Text, suggestions: tuple[Suggestion, ...] = ()) -> None:
        super().__init__(message.en)
        self.message = message
        self.suggestions = suggestions


class Visit(Struct, frozen=True):
    """One request of a page: what is asked, of which facade, at which moment, and what holds for the data set.

    ``window``: the days that the page speaks of, where they are more than the moment's one.
    """

    ask: Ask
    graph: ResponsibilityGraph
    frame: Frame
    moment: Moment
    parameters: Mapping[str, str]
    window: Window | None = None

    async def throughout(self, window: Window) -> Visit:
        """The visit as one of a window: its moment is that of the window's first day."""
        moment = await self.graph.moment(date.fromordinal(window.first), self.ask.recorded_as_of)
        return structs.replace(self, moment=moment, window=window)

    @property
    def lang(self) -> Lang:
        """The page's language."""
        return self.ask.lang

    def page(self, template: str, status: int = 200, **model: object) -> Response:
        """A page from its template; the frame of all pages has what it needs."""
        text = render(template, self.ask, frame=self.frame, moment=self.moment, **model)
        return Response(text, status, media_type="text/html; charset=utf-8")


Answer = Callable[[Visit], Awaitable[Response]]


def _digest_of_room() -> str:
    """A digest of this room's own files: a page is another one when they change."""
    room, content = Path(__file__).parent, hashlib.blake2b(digest_size=8)
    for path in sorted(path for path in room.rglob("*") if path.suffix in {".py", ".html"}):
        content.update(path.read_bytes())
    return content.hexdigest()


ROOM: Final = _digest_of_room()


def endpoint(
    graph: ResponsibilityGraph, answer: Answer, public_url: str | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint of Starlette that answers a page, or what went wrong as a page that says so."""

    async def answered(request: Request) -> Response:
        response = await _answered(graph, answer, request, public_url)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answered


async def _answered(graph: ResponsibilityGraph, answer: Answer, request: Request, public_url: str | None) -> Response:
    try:
        ask = read_ask(request, public_url)
        frame = await graph.frame(-1, ask.recorded_as_of)
        moment = await graph.moment(ask.as_of, ask.recorded_as_of)
        tag = _tag(frame, moment, ask, graph)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
        response = await answer(Visit(ask, graph, frame, moment, request.path_params))
    except NotFoundError as error:
        return _failed(request, HTTPStatus.NOT_FOUND, "NOT_FOUND", error.message, error.suggestions)
    except (BadUserInputError, NotRecordedYetError) as error:
        return _failed(request, HTTPStatus.BAD_REQUEST, error.code, _of_reader(error))
    except ZerenError as error:
        _log.warning("not answered", code=error.code, error=str(error))
        failed = _failed(request, HTTPStatus.SERVICE_UNAVAILABLE, error.code, _of_store(error))
        if error.retryable:
            failed.headers["Retry-After"] = "1"
        return failed
    except Exception:
        _log.exception("unexpected error")
        return _failed(request, HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL", words("error.internal"))
    if response.status_code == HTTPStatus.OK:
        response.headers["ETag"] = tag
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _of_reader(error: ZerenError) -> Text:
    """What is wrong with an address; messages are in English, so what it is about stands before it in Chinese, too."""
    name, colon, _ = str(error).partition(": ")
    key = "error.parameter" if colon and name.isidentifier() else "error.address"
    return words(key, name=name, message=error)


def _of_store(error: ZerenError) -> Text:
    """What may be told of a fault that is not the reader's own: a store's message may name its address."""
    return words("error.store") if isinstance(error, StoreError) else error.text


def _tag(frame: Frame, moment: Moment, ask: Ask, graph: ResponsibilityGraph) -> str:
    """The tag of a page's state: the data set's version, the day, the language and this room; the address is a key."""
    state = f"{ROOM} {frame.header.version} {moment.day} {graph.today} {ask.lang.value} {ask.origin}"
    return f'W/"{hashlib.blake2b(state.encode(), digest_size=12).hexdigest()}"'


def _failed(
    request: Request, status: HTTPStatus, code: str, message: Text, suggestions: tuple[Suggestion, ...] = ()
) -> Response:
    """A page that says what went wrong, with the id under which the log has it."""
    lang = read_lang(request)
    root = request.scope.get("root_path", "")
    # Two slashes at its beginning would be the address of another host.
    path = "/" + request.scope["path"].removeprefix(root).lstrip("/")
    values = {"lang": lang.value} if "lang" in request.query_params else {}
    ask = Ask(root, path, None, lang, None, None, None, values)
    text = render(
        "error.html",
        ask,
        status=status.value,
        code=code,
        message=lang.say(message),
        suggestions=suggestions,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        frame=None,
        moment=None,
    )
    return Response(text, status.value, {"Cache-Control": "no-store"}, "text/html; charset=utf-8")


def failure_page(request: Request, status: HTTPStatus, code: str, message: Text) -> Response:
    """A page that says what went wrong, for those that are not answered by ``endpoint``."""
    return _failed(request, status, code, message)
