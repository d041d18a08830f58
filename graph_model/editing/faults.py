"""What is wrong with a change (改动之误): a code for programs, the argument's path, a sentence for people."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from graph_model.records import Text

Path = tuple[str | int, ...]


class FaultCode(Enum):
    """What sort of fault it is (错误类别)."""

    NO_CHANGES = "NO_CHANGES"
    NO_BASIS = "NO_BASIS"
    BAD_VALUE = "BAD_VALUE"
    BAD_DATE = "BAD_DATE"
    NOT_FOUND = "NOT_FOUND"
    WRONG_TYPE = "WRONG_TYPE"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    END_NOT_ALLOWED = "END_NOT_ALLOWED"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    OUT_OF_TIME = "OUT_OF_TIME"
    DUPLICATE = "DUPLICATE"
    ALREADY_ENDED = "ALREADY_ENDED"
    NOTHING_TO_DO = "NOTHING_TO_DO"
    IN_USE = "IN_USE"
    CONFLICT = "CONFLICT"
    RULE_BROKEN = "RULE_BROKEN"


class Fault(Struct, frozen=True, kw_only=True):
    """One fault. ``index``: which change of the list; ``path``: the argument within it, its fields' names.

    ``allowed``: what could stand there, or be done instead, where that can be listed. ``record``: the id of what
    stands in the way; ``present_version``: its version now. ``rule``: the stability rule that is broken.
    """

    code: FaultCode
    message: Text
    index: int | None = None
    path: Path = ()
    allowed: tuple[Text, ...] = ()
    record: str | None = None
    present_version: str | None = None
    rule: str | None = None


def words(codes: Iterable[str]) -> tuple[Text, ...]:
    """Codes as they are told in any language."""
    return tuple(Text(zh=code, en=code) for code in codes)
