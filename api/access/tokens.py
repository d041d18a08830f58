"""Bearer tokens (令牌): made at random, shown once, and kept as their SHA-256 alone.

A token has 256 random bits: nobody finds one by guessing, however fast the hash, so that neither salt nor a slow hash
would add anything (decision 12).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import UTC, date, datetime
from enum import Enum

from msgspec import Struct

PREFIX = "zrn_"
"""How every token begins, so that people and scanners recognise one that has got into a file."""
_RANDOM_BYTES = 32
_FORM = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)
_ID_DIGITS = 8


class Role(Enum):
    """What a token is for (角色)."""

    READER = "reader"
    EDITOR = "editor"


class Token(Struct, frozen=True):
    """What is kept of a token. ``name``: whose it is, the author of what is written with it. Times are UTC.

    ``area``: a division's id (None: the whole data set). ``expires``: the first day on which it is no longer valid.
    """

    id: str
    name: str
    role: Role
    digest: str
    created: datetime
    area: str | None = None
    expires: date | None = None
    revoked: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked is None and (self.expires is None or now.astimezone(UTC).date() < self.expires)


def utc_now() -> datetime:
    """The present moment, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def make_token(name: str, role: Role, *, area: str | None = None, expires: date | None = None) -> tuple[str, Token]:
    """A new token: the text to hand to its owner, and what to keep of it."""
    text = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    digest = digest_of(text)
    return text, Token(id_of(digest), name, role, digest, utc_now(), area=area, expires=expires)


def looks_like_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _FORM.fullmatch(text) is not None


def digest_of(text: str) -> str:
    """What is kept of a token's text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def id_of(digest: str) -> str:
    """The id of a token: enough of its digest to tell it from the others, and of no use to anybody."""
    return digest[:_ID_DIGITS]
