"""A text for people in both languages (双语文本): below all else of the model, so that errors may carry one."""

from __future__ import annotations

from msgspec import Struct


class Text(Struct, frozen=True):
    """A text for people in both languages."""

    zh: str
    en: str
