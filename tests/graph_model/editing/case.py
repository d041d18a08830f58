"""The notation of the cases of changes: a small world, what is asked for, and what becomes of it, in words.

A case is a mapping. The regime is the one that ships (``regimes/poverty-alleviation-2017``), with its kinds and rules.

``case``      its name; ``why`` says which words of the rule it shows.
``places``    name: level (household, village, township, county, city).
``people``    name: what it is: ``post``, ``organization``, ``person``.
``facts``     what is so, and when; a list of them is as many records. *When* is ``since/until``, either side left away
              where it is unknown, ``..`` for an open end, then, after ``seen``, the days of observation.
              ``A in B``, ``A is poor``, ``A is vacant``, ``P holds A``, ``A leads B`` (any kind of assignment),
              ``A exempt from D``, ``A as head of O`` (a membership with its role), ``A named N``, ``A coded C``,
              ``A belongs-to B`` (an organisation).
``changes``   what is asked for, one after the other:
              ``appoint P to A since D``, ``appoint new P to A since D``, with ``until D``, ``replacing``;
              ``vacate A on D``, ``vacate A of P on D``, with ``for a successor``: not left empty;
              ``assign A leads B since D``, with ``until D``, ``jointly``; ``transfer A leads B to C on D``;
              ``admit A to O as head since D``, ``register A as poor since D``, ``exempt A from D since D``;
              ``end FACT on D``; ``retract FACT``; ``correct FACT to WHEN``; ``file document:x``.
              ``rename A to N on D``, ``recode A to C on D``, ``move A to B on D``, ``move household ...``;
              ``form A as township C in B since D``, with ``of A, B``: what gave parts to it;
              ``dissolve A on D``, with ``into A, B``: its successors;
              ``retract change K A D``: the event of kind K at A.
              FACT is the words of a fact; where several records say so, ``#2`` behind it is the second.
``override``  the rules that are broken on purpose; it rests on ``document:order``, or on what ``resting_on`` names.
``expect``    ``faults``: ``2 until ALREADY_ENDED``, the number of the change, the argument, the code;
              ``breaches``: the rule, the fact, its end, how sure it is a breach;
              ``allowed``: what would be allowed in place of the first of them;
              ``after``: facts as they are then, each with all its *whens* in order; an empty list: none is left;
              ``effects``: what is different, and from when on: ``2017-07-01 county: lost mayor linked-to-county``,
              ``... gained``, ``... holder``, ``... surer or less sure``, ``... opened county-linked-leader EXPIRED``,
              ``... closed``, ``... gap``;
              ``events``: those on record then: ``2017-07-01 MERGED town, other -> other``, ``... RENAMED x: a => b``.
              What a case leaves away is not looked at; faults and breaches always are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from graph_model.change_events import change_id
from graph_model.dates import OPEN, Validity
from graph_model.editing.changes import (
    AddMember,
    AppointToPost,
    Change,
    CorrectRecord,
    CreateAssignment,
    EndAssignment,
    EndDesignation,
    EndDivision,
    EndExemption,
    EstablishDivision,
    MoveDivision,
    Override,
    RecodeDivision,
    RecordDesignation,
    RecordDocument,
    RecordExemption,
    RemoveMember,
    RenameDivision,
    RetractRecord,
    TransferAssignment,
    VacatePost,
)
from graph_model.editing.draft import Rules
from graph_model.keys import claim_id, relation_id
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import (
    AnyClaim,
    AnyNode,
    Basis,
    ChangeEvent,
    ChangeKind,
    Claim,
    Code,
    Designation,
    Division,
    Document,
    Exemption,
    Family,
    Household,
    Name,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
    Vacancy,
)
from graph_model.regime import Regime
from graph_model.regime_file import read_regime
from graph_model.yaml_file import read_yaml
from tests.graph_model.questions.case import validity_of

SOURCE = Provenance.SOURCE
PROJECT = Path(__file__).resolve().parents[3]
REGIME = "poverty-alleviation-2017"
ORDER = Document(id="document:order", provenance=SOURCE, title="任免通知", kind="order")
ON_ORDER = Basis(document=ORDER.id)

When = str | list[str]


class Expected(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is left away is not looked at; faults and breaches are none."""

    faults: list[str] = []
    breaches: list[str] = []
    allowed: list[str] | None = None
    after: dict[str, list[str]] = {}
    effects: list[str] | None = None
    events: list[str] | None = None


