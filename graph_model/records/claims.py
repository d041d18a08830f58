"""Dated claims about a node: its names and codes, what it is and is excused from, how it was assessed (断言)."""

from __future__ import annotations

from msgspec import Struct

from graph_model.dates import ALWAYS_POSSIBLE, Validity
from graph_model.records.shared import Record


class Claim(Record, frozen=True, kw_only=True):
    """Root of the dated claims about one node."""

    subject: str
    validity: Validity = ALWAYS_POSSIBLE


class Name(Claim, frozen=True, kw_only=True, tag="name"):
    """A division's full name (名称), in pinyin (no tones, a space between syllables), in English if there is one."""

    text: str
    pinyin: str
    english: str | None = None


class Code(Claim, frozen=True, kw_only=True, tag="code"):
    """A division's code (代码) in a scheme, as the edition of its first day has it."""

    text: str
    scheme: str


class Designation(Claim, frozen=True, kw_only=True, tag="designation"):
    """What a division or household is registered as (认定): ``poor``, ``has-task``, ``exited``."""

    kind: str


class Vacancy(Claim, frozen=True, kw_only=True, tag="vacancy"):
    """A post that is recorded as empty (空缺)."""


class Exemption(Claim, frozen=True, kw_only=True, tag="exemption"):
    """A target that is exempt from one duty of one regime (豁免)."""

    regime: str
    duty: str


class Result(Struct, frozen=True):
    """One result of an assessment (考核结果): a flag is true or false, all else a number."""

    code: str
    value: float | bool


class Assessment(Claim, frozen=True, kw_only=True, tag="assessment"):
    """What a division or organisation was found to be in a year (考核); kind and results are those of a regime."""

    kind: str
    year: int
    regime: str
    results: tuple[Result, ...]


class ChangedBy(Claim, frozen=True, kw_only=True, tag="changed-by"):
    """A division that a change event concerns, before or after it; ``event`` is the event's id (沿革所涉)."""

    event: str
