"""What is told of the data themselves: what is held completely, figures, findings, where all came from (条目)."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from msgspec import Struct

from graph_model.dates import ALWAYS_POSSIBLE, Validity
from graph_model.records.relations import Family
from graph_model.records.shared import Record
from graph_model.texts import Text


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
    """Why a row was refused (拒收): its number and column. Without the cell's value, which may be anybody's secret.

    ``reason`` is in English, ``reason_zh`` the same in Chinese; imports before there was one have none. ``file``: of an
    import of several files, in which one it stands, with its sheet.
    """

    row: int
    reason: str
    column: str | None = None
    reason_zh: str | None = None
    file: str | None = None

    @property
    def text(self) -> Text:
        """The reason in both languages, in English where there is no Chinese one."""
        return Text(self.reason_zh or self.reason, self.reason)


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
