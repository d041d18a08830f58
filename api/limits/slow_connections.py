"""Slow connections (慢连接): closed when they send no whole request, or take no answer, in good time.

uvicorn by itself waits without end for the head of a request, reads a head of any length, and keeps an answer for a
client that never reads it. Bodies are read by the application, which has its own bounds for them (``api/http.py``).
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.limits.unread import unread_bytes


def protocol_class(*, seconds: float, head_bytes: int) -> type[HttpToolsProtocol]:
    """A protocol for uvicorn's ``http`` with these bounds."""
    return type("BoundedProtocol", (PatientProtocol,), {"seconds": seconds, "head_bytes": head_bytes})


class PatientProtocol(HttpToolsProtocol):
    """One connection. Its timer runs while it owes the rest of a head or of a body, or leaves an answer unread."""

    seconds: float
    head_bytes: int
    _timer: asyncio.TimerHandle | None = None
    _is_in_head = True
    _is_in_body = False
    _head_size = 0
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """The first head is awaited from now on."""
        super().connection_made(transport)
        self._start(self._time_out)

    def data_received(self, data: bytes) -> None:
        """Some bytes of a head or of a body."""
        super().data_received(data)
        if not self._is_in_head:
            self._head_size = 0
            return
        self._head_size += len(data)
        if self._head_size > self.head_bytes:
            self._refuse(431, f"the request's head is longer than {self.head_bytes} bytes")
        elif self._timer is None:
            self._start(self._time_out)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._is_in_head, self._is_in_body = True, False

    def on_headers_complete(self) -> None:
        """The head is complete: the application reads the body, if there is one, with its own bounds."""
        self._is_in_head, self._is_in_body = False, True
        self._stop()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is complete."""
        self._is_in_body = False
        super().on_message_complete()
        if getattr(self.cycle, "response_complete", False):  # there is no cycle before a WebSocket
            self._await_reading()

    def on_response_complete(self) -> None:
        """The answer was written, to the client or to memory."""
        super().on_response_complete()
        self._await_reading()

    def _await_reading(self) -> None:
        """Start the timer for what the client owes after its answer: to read it, or the rest of its request."""
        self._stop()
        if self.transport.get_write_buffer_size():
            self._unread = unread_bytes(self.transport)
            self._start(self._cut_if_unread)
        elif self._is_in_body:
            self._start(self._time_out)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._stop()
        super().connection_lost(exc)

    def _start(self, ending: Any) -> None:  # noqa: ANN401 - any function without arguments
        self._stop()
        self._timer = self.loop.call_later(self.seconds, ending)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        """The rest of a head, or of a body whose request was answered already, did not come."""
        self._timer = None
        if self._is_in_head and self._head_size:
            self._refuse(408, f"the request's head was not complete within {self.seconds:g} seconds")
        elif not self.transport.is_closing():
            self.transport.close()

    def _cut_if_unread(self) -> None:
        """A client that took nothing since the last look loses its answer; one that reads slowly may go on."""
        if unread_bytes(self.transport) >= self._unread:
            self.transport.abort()
        else:
            self._await_reading()

    def _refuse(self, status: int, message: str) -> None:
        """Answer outside the application, and close."""
        self._stop()
        if self.transport.is_closing():
            return
        body = message.encode()
        self.transport.write(
            STATUS_LINE[status]
            + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: "
            + str(len(body)).encode()
            + b"\r\n\r\n"
            + body
        )
        self.transport.close()
