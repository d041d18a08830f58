"""Frozen, typed records: nodes, the dated claims about them, and one Relation for every family and kind.

Every record has an ``id`` made from a natural key (ASCII), the same in every store and in any order of loading, and a
``type`` tag; ``encode`` writes it as canonical JSON, ``decode`` reads it back. Source: model.md, "Nodes", "Relations".
"""

from __future__ import annotations

import hashlib
import re
from enum import Enum
from typing import Final, Literal

import msgspec
from msgspec import Struct

from graph_model.dates import ALWAYS_POSSIBLE, Certainty, Validity


class Provenance(Enum):
    """Where a statement comes from (来源): the source, our reasoning on it, or the synthetic fill."""

    SOURCE = "SOURCE"
    DERIVED = "DERIVED"
    SYNTHETIC = "SYNTHETIC"


class Family(Enum):
    """The families of edges, never mixed in one walk (关系族)."""

    CONTAINMENT = "containment"
    HOLDING = "holding"
    MEMBERSHIP = "membership"
    REPORTING = "reporting"
    RESPONSIBILITY = "responsibility"

    # One object a family: identity tells them apart, and is faster than the name's hash in look-ups by family.
    __hash__ = object.__hash__


class Severity(Enum):
    """How much a finding matters (严重程度), the gravest first."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"


class FindingState(Enum):
    """What was decided about a finding (处置状态): nothing yet; known; done with; held to be wrong; to be decided anew.

    REOPENED is never recorded: it is what a finding is that was judged, and is now another than the one judged.
    """

    OPEN = "OPEN"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    SETTLED = "SETTLED"
    DISPUTED = "DISPUTED"
    REOPENED = "REOPENED"


class Qualifier(Enum):
    """How a figure is meant (限定): exactly, or as a lower bound ("over 230")."""

    EXACT = "EXACT"
    OVER = "OVER"


class Roster(Enum):
    """What a coverage speaks of: an assignment kind, the holdings of posts, containment, or what was done (名册)."""

    ASSIGNMENT = "assignment"
    HOLDING = "holding"
    CONTAINMENT = "containment"
    EVIDENCE = "evidence"


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


class Text(Struct, frozen=True):
    """A text for people in both languages."""

    zh: str
    en: str


class Basis(Struct, frozen=True, omit_defaults=True):
    """What a record rests on (依据): a document's id, the number of a clause, a note in our own words."""

    document: str | None = None
    clause: str | None = None
    note: Text | None = None


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What all records share."""

    id: str
    provenance: Provenance
    basis: Basis = Basis()


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


class Relation(Record, frozen=True, kw_only=True, tag="relation"):
    """One edge, of any family and kind (关系).

    Responsibility: ``source`` is the one assignee, ``target`` the one target, ``regime`` whose kind it is; those who
    answer together share ``joint``. Membership has a ``role``, reporting a ``rhythm``.
    """

    family: Family
    kind: str
    source: str
    target: str
    validity: Validity = ALWAYS_POSSIBLE
    regime: str | None = None
    joint: str | None = None
    role: str | None = None
    rhythm: str | None = None


class Coverage(Record, frozen=True, kw_only=True, tag="coverage"):
    """A roster that the data set holds completely (覆盖): nothing found there means nobody.

    ``kind`` is the assignment kind, of evidence the kind of measure; ``area`` a division's id (None: everywhere).
    """

    roster: Roster
    regime: str | None = None
    kind: str | None = None
    area: str | None = None
    validity: Validity = ALWAYS_POSSIBLE


class _Tally(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="of"):
    """What to count among the current records (计数).

    A sort of nodes is written as in a regime: ``division:county``, ``organization:office``, ``post``.
    """


class NodeTally(_Tally, frozen=True, kw_only=True, tag="node"):
    """Nodes of a type and kind (a division's kind is its level). They have no dates; a measure counts once it is over.

    ``but``: not those of this kind; ``clause``: only those that rest on it. ``by``: of measures, only those that this
    node (an id) took.
    """

    type: Literal["division", "household", "organization", "post", "person", "measure", "asset", "document"]
    kind: str | None = None
    but: str | None = None
    clause: str | None = None
    by: str | None = None


class ClaimTally(_Tally, frozen=True, kw_only=True, tag="claim"):
    """The subjects, each once, of claims of a type and kind; only ``subjects`` of this sort, if it is given."""

    type: Literal["name", "code", "designation", "vacancy", "exemption"]
    kind: str | None = None
    subjects: str | None = None


class RelationTally(_Tally, frozen=True, kw_only=True, tag="relation"):
    """Relations of a family and kind; with ``distinct``, their ends on that side, each once.

    ``source`` and ``target`` are the one node (an id) that stands there, ``sources`` and ``targets`` its sort. Of
    assignments ``regime`` must be given, memberships may have a ``role``.
    """

    family: Family
    kind: str
    role: str | None = None
    regime: str | None = None
    source: str | None = None
    target: str | None = None
    sources: str | None = None
    targets: str | None = None
    distinct: Literal["source", "target"] | None = None


Tally = NodeTally | ClaimTally | RelationTally


class Fact(Record, frozen=True, kw_only=True, tag="fact"):
    """A figure of the source (数据), with its clause in ``basis``; ``value`` is None for a fact without a number.

    Money is in yuan. ``period`` as ``dates.parse_period``; ``period_label`` is what the source calls it.
    ``counts`` says what the graph can count beside it; None where it can count nothing of the sort.
    """

    subject: Text
    measure: Text
    period: str
    value: float | None = None
    unit: str | None = None
    qualifier: Qualifier = Qualifier.EXACT
    period_label: Text | None = None
    counts: Tally | None = None
    position: int = 0


class Finding(Record, frozen=True, kw_only=True, tag="finding"):
    """Something an auditor should see (发现): a contradiction, a doubt, a break; subjects are ids, places files."""

    code: str
    severity: Severity
    message: Text
    clauses: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class Ruling(Record, frozen=True, kw_only=True, tag="ruling"):
    """What somebody decided about a finding (处置), on the basis that he gives.

    ``finding``: its id; ``seen``: the version of it that was decided about, as of ``as_of``. ``subjects``: the ids of
    what it concerned. ``number``: how many rulings on it there have been; the last one holds.
    """

    finding: str
    state: FindingState
    seen: str
    by: str
    as_of: str
    subjects: tuple[str, ...] = ()
    number: int = 1


class Dataset(Record, frozen=True, kw_only=True, tag="dataset"):
    """What the data set says of itself (数据集); ``regimes`` in order, the first is the default."""

    name: Text
    reference_date: str
    editions: tuple[str, ...]
    regimes: tuple[str, ...]


class RegimeContent(Record, frozen=True, kw_only=True, tag="regime"):
    """A regime as it was loaded (制度): ``content`` is its validated file as canonical JSON."""

    code: str
    content: str


class Retraction(Record, frozen=True, kw_only=True, tag="retraction"):
    """A record that was recorded by mistake (撤回), by its id: no load of files brings it back."""

    record: str


class Tallied(Struct, frozen=True, omit_defaults=True):
    """How many rows of a file, or records of the graph, came to what (计数)."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ended: int = 0
    refused: int = 0


class Refusal(Struct, frozen=True, omit_defaults=True):
    """Why a row was refused (拒收): its number and column. Without the cell's value, which may be anybody's secret."""

    row: int
    reason: str
    column: str | None = None


class Import(Record, frozen=True, kw_only=True, tag="import"):
    """One import of a roster, or the taking back of some (导入记录): who, when, from what, and what it came to.

    ``name``: the import's; what it brought is of the origin ``import/NAME``. ``at``: its recorded moment, as
    ``instants.instant_text`` writes it. The digests are SHA-256, hexadecimal. ``rows`` and ``records``: what became of
    the file's rows and the graph's records. ``refusals``: the first ones. ``undoes``: the ids of what it takes back;
    it has no file and no mapping then.
    """

    name: str
    author: str
    at: str
    file: str | None = None
    file_digest: str | None = None
    mapping: str | None = None
    mapping_digest: str | None = None
    rows: Tallied = Tallied()
    records: Tallied = Tallied()
    refusals: tuple[Refusal, ...] = ()
    undoes: tuple[str, ...] = ()


AnyNode = Division | Household | Organization | Post | Person | Measure | Asset | Document | ChangeEvent
AnyTarget = Division | Household | Organization | Asset
AnyAssignee = Organization | Post | Person
AnyClaim = Name | Code | Designation | Vacancy | Exemption | Assessment | ChangedBy
AnyItem = Coverage | Fact | Finding | Ruling | Dataset | RegimeContent | Retraction | Import
AnyRecord = AnyNode | AnyClaim | Relation | AnyItem

NODE_TYPES: Final = (Division, Household, Organization, Post, Person, Measure, Asset, Document, ChangeEvent)
CLAIM_TYPES: Final = (Name, Code, Designation, Vacancy, Exemption, Assessment, ChangedBy)
ITEM_TYPES: Final = (Coverage, Fact, Finding, Ruling, Dataset, RegimeContent, Retraction, Import)
RECORD_TYPES: Final = (*NODE_TYPES, *CLAIM_TYPES, Relation, *ITEM_TYPES)

DIVISION_LEVELS: Final = ("province", "city", "county", "township", "village")
"""The levels that a division can have; what a regime calls them, and which it uses, is the regime's."""

ID_PATTERN: Final = re.compile(r"[a-z][a-z-]*:[A-Za-z0-9@:._~+-]{1,400}")

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[AnyRecord] = msgspec.json.Decoder(AnyRecord)


def encode(record: AnyRecord) -> bytes:
    """The record as canonical JSON: its fields in one order, defaults left away, UTF-8 unescaped."""
    return _encoder.encode(record)


def decode(data: bytes | str) -> AnyRecord:
    """The record of a JSON object. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _decoder.decode(data)


def version_of(record: AnyRecord) -> str:
    """What tells the versions of a record apart: a short digest of its content, the same wherever it is written."""
    return hashlib.blake2b(encode(record), digest_size=8).hexdigest()


def type_of(record: AnyRecord) -> str:
    """The record's type tag: ``division``, ``relation``, ``fact``..."""
    return str(type(record).__struct_config__.tag)


def content_hash(data: bytes) -> int:
    """A 256-bit number of a record's canonical JSON; the sum over a data set, modulo 2**256, is its digest."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=32).digest(), "big")
