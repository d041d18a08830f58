"""Other rooms' requests, let in by the same gate as the API's own (排队), and given up when their time is up."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import Answers
from api.limits.errors import BusyError, RequestTimeoutError
from api.limits.gate import client_of
from api.limits.running import ClientGoneError, within


class InTurn:
    """Runs an application's requests in turn with those of the API, within the time of a request."""

    def __init__(self, app: ASGIApp, answers: Answers) -> None:
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI, of HTTP requests without a body; who has to wait too long is told so in plain text."""
        has_begun = False

        async def begin(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        client = client_of(scope["client"][0] if scope.get("client") else None)
        refused: PlainTextResponse | None = None
        try:
            async with within(self._answers.bounds.request_seconds, receive), self._answers.gate.turn(client):
                await self._app(scope, receive, begin)
        except BusyError as error:
            refused = PlainTextResponse(f"{error}\n", error.status, headers={"Retry-After": "1"})
        except RequestTimeoutError as error:
            refused = PlainTextResponse(f"{error}\n", 503, headers={"Retry-After": "1"})
        except ClientGoneError:
            return
        if refused is not None and not has_begun:
            await refused(scope, receive, send)
