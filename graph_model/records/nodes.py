"""Who and what there is: divisions, households, organizations, posts, people, and what is done and written (节点)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from graph_model.dates import Certainty
from graph_model.records.shared import Record


class ChangeKind(Enum):
    """What happened to divisions (沿革): the same ones go on (the first three), or others take their place."""

    RENAMED = "renamed"
    RECODED = "recoded"
    MOVED = "moved"
    CONVERTED = "converted"
    SPLIT = "split"
    MERGED = "merged"
    CREATED = "created"
    ENDED = "ended"


class Node(Record, frozen=True, kw_only=True):
    """Root of the nodes."""


class Division(Node, frozen=True, kw_only=True, tag="division"):
    """A city, county, township or village (区划). Names, codes and designations are dated claims about it.

    ``marks``: ``placeholder`` (虚拟, a statistical entry without people) or ``park`` (园区, 管委会).
    """

    level: str
    marks: tuple[str, ...] = ()


class Household(Node, frozen=True, kw_only=True, tag="household"):
    """A registered household (建档立卡贫困户); ``code`` is the village's code, ``-`` and four digits."""

    code: str


class Organization(Node, frozen=True, kw_only=True, tag="organization"):
    """A committee, government, department, office, unit, group or team (组织); ``code`` is its natural key."""

    code: str
    kind: str
    name: str
    pinyin: str | None = None
    name_en: str | None = None


class Post(Node, frozen=True, kw_only=True, tag="post"):
    """A seat in an organisation (职务): the thing that answers, complete without a known holder.

    ``rank``: 1 is the highest, None where none is known.
    """

    kind: str
    name: str
    pinyin: str | None = None
    name_en: str | None = None
    rank: int | None = None


class Person(Node, frozen=True, kw_only=True, tag="person"):
    """Who holds posts, or helps households (人员): a code, never a name."""

    code: str


class Quantity(Struct, frozen=True):
    """How much of something there was (数量): a code of the regime's, ``metres`` or ``minutes``, and a number."""

    code: str
    value: float


class Measure(Node, frozen=True, kw_only=True, tag="measure"):
    """A talk, a criticism, a patrol (措施): what was done, by whom, to whom; ``period`` as ``dates.parse_period``.

    ``quantities``: how long, how far; each code once, in order. What is not given is not known.
    """

    kind: str
    by: tuple[str, ...]
    to: tuple[str, ...]
    period: str
    quantities: tuple[Quantity, ...] = ()


class Asset(Node, frozen=True, kw_only=True, tag="asset"):
    """Anything else that someone answers for (责任对象): a reach, a plot, a repository."""

    code: str
    kind: str
    name: str
    pinyin: str | None = None
    name_en: str | None = None


class Document(Node, frozen=True, kw_only=True, tag="document"):
    """What relations and facts rest on (文件): title, kind, issuer (a node's id), date, the clauses that name it."""

    title: str
    kind: str
    title_en: str | None = None
    issuer: str | None = None
    date: str | None = None
    clauses: tuple[str, ...] = ()


class ChangeEvent(Node, frozen=True, kw_only=True, tag="change"):
    """What happened to divisions at one time (沿革事件), as W3C ORG has it: those before, and those after.

    ``before`` and ``after`` are ids of divisions; one that goes on stands in both, and what took over the largest part
    is first. ``on``: the day, a partial date. ``old`` and ``new``: names (RENAMED), codes (RECODED) or ids of what it
    lies in (MOVED). ``confidence``: whether it is sure that this is what happened, CERTAIN or POSSIBLE.
    """

    kind: ChangeKind
    on: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    old: str | None = None
    new: str | None = None
    confidence: Certainty = Certainty.CERTAIN


DIVISION_LEVELS: Final = ("province", "city", "county", "township", "village")
"""The levels that a division can have; what a regime calls them, and which it uses, is the regime's."""
