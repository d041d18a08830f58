"""Ranges of texts by code point (范围): all that begin with a prefix lie between it and what follows it."""

from __future__ import annotations

_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def first_text_beyond(prefix: str) -> str | bytes:
    """The least text, by code point, that is greater than every text with this prefix.

    Where there is none (the prefix is nothing but the last code point): an empty blob, which SQLite puts behind all
    texts.
    """
    kept = prefix.rstrip(chr(_LAST_CODE_POINT))
    if not kept:
        return b""
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)
