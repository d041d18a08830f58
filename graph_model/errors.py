"""One root of errors (错误), each with a ``code`` that programs read and whether trying again may help."""

from __future__ import annotations

from dataclasses import dataclass

from graph_model.texts import Text


def both(message: str | Text) -> Text:
    """A message in both languages: one that is English alone stands for both."""
    return message if isinstance(message, Text) else Text(message, message)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault stands: file, line or row (both counted from 1), column name, offending value.

    ``at``: of a file that has no rows, what leads there: a JSON pointer, the IRI of a subject; its row is then the
    number of the record.
    """

    file: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    at: str | None = None

    def __str__(self) -> str:
        text = self.file
        if self.at is not None:
            text += f"#{self.at}"
        elif self.row is not None:
            text += f":{self.row}"
        if self.column is not None:
            text += f", {self.column}"
        if self.value is not None:
            shown = self.value if len(self.value) <= 80 else self.value[:77] + "..."
            text += f" = {shown!r}"
        return text


class ZerenError(Exception):
    """Root of all errors that Zeren raises on purpose.

    What people read of it in a language of theirs is raised as a ``Text``; ``str`` gives its English.
    """

    code = "INTERNAL"
    retryable = False

    def __init__(self, message: str | Text) -> None:
        self.text = both(message)
        """What it says in both languages, twice in English where there is no Chinese for it."""
        super().__init__(self.text.en)


class BadUserInputError(ZerenError):
    """An argument that cannot be understood; the message says what is allowed."""

    code = "BAD_USER_INPUT"


class BadDateError(BadUserInputError):
    """A text that is no partial date, or a period that can hold on no day."""


class NotRecordedYetError(ZerenError):
    """A recorded moment before there was a data set; the message says when the first write was."""

    code = "NOT_RECORDED_YET"


class CheckpointUnknownError(ZerenError):
    """A checkpoint that is none of this store's: it is another store, or was restored from a backup."""

    code = "CHECKPOINT_UNKNOWN"


class RangeTooLargeError(ZerenError):
    """More than one answer may compare; the message says what to narrow."""

    code = "RANGE_TOO_LARGE"


class RecordError(ZerenError):
    """A record that breaks a rule of the model; ``record`` is its id."""

    code = "INVALID_RECORD"

    def __init__(self, record: str, reason: str | Text) -> None:
        said = both(reason)
        super().__init__(Text(f"{record}：{said.zh}", f"{record}: {said.en}"))
        self.record = record
        self.reason = said.en


class BatchError(ZerenError):
    """A batch of records that was refused whole: ``errors`` names every record that breaks a rule."""

    code = "INVALID_BATCH"

    def __init__(self, errors: list[RecordError]) -> None:
        shown = "; ".join(str(error) for error in errors[:5])
        more = f"; and {len(errors) - 5} more" if len(errors) > 5 else ""
        super().__init__(f"nothing was written: {shown}{more}")
        self.errors = errors


class SourceError(ZerenError):
    """A file (regime, data, dump) that cannot be read as what it should be, with its place and the remedy."""

    code = "INVALID_SOURCE"

    def __init__(self, place: Place, reason: str | Text) -> None:
        said = both(reason)
        super().__init__(Text(f"{place}：{said.zh}", f"{place}: {said.en}"))
        self.place = place
        self.reason = said.en


class StoreError(ZerenError):
    """Root of what can go wrong with a store."""

    code = "STORE_ERROR"


class StoreAddressError(StoreError):
    """A store's URL that cannot be understood; the message lists the forms."""

    code = "STORE_ADDRESS"


class EditRefusedError(ZerenError):
    """An edit that a store cannot take as it is; the message says why."""

    code = "EDIT_REFUSED"


class KeyReusedError(EditRefusedError):
    """A client's key that was used before, for another request."""

    code = "KEY_REUSED"


class StaleWriteError(ZerenError):
    """A write that was decided on by a state that is no longer the last one; nothing was written (已过时)."""

    code = "STALE"
    retryable = True


class StoreUnavailableError(StoreError):
    """The store does not answer now: it is absent, empty, shut, or out of reach."""

    code = "STORE_UNAVAILABLE"
    retryable = True


class StoreTimeoutError(StoreUnavailableError):
    """The store did not answer within the time that it may take."""

    code = "STORE_TIMEOUT"


class StoreUnauthorizedError(StoreError):
    """The store does not take this user, or the user may not do what is asked."""

    code = "STORE_UNAUTHORIZED"


class StoreReadOnlyError(StoreError):
    """The store can be read, but not written."""

    code = "STORE_READ_ONLY"


class StoreLockedError(StoreError):
    """Somebody else is writing to the store; there is one writer at a time."""

    code = "STORE_LOCKED"
    retryable = True


class StoreInvalidError(StoreError):
    """What lies at the store's address is no store of Zeren, or is damaged."""

    code = "STORE_INVALID"


class StoreNewerError(StoreError):
    """The store was written by a newer release; this one leaves it alone."""

    code = "STORE_NEWER"


class StoreFullError(StoreError):
    """No room is left on the store's disk; nothing was written, and writing goes on once there is room."""

    code = "STORE_FULL"
    retryable = True


class NoRoomError(ZerenError):
    """No room is left for temporary files; nothing was written, and it goes on once there is room (临时空间不足)."""

    code = "NO_ROOM"
    retryable = True


class StoreFencedError(StoreError):
    """The store stopped writing after a fault of its disk, until it is opened anew (停写); reading goes on."""

    code = "STORE_FENCED"


class CommitUnknownError(StoreError):
    """Whether a write was committed is not known; sent again with the same key, it is written once (提交未知)."""

    code = "COMMIT_UNKNOWN"


class UnauthenticatedError(ZerenError):
    """Something that only a known person may do, or a token that is not known (未认证)."""

    code = "UNAUTHENTICATED"


class ForbiddenError(ZerenError):
    """Something that this person may not do, here or at all (无权)."""

    code = "FORBIDDEN"
