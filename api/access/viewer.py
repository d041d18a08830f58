"""The viewer (访问者): who asks, by the bearer token of the request, and what they may do."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import date, datetime

from msgspec import Struct

from api.access.token_file import TokenFile
from api.access.tokens import Role, Token, digest_of, looks_like_token, utc_now
from graph_model.errors import ForbiddenError, UnauthenticatedError

_SHOWN_IDS = 5
CHALLENGE = 'Bearer realm="zeren", error="invalid_token"'
"""What a client whose token is not known is asked for."""
MAKE_ONE = "make one with scripts/tokens.py create"


class Viewer(Struct, frozen=True):
    """Who asks. Without a token: anonymous, a reader. ``area``: a division's id; None: the whole data set.

    ``is_writable``: whether the server takes writes at all. ``expires``: the first day without.
    """

    name: str | None = None
    role: Role = Role.READER
    area: str | None = None
    expires: date | None = None
    is_writable: bool = False

    @property
    def may_write(self) -> bool:
        """Whether they may write anything at all."""
        return self.is_writable and self.name is not None and self.role is Role.EDITOR

    def author(self) -> str:
        """Whose write it is, if they may write at all.

        Raises:
            UnauthenticatedError: nobody knows who they are.
            ForbiddenError: they may only read, or the whole server only reads.
        """
        if not self.is_writable:
            raise ForbiddenError("this server only reads: it takes writes when it is started with ZEREN_WRITABLE=true")
        if self.name is None:
            raise UnauthenticatedError(
                f"to write, send a token of an editor in the header Authorization: Bearer ...; {MAKE_ONE}"
            )
        if self.role is not Role.EDITOR:
            raise ForbiddenError(f"the token of {self.name!r} is for reading; to write, use one of an editor")
        return self.name

    def check_area(self, outside: Sequence[str]) -> None:
        """Raises ForbiddenError if there is anything ``outside`` (``ResponsibilityGraph.outside``) of the area."""
        if outside:
            shown = ", ".join(outside[:_SHOWN_IDS]) + (", ..." if len(outside) > _SHOWN_IDS else "")
            raise ForbiddenError(f"{shown}: not surely within {self.area}, where alone {self.name!r} may write")


class Access:
    """Tells who asks. ``tokens``: None where no token is known."""

    def __init__(
        self, tokens: TokenFile | None = None, *, is_writable: bool = False, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._tokens = tokens
        self._is_writable = is_writable
        self._now = now

    def viewer(self, authorizations: Sequence[str]) -> Viewer:
        """The viewer by the values of the ``Authorization`` headers of a request: none, or one with a bearer token.

        The file of the tokens is looked at each time, so that a token ends with its revocation.

        Raises:
            UnauthenticatedError: no bearer token, or one that is unknown, revoked or expired; which, is not told.
            TokenFileError: the tokens cannot be read.
        """
        if not authorizations:
            return Viewer(is_writable=self._is_writable)
        if len(authorizations) > 1:
            raise UnauthenticatedError("there are several headers Authorization: send one")
        scheme, _, text = authorizations[0].strip().partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthenticatedError("Authorization: only bearer tokens are known here: Bearer zrn_...")
        token = self._find(text.strip())
        if token is None:
            raise UnauthenticatedError("Authorization: the token is unknown, revoked or expired")
        return Viewer(token.name, token.role, token.area, token.expires, self._is_writable)

    def _find(self, text: str) -> Token | None:
        if self._tokens is None or not looks_like_token(text):
            return None
        digest, now = digest_of(text), self._now()
        same = [token for token in self._tokens.find(digest) if hmac.compare_digest(token.digest, digest)]
        return next((token for token in same if token.is_valid(now)), None)
