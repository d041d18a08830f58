"""Templates (模板): Jinja2, everything escaped, and no name that is not given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pages.asking import Ask
from pages.texts import read_texts, say

_REPORT_CLAUSE: Final = re.compile(r"[1-7](\.\d)?")
"""How the clauses of the report of 2017 are numbered; those of other documents have no page of their own."""

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def has_clause(clause: str) -> bool:
    """Whether a clause is one of the report, which ``/sources/2017`` shows."""
    return _REPORT_CLAUSE.fullmatch(clause) is not None


def render(template: str, ask: Ask, **model: object) -> str:
    """A page.

    In a template ``t(key, ...)`` is a text of the table, ``url`` and ``here`` make addresses, and ``marks`` are the
    macros of ``marks.html``.
    """
    lang = ask.lang

    def t(key: str, /, **values: object) -> str:
        return say(key, lang, **values)

    given = {"ask": ask, "lang": lang, "t": t, "url": ask.url, "here": ask.here, "has_clause": has_clause}
    marks = _ENVIRONMENT.get_template("marks.html").make_module(given)
    return _ENVIRONMENT.get_template(template).render(**given, marks=marks, **model)


def compile_templates() -> None:
    """Read the texts and compile all templates, which the first page of each sort would wait for."""
    read_texts()
    for name in _ENVIRONMENT.list_templates():
        _ENVIRONMENT.get_template(name)
