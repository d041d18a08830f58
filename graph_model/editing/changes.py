"""The changes that can be asked for (改动), one struct for each; a list of them is one write, all or nothing.

Dates are partial dates (``graph_model.dates``); ``until`` and ``on`` are the first day on which what was no longer
holds, so that an end and its successor's beginning are the same day. ``expected_version`` is the ``records.version_of``
that the author saw; None: whatever is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from msgspec import UNSET, Struct, UnsetType

from graph_model.dates import OPEN
from graph_model.records import Basis


class _Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="change"):
    """What all changes share: what it rests on, at least a document, a clause or a note.

    ``refers``: the fields that hold ids; ``day_field``: the one that says when, for faults that speak of the day.
    """

    refers: ClassVar[tuple[str, ...]] = ()
    day_field: ClassVar[str] = "until"

    basis: Basis


class AppointToPost(_Change, frozen=True, kw_only=True, tag="appoint-to-post"):
    """A person holds a post from a day on (任职).

    ``is_new_person``: the person is on no record yet, and is recorded along with it. ``replaces_holders``: those who
    hold the post on that day no longer do from then on; ``expected_version`` is that of the holding that then ends. A
    recorded vacancy ends with the appointment.
    """

    refers: ClassVar[tuple[str, ...]] = ("person", "post")
    day_field: ClassVar[str] = "since"

    person: str
    post: str
    since: str
    until: str | None = OPEN
    is_new_person: bool = False
    replaces_holders: bool = False
    expected_version: str | None = None


class VacatePost(_Change, frozen=True, kw_only=True, tag="vacate-post"):
    """Who holds a post no longer does from a day on (免职): ``person``, or everybody if it is None.

    ``is_left_empty``: the post is recorded as vacant from that day on, if nobody is left.
    """

    refers: ClassVar[tuple[str, ...]] = ("post", "person")

    post: str
    until: str
    person: str | None = None
    is_left_empty: bool = True
    expected_version: str | None = None


class CreateAssignment(_Change, frozen=True, kw_only=True, tag="create-assignment"):
    """An assignee answers for a target (确立责任). ``regime``: None is the data set's first.

    ``is_joint``: together with the others of this kind and target that are joint.
    """

    refers: ClassVar[tuple[str, ...]] = ("assignee", "target")
    day_field: ClassVar[str] = "since"

    kind: str
    assignee: str
    target: str
    since: str
    until: str | None = OPEN
    regime: str | None = None
    is_joint: bool = False


class EndAssignment(_Change, frozen=True, kw_only=True, tag="end-assignment"):
    """An assignment no longer holds from a day on (终止责任)."""

    refers: ClassVar[tuple[str, ...]] = ("assignment",)

    assignment: str
    until: str
    expected_version: str | None = None


class TransferAssignment(_Change, frozen=True, kw_only=True, tag="transfer-assignment"):
    """An assignment passes to another assignee on a day (移交责任): one ends, and its like begins."""

    refers: ClassVar[tuple[str, ...]] = ("assignment", "to")
    day_field: ClassVar[str] = "on"

    assignment: str
    to: str
    on: str
    expected_version: str | None = None


class AddMember(_Change, frozen=True, kw_only=True, tag="add-member"):
    """Somebody is a member of an organisation (加入): a person, a post or an organisation, in a role."""

    refers: ClassVar[tuple[str, ...]] = ("member", "organization")
    day_field: ClassVar[str] = "since"

    member: str
    organization: str
    role: str
    since: str
    until: str | None = OPEN


class RemoveMember(_Change, frozen=True, kw_only=True, tag="remove-member"):
    """A membership no longer holds from a day on (退出)."""

    refers: ClassVar[tuple[str, ...]] = ("membership",)

    membership: str
    until: str
    expected_version: str | None = None


class RecordDesignation(_Change, frozen=True, kw_only=True, tag="record-designation"):
    """A division or household is registered as something (认定): ``poor``, ``exited``."""

    refers: ClassVar[tuple[str, ...]] = ("subject",)
    day_field: ClassVar[str] = "since"

    subject: str
    kind: str
    since: str
    until: str | None = OPEN


class EndDesignation(_Change, frozen=True, kw_only=True, tag="end-designation"):
    """A designation no longer holds from a day on (撤销认定)."""

    refers: ClassVar[tuple[str, ...]] = ("designation",)

    designation: str
    until: str
    expected_version: str | None = None


class RecordExemption(_Change, frozen=True, kw_only=True, tag="record-exemption"):
    """A target is exempt from a duty (豁免). ``regime``: None is the data set's first."""

    refers: ClassVar[tuple[str, ...]] = ("subject",)
    day_field: ClassVar[str] = "since"

    subject: str
    duty: str
    since: str
    until: str | None = OPEN
    regime: str | None = None


class EndExemption(_Change, frozen=True, kw_only=True, tag="end-exemption"):
    """An exemption no longer holds from a day on (终止豁免)."""

    refers: ClassVar[tuple[str, ...]] = ("exemption",)

    exemption: str
    until: str
    expected_version: str | None = None


