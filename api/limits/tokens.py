"""Counting tokens (词法单位) before anything is parsed."""

from __future__ import annotations

import re
from itertools import islice

# What GraphQL's grammar calls a token, and comments; blanks and commas lie between. Every repetition is possessive and
# every alternative begins differently, so that no text, however broken, is read twice.
_TOKEN = re.compile(
    r"""
    "{3} (?: [^"\\] | \\"{3} | \\ | "(?!"") )*+ (?: "{3} | \Z )  # a block of text, or its beginning
    | " (?: [^"\\\r\n] | \\. )*+ "?                              # a text, or its beginning
    | \#[^\r\n]*+                                                # a comment
    | \.{3}
    | [A-Za-z_][A-Za-z0-9_]*+                                    # a name
    | -?[0-9][A-Za-z0-9_.+\-]*+                                  # a number
    | [^\s,\ufeff]                                               # punctuation, and what is no GraphQL
    """,
    re.VERBOSE | re.ASCII,
)
COUNTED_TIMES = 10
"""A text is counted up to so many times the bound, so that counting costs no more for a longer text."""


def count_tokens(text: str, bound: int) -> int:
    """How many tokens and comments a document has; at most ``COUNTED_TIMES * bound + 1``, which means: more."""
    return sum(1 for _ in islice(_TOKEN.finditer(text), COUNTED_TIMES * bound + 1))
