"""Composition root (入口): settings -> store -> graph -> API -> ASGI app. The only server file that names a store."""

from __future__ import annotations

import gc

if __name__ == "__main__":
    gc.disable()  # until it serves: imports leave nothing behind, and looking for it took a fifth of the start

import ipaddress
import logging
import signal
import socket
import sys
from functools import partial
from pathlib import Path

import structlog
import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from structlog.tracebacks import ExceptionDictTransformer

from api.access.token_file import TokenFile
from api.access.tokens import Role, utc_now
from api.access.viewer import MAKE_ONE, Access
from api.app import build_app
from api.limits.bounds import LoadBounds, QueryBounds
from api.limits.slow_connections import protocol_class
from api.sockets.slow_sockets import socket_protocol_class
from graph_model.errors import ZerenError
from graph_model.graph import DefaultDate, ResponsibilityGraph
from graph_model.stores.opening import Patience, open_store
from intake.service import Imports
from pages.rosters.desk import import_desk
from pages.routes import page_routes
from pages.warming import warm_up
from settings import Settings

_log = structlog.get_logger("zeren.server")

if sys.platform != "win32":
    import resource

BACKLOG = 2048
"""How many connections may wait to be accepted."""
KEEP_ALIVE_SECONDS = 5
"""How long a connection may lie idle between two requests."""
OTHER_FILES = 64
"""Files that the process needs besides its connections."""
STOP_SECONDS = 10
"""How long the requests under way may take when the server is told to stop."""


class StartRefusedError(ZerenError):
    """Settings that are right one by one, and dangerous together."""

    code = "START_REFUSED"


def create_app(settings: Settings) -> Starlette:
    """The application, over a store that is opened for writing only where the settings say so.

    Raises StoreError where the store cannot be opened, TokenFileError likewise.
    """
    tokens = TokenFile(Path(settings.tokens))
    tokens.refresh()
    store = open_store(
        settings.store,
        "writer" if settings.writable else "reader",
        password=settings.read_store_password(),
        patience=Patience(read=settings.store_timeout_seconds),
    )
    graph = ResponsibilityGraph(
        store, default_date=DefaultDate(settings.default_date), watch_seconds=settings.watch_seconds
    )
    imports = Imports(
        graph, settings.store, password=settings.read_store_password(), max_bytes=settings.max_upload_bytes
    )
    access = Access(tokens, is_writable=settings.writable)
    own_imports = imports if settings.writable else None
    return build_app(
        graph,
        max_body_bytes=settings.max_body_bytes,
        query_bounds=query_bounds(settings),
        load_bounds=load_bounds(settings),
        access=access,
        pages=page_routes(graph, settings.public_url),
        warm_up_pages=partial(warm_up, graph),
        forms=import_desk(graph, own_imports, access.viewer),
        imports=own_imports,
    )


def check_exposure(settings: Settings, address: str) -> bool:
    """Whether there is a token to write with, where writing is enabled; True where it is not.

    Raises StartRefusedError where there is none and the address is not of the loopback, TokenFileError.
    """
    now = utc_now()
    tokens = TokenFile(Path(settings.tokens)).refresh()
    if not settings.writable or any(token.role is Role.EDITOR and token.is_valid(now) for token in tokens):
        return True
    if not ipaddress.ip_address(address.partition("%")[0]).is_loopback:
        raise StartRefusedError(
            f"ZEREN_WRITABLE on the public address {address}, and {settings.tokens} (ZEREN_TOKENS) has no valid token "
            f"of an editor: {MAKE_ONE}, or listen on 127.0.0.1"
        )
    return False


def query_bounds(settings: Settings) -> QueryBounds:
    """What a document may be."""
    return QueryBounds(
        characters=settings.max_characters,
        tokens=settings.max_tokens,
        definitions=settings.max_definitions,
        depth=settings.max_depth,
        fragment_depth=settings.max_fragment_depth,
        aliases=settings.max_aliases,
        root_fields=settings.max_root_fields,
        fields=settings.max_fields,
        introspection_depth=settings.max_introspection_depth,
        introspection_lists=settings.max_introspection_lists,
        variables_depth=settings.max_variables_depth,
        cost=settings.max_cost,
    )


