"""What a preview says (预览), as the process that works it out hands it to the server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from enum import Enum

import msgspec
from msgspec import Struct

from graph_model.records import AnyRecord, Finding, Import, Tallied, Text

MOST_SHOWN = 1_000
"""How many changed records, and how many refused cells, a preview lists; it counts all of them."""


PLAN, FAILED, WANTED = "plan.json", "failed.json", "wanted.json"
"""The answers' names in the folder."""


class CheckOrdered(Struct, frozen=True, kw_only=True, tag="check"):
    """The process is asked to check the whole graph of a store; it says ``Checked`` on its stdout."""

    store: str


class Checked(Struct, frozen=True):
    """What the checks found, and of which generation."""

    generation: int
    findings: tuple[Finding, ...]


class Ordered(Struct, frozen=True, kw_only=True, tag="plan"):
    """What the process is asked to do. The files, the mapping and the answers lie in ``folder``.

    ``mapping`` is the code of one that ships; None: the mapping is the file ``mapping.yaml`` of the folder.
    """

    folder: str
    store: str
    files: tuple[str, ...]
    key: str
    author: str
    mapping: str | None = None
    name: str | None = None
    sheet: str | None = None
    observed: str | None = None
    area: str | None = None


class Step(Struct, frozen=True):
    """How far the process has come (进度): what it does, and how many rows of how many it has gone through in that.

    ``total`` is None where that is not known before; the process tells a step a line on its stdout.
    """

    text: str
    done: int = 0
    total: int | None = None


class PlannedChange(Struct, frozen=True):
    """What becomes of one record: ``created``, ``changed`` or ``ended``; of one that changes field, before, after."""

    outcome: str
    id: str
    fields: tuple[tuple[str, str, str], ...] = ()


class RefusedCell(Struct, frozen=True):
    """Why a row is refused, with what its cell says: for its own author alone."""

    file: str
    row: int
    reason: Text
    column: str | None = None
    value: str | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """What an import would do. ``digest`` names it: an import that is asked for by another one is refused.

    ``outside``: what it touches outside of the author's area. ``generation``: the state that it was planned by.
    ``lists``: the files with the refused rows that lie in the folder.
    """

    digest: str
    generation: int
    name: str
    file: str
    mapping: str
    rows: Tallied
    records: Tallied
    read: int
    changes: tuple[PlannedChange, ...] = ()
    refused: tuple[RefusedCell, ...] = ()
    refused_cells: int = 0
    notes: tuple[Text, ...] = ()
    effects: tuple[Text, ...] = ()
    outside: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    @property
    def writes(self) -> int:
        """How many records would differ afterwards."""
        return self.records.created + self.records.changed + self.records.ended


class Failed(Struct, frozen=True):
    """Why there is no plan: a file that cannot be used, or a store that does not answer."""

    code: str
    message: Text
    retryable: bool = False


INTERNAL = Failed("INTERNAL", Text("内部错误，服务器日志里有记录", "internal error; the server's log has it"))


class Wanted(Struct, frozen=True):
    """All that is written of an import: its records, and the record of it."""

    records: tuple[AnyRecord, ...]
    record: Import


class State(Enum):
    """How far an upload has come (状态)."""

    READING = "READING"
    READY = "READY"
    FAILED = "FAILED"
    WRITING = "WRITING"
    WRITTEN = "WRITTEN"


def digest_of(
    before: Mapping[str, AnyRecord], after: Iterable[AnyRecord], refused: Iterable[tuple[object, ...]], *more: object
) -> str:
    """What names a plan: what there is, what there would be, and what is refused; the same for the same plan."""
    content = hashlib.sha256()
    for part in (sorted(before.values(), key=_id), sorted(after, key=_id), list(refused), more):
        content.update(msgspec.json.encode(part, order="deterministic") + b"\n")
    return content.hexdigest()[:32]


def _id(record: AnyRecord) -> str:
    return record.id
