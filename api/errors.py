"""What a client sees of an error (错误): a message, a code, whether trying again may help; never a traceback."""

from __future__ import annotations

import structlog
from graphql import GraphQLError

from graph_model.errors import ZerenError

_log = structlog.get_logger("zeren.api")

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT = "BAD_USER_INPUT"
INTERNAL = "INTERNAL"
INTERNAL_MESSAGE = "internal error; the server's log has it under the request's id"


def present(error: GraphQLError, default_code: str) -> GraphQLError:
    """The error with ``extensions.code`` and ``extensions.retryable``.

    What nobody raised on purpose is masked and logged. ``default_code`` is for errors that GraphQL itself raises.
    """
    cause = _cause(error)
    if isinstance(cause, ZerenError):
        code, retryable, message = cause.code, cause.retryable, error.message
    elif cause is None:
        code, retryable, message = default_code, False, error.message
    elif isinstance(cause, RecursionError) and error.path is None:
        code, retryable, message = PARSE_FAILED, False, "the document is nested too deep"
    else:
        _log.error("unexpected error", path=error.path, exc_info=cause)
        code, retryable, message = INTERNAL, False, INTERNAL_MESSAGE
    return GraphQLError(
        message,
        error.nodes,
        error.source,
        error.positions,
        error.path,
        error.original_error,
        {**(error.extensions or {}), "code": code, "retryable": retryable},
    )


def _cause(error: GraphQLError) -> Exception | None:
    """What lies behind an error: the first that is no GraphQLError; None if GraphQL itself raised it."""
    seen: BaseException | None = error
    while isinstance(seen, GraphQLError):
        seen = seen.original_error
    return seen if isinstance(seen, Exception) else None
