#!/usr/bin/env python3
"""Bearer tokens (令牌): make one, list them, revoke one. A running server knows of it at once."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:  # run as a file: the project's folder must be found
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from api.access.token_file import read_tokens, write_tokens
from api.access.tokens import Role, Token, make_token, utc_now
from graph_model.dates import parse_day
from graph_model.errors import ZerenError
from graph_model.stores.embedded.lock import WriterLock
from scripts.asking import Exit, ScriptError, fail, open_asker
from scripts.options import day
from scripts.places import find_code
from settings import Settings

MOST_NAME = 80
_AREA = "query Area($code: String!) { division(code: $code) { id name } }"
_EXITS = """\
The file is that of ZEREN_TOKENS. A token is shown once, when it is made; only its SHA-256 is kept.
Pass it on by a way that nobody else reads, and revoke it when it is no longer needed.

exit codes:
  0  done
  1  an error: the file, or the store that knows the area, cannot be used
  2  the command line cannot be understood, or the area is ambiguous
  3  there is no such area, or no such token
"""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; exits with 2 if they cannot be understood."""
    parser = argparse.ArgumentParser(
        prog="tokens.py",
        description="Bearer tokens: who may write, and where.",
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    create = commands.add_parser("create", help="make a token, and show it once")
    create.add_argument("--name", type=_name, required=True, help="whose it is: the author of what is written with it")
    create.add_argument("--role", choices=[role.value for role in Role], required=True, help="what it is for")
    create.add_argument(
        "--area", metavar="PLACE", help="write within this division alone: code, name or pinyin (default: everywhere)"
    )
    create.add_argument("--expires", metavar="DAY", type=_future_day, help="the first day (UTC) without it")
    listing = commands.add_parser("list", help="list the tokens, revoked and expired ones too")
    revoke = commands.add_parser("revoke", help="end a token")
    revoke.add_argument("id", metavar="ID", help="the token's id, as `list` shows it")
    for command in (create, listing, revoke):
        command.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Make, list or revoke; see ``--help`` for the exit codes."""
    options = parse_arguments(arguments)
    try:
        path = Path(Settings().tokens)
        if options.command == "create":
            _create(path, options)
        elif options.command == "revoke":
            _revoke(path, options)
        else:
            _list(path, as_json=options.json)
    except ValidationError as error:
        names = ", ".join(f"ZEREN_{'_'.join(map(str, fault['loc'])).upper()}" for fault in error.errors())
        return fail(ScriptError(f"a wrong setting: {names}", Exit.ERROR))
    except ZerenError as error:
        return fail(ScriptError(str(error), Exit.ERROR))
    except ScriptError as failure:
        return fail(failure)
    return int(Exit.COMPLETE)


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise argparse.ArgumentTypeError(f"give a name of 1 to {MOST_NAME} characters")
    return name


def _future_day(text: str) -> date:
    found = parse_day(day(text))
    if found <= utc_now().date():
        raise argparse.ArgumentTypeError(f"{text} is not in the future: a token that expires then is of no use")
    return found


def _create(path: Path, options: argparse.Namespace) -> None:
    area = None if options.area is None else _find_area(options.area)
    where = None if area is None else str(area["id"])
    text, token = make_token(options.name, Role(options.role), area=where, expires=options.expires)
    with _alone(path):
        write_tokens(path, [*read_tokens(path), token])
    if options.json:
        print(_json({"token": text, **_shown(token)}))
        return
    within = "everywhere" if area is None else f"within {area['name']} ({area['id']})"
    until = "until it is revoked" if token.expires is None else f"until {token.expires}"
    print(f"{token.name}: {token.role.value} {within}, {until}; id {token.id}. It is not shown again:", file=sys.stderr)
    print(text)


def _find_area(place: str) -> Mapping[str, Any]:
    """The division that a person means. Raises ScriptError."""
    asker = open_asker(None)
    try:
        found = asker.ask(_AREA, {"code": find_code(asker, place, None)})["division"]
    finally:
        asker.close()
    if found is None:
        raise ScriptError(f"--area: there is no division {place!r}", Exit.NOT_FOUND)
    return dict(found)


def _revoke(path: Path, options: argparse.Namespace) -> None:
    with _alone(path):
        tokens = read_tokens(path)
        found = next((token for token in tokens if token.id == options.id), None)
        if found is None:
            raise ScriptError(f"{path}: there is no token {options.id!r}; `list` shows their ids", Exit.NOT_FOUND)
        revoked = found
        if found.revoked is None:
            revoked = msgspec.structs.replace(found, revoked=utc_now())
            write_tokens(path, [revoked if token is found else token for token in tokens])
    if options.json:
        print(_json(_shown(revoked)))
    else:
        print(f"{revoked.name}: the token {revoked.id} was revoked at {revoked.revoked:%Y-%m-%d %H:%M:%S} UTC")


def _list(path: Path, *, as_json: bool) -> None:
    tokens = read_tokens(path)
    if as_json:
        print(_json([_shown(token) for token in tokens]))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "name", "role", "area", "made", "expires", "state"):
        table.add_column(heading, no_wrap=heading == "id")
    for token in tokens:
        expires = "" if token.expires is None else token.expires.isoformat()
        made = token.created.date().isoformat()
        table.add_row(token.id, token.name, token.role.value, token.area or "everywhere", made, expires, _state(token))
    Console(highlight=False, markup=False).print(table if tokens else f"{path}: no tokens")


def _state(token: Token) -> str:
    if token.revoked is not None:
        return "revoked"
    return "valid" if token.is_valid(utc_now()) else "expired"


def _shown(token: Token) -> dict[str, Any]:
    """A token as JSON shows it: without its digest."""
    shown: dict[str, Any] = msgspec.to_builtins(token)
    del shown["digest"]
    return {**shown, "state": _state(token)}


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While nobody else changes the file. Raises StoreError, ScriptError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ScriptError(f"{path}: its folder cannot be made: {fault.strerror}", Exit.ERROR) from fault
    lock = WriterLock(path)
    try:
        yield
    finally:
        lock.release()


if __name__ == "__main__":
    sys.exit(main())
