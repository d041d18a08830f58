"""Slow WebSockets (慢的长连接): closed when they do not read what they were sent, or do not end, in good time.

uvicorn by itself waits without end for a client that never reads, and for the rest of an answer to go out when it
closes. What waits meanwhile is bounded: a connection that is written to sends no more until its buffer has emptied.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from api.limits.unread import unread_bytes
from api.sockets.messages import CloseCode


def socket_protocol_class(*, seconds: float) -> type[WebSocketsSansIOProtocol]:
    """A protocol for uvicorn's ``ws`` with this bound."""
    return type("BoundedSocketProtocol", (PatientSocketProtocol,), {"seconds": seconds})


class PatientSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket. Its timer runs while its client leaves unread what it was sent, and while it closes."""

    seconds: float
    _timer: asyncio.TimerHandle | None = None
    _unread = 0

    def pause_writing(self) -> None:
        """The client reads more slowly than it is sent to."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """The client has read most of it."""
        super().resume_writing()
        if not self.close_sent:
            self._stop()

    async def send(self, message: Any) -> None:  # noqa: ANN401 - uvicorn's own
        """As uvicorn; a close has its time."""
        await super().send(message)
        if self.close_sent:
            self._start(self._cut)

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        self._start(self._cut)

    def keepalive_timeout(self) -> None:
        """No pong came."""
        super().keepalive_timeout()
        self._start(self._cut)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._stop()
        super().connection_lost(exc)

    def _await_reading(self) -> None:
        self._unread = unread_bytes(self.transport)
        self._start(self._close_if_unread)

    def _close_if_unread(self) -> None:
        """A client that took nothing since the last look is told so behind what it left; a slow reader may go on."""
        if unread_bytes(self.transport) < self._unread:
            self._await_reading()
            return
        if not self.close_sent:
            reason = "what was sent is not being read"
            self.conn.send_close(CloseCode.TOO_SLOW, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.queue.put_nowait({"type": "websocket.disconnect", "code": CloseCode.TOO_SLOW, "reason": reason})
        self.disconnected = True
        self.writable.set()  # whoever waits to send is told that there is nobody
        self.stop_keepalive()
        self.transport.close()
        self._start(self._cut)

    def _cut(self) -> None:
        self._timer = None
        self.transport.abort()

    def _start(self, ending: Any) -> None:  # noqa: ANN401 - any function without arguments
        self._stop()
        self._timer = self.loop.call_later(self.seconds, ending)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
