"""How long to wait for a server (耐心)."""

from __future__ import annotations

from msgspec import Struct


class Patience(Struct, frozen=True):
    """In seconds: to connect, for one question, for one transaction that writes, for indexes to be made."""

    connect: float = 3.0
    read: float = 8.0
    write: float = 60.0
    prepare: float = 300.0
