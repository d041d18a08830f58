"""Media types (媒体类型): what a request says it is, and what its client accepts."""

from __future__ import annotations

import math
from email.message import Message

from starlette.datastructures import Headers

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"


def content_type(header: str) -> tuple[str, str]:
    """The media type of a Content-Type header, and its charset."""
    message = Message()
    message["Content-Type"] = header
    return message.get_content_type(), message.get_content_charset("utf-8")


def negotiate(accept: str | None) -> str | None:
    """The media type to answer in; None if the client accepts neither. Without a wish: ``application/json``."""
    if not accept:
        return JSON
    ranges = _ranges(accept)
    best = max((GRAPHQL_JSON, JSON), key=lambda media: _quality(media, ranges))
    named = {media for media, quality in ranges if quality > 0}
    if GRAPHQL_JSON not in named and _quality(JSON, ranges) > 0:
        best = JSON
    return best if _quality(best, ranges) > 0 else None


def wants_page(headers: Headers) -> bool:
    """Whether a browser asks for the page: it accepts HTML, and names no JSON before it."""
    ranges = _ranges(headers.get("accept", ""))
    named = [media for media, quality in ranges if quality > 0 and media in {"text/html", JSON, GRAPHQL_JSON}]
    return bool(named) and named[0] == "text/html"


def _ranges(accept: str) -> list[tuple[str, float]]:
    """The media ranges of an Accept header with their quality, as they stand."""
    found = []
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = _number(parameter[2:])
        if media:
            found.append((media, quality))
    return found


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _quality(media: str, ranges: list[tuple[str, float]]) -> float:
    """The quality of a media type: of the most specific range that matches it."""
    kind = media.split("/", maxsplit=1)[0]
    for pattern in (media, f"{kind}/*", "*/*"):
        for found, quality in ranges:
            if found == pattern:
                return quality
    return 0.0
