"""Who sits at the desk (登录): a token is shown once, and a cookie stands for it until it ends (decision 29).

The cookie is a random word, for these pages alone; the token stays here, and is looked up anew with every request, so
that a revoked one ends at once. No other site can use the cookie: it is ``SameSite=Strict``, and every form has a word
of the session's own besides.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from graph_model.errors import ForbiddenError, UnauthenticatedError
from graph_model.records import Text

COOKIE: Final = "zeren-desk"
SECONDS: Final = 8 * 3600
MOST: Final = 1_000
"""Sessions that are kept; the oldest goes for a new one."""
FIELD: Final = "word"
"""The field of every form that holds the session's word."""


class Known(Protocol):
    """Who a token's owner is."""

    @property
    def name(self) -> str | None:
        """Whose the token is."""
        ...

    @property
    def area(self) -> str | None:
        """Where alone they may write; None: everywhere."""
        ...

    def author(self) -> str:
        """The author of what they write. Raises UnauthenticatedError, ForbiddenError."""
        ...


FindViewer = Callable[[Sequence[str]], Known]
"""Who asks, by the values of the header Authorization. Raises UnauthenticatedError, and where no token can be read."""


class Session(Struct, frozen=True):
    """One visitor who has shown a token. ``word``: what the forms of the session hold."""

    token: str
    word: str
    ends_at: float


class Sessions:
    """The sessions of one server, in its memory: they end with it."""

    def __init__(self, find_viewer: FindViewer, now: Callable[[], float] = time.monotonic) -> None:
        self._find_viewer = find_viewer
        self._now = now
        self._sessions: dict[str, Session] = {}

    def begin(self, request: Request, token: str, response: Response) -> None:
        """Begin a session. Raises UnauthenticatedError and ForbiddenError for a token with which nobody may write."""
        self._find_viewer([f"Bearer {token}"]).author()
        now = self._now()
        for key in [key for key, session in self._sessions.items() if session.ends_at <= now]:
            del self._sessions[key]
        while len(self._sessions) >= MOST:
            del self._sessions[next(iter(self._sessions))]
        key = secrets.token_urlsafe(32)
        self._sessions[key] = Session(token, secrets.token_urlsafe(32), now + SECONDS)
        response.set_cookie(
            COOKIE,
            key,
            max_age=SECONDS,
            path=_path(request),
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )

    def end(self, request: Request, response: Response) -> None:
        """End a request's session."""
        self._sessions.pop(request.cookies.get(COOKIE, ""), None)
        response.delete_cookie(COOKIE, path=_path(request), httponly=True, samesite="strict")

    def find(self, request: Request) -> tuple[Session, Known] | None:
        """The session of a request and who it is; None where there is none, or its token ended."""
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session is None or session.ends_at <= self._now():
            return None
        try:
            viewer = self._find_viewer([f"Bearer {session.token}"])
            viewer.author()
        except (UnauthenticatedError, ForbiddenError):
            return None
        return session, viewer


def _path(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/imports"


def check_word(session: Session, given: object) -> None:
    """Raises ForbiddenError for a form that is not of the session."""
    if not isinstance(given, str) or not hmac.compare_digest(session.word.encode(), given.encode("utf-8", "replace")):
        raise ForbiddenError(
            Text("这个表单属于另一次登录：请重新打开页面", "this form is of another session: load the page again")
        )


def check_site(request: Request) -> None:
    """Raises ForbiddenError for a form that another site sent.

    Every browser says where a form comes from: by ``Sec-Fetch-Site``, older ones by ``Origin``.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        if site != "same-origin":
            raise ForbiddenError(Text("这个表单来自别的网站", "this form was sent by another site"))
    elif origin is None or origin.partition("://")[2] != request.headers.get("host"):
        raise ForbiddenError(Text("这个表单没有说明来自本网站", "this form does not say that it comes from this site"))
