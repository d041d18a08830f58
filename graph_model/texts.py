"""A text for people in both languages (双语文本): below all else of the model, so that errors may carry one."""

from __future__ import annotations

from msgspec import Struct


class Text(Struct, frozen=True):
    """A text for people in both languages."""

    zh: str
    en: str


def quoted(value: str) -> str:
    """A value as Chinese sentences quote it; what cannot be shown is escaped, as ``repr`` does it in English ones."""
    return f"“{repr(value)[1:-1]}”"
