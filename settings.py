"""Every setting (设置): environment variables with the prefix ``ZEREN_``, their defaults and their meaning."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.limits.bounds import LoadBounds, QueryBounds
from graph_model.errors import StoreUnauthorizedError
from graph_model.watching import WATCH_SECONDS

_HOST: Final = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?")
"""A host as an address has it, without a user's name."""
_QUERY, _LOAD = QueryBounds(), LoadBounds()


class Settings(BaseSettings):
    """What can be set. The README's table repeats this one; a test holds them together."""

    model_config = SettingsConfigDict(env_prefix="ZEREN_", extra="ignore")

    host: str = Field(
        "127.0.0.1", min_length=1, description="Address to listen on; 127.0.0.1 is reached from this machine only."
    )
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one and logs it.")
    public_url: str | None = Field(
        None,
        description="Origin under which people reach the pages, for the codes on boards and for citations; if not set, "
        "the one that each request names.",
    )
    store: str = Field(
        "sqlite:///var/zeren.db",
        description="Where the data lie: sqlite:///relative, sqlite:////absolute or neo4j://user@host:7687/database.",
    )
    store_password: SecretStr | None = Field(None, description="The password of a Neo4j store's user.")
    store_password_file: Path | None = Field(
        None, description="A file that holds that password, alone on its first line."
    )
    store_timeout_seconds: float = Field(
        8.0, gt=0, description="How long a Neo4j store may take to answer one question."
    )
    tokens: str = Field(
        "var/tokens.json",
        min_length=1,
        description="The file of the bearer tokens that scripts/tokens.py makes and revokes.",
    )
    writable: bool = Field(False, description="Whether those with an editor's token may write (docs/writing.md).")
    default_date: Literal["reference", "today"] = Field(
        "reference", description="The day of a question without asOf: the data set's reference date, or today."
    )
    max_body_bytes: int = Field(131_072, ge=1024, description="The largest request body that is read, in bytes.")
    max_upload_bytes: int = Field(
        8_388_608, ge=1024, description="The largest roster that is taken as an upload, in bytes (docs/limits.md)."
    )
    max_characters: int = Field(
        _QUERY.characters, ge=1, description="Characters of a document; its variables are not counted."
    )
    max_tokens: int = Field(_QUERY.tokens, ge=1, description="Tokens of a document, comments among them.")
    max_definitions: int = Field(_QUERY.definitions, ge=1, description="Operations and fragments of a document.")
    max_depth: int = Field(_QUERY.depth, ge=1, description="Fields within fields; fragments add nothing.")
    max_fragment_depth: int = Field(_QUERY.fragment_depth, ge=1, description="Fragments that spread fragments.")
    max_aliases: int = Field(
        _QUERY.aliases, ge=0, description="Aliases of a document, counted each time that their fragment is spread."
    )
    max_root_fields: int = Field(_QUERY.root_fields, ge=1, description="Fields at the root of an operation.")
    max_fields: int = Field(
        _QUERY.fields, ge=1, description="Fields of a document, counted each time that their fragment is spread."
    )
    max_cost: int = Field(
        _QUERY.cost, ge=1, description="What an operation may cost by the sizes of its lists (docs/limits.md)."
    )
    max_introspection_depth: int = Field(
        _QUERY.introspection_depth,
        ge=0,
        description="Fields within fields of an introspection; the default is what GraphiQL asks for.",
    )
    max_introspection_lists: int = Field(
        _QUERY.introspection_lists, ge=0, description="Lists of fields or types within each other in an introspection."
    )
    max_variables_depth: int = Field(
        _QUERY.variables_depth, ge=1, description="Objects and lists within each other in the variables."
    )
    request_timeout_seconds: float = Field(
        _LOAD.request_seconds, gt=0, description="How long a request may wait and run before it is given up."
    )
    body_timeout_seconds: float = Field(
        _LOAD.body_seconds,
        gt=0,
        description="How long a client may take to send a head or a body, or to go on reading an answer.",
    )
    max_concurrent: int = Field(_LOAD.concurrent, ge=1, description="Requests that run at the same time.")
    max_waiting: int = Field(
        _LOAD.waiting, ge=0, description="Requests that wait for their turn; further ones are refused with 503."
    )
    max_per_client: int = Field(
        _LOAD.per_client,
        ge=1,
        description="Requests of one address that run or wait; further ones are refused with 429.",
    )
    max_connections: int = Field(
        _LOAD.connections, ge=8, description="Open connections; requests on further ones are refused with 503."
    )
    max_sockets: int = Field(
        _LOAD.sockets, ge=0, description="Open WebSockets; further ones are refused with 503 (docs/subscriptions.md)."
    )
    max_sockets_per_client: int = Field(
        _LOAD.sockets_per_client, ge=1, description="WebSockets of one address; further ones are refused with 429."
    )
    max_socket_operations: int = Field(
        _LOAD.socket_operations, ge=1, description="Operations under way on one WebSocket, subscriptions among them."
    )
    max_subscriptions: int = Field(
        _LOAD.subscriptions, ge=0, description="Subscriptions of all WebSockets; further ones are refused: OVERLOADED."
    )
    watch_seconds: float = Field(
        WATCH_SECONDS, gt=0, description="How often the store is asked for new writes while somebody subscribes."
    )
    socket_init_seconds: float = Field(
        _LOAD.socket_init_seconds, gt=0, description="How long a WebSocket may take to send its connection_init."
    )
    socket_ping_seconds: float = Field(
        _LOAD.socket_ping_seconds,
        gt=0,
        description="How often a WebSocket is pinged, and how long its pong may take.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least grave line to log.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="How log lines are written: text on a terminal and JSON elsewhere, or always one of them."
    )

    @field_validator("public_url")
    @classmethod
    def check_public_url(cls, value: str | None) -> str | None:
        """An origin, without a slash at its end. Raises ValueError that says what it should be."""
        if value is None:
            return None
        remedy = "give scheme and host, with a port where it has one: https://zeren.example.org"
        try:
            parts = urlsplit(value.rstrip("/"))
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise ValueError(f"{error}; {remedy}") from error
        if parts.scheme not in {"http", "https"} or not host or not _HOST.fullmatch(parts.netloc):
            raise ValueError(f"it is no origin of a web page; {remedy}")
        if parts.path or parts.query or parts.fragment:
            raise ValueError(f"pages are served at the root of their host, not below a path; {remedy}")
        return f"{parts.scheme}://{parts.netloc}"

    def read_store_password(self) -> str | None:
        """The password of the store's user, from where it is set. Raises StoreUnauthorizedError, without any of it."""
        if self.store_password_file is None:
            return None if self.store_password is None else self.store_password.get_secret_value()
        if self.store_password is not None:
            raise StoreUnauthorizedError("ZEREN_STORE_PASSWORD and ZEREN_STORE_PASSWORD_FILE are both set: set one")
        try:
            lines = self.store_password_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise StoreUnauthorizedError(
                f"ZEREN_STORE_PASSWORD_FILE {self.store_password_file}: it cannot be read: {reason}"
            ) from error
        if not lines or not lines[0]:
            raise StoreUnauthorizedError(
                f"ZEREN_STORE_PASSWORD_FILE {self.store_password_file}: its first line is empty"
            )
        return lines[0]
