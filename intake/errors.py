"""What can stand in the way of an import (受理错误)."""

from __future__ import annotations

from enum import Enum

from graph_model.errors import ZerenError
from graph_model.importing import UndoRefusedError
from graph_model.records import Text


class Reason(Enum):
    """Why an upload is not written (原因)."""

    NOT_FOUND = "NOT_FOUND"
    NOT_READY = "NOT_READY"
    STALE = "STALE"
    ROWS_REFUSED = "ROWS_REFUSED"
    NOTHING_TO_DO = "NOTHING_TO_DO"


class CannotWriteError(ZerenError):
    """An upload that is not written; nothing of it was."""

    code = "IMPORT_REFUSED"

    def __init__(self, reason: Reason, message: Text) -> None:
        super().__init__(message)
        self.reason = reason


class BusyError(ZerenError):
    """As many imports are under way as may be."""

    code = "OVERLOADED"
    retryable = True


class BodyError(ZerenError):
    """A body that is no upload; ``status`` is how HTTP says so."""

    code = "BAD_REQUEST"

    def __init__(self, status: int, message: str | Text, code: str = "BAD_REQUEST", *, retryable: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retryable = retryable


class Problem(Enum):
    """Why an import is not written, or not taken back (问题): those of ``Reason`` and of ``Obstacle``."""

    NOT_FOUND = "NOT_FOUND"
    NOT_READY = "NOT_READY"
    STALE = "STALE"
    ROWS_REFUSED = "ROWS_REFUSED"
    NOTHING_TO_DO = "NOTHING_TO_DO"
    UNDO_OF_UNDO = "UNDO_OF_UNDO"
    UNDONE_ALREADY = "UNDONE_ALREADY"
    LATER_IMPORT = "LATER_IMPORT"
    EDITED = "EDITED"
    IN_USE = "IN_USE"
    NO_HISTORY = "NO_HISTORY"


def problem_of(error: CannotWriteError | UndoRefusedError) -> tuple[Problem, Text]:
    """The problem, and what to tell of it."""
    return Problem(error.reason.value if isinstance(error, CannotWriteError) else error.obstacle.value), error.text
