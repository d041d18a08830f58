"""The file of the tokens (令牌文件): JSON, written whole or not at all, read again as soon as it is another.

``scripts/tokens.py`` writes it, a running server reads it. A file that cannot be read as what it should be gives no
token at all: nobody is let in because of a fault.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from api.access.tokens import Token, id_of
from graph_model.errors import ZerenError

_FORM = 1
_MODE = 0o600


class TokenFileError(ZerenError):
    """A file of tokens that cannot be read or written; no token is known until that is mended."""

    code = "TOKENS_UNAVAILABLE"
    retryable = True


class _Content(Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    tokens: tuple[Token, ...]


def read_tokens(path: Path) -> tuple[Token, ...]:
    """The tokens of a file, in the order in which they were made; none where there is no file.

    Raises TokenFileError for one that cannot be read, that is none, or that others than its owner may write.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read()
    except FileNotFoundError:
        return ()
    except OSError as fault:
        raise TokenFileError(f"{path}: the tokens cannot be read: {fault.strerror}") from fault
    if sys.platform != "win32" and mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise TokenFileError(f"{path}: others than its owner may write it, and so let themselves in: chmod 600 {path}")
    try:
        content = msgspec.json.decode(data, type=_Content)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise TokenFileError(f"{path}: this is no file of tokens: {fault}; move it away and make new tokens") from fault
    if content.version != _FORM:
        raise TokenFileError(f"{path}: version {content.version} of the file of tokens; this release reads {_FORM}")
    for token in content.tokens:
        if id_of(token.digest) != token.id:
            raise TokenFileError(f"{path}: the token {token.id!r} has the digest of another: it was changed by hand")
    return content.tokens


def write_tokens(path: Path, tokens: Sequence[Token]) -> None:
    """Replace the file, for its owner's eyes only; the folder is made where there is none. Raises TokenFileError.

    The whole file is on the disk when this returns: a revoked token is revoked after a power cut too.
    """
    data = msgspec.json.format(msgspec.json.encode(_Content(_FORM, tuple(tokens))), indent=2) + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)  # mode 0600
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(_MODE)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as fault:
        raise TokenFileError(f"{path}: the tokens cannot be written: {fault.strerror}") from fault


def _sync_folder(folder: Path) -> None:
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class TokenFile:
    """The tokens of a file by their ids, as the file is now: it is looked at each time, and read when it is another."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, ...] | None = None
        self._tokens: dict[str, list[Token]] = {}

    def find(self, digest: str) -> list[Token]:
        """The tokens with the id of a digest: hardly ever more than one. Raises TokenFileError."""
        self.refresh()
        return self._tokens.get(id_of(digest), [])

    def refresh(self) -> tuple[Token, ...]:
        """All tokens. Raises TokenFileError."""
        stamp = self._stamp()
        if stamp is None or stamp != self._seen:
            self._seen, self._tokens = None, {}
            for token in read_tokens(self.path):
                self._tokens.setdefault(token.id, []).append(token)
            self._seen = stamp
        return tuple(token for same in self._tokens.values() for token in same)

    def _stamp(self) -> tuple[int, ...] | None:
        """What changes when the file is replaced or written: taken before it is read, so that no change is missed."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_mode
