"""The keys under which a search finds a record (检索键), and the order of lists: the same for every store.

A key is a normalised text; a search matches it whole, as a prefix, or inside. So that an index can answer "inside",
every tail of a key is a key too, with the grade ``INSIDE``: a prefix search over tails finds the middle of a name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from graph_model.dates import ALWAYS_POSSIBLE, Validity
from graph_model.instants import microseconds_of, parse_instant
from graph_model.records import (
    AnyNode,
    AnyRecord,
    Asset,
    ChangeEvent,
    Code,
    Division,
    Fact,
    Finding,
    Import,
    Measure,
    Name,
    Organization,
    Person,
    Post,
    Severity,
)

EXACT, PREFIX, INSIDE = 0, 1, 2
_LAST_MOMENT = 10**18 - 1
"""Later than any moment, in microseconds."""

_LEVEL_RANK = {"province": 0, "city": 1, "county": 2, "township": 3, "village": 4}
_SEVERITY_ORDER = {Severity.ERROR: "0", Severity.WARNING: "1", Severity.INFO: "2"}


def normalise(text: str) -> str:
    """A search text or name as a key: lower case, without tones, full-width forms, spaces and apostrophes.

    ``v``, as keyboards write pinyin's ``ü``, and ``ü`` itself count as ``u``: 绿水 is found by lv, lü and lu.
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold().replace("v", "u")
    return "".join(c for c in decomposed if not unicodedata.combining(c) and not c.isspace() and c not in "'’-·")


def initials(pinyin: str) -> str:
    """The first letters of the syllables: ``shi dian xian`` -> ``sdx``."""
    return "".join(syllable[0] for syllable in pinyin.split())


def search_keys(record: AnyRecord) -> Iterator[tuple[str, str, bool, Validity]]:
    """(node's id, key, whether it is the key's beginning, validity) for each key of a record; none for most types.

    Divisions are found by their names and codes, organisations, posts and assets by name; households never.
    """
    if isinstance(record, Name):
        for key in _name_keys(record.text, record.pinyin):
            yield record.subject, *key, record.validity
        if record.english:
            yield record.subject, normalise(record.english), True, record.validity
    elif isinstance(record, Code):
        yield record.subject, normalise(record.text), True, record.validity
    elif isinstance(record, Organization | Post | Asset):
        for key in _name_keys(record.name, record.pinyin or ""):
            yield record.id, *key, ALWAYS_POSSIBLE
        if record.name_en:
            yield record.id, normalise(record.name_en), True, ALWAYS_POSSIBLE


def _name_keys(name: str, pinyin: str) -> Iterator[tuple[str, bool]]:
    whole = normalise(name)
    for start in range(len(whole)):
        yield whole[start:], start == 0
    syllables = pinyin.split()
    for start in range(len(syllables)):
        yield normalise("".join(syllables[start:])), start == 0
        if len(syllables) > 1:
            yield normalise(initials(" ".join(syllables[start:]))), start == 0


def search_rank(record: AnyNode) -> int:
    """The place of a node among hits of one grade: the highest level first, then organisations, posts and assets."""
    if isinstance(record, Division):
        return _LEVEL_RANK.get(record.level, len(_LEVEL_RANK))
    return 10 if isinstance(record, Organization) else 11 if isinstance(record, Post) else 12


def order_key(record: AnyRecord) -> str:
    """The key by which lists of one record type are ordered; unique within the type.

    Between its parts stands a space, which is less than whatever a code or a clause is made of: 1 before 1.1.
    """
    if isinstance(record, Finding):
        return f"{severity_prefix(record.severity)}{record.code} {record.id}"
    if isinstance(record, Fact):
        return f"{record.basis.clause} {record.position:04d} {record.id}"
    if isinstance(record, Import):  # the latest first
        return f"{_LAST_MOMENT - microseconds_of(parse_instant(record.at)):018d} {record.id}"
    return record.id


def severity_prefix(severity: Severity) -> str:
    """How the order keys of all findings of a severity begin."""
    return f"{_SEVERITY_ORDER[severity]} "


def kind_of(record: AnyRecord) -> str | None:
    """The kind by which lists can be filtered; a division's level, a finding's code, an import's name."""
    if isinstance(record, Organization | Post | Measure | Asset):
        return record.kind
    if isinstance(record, Finding):
        return record.code
    if isinstance(record, Import):
        return record.name
    if isinstance(record, ChangeEvent):
        return record.kind.value
    if isinstance(record, Person):
        return None
    return getattr(record, "level", None) or getattr(record, "kind", None)