class Case(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One case as it is written."""

    case: str
    expect: Expected
    changes: list[str]
    places: dict[str, str] = {}
    people: dict[str, str] = {}
    facts: dict[str, When] = {}
    override: list[str] | None = None
    resting_on: str | None = ORDER.id
    why: str = ""

    def id_of(self, name: str) -> str:
        """The id of a place or of somebody; a name that stands nowhere is a person that nobody recorded."""
        if name in self.places:
            return f"{'household' if self.places[name] == 'household' else 'division'}:{name}"
        return f"{self.people.get(name, 'person')}:{name}"

    def around(self) -> Neighbourhood:
        """The world of the case."""
        records = [record for words, whens in self.facts.items() for record in self._facts(words, whens)]
        bearers: defaultdict[str, set[str]] = defaultdict(set)
        for record in records:
            if isinstance(record, Code):
                bearers[record.text].add(record.subject)
        return Neighbourhood(
            [*map(self._node, (*self.places, *self.people)), ORDER],
            [record for record in records if isinstance(record, Claim)],
            [record for record in records if isinstance(record, Relation)],
            seeds={code: tuple(sorted(subjects)) for code, subjects in bearers.items()},
        )

    def the_override(self) -> Override | None:
        """The override, if there is one."""
        if self.override is None:
            return None
        return Override(rules=tuple(self.override), basis=Basis(document=self.resting_on))

    def _node(self, name: str) -> AnyNode:
        what, node_id = self.places.get(name) or self.people[name], self.id_of(name)
        made: dict[str, AnyNode] = {
            "household": Household(id=node_id, provenance=SOURCE, code=name),
            "post": Post(id=node_id, provenance=SOURCE, kind="head", name=name),
            "person": Person(id=node_id, provenance=SOURCE, code=name),
            "organization": Organization(id=node_id, provenance=SOURCE, code=name, kind="unit", name=name),
        }
        return made.get(what) or Division(id=node_id, provenance=SOURCE, level=what)

    def _facts(self, words: str, whens: When) -> Iterator[AnyClaim | Relation]:
        for number, when in enumerate([whens] if isinstance(whens, str) else whens, start=1):
            yield self._fact(words, f"#{number}" if number > 1 else "", validity_of(when))

    def record_id(self, fact: str) -> str:
        """The id of the record that a fact's words mean."""
        words, hash_sign, number = fact.partition(" #")
        return self._fact(words, hash_sign.strip() + number, Validity()).id

    def _fact(self, words: str, number: str, when: Validity) -> AnyClaim | Relation:
        word = number.replace("#", "~") if number else ""
        subject, verb, rest = words.split(" ", 2)
        at = self.id_of(subject)
        if words.endswith(" is vacant"):
            return Vacancy(id=claim_id("vacancy", at, f"1{word}"), provenance=SOURCE, subject=at, validity=when)
        if verb == "is":
            key = claim_id("designation", at, rest) + word
            return Designation(id=key, provenance=SOURCE, subject=at, kind=rest, validity=when)
        if verb in {"named", "coded"}:
            key = claim_id("name" if verb == "named" else "code", at, rest.encode().hex()) + word
            if verb == "named":
                return Name(id=key, provenance=SOURCE, subject=at, text=rest, pinyin="ming", validity=when)
            return Code(id=key, provenance=SOURCE, subject=at, text=rest, scheme="test", validity=when)
        if verb == "exempt":
            duty = rest.removeprefix("from ")
            key = claim_id("exemption", at, duty) + word
            return Exemption(id=key, provenance=SOURCE, subject=at, regime=REGIME, duty=duty, validity=when)
        role = None
        if verb == "as":
            role, _, rest = rest.partition(" of ")
        family, kind = {
            "in": (Family.CONTAINMENT, "part-of"),
            "belongs-to": (Family.CONTAINMENT, "unit-of"),
            "holds": (Family.HOLDING, "holds"),
            "as": (Family.MEMBERSHIP, "member-of"),
        }.get(verb, (Family.RESPONSIBILITY, verb))
        target = self.id_of(rest)
        return Relation(
            id=relation_id(family, kind, at, target) + word,
            provenance=SOURCE,
            family=family,
            kind=kind,
            source=at,
            target=target,
            role=role,
            validity=when,
            regime=REGIME if family is Family.RESPONSIBILITY else None,
        )

    # --- what is asked for ------------------------------------------------------------------------------------------

    def the_changes(self) -> tuple[Change, ...]:
        """The changes, each resting on the order."""
        return tuple(map(self._change, self.changes))

    def _change(self, words: str) -> Change:
        for pattern, make in _SENTENCES.items():
            match = re.fullmatch(pattern, words)
            if match is not None:
                made: Change = getattr(self, make)(**match.groupdict())
                return made
        raise ValueError(f"{words!r} is no change")

    def _appoint(self, new: str | None, person: str, post: str, since: str, until: str | None, more: str) -> Change:
        return AppointToPost(
            basis=ON_ORDER,
            person=self.id_of(person),
            post=self.id_of(post),
            since=since,
            until=until or OPEN,
            is_new_person=bool(new),
            replaces_holders=bool(more),
        )

    def _vacate(self, post: str, person: str | None, day: str, more: str) -> Change:
        who = None if person is None else self.id_of(person)
        return VacatePost(basis=ON_ORDER, post=self.id_of(post), until=day, person=who, is_left_empty=not more)

    def _assign(self, assignee: str, kind: str, target: str, since: str, until: str | None, more: str) -> Change:
        return CreateAssignment(
            basis=ON_ORDER,
            kind=kind,
            assignee=self.id_of(assignee),
            target=self.id_of(target),
            since=since,
            until=until or OPEN,
            is_joint=bool(more),
        )

    def _transfer(self, fact: str, to: str, day: str) -> Change:
        return TransferAssignment(basis=ON_ORDER, assignment=self.record_id(fact), to=self.id_of(to), on=day)

    def _admit(self, member: str, organization: str, role: str, since: str) -> Change:
        ends = {"member": self.id_of(member), "organization": self.id_of(organization)}
        return AddMember(basis=ON_ORDER, role=role, since=since, **ends)

    def _register(self, subject: str, kind: str, since: str, until: str | None) -> Change:
        return RecordDesignation(
            basis=ON_ORDER, subject=self.id_of(subject), kind=kind, since=since, until=until or OPEN
        )

    def _exempt(self, subject: str, duty: str, since: str, until: str | None) -> Change:
        return RecordExemption(basis=ON_ORDER, subject=self.id_of(subject), duty=duty, since=since, until=until or OPEN)

    def _end(self, fact: str, day: str) -> Change:
        record_id = self.record_id(fact)
        if " is " in fact:
            return EndDesignation(basis=ON_ORDER, designation=record_id, until=day)
        if " exempt from " in fact:
            return EndExemption(basis=ON_ORDER, exemption=record_id, until=day)
        if " as " in fact:
            return RemoveMember(basis=ON_ORDER, membership=record_id, until=day)
        return EndAssignment(basis=ON_ORDER, assignment=record_id, until=day)

    def _retract(self, fact: str) -> Change:
        return RetractRecord(basis=ON_ORDER, record=self.record_id(fact))

    def _correct(self, fact: str, when: str) -> Change:
        validity = validity_of(when)
        return CorrectRecord(
            basis=ON_ORDER,
            record=self.record_id(fact),
            since=validity.since,
            until=validity.until,
            observed=validity.observed,
        )

    def _rename(self, division: str, text: str, day: str) -> Change:
        return RenameDivision(basis=ON_ORDER, division=f"division:{division}", name=text, pinyin="ming", on=day)

    def _recode(self, division: str, code: str, day: str) -> Change:
        return RecodeDivision(basis=ON_ORDER, division=f"division:{division}", code=code, on=day)

    def _move(self, division: str, within: str, day: str) -> Change:
        return MoveDivision(basis=ON_ORDER, division=f"division:{division}", within=f"division:{within}", on=day)

    def _move_household(self, household: str, within: str, day: str) -> Change:
        return MoveDivision(basis=ON_ORDER, division=f"household:{household}", within=f"division:{within}", on=day)

    def _form(self, division: str, level: str, code: str, within: str, since: str, others: str | None) -> Change:
        return EstablishDivision(
            basis=ON_ORDER,
            division=f"division:{division}",
            level=level,
            code=code,
            name=division,
            pinyin="ming",
            within=f"division:{within}",
            since=since,
            formed_of=self._divisions(others),
        )

    def _dissolve(self, division: str, day: str, others: str | None) -> Change:
        successors = self._divisions(others)
        return EndDivision(basis=ON_ORDER, division=f"division:{division}", until=day, successors=successors)

    def _divisions(self, names: str | None) -> tuple[str, ...]:
        return tuple(f"division:{name}" for name in names.split(", ")) if names else ()

    def _retract_event(self, kind: str, division: str, day: str) -> Change:
        return RetractRecord(basis=ON_ORDER, record=change_id(ChangeKind[kind], f"division:{division}", day))

    def _file(self, document: str) -> Change:
        return RecordDocument(basis=Basis(clause="1"), document=document, title="依据", kind="order")


_SENTENCES = {
    r"appoint (?P<new>new )?(?P<person>\S+) to (?P<post>\S+) since (?P<since>\S+)(?: until (?P<until>\S+))?"
    r"(?P<more>(?: replacing)?)": "_appoint",
    r"vacate (?P<post>\S+)(?: of (?P<person>\S+))? on (?P<day>\S+)(?P<more>(?: for a successor)?)": "_vacate",
    r"assign (?P<assignee>\S+) (?P<kind>\S+) (?P<target>\S+) since (?P<since>\S+)(?: until (?P<until>\S+))?"
    r"(?P<more>(?: jointly)?)": "_assign",
    r"transfer (?P<fact>.+) to (?P<to>\S+) on (?P<day>\S+)": "_transfer",
    r"admit (?P<member>\S+) to (?P<organization>\S+) as (?P<role>\S+) since (?P<since>\S+)": "_admit",
    r"register (?P<subject>\S+) as (?P<kind>\S+) since (?P<since>\S+)(?: until (?P<until>\S+))?": "_register",
    r"exempt (?P<subject>\S+) from (?P<duty>\S+) since (?P<since>\S+)(?: until (?P<until>\S+))?": "_exempt",
    r"rename (?P<division>\S+) to (?P<text>\S+) on (?P<day>\S+)": "_rename",
    r"recode (?P<division>\S+) to (?P<code>\S+) on (?P<day>\S+)": "_recode",
    r"move household (?P<household>\S+) to (?P<within>\S+) on (?P<day>\S+)": "_move_household",
    r"move (?P<division>\S+) to (?P<within>\S+) on (?P<day>\S+)": "_move",
    r"form (?P<division>\S+) as (?P<level>\S+) (?P<code>\S+) in (?P<within>\S+) since (?P<since>\S+)"
    r"(?: of (?P<others>.+))?": "_form",
    r"dissolve (?P<division>\S+) on (?P<day>\S+)(?: into (?P<others>.+))?": "_dissolve",
    r"retract change (?P<kind>\S+) (?P<division>\S+) (?P<day>\S+)": "_retract_event",
    r"end (?P<fact>.+) on (?P<day>\S+)": "_end",
    r"retract (?P<fact>.+)": "_retract",
    r"correct (?P<fact>.+) to (?P<when>.+)": "_correct",
    r"file (?P<document>.+)": "_file",
}


@cache
def the_regime() -> Regime:
    """The regime that ships."""
    return read_regime(PROJECT / "regimes" / REGIME / "regime.yaml")


def the_rules() -> Rules:
    """The rules of all cases."""
    return Rules({REGIME: the_regime()}, REGIME)


def read_cases(folder: Path) -> list[Case]:
    """All cases of a folder, file by file."""
    return [case for path in sorted(folder.glob("*.yaml")) for case in read_yaml(path, list[Case]).content]


def name(node_id: str) -> str:
    """A node as the cases call it."""
    return node_id.partition(":")[2]


def words_of(record: AnyClaim | Relation) -> str:
    """A record in the words of a fact."""
    match record:
        case Relation(family=Family.CONTAINMENT, kind="part-of"):
            return f"{name(record.source)} in {name(record.target)}"
        case Relation(family=Family.MEMBERSHIP):
            return f"{name(record.source)} as {record.role} of {name(record.target)}"
        case Relation():
            return f"{name(record.source)} {record.kind} {name(record.target)}"
        case Vacancy():
            return f"{name(record.subject)} is vacant"
        case Designation():
            return f"{name(record.subject)} is {record.kind}"
        case Exemption():
            return f"{name(record.subject)} exempt from {record.duty}"
        case Name():
            return f"{name(record.subject)} named {record.text}"
        case Code():
            return f"{name(record.subject)} coded {record.text}"
        case _:
            return record.id


def words_of_event(event: ChangeEvent) -> str:
    """A change event in words."""
    before, after = (", ".join(map(name, nodes)) for nodes in (event.before, event.after))
    if event.old is not None and event.new is not None:
        values = (name(value) if value.startswith("division:") else value for value in (event.old, event.new))
        return f"{event.on} {event.kind.name} {before}: {' => '.join(values)}"
    return f"{event.on} {event.kind.name} {before or '-'} -> {after or '-'}"


def when_of(validity: Validity) -> str:
    """A validity as the notation writes it."""
    seen = f" seen {', '.join(validity.observed)}" if validity.observed else ""
    return f"{validity.since or ''}/{validity.until or ''}{seen}"


def facts_of(around: Neighbourhood) -> dict[str, list[str]]:
    """All that a world says, in words."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for node in around.iter_nodes():
        for claim in around.iter_claims(node.id, Claim):
            if isinstance(claim, Designation | Exemption | Vacancy | Name | Code):
                found[words_of(claim)].append(when_of(claim.validity))
        for family in Family:
            for relation in around.iter_from(node.id, family):
                found[words_of(relation)].append(when_of(relation.validity))
    return {words: sorted(whens) for words, whens in found.items()}
