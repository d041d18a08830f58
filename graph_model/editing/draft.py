"""A list of changes while it is planned (草案): the state after the changes so far, and what is wrong with them.

A ``Step`` is one change of the list. Its checks note a fault and give None, so that one reading finds all faults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import Struct, structs

from graph_model.dates import Bound, Validity, limits, parse_partial, parse_until
from graph_model.editing.changes import Change, SeenFinding
from graph_model.editing.faults import Fault, FaultCode, words
from graph_model.editing.likeness import first_day, iter_alike, overlap, shown, spoken
from graph_model.errors import BadDateError
from graph_model.keys import node_id
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import (
    AnyAssignee,
    AnyClaim,
    AnyNode,
    AnyRecord,
    AnyTarget,
    Asset,
    Basis,
    Claim,
    Code,
    Coverage,
    Division,
    Document,
    Family,
    Household,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
    Ruling,
    Text,
    type_of,
    version_of,
)
from graph_model.regime import Regime

N = TypeVar("N", bound=AnyNode)
D = TypeVar("D", bound=AnyClaim | Relation)

_MAX_TEXT = 500
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Rules(Struct, frozen=True):
    """What holds for the whole data set: the regimes by their code, the default one's, and the coverages.

    ``author``: who asks for the changes; ``seen``: the findings that they decide about, by id and the day asked for.
    """

    regimes: Mapping[str, Regime]
    default: str
    coverages: Sequence[Coverage] = ()
    author: str = ""
    seen: Mapping[tuple[str, str | None], SeenFinding] = {}


def provenance_of(basis: Basis) -> Provenance:
    """Of what is recorded on a basis: stated by the document that it names, or reasoned."""
    return Provenance.DERIVED if basis.document is None else Provenance.SOURCE


class Turn(Struct, frozen=True):
    """What a change does to divisions on a day (``on``) that other changes of the list have to do with.

    ``ended`` and ``begun``: the division that does, if one does. ``flows``: what passes from one to another, and how
    much that weighs.
    """

    on: str
    ended: str | None = None
    begun: str | None = None
    flows: tuple[tuple[str, str, int], ...] = ()


class Draft:
    """What a list of changes has come to so far; ``base`` is what it began with.

    ``indexes``: the last change that put or removed a record, by its id. ``turns``: of each change, by its index.
    """

    def __init__(self, base: Neighbourhood, rules: Rules) -> None:
        self.base = base
        self.rules = rules
        self.state = base
        self.faults: list[Fault] = []
        self.puts: dict[str, AnyRecord] = {}
        self.removes: dict[str, None] = {}
        self.indexes: dict[str, int] = {}
        self.turns: list[tuple[int, Turn]] = []

    def lay(self, index: int, puts: Mapping[str, AnyRecord], removes: Mapping[str, None]) -> None:
        """Put and remove what one change comes to."""
        self.state = self.state.overlaid(puts.values(), removes)
        self.indexes.update(dict.fromkeys([*puts, *removes], index))
        for record_id, record in puts.items():
            self.puts[record_id] = record
            self.removes.pop(record_id, None)
        for record_id in removes:
            self.puts.pop(record_id, None)
            self.removes[record_id] = None


class Step:
    """One change of the list."""

    def __init__(self, draft: Draft, index: int, change: Change) -> None:
        self.draft = draft
        self.basis = change.basis
        self._index = index
        self._faults = len(draft.faults)
        self._puts: dict[str, AnyRecord] = {}
        self._removes: dict[str, None] = {}
        self._turn: Turn | None = None
        self.check_basis("basis", change.basis)

    @property
    def around(self) -> Neighbourhood:
        """The state before this change."""
        return self.draft.state

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong with this change so far."""
        return len(self.draft.faults) == self._faults

    @property
    def provenance(self) -> Provenance:
        """Of what the change records anew: stated by the document that it names, or reasoned."""
        return provenance_of(self.basis)

    def put(self, record: AnyRecord) -> None:
        """Record something, in place of what has its id."""
        self._puts[record.id] = record

    def put_new(self, record: AnyRecord) -> None:
        """Record something of a new id; a retraction of that id is over."""
        self._puts[record.id] = record
        self._removes[node_id("retraction", record.id)] = None

    def remove(self, record_id: str) -> None:
        """Take a record away."""
        self._removes[record_id] = None

    def turn(self, turn: Turn) -> None:
        """Note what happens to divisions by this change."""
        self._turn = turn

    def finish(self) -> None:
        """Lay the change over the state, if nothing is wrong with it."""
        if not self.is_sound:
            return
        self.draft.lay(self._index, self._puts, self._removes)
        if self._turn is not None:
            self.draft.turns.append((self._index, self._turn))

    def fault(
        self,
        code: FaultCode,
        field: str,
        zh: str,
        en: str,
        *,
        allowed: Sequence[str] = (),
        stands_in_the_way: AnyClaim | Relation | AnyNode | None = None,
    ) -> None:
        """Note a fault of one argument."""
        other = stands_in_the_way
        self.draft.faults.append(
            Fault(
                code=code,
                message=Text(zh=zh, en=en),
                index=self._index,
                path=tuple(field.split(".")),
                allowed=words(allowed),
                record=None if other is None else other.id,
                present_version=None if other is None else version_of(other),
            )
        )

    # --- arguments -------------------------------------------------------------------------------------------------

    def node(self, field: str, node: str, *types: type[N]) -> N | None:
        """The node with an id, of one of some types."""
        found = self.around.find_node(node)
        if found is None:
            self.fault(FaultCode.NOT_FOUND, field, f"没有 {shown(node)}", f"there is no {shown(node)}")
        elif not isinstance(found, types):
            tags = [str(each.__struct_config__.tag) for each in types]
            self._wrong_type(field, node, type_of(found), tags)
        else:
            return found
        return None

    def assignee(self, field: str, node: str) -> AnyAssignee | None:
        """The organisation, post or person with an id."""
        found = self.node(field, node, Organization, Post, Person)
        return found if isinstance(found, AnyAssignee) else None

    def target(self, field: str, node: str) -> AnyTarget | None:
        """The division, household, organisation or asset with an id."""
        found = self.node(field, node, Division, Household, Organization, Asset)
        return found if isinstance(found, AnyTarget) else None

    def relation(self, field: str, record_id: str, family: Family) -> Relation | None:
        """The relation with an id, of a family."""
        found = self.around.find_record(record_id)
        if isinstance(found, Relation) and found.family is family:
            return found
        if found is None:
            self.fault(FaultCode.NOT_FOUND, field, f"没有 {shown(record_id)}", f"there is no {shown(record_id)}")
        else:
            word = found.family.value if isinstance(found, Relation) else type_of(found)
            self._wrong_type(field, record_id, word, [family.value])
        return None

    def bearers(self, code: str) -> list[Code]:
        """The codes of this text, of whatever division: those on record, and those that the changes so far record."""
        subjects = dict.fromkeys(self.draft.base.seeds.get(code, ()))
        put = (each.subject for each in self.draft.puts.values() if isinstance(each, Code) and each.text == code)
        subjects.update(dict.fromkeys(put))
        return [each for node in subjects for each in self.around.iter_claims(node, Code) if each.text == code]

    def dated(self, field: str, record_id: str, *types: type[D]) -> D | None:
        """The claim or relation with an id."""
        found = self.around.find_record(record_id)
        if found is None:
            self.fault(FaultCode.NOT_FOUND, field, f"没有 {shown(record_id)}", f"there is no {shown(record_id)}")
        elif not isinstance(found, types):
            tags = [str(each.__struct_config__.tag) for each in types]
            self._wrong_type(field, record_id, type_of(found), tags)
        else:
            return found
        return None

    def _wrong_type(self, field: str, record_id: str, found: str, wanted: Sequence[str]) -> None:
        either = ", ".join(wanted)
        self.fault(
            FaultCode.WRONG_TYPE,
            field,
            f"{record_id} 是 {found}，此处须为：{either}",
            f"{record_id} is of the type {found}; here must stand: {either}",
            allowed=wanted,
        )

    def regime(self, code: str | None) -> Regime | None:
        """The regime with a code, or the default one."""
        regimes = self.draft.rules.regimes
        found = regimes.get(self.draft.rules.default if code is None else code)
        if found is None:
            self.unknown_code("regime", code or "", list(regimes))
        return found

    def unknown_code(self, field: str, code: str, allowed: Sequence[str]) -> None:
        """Note that a code is none of those that there are."""
        there_are = ", ".join(allowed)
        self.fault(
            FaultCode.UNKNOWN_CODE,
            field,
            f"没有 {shown(code)}，可用：{there_are}",
            f"there is no {shown(code)}; there are: {there_are}",
            allowed=allowed,
        )

    def text(self, field: str, text: str) -> str | None:
        """A text for people: not empty, and not endless."""
        if text.strip() and len(text) <= _MAX_TEXT and not _NO_TEXT.search(text):
            return text.strip()
        self.fault(
            FaultCode.BAD_VALUE,
            field,
            f"须为 1 至 {_MAX_TEXT} 个字符，不含控制字符",
            f"give 1 to {_MAX_TEXT} characters, and none that cannot be printed",
        )
        return None

    def is_as_seen(self, record: AnyNode | AnyClaim | Relation, expected: str | None) -> bool:
        """Whether a record is still as its editor saw it; notes the conflict if it is not."""
        present = self.draft.base.find_record(record.id)
        if expected is None or present is None or isinstance(present, Ruling) or version_of(present) == expected:
            return True
        self.conflict(present)
        return False

    def conflict(self, present: AnyNode | AnyClaim | Relation) -> None:
        """Note that a record is no longer as its editor saw it."""
        self.fault(
            FaultCode.CONFLICT,
            "expected_version",
            f"{present.id} 已被他人改动，现为版本 {version_of(present)}：请重新查看后再改",
            f"{present.id} was changed meanwhile and is at version {version_of(present)}: look at it again",
            stands_in_the_way=present,
        )

    # --- dates -----------------------------------------------------------------------------------------------------

    def day(self, field: str, text: str) -> Bound | None:
        """A partial date that must say something: neither unknown nor open."""
        try:
            return parse_partial(text)
        except BadDateError as error:
            self.fault(FaultCode.BAD_DATE, field, f"{shown(text)} 不是日期", str(error))
            return None

    def validity(self, since: str, until: str | None, field: str = "since") -> Validity | None:
        """The validity of something new; ``field``: the argument that its beginning comes from."""
        if self.day(field, since) is None:
            return None
        try:
            parse_until(until)
        except BadDateError as error:
            self.fault(FaultCode.BAD_DATE, "until", f"{shown(until)} 不是日期", str(error))
            return None
        return self.sound("until" if field == "since" else field, Validity(since=since, until=until))

    def sound(self, field: str, validity: Validity) -> Validity | None:
        """A validity that can hold on some day and was not observed outside of its bounds."""
        try:
            limits(validity)
        except BadDateError as error:
            seen = f"，而 {'、'.join(validity.observed)} 曾见" if validity.observed else ""
            self.fault(FaultCode.BAD_DATE, field, f"{spoken(validity)}{seen}：不可能成立", str(error))
            return None
        return validity

    def ended(self, field: str, record: D, until: str) -> D | None:
        """The record with another end, which must not come after the one that it surely has already."""
        end = self.day(field, until)
        if end is None:
            return None
        limit = limits(record.validity).possible_until
        if end.earliest >= limit:
            self.fault(
                FaultCode.ALREADY_ENDED,
                field,
                f"{record.id} 已于 {record.validity.until} 终止",
                f"{record.id} ended already: {record.validity.until}",
                stands_in_the_way=record,
            )
            return None
        validity = self.sound(field, structs.replace(record.validity, until=until))
        return None if validity is None else structs.replace(record, validity=validity)

    def end(self, field: str, record: AnyClaim | Relation, until: str, expected_version: str | None = None) -> None:
        """Record another end of a claim or relation; see ``ended``."""
        ended = self.ended(field, record, until) if self.is_as_seen(record, expected_version) else None
        if ended is not None:
            self.put(ended)

    def begin(self, record: AnyClaim | Relation, field: str = "since") -> None:
        """Record a new claim or relation, unless one says the same of a day on which it may hold."""
        self.check_overlap(record, field)
        self.put_new(record)

    def check_overlap(self, record: AnyClaim | Relation, field: str) -> None:
        """Note the records that say the same of a day on which this one may hold; not those that did so already."""
        before = self.around.find_record(record.id)
        for other in iter_alike(self.around, record):
            if overlap(record, other) and not (isinstance(before, Claim | Relation) and overlap(before, other)):
                self.fault(
                    FaultCode.DUPLICATE,
                    field,
                    f"已有同样的记录 {other.id}（{spoken(other.validity)}）：请先终止或更正",
                    f"{other.id} says so already ({spoken(other.validity)}): end or correct it first",
                    stands_in_the_way=other,
                )

    # --- basis and ids ---------------------------------------------------------------------------------------------

    def new_id(self, natural: str, validity: Validity) -> str:
        """The natural id of a new record; with its first day behind it where another record has that already."""
        found, number = natural, 1
        while found in self._puts or self.around.find_record(found) is not None:
            found = f"{natural}~{first_day(validity)}" + (f".{number}" if number > 1 else "")
            number += 1
        return found

    def check_basis(self, field: str, basis: Basis) -> None:
        """Note a basis that says nothing, or names what there is not."""
        if basis == Basis():
            self.fault(
                FaultCode.NO_BASIS,
                field,
                "须有依据：文件、条款或说明",
                "say what it rests on: a document, a clause or a note",
            )
        if basis.note is not None:
            self.text(f"{field}.note.zh", basis.note.zh)
            self.text(f"{field}.note.en", basis.note.en)
        if basis.document is not None:
            self.node(f"{field}.document", basis.document, Document)
        if basis.clause is not None:
            self.text(f"{field}.clause", basis.clause)
