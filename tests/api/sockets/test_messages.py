"""What a client sends: read, or a reason to close. The reference server reads it too, in test_socket_audits.py."""

from __future__ import annotations

import pytest

from api.answers import Asked
from api.sockets.messages import Complete, Init, MessageError, Ping, Pong, Subscribe, read_message, shorten


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "connection_init"}', Init(None)),
        ('{"type": "connection_init", "payload": {"a": 1}}', Init({"a": 1})),
        (b'{"type": "ping", "payload": null}', Ping(None)),
        ('{"type": "pong", "payload": {}}', Pong()),
        ('{"type": "complete", "id": "a"}', Complete("a")),
        ('{"type": "subscribe", "id": "a", "payload": {"query": ""}}', Subscribe("a", Asked("", None, None))),
        (
            '{"type": "subscribe", "id": "a", "payload": {"query": "q", "variables": {"v": 1}, "operationName": "o"}}',
            Subscribe("a", Asked("q", {"v": 1}, "o")),
        ),
    ],
)
def test_a_message_is_read(text: str | bytes, message: object) -> None:
    assert read_message(text) == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        b"\xff",
        "[" * 100_000,
        '{"type": 1}',
        '{"type": ["ping"]}',
        '{"type": {}}',
        '{"type": "pong", "payload": 0}',
        '{"type": "error", "id": "a", "payload": []}',
        '{"type": "error", "id": "a", "payload": [null]}',
        '{"type": "subscribe", "id": "a", "payload": {"query": null}}',
    ],
)
def test_anything_else_is_invalid(text: str | bytes) -> None:
    with pytest.raises(MessageError) as refusal:
        read_message(text)
    assert (refusal.value.code, refusal.value.reason) == (4400, "Invalid message received")


@pytest.mark.parametrize(
    "text", ['{"type": "connection_ack"}', '{"type": "error", "id": "a", "payload": [{"message": ""}]}']
)
def test_what_servers_send_is_unexpected(text: str) -> None:
    with pytest.raises(MessageError) as refusal:
        read_message(text)
    assert refusal.value.code == 4500


@pytest.mark.parametrize("reason", ["", "a" * 123, "号" * 41])
def test_a_reason_that_fits_stays(reason: str) -> None:
    assert shorten(reason) == reason


@pytest.mark.parametrize(
    ("reason", "length"), [("a" * 124, 123), ("号" * 42, 123), ("号" * 41 + "ab", 123), ("\ud83d" * 200, 123)]
)
def test_a_longer_one_is_cut_between_characters(reason: str, length: int) -> None:
    assert len(shorten(reason).encode()) == length
