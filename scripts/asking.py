"""Asking Zeren from a script (提问): the same GraphQL documents to a local store or to a server, so the same bytes."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Protocol

from api.errors import BAD_USER_INPUT, present
from api.schema import build_schema
from api.scope import Request
from graph_model.errors import CheckpointUnknownError, NotRecordedYetError, ZerenError
from graph_model.graph import DefaultDate, ResponsibilityGraph
from graph_model.stores.opening import open_store
from settings import Settings

TIMEOUT_SECONDS = 60
_MISTAKES = {BAD_USER_INPUT, NotRecordedYetError.code, CheckpointUnknownError.code}
"""The codes of what a person can put right on the command line."""


class Exit(IntEnum):
    """How a script ends."""

    COMPLETE = 0
    ERROR = 1
    USAGE = 2
    NOT_FOUND = 3
    BROKEN = 4


class ScriptError(Exception):
    """Ends a script with a message on stderr."""

    def __init__(self, message: str, exit_code: Exit) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Asker(Protocol):
    """Something that answers GraphQL documents."""

    def ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of an answer. Raises ScriptError for an error."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


def open_asker(url: str | None) -> Asker:
    """The server at a URL, or the store of the settings. Raises ScriptError."""
    return Server(url) if url else Local()


class Local:
    """Asks the store that ``ZEREN_STORE`` names, beside a running server if there is one."""

    def __init__(self) -> None:
        settings = Settings()
        try:
            store = open_store(settings.store, "reader", password=settings.read_store_password())
        except ZerenError as error:
            raise ScriptError(f"{error}", Exit.ERROR) from error
        self._graph = ResponsibilityGraph(store, default_date=DefaultDate(settings.default_date))
        self._schema = build_schema()
        self._loop = asyncio.new_event_loop()

    def ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of an answer."""
        context = Request(self._graph)
        result = self._loop.run_until_complete(
            self._schema.execute(document, variable_values=dict(variables), context_value=context)
        )
        errors = [present(error, BAD_USER_INPUT).formatted for error in result.errors or ()]
        return _data({"data": result.data, "errors": errors})

    def close(self) -> None:
        """Close the store."""
        self._loop.run_until_complete(self._graph.close())
        self._loop.close()


class Server:
    """Asks a running server."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ScriptError(
                f"--url: {url!r} is no address of a server; one looks like http://127.0.0.1:8000", Exit.USAGE
            )
        self._url = url if url.rstrip("/").endswith("/graphql") else url.rstrip("/") + "/graphql"

    def ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of an answer."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - http and https only, see above
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            answer = _json_or_none(error.read())
            if answer is None:
                raise ScriptError(f"{self._url} answered {error.code} {error.reason}", Exit.ERROR) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise ScriptError(f"{self._url} does not answer as Zeren does: {reason}", Exit.ERROR) from error
        if not isinstance(answer, dict):
            raise ScriptError(f"{self._url} does not answer as Zeren does: is it the right address?", Exit.ERROR)
        return _data(answer)

    def close(self) -> None:
        """Nothing is kept open."""


def _json_or_none(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _data(answer: Mapping[str, Any]) -> dict[str, Any]:
    errors = answer.get("errors") or []
    if errors:
        codes = {(error.get("extensions") or {}).get("code") for error in errors}
        message = "; ".join(str(error.get("message")) for error in errors)
        raise ScriptError(message, Exit.USAGE if codes <= _MISTAKES else Exit.ERROR)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise ScriptError("the answer has neither data nor errors", Exit.ERROR)
    return data


def fail(failure: ScriptError) -> int:
    """Say why on stderr; the exit code."""
    print(failure, file=sys.stderr)
    return int(failure.exit_code)
