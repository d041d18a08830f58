"""What an address asks for (地址参数): every state of a page is its address, and every address can be made anew."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import quote, urlencode

from msgspec import Struct
from starlette.datastructures import QueryParams
from starlette.requests import Request

from graph_model.dates import parse_day
from graph_model.errors import BadUserInputError
from graph_model.instants import microseconds_of, parse_instant
from pages.languages import Lang, choose_lang

MOST_CHARACTERS: Final = 2_000
"""How long a query string may be."""
MOST_PARAMETERS: Final = 24
TWINS: Final = ("json", "csv", "xlsx", "svg", "mmd", "dot", "ttl", "jsonld", "graphml", "gexf", "ics")
"""The endings under which a page may give its content in another form."""


class Ask(Struct, frozen=True):
    """An address, read. ``twin`` is the ending of its path, None for the page; ``values`` the parameters as given."""

    root: str
    path: str
    twin: str | None
    lang: Lang
    as_of: date | None
    recorded_as_of: int | None
    lanes: tuple[str, ...] | None
    values: Mapping[str, str]
    origin: str = ""

    def value(self, name: str) -> str | None:
        """A parameter; None where it is not given, or empty."""
        return self.values.get(name) or None

    def day(self, name: str) -> date | None:
        """A parameter that is a day. Raises BadUserInputError."""
        given = self.value(name)
        return None if given is None else read_day(name, given)

    def url(self, path: str, **more: str | None) -> str:
        """The address of another page as of the same clocks and in the same language; ``more`` sets or (None) drops."""
        kept = {name: value for name, value in self.values.items() if name in _CARRIED and value}
        return self._address(path, {**kept, **more})

    def here(self, **more: str | None) -> str:
        """The address of this page with other parameters; None drops one."""
        return self._address(self.path, {**self.values, **more})

    def twin_url(self, ending: str) -> str:
        """The address of this page's content in another form, its language spelt out."""
        path = "/search" if self.path == "/" else self.path
        return self._address(f"{path}.{ending}", {**self.values, "lang": self.lang.value})

    def absolute(self, path: str, **more: str | None) -> str:
        """As ``url``, with the origin under which people reach the pages, and nothing carried over."""
        return self.origin + self._address(path, more)

    def _address(self, path: str, values: Mapping[str, str | None]) -> str:
        given = {name: value for name, value in values.items() if value is not None and value != ""}
        query = urlencode(given, safe=":,")
        return self.root + quote(path, safe="/:@.~+-_") + (f"?{query}" if query else "")


_CARRIED: Final = ("lang", "asOf", "recordedAsOf", "regime")
_PARAMETERS: Final = (
    *_CARRIED,
    *("q", "lanes", "lane", "view", "against", "within", "cause", "certainty", "from", "to", "first", "after"),
    *("days", "kinds", "duty", "assignee", "post", "size", "digest", "printed", "severity", "code", "state"),
)
"""All that any page asks for: others are none of ours (messengers add some to what is passed on), and are ignored."""
_KNOWN: Final = {name.casefold(): name for name in _PARAMETERS}


def read_day(name: str, text: str) -> date:
    """A day. Raises BadUserInputError with the parameter's name."""
    try:
        return parse_day(text)
    except BadUserInputError as error:
        raise BadUserInputError(f"{name}: {error}") from error


def read_number(name: str, text: str | None) -> int | None:
    """A number of up to six digits; None where none is given. Raises BadUserInputError with the parameter's name."""
    if text is not None and not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise BadUserInputError(f"{name}: {text[:20]!r} is no number of {name}")
    return None if text is None else int(text)


def read_lang(request: Request) -> Lang:
    """The language of a request; that of its header where the parameter is wrong."""
    accepted = request.headers.get("accept-language", "")
    try:
        return choose_lang(request.query_params.get("lang"), accepted)
    except BadUserInputError:
        return choose_lang(None, accepted)


def read_ask(request: Request, public_url: str | None = None) -> Ask:
    """What a request asks for. Raises BadUserInputError that names the parameter, its value and what is allowed.

    ``public_url`` is the origin under which people reach the pages; None: the one that the request claims.
    """
    raw = request.scope["query_string"]
    if len(raw) > MOST_CHARACTERS or raw.count(b"&") >= MOST_PARAMETERS:
        raise BadUserInputError(
            f"the address has more than {MOST_CHARACTERS:,} characters or {MOST_PARAMETERS} parameters behind the '?'"
        )
    parameters = request.query_params
    _check(parameters)
    values = {name: parameters[name].strip() for name in parameters}
    lanes = [lane.strip() for given in parameters.getlist("lanes") for lane in given.split(",")]
    if "lanes" in values:
        values["lanes"] = ",".join(filter(None, lanes))
    path, twin = _split(request.scope["path"].removeprefix(request.scope.get("root_path", "")))
    recorded = values.get("recordedAsOf")
    return Ask(
        root=request.scope.get("root_path", ""),
        path=path,
        twin=twin,
        lang=choose_lang(values.get("lang"), request.headers.get("accept-language", "")),
        as_of=read_day("asOf", values["asOf"]) if values.get("asOf") else None,
        recorded_as_of=_read_instant(recorded) if recorded else None,
        lanes=tuple(filter(None, lanes)) or None,
        values=values,
        origin=public_url or f"{request.url.scheme}://{request.url.netloc}",
    )


def _check(parameters: QueryParams) -> None:
    """Raises BadUserInputError for what a reader cannot mean: it must not be answered as if it were not there."""
    for name, value in parameters.multi_items():
        if any(unicodedata.category(sign) == "Cc" for sign in name + value):
            raise BadUserInputError(f"{_plain(name)}: it has a control character")
        meant = _KNOWN.get(name.casefold())
        if meant is not None and meant != name:
            raise BadUserInputError(f"{_plain(name)}: write it as {meant}")
        if meant is not None and name != "lanes" and len(parameters.getlist(name)) > 1:
            raise BadUserInputError(f"{name}: it stands there {len(parameters.getlist(name))} times: give it once")


def _plain(name: str) -> str:
    return "".join(sign for sign in name[:20] if sign.isprintable())


def _read_instant(text: str) -> int:
    try:
        # A plus in an address is a space: who writes an offset by hand means a plus.
        return microseconds_of(parse_instant(text.replace(" ", "+") if text.count(" ") == 1 else text))
    except BadUserInputError as error:
        raise BadUserInputError(f"recordedAsOf: {error}") from error


def _split(path: str) -> tuple[str, str | None]:
    stem, dot, ending = path.rpartition(".")
    return (stem, ending) if dot and ending in TWINS and not stem.endswith("/") else (path, None)
