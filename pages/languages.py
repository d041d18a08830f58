"""The two languages of the pages (语言): asked for by ``lang``, else by what the browser prefers, else Chinese."""

from __future__ import annotations

from enum import Enum

from graph_model.errors import BadUserInputError
from graph_model.records import Text


class Lang(Enum):
    """A language of the pages."""

    ZH = "zh"
    EN = "en"

    @property
    def other(self) -> Lang:
        """The other one."""
        return Lang.EN if self is Lang.ZH else Lang.ZH

    @property
    def tag(self) -> str:
        """As HTML's ``lang`` has it (BCP 47)."""
        return "zh-Hans" if self is Lang.ZH else "en"

    def say(self, text: Text) -> str:
        """A text in this language."""
        return text.zh if self is Lang.ZH else text.en


def choose_lang(asked: str | None, accepted: str) -> Lang:
    """The language of a page: ``asked`` is the parameter, ``accepted`` the header Accept-Language.

    Raises BadUserInputError for a parameter that is neither.
    """
    if asked:
        try:
            return Lang(asked.casefold())
        except ValueError:
            raise BadUserInputError(f"lang: {asked[:20]!r} is no language of these pages; there are: zh, en") from None
    best, best_weight = Lang.ZH, 0.0
    for part in accepted.split(","):
        tag, _, parameters = part.strip().partition(";")
        known = next((lang for lang in Lang if tag.casefold().split("-")[0] == lang.value), None)
        weight = _weight(parameters)
        if known is not None and weight > best_weight:
            best, best_weight = known, weight
    return best


def _weight(parameters: str) -> float:
    """The weight of an accepted language; 1 where none is given, 0 where it cannot be read (RFC 9110, 12.4.2)."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
