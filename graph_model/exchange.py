"""What the facade and a store hand each other (交换的值): windows, pages, hits, batches. Days are ordinals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from msgspec import Struct

from graph_model.dates import Limits
from graph_model.records import AnyRecord, Coverage, Dataset, Family, Provenance, RegimeContent, Relation


class Window(Struct, frozen=True):
    """The days (ordinals, both inclusive) that a question speaks of."""

    first: int
    last: int


class End(Enum):
    """The end of a relation at which a look-up stands."""

    SOURCE = "source"
    TARGET = "target"


class Header(Struct, frozen=True):
    """What every question needs of the data set as a whole; small, and the same until ``generation`` changes.

    ``version``: digest of the content, 64 hexadecimal digits. ``dataset`` is None where none was loaded yet;
    ``coverages`` in the order of their ids; ``regimes`` by their code.
    """

    generation: int
    version: str
    dataset: Dataset | None
    regimes: Mapping[str, RegimeContent]
    coverages: tuple[Coverage, ...]


class Count(Struct, frozen=True):
    """How many current nodes and relations there are of one provenance."""

    provenance: Provenance
    nodes: int
    relations: int


class RelationPage(Struct, frozen=True):
    """Some relations of one node, in the order (kind, other end's id, relation id), and how many there are in all."""

    relations: tuple[Relation, ...]
    total: int
    has_next: bool


class Edge(Struct, frozen=True, gc=False):
    """A current relation as a check of the whole graph needs it: light, with the sorts of its ends.

    A sort is ``division:county``, ``organization:office``, ``post:party-secretary``, ``person``: type and kind, a
    division's level; None where the end has no record. ``origin``: what the relation was loaded from.
    """

    id: str
    origin: str
    family: Family
    kind: str
    regime: str | None
    source: str
    target: str
    source_sort: str | None
    target_sort: str | None
    days: Limits


class Vacated(Struct, frozen=True):
    """A current vacancy as a check of the whole graph needs it."""

    id: str
    origin: str
    post: str
    days: Limits


class Wanted(Struct, frozen=True):
    """Which assignments are asked for: of these kinds and regimes; where given, of one end, of these provenances."""

    kinds: tuple[str, ...]
    regimes: tuple[str, ...]
    assignee: str | None = None
    target: str | None = None
    provenances: tuple[str, ...] | None = None


class Hit(Struct, frozen=True):
    """One node that a search found. ``grade``: 0 exact, 1 prefix, 2 inside. The order is that of the fields."""

    grade: int
    rank: int
    code: str
    node: str


class Page(Struct, frozen=True):
    """Some records of a longer list, how many there are in all, and whether more follow."""

    records: tuple[AnyRecord, ...]
    total: int
    has_next: bool


class HitPage(Struct, frozen=True):
    """Some hits of a search, how many there are in all, and whether more follow."""

    hits: tuple[Hit, ...]
    total: int
    has_next: bool


class Batch(Struct, frozen=True):
    """All records of one origin (a file, or a set of files that are read as one).

    Applying it makes the origin's current records equal to ``records``: new ones are created, differing ones get a
    new version, and those that are no longer there are closed.
    """

    origin: str
    records: Sequence[AnyRecord]


class Written(Struct, frozen=True):
    """What applying a batch did, in records."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
