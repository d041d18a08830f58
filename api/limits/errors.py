"""What a limit answers with (限额错误): an error that names the limit, its bound and what was found."""

from __future__ import annotations

from graphql import GraphQLError

from graph_model.errors import ZerenError


class LimitError(ZerenError):
    """A request that is larger than a bound; asking again as it stands cannot help."""

    def __init__(self, code: str, limit: str, bound: int, actual: int, *, is_least: bool = False) -> None:
        found = f"more than {actual - 1:,}" if is_least else f"{actual:,}"
        super().__init__(f"{limit}: {found}, and {bound:,} is the most that is allowed")
        self.code = code
        self.limit = limit
        self.bound = bound
        self.actual = actual

    def located(self) -> GraphQLError:
        """The error as GraphQL answers it: ``extensions.limit`` repeats the numbers for programs."""
        numbers = {"name": self.limit, "max": self.bound, "actual": self.actual}
        return GraphQLError(str(self), original_error=self, extensions={"limit": numbers})


class BusyError(ZerenError):
    """The server has too much to do; the same request may be served a moment later."""

    retryable = True
    status = 503


class OverloadedError(BusyError):
    """Too many requests run and wait already."""

    code = "OVERLOADED"


class TooManyRequestsError(BusyError):
    """Too many requests of this client run and wait already."""

    code = "TOO_MANY_REQUESTS"
    status = 429


class RequestTimeoutError(ZerenError):
    """A request that did not end in time; it was given up."""

    code = "REQUEST_TIMEOUT"
    retryable = True
