"""WebSockets of the server as a process: the too large, too slow and silent are closed, and stopping waits for none."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from tests.serving import Server, serving

INIT = {"type": "connection_init"}


def url_of(server: Server) -> str:
    return f"{server.url.replace('http', 'ws')}/graphql"


@contextmanager
def opened(server: Server) -> Iterator[ClientConnection]:
    """A client that is acknowledged."""
    with connect(url_of(server), subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as client:
        client.send(json.dumps(INIT))
        assert json.loads(client.recv()) == {"type": "connection_ack"}
        yield client


def subscribe(name: str, query: str) -> str:
    return json.dumps({"id": name, "type": "subscribe", "payload": {"query": query}})


class Deaf:
    """A client that reads nothing once it is let in, and answers no ping."""

    def __init__(self, server: Server) -> None:
        uri = parse_uri(url_of(server))
        self._protocol = ClientProtocol(uri, subprotocols=[Subprotocol("graphql-transport-ws")])
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect((uri.host, uri.port))
        self._protocol.send_request(self._protocol.connect())
        self._flush()
        while not list(self._protocol.events_received()):
            self._protocol.receive_data(self.socket.recv(1024))
        self.say(json.dumps(INIT))

    def say(self, text: str) -> None:
        self._protocol.send_text(text.encode())
        self._flush()

    def flood(self) -> None:
        """Ask for large pongs, until the server takes no more."""
        large = json.dumps({"type": "ping", "payload": {"large": "x" * 100_000}})
        self.socket.settimeout(1)
        with suppress(OSError):
            while True:
                self.say(large)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            self.socket.sendall(data)


def closed_line(server: Server) -> dict[str, Any]:
    """The line of the log on a socket that was closed."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for line in server.log:
            if line["event"] == "closed":
                return line
        server.process.poll()
        time.sleep(0.02)
    raise AssertionError("no socket was closed")


@pytest.fixture(scope="module")
def server(facts_store: Path) -> Iterator[Server]:
    with serving(facts_store) as running:
        yield running


def test_answers_beside_each_other(server: Server) -> None:
    with opened(server) as client:
        for number in range(3):
            client.send(subscribe(str(number), '{ county(code: "530521") { name } }'))
        messages = [json.loads(client.recv()) for _ in range(6)]
    assert {message["payload"]["data"]["county"]["name"] for message in messages if "payload" in message} == {"施甸县"}
    assert sorted(message["id"] for message in messages if message["type"] == "complete") == ["0", "1", "2"]


def test_nothing_is_compressed(server: Server) -> None:
    with opened(server) as client:
        assert client.protocol.extensions == []


@pytest.mark.parametrize("pieces", [1, 200])
def test_a_message_that_is_too_large_closes_the_socket(facts_store: Path, pieces: int) -> None:
    size = 200_000
    with serving(facts_store) as running:
        with opened(running) as client, suppress(ConnectionClosed):  # it may be closed before all of it was sent
            client.send([" " * (size // pieces)] * pieces if pieces > 1 else " " * size)
            client.recv()
        assert closed_line(running)["code"] == 1009


def test_who_does_not_read_is_closed(facts_store: Path) -> None:
    with serving(facts_store, body_timeout_seconds="0.3") as running:
        deaf = Deaf(running)
        deaf.flood()
        line = closed_line(running)
        deaf.socket.close()
        with opened(running) as client:
            client.send(subscribe("1", "{ __typename }"))
            assert json.loads(client.recv())["type"] == "next"
    assert line["code"] == 1013


def test_who_reads_slowly_may_go_on(facts_store: Path) -> None:
    with serving(facts_store, body_timeout_seconds="0.3") as running:
        deaf = Deaf(running)
        flood = Thread(target=deaf.flood, daemon=True)
        flood.start()
        deadline = time.monotonic() + 2.0
        while time.monotonic() < deadline:
            assert deaf.socket.recv(16_384)
            time.sleep(0.01)
        closed = [line for line in running.log if line["event"] == "closed"]
        deaf.socket.close()
        flood.join(30)
    assert closed == []


def test_who_answers_no_ping_is_closed(facts_store: Path) -> None:
    with serving(facts_store, socket_ping_seconds="0.1") as running:
        deaf = Deaf(running)
        assert closed_line(running)["code"] != 1000
        deaf.socket.close()


@pytest.mark.parametrize("is_deaf", [False, True])
def test_stopping_waits_for_no_socket(facts_store: Path, is_deaf: bool) -> None:
    with serving(facts_store, body_timeout_seconds="1") as running, opened(running) as client:
        deaf = Deaf(running)
        if is_deaf:
            deaf.flood()
        running.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
        code = running.process.wait(20)
        deaf.socket.close()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert code in {0, -signal.SIGTERM}
    assert [line for line in running.log if line["level"] != "info"] == []
