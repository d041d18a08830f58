"""What the facade and a store hand each other (交换的值): windows, pages, hits, batches. Days are ordinals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from graph_model.dates import FIRST_DAY, LAST_DAY, Limits
from graph_model.records import AnyRecord, Basis, Coverage, Dataset, Family, Provenance, RegimeContent, Relation

EDITS: Final = "edits"
"""The origin of what people recorded one by one (修订); what it has, or retracted, no load of files takes back."""
LOAD: Final = "load"
"""The action of a write that came from files (装载)."""


CHECKS: Final = "checks"
"""The origin of what the checks of the whole graph found (检查)."""


class Window(Struct, frozen=True):
    """The days (ordinals, both inclusive) that a question speaks of."""

    first: int
    last: int


ALL_DAYS: Final = Window(FIRST_DAY, LAST_DAY)


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
    """What applying a batch did, in records; ``kept``: left alone, because people edited or retracted them since."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    kept: int = 0


class Edit(Struct, frozen=True):
    """What a decision came to (改动): records to put, each in place of what has its id, and ids to remove.

    ``answer`` is kept with the write: whoever sends the same request again is given it.
    """

    puts: tuple[AnyRecord, ...] = ()
    removes: tuple[str, ...] = ()
    answer: bytes = b""


class EditRequest(Struct, frozen=True):
    """Who asks for an edit, and why (改动请求).

    ``key`` is the client's own for this request, unique among the author's; the same key again means the same request,
    and ``digest`` (of what it asks) must then be the same. ``action`` is a short code: ``appoint``, ``retract``.
    """

    author: str
    action: str
    basis: Basis = Basis()
    key: str | None = None
    digest: str = ""


class Entry(Struct, frozen=True):
    """One write as the journal has it (日志). ``version``: the digest of the whole content after it.

    ``number`` is the generation, ``recorded_at`` in microseconds; both rise strictly.
    """

    number: int
    recorded_at: int
    author: str
    action: str
    origins: tuple[str, ...]
    written: Written
    version: str
    basis: Basis = Basis()
    key: str | None = None


class EntryPage(Struct, frozen=True):
    """Some entries of the journal, how many there are in all, and whether more follow."""

    entries: tuple[Entry, ...]
    total: int
    has_next: bool


class WholeWrite(Struct, frozen=True):
    """One write in full, as another store can write it again (完整写入): records with their origin, ids that ended.

    ``digest`` and ``answer`` are those of the request's ``key``.
    """

    entry: Entry
    puts: Sequence[tuple[str, AnyRecord]]
    removes: Sequence[str]
    digest: str = ""
    answer: bytes = b""


class Stored(Struct, frozen=True, gc=False):
    """One version of a record as a store keeps it; ``recorded_to`` is None while it is current."""

    origin: str
    recorded_from: int
    recorded_to: int | None
    data: bytes


class Edited(Struct, frozen=True):
    """What an edit did. ``entry`` is None where nothing differed; ``is_repeated``: the key had been written before."""

    entry: Entry | None
    answer: bytes = b""
    is_repeated: bool = False


class Change(Struct, frozen=True):
    """What one write did to one record: ``before`` and ``after`` are None where there was, or is, none."""

    number: int
    recorded_at: int
    record: str
    before: AnyRecord | None
    after: AnyRecord | None


class ChangePage(Struct, frozen=True):
    """Some changes in the order (number, record's id), and whether more follow.

    ``total``: how many there are in all; None where they were not asked for by what they touch.
    """

    changes: tuple[Change, ...]
    has_next: bool
    total: int | None = None


class HistoryPage(Struct, frozen=True):
    """Some changes, each with its entry of the journal, oldest first, how many in all, and whether more follow."""

    rows: tuple[tuple[Entry, Change], ...]
    total: int
    has_next: bool