def load_bounds(settings: Settings) -> LoadBounds:
    """What may be under way."""
    return LoadBounds(
        request_seconds=settings.request_timeout_seconds,
        body_seconds=settings.body_timeout_seconds,
        concurrent=settings.max_concurrent,
        waiting=settings.max_waiting,
        per_client=settings.max_per_client,
        connections=settings.max_connections,
        sockets=settings.max_sockets,
        sockets_per_client=settings.max_sockets_per_client,
        socket_operations=settings.max_socket_operations,
        subscriptions=settings.max_subscriptions,
        socket_init_seconds=settings.socket_init_seconds,
        socket_ping_seconds=settings.socket_ping_seconds,
    )


def allow_files(connections: int) -> None:
    """Let this process have so many connections open, as far as the system lets it."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = connections + OTHER_FILES
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def configure_log(settings: Settings) -> None:
    """Log lines on stderr, as the settings say; those of libraries too."""
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    level = getattr(logging, settings.log_level.upper())
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_text:
        ending: list[structlog.types.Processor] = [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    else:
        # Local variables stay out of the log: they hold what people asked.
        exceptions = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
        ending = [exceptions, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    logging.captureWarnings(capture=True)
    sys.unraisablehook = _log_unraisable


def _log_unraisable(fault: sys.UnraisableHookArgs) -> None:
    """What Python can tell nobody, a coroutine that was given up and collected for instance: a line of the log too."""
    structlog.get_logger("zeren.server").warning(
        "ignored by Python", message=fault.err_msg, error=repr(fault.exc_value), object=repr(fault.object)
    )


def listen(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say. Raises OSError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)


def serve(settings: Settings) -> None:
    """Serve until stopped.

    Raises StoreError, TokenFileError, StartRefusedError, and OSError for an address that cannot be listened on.
    """
    listening = listen(settings)
    host, port = listening.getsockname()[:2]
    has_editor = check_exposure(settings, host)  # before a store is touched
    server = uvicorn.Server(server_config(create_app(settings), settings))
    allow_files(settings.max_connections)
    # Who is told to stop before the loop has begun stops it too: Python's own interrupt may fall where it is swallowed.
    signal.signal(signal.SIGINT, server.handle_exit)
    _log.info("listening", url=f"http://{f'[{host}]' if ':' in host else host}:{port}")
    if settings.public_url is None and not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        _log.warning("the codes on boards name whatever host a request names", remedy="set ZEREN_PUBLIC_URL")
    if not has_editor:
        _log.warning("nobody can write yet", tokens=settings.tokens, remedy=MAKE_ONE)
    # What was loaded so far stays: the collector need not look at it again. Requests leave few circles behind, so it
    # may come by seldom; with Python's own thresholds it took a fifth of a request's time (docs/benchmarks.md).
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    gc.enable()
    server.run(sockets=[listening])


def server_config(app: Starlette, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application: with the bounds that it does not have by itself."""
    return uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        limit_concurrency=settings.max_connections,
        http=protocol_class(seconds=settings.body_timeout_seconds, head_bytes=settings.max_body_bytes),
        ws=socket_protocol_class(seconds=settings.body_timeout_seconds),
        ws_max_size=settings.max_body_bytes,
        ws_ping_interval=settings.socket_ping_seconds,
        ws_ping_timeout=settings.socket_ping_seconds,
        ws_per_message_deflate=False,  # a few bytes could unfold to megabytes
    )


def main() -> int:
    """Serve until stopped. Exit code 1: a setting or the store is wrong, said in one line."""
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "ZEREN_" + "_".join(str(part) for part in fault["loc"]).upper()
            print(f"{name} = {fault['input']!r}: {fault['msg']}", file=sys.stderr)
        return 1
    configure_log(settings)
    try:
        serve(settings)
    except ZerenError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot listen on ZEREN_HOST {settings.host}, ZEREN_PORT {settings.port}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass  # the way to stop it
    return 0


if __name__ == "__main__":
    sys.exit(main())