class RenameDivision(_Change, frozen=True, kw_only=True, tag="rename-division"):
    """A division has another name from a day on (更名). ``pinyin`` as of ``records.Name``.

    ``expected_version`` here and below: that of the name, code or containment that ends.
    """

    refers: ClassVar[tuple[str, ...]] = ("division",)
    day_field: ClassVar[str] = "on"

    division: str
    name: str
    pinyin: str
    on: str
    name_en: str | None = None
    expected_version: str | None = None


class RecodeDivision(_Change, frozen=True, kw_only=True, tag="recode-division"):
    """A division has another code from a day on (代码变更)."""

    refers: ClassVar[tuple[str, ...]] = ("division",)
    day_field: ClassVar[str] = "on"

    division: str
    code: str
    on: str
    expected_version: str | None = None


class MoveDivision(_Change, frozen=True, kw_only=True, tag="move-division"):
    """A division, or a household, lies in another division from a day on (划归).

    ``leaves``: where it lies in several, the one it leaves.
    """

    refers: ClassVar[tuple[str, ...]] = ("division", "within", "leaves")
    day_field: ClassVar[str] = "on"

    division: str
    within: str
    on: str
    leaves: str | None = None
    expected_version: str | None = None


class EstablishDivision(_Change, frozen=True, kw_only=True, tag="establish-division"):
    """A division is formed (设立); ``division`` is its id, by which the changes after it in the list can name it.

    ``formed_of``: the divisions that gave parts to it, the largest first; those whose parts move into it in the same
    list need not be named.
    """

    refers: ClassVar[tuple[str, ...]] = ("division", "within", "formed_of")
    day_field: ClassVar[str] = "since"

    division: str
    level: str
    code: str
    name: str
    pinyin: str
    within: str
    since: str
    name_en: str | None = None
    formed_of: tuple[str, ...] = ()


class EndDivision(_Change, frozen=True, kw_only=True, tag="end-division"):
    """A division no longer exists from a day on (撤销): its names, its codes and what it lies in end.

    ``successors``: the divisions that take its place, the largest part first; those to which its parts move in the same
    list need not be named.
    """

    refers: ClassVar[tuple[str, ...]] = ("division", "successors")

    division: str
    until: str
    successors: tuple[str, ...] = ()


class RecordDocument(_Change, frozen=True, kw_only=True, tag="record-document"):
    """A document that changes rest on (登记文件); it can be named by the changes after it in the same list."""

    refers: ClassVar[tuple[str, ...]] = ("document", "issuer")
    day_field: ClassVar[str] = "date"

    document: str
    title: str
    kind: str
    title_en: str | None = None
    issuer: str | None = None
    date: str | None = None


class CorrectRecord(_Change, frozen=True, kw_only=True, tag="correct-record"):
    """What a dated record says was wrong (更正): the fields given stand in place of its own, which stay known.

    ``since`` and ``until``: None is not known. The record rests on the correction's basis from then on.
    """

    refers: ClassVar[tuple[str, ...]] = ("record",)

    record: str
    since: str | UnsetType | None = UNSET
    until: str | UnsetType | None = UNSET
    observed: tuple[str, ...] | UnsetType = UNSET
    expected_version: str | None = None


class RetractRecord(_Change, frozen=True, kw_only=True, tag="retract-record"):
    """A dated record or a change event was recorded by mistake (撤回): as of now it never was.

    What was known stays known. With what a new name, code or containment says, the event that it began with goes too.
    """

    refers: ClassVar[tuple[str, ...]] = ("record",)
    day_field: ClassVar[str] = "record"

    record: str
    expected_version: str | None = None


class JudgeFinding(_Change, frozen=True, kw_only=True, tag="judge-finding"):
    """A finding is acknowledged, settled, disputed or opened again (处置发现). ``state``: a ``records.FindingState``.

    ``as_of``: the day of the finding that was seen; None is the default day. ``expected_version``: of the finding.
    """

    refers: ClassVar[tuple[str, ...]] = ()
    day_field: ClassVar[str] = "as_of"

    finding: str
    state: str
    as_of: str | None = None
    expected_version: str | None = None


Change = (
    AppointToPost
    | VacatePost
    | CreateAssignment
    | EndAssignment
    | TransferAssignment
    | AddMember
    | RemoveMember
    | RecordDesignation
    | EndDesignation
    | RecordExemption
    | EndExemption
    | RenameDivision
    | RecodeDivision
    | MoveDivision
    | EstablishDivision
    | EndDivision
    | RecordDocument
    | CorrectRecord
    | RetractRecord
    | JudgeFinding
)

MAX_CHANGES: Final = 500
"""How many changes one list may hold."""


class Override(Struct, frozen=True, kw_only=True):
    """Stability rules (codes) that are broken on purpose (突破规定), and the document that allows it."""

    rules: tuple[str, ...]
    basis: Basis


def action_of(changes: Sequence[Change]) -> str:
    """What the journal calls a list of changes: the one change's tag, or ``apply-changes``."""
    return str(changes[0].__struct_config__.tag) if len(changes) == 1 else "apply-changes"


class SeenFinding(Struct, frozen=True):
    """A finding as it was seen: its version, the day (``asked``: as it was asked for), what it concerned (ids)."""

    finding: str
    asked: str | None
    version: str
    as_of: str
    subjects: tuple[str, ...]
