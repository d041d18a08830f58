"""What can stand in the way of an import (受理错误)."""

from __future__ import annotations

from enum import Enum
from typing import Final

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

    def __init__(self, reason: Reason, message: str) -> None:
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


_ZH: Final = {
    Problem.NOT_FOUND: "没有这一次导入或上传，或者已经过期：请重新上传文件",
    Problem.NOT_READY: "此文件不能导入：请先看它有什么问题",
    Problem.STALE: "预览之后有人改动了数据，现在写入的结果会与所见不同：请再看一遍预览，然后写入",
    Problem.ROWS_REFUSED: "有些行被拒收：请改正，或者选择只写入其余各行",
    Problem.NOTHING_TO_DO: "不会有任何变化：没有写入",
    Problem.UNDO_OF_UNDO: "这本身就是一次撤销：请重新导入文件",
    Problem.UNDONE_ALREADY: "这次导入已经撤销",
    Problem.LATER_IMPORT: "同名的后来导入建立在它之上：请先撤销后来的",
    Problem.EDITED: "它带来的记录后来有人修改或撤回过",
    Problem.IN_USE: "另有记录用到它新建的单位、职务或人员",
    Problem.NO_HISTORY: "这个库不知道导入之前的情况（数据来自转储）",
}


def problem_of(error: CannotWriteError | UndoRefusedError) -> tuple[Problem, Text]:
    """The problem, and what to tell of it: its details are in the English text."""
    value = error.reason.value if isinstance(error, CannotWriteError) else error.obstacle.value
    problem = Problem(value)
    return problem, Text(_ZH[problem], str(error))
