"""Templates (模板): Jinja2, everything escaped, and no name that is not given."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pages.asking import Ask
from pages.texts import say

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def render(template: str, ask: Ask, **model: object) -> str:
    """A page.

    In a template ``t(key, ...)`` is a text of the table, ``url`` and ``here`` make addresses, and ``marks`` are the
    macros of ``marks.html``.
    """
    lang = ask.lang

    def t(key: str, /, **values: object) -> str:
        return say(key, lang, **values)

    given = {"ask": ask, "lang": lang, "t": t, "url": ask.url, "here": ask.here}
    marks = _ENVIRONMENT.get_template("marks.html").make_module(given)
    return _ENVIRONMENT.get_template(template).render(**given, marks=marks, **model)
