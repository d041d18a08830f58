"""How long to wait for a server (耐心)."""

from __future__ import annotations

from msgspec import Struct


class Patience(Struct, frozen=True):
    """In seconds.

    To connect; for one question; for one transaction that writes; for indexes to be made, or a query to be planned;
    until the last attempt where the server is out of reach or asks to try again, as one without memory does.
    """

    connect: float = 3.0
    read: float = 8.0
    write: float = 60.0
    prepare: float = 300.0
    retry: float = 2.0

    @property
    def acquire(self) -> float:
        """For a connection to be free: less than for a question, so that it is told which of the two was at fault."""
        return self.read * 0.75
