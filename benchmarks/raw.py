"""The yardstick (基准): a raw ASGI application that answers with bytes from memory, served as ``server.py`` serves.

``python -m benchmarks.raw FILE``: FILE holds the content type and the bodies (MessagePack). It reads no request body,
knows no route but the place of a body, logs nothing but its URL.
"""

from __future__ import annotations

import gc
import socket
import sys
from pathlib import Path
from typing import TypeAlias

import msgspec
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

Bodies: TypeAlias = tuple[str, list[bytes]]


def raw_app(content_type: str, bodies: list[bytes]) -> ASGIApp:
    """An application that answers ``/n`` with the body at place n."""
    answers = {
        f"/{place}": (
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", content_type.encode()), (b"content-length", b"%d" % len(body))],
            },
            {"type": "http.response.body", "body": body},
        )
        for place, body in enumerate(bodies)
    }

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        start, body = answers[scope["path"]]
        await send(start)
        await send(body)

    return app


def main() -> None:
    """Serve until stopped."""
    content_type, bodies = msgspec.msgpack.decode(Path(sys.argv[1]).read_bytes(), type=Bodies)
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f'{{"event": "listening", "url": "http://127.0.0.1:{listening.getsockname()[1]}"}}', file=sys.stderr)
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        raw_app(content_type, bodies),
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
