"""From a row to records (成录): its nodes are found or made, then its relations; all that is wrong is told at once."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct, structs

from graph_model.dates import Validity, limits
from graph_model.errors import BadDateError, Place
from graph_model.keys import claim_id, node_id, relation_id
from graph_model.records import AnyNode, AnyRecord, Family, Organization, Person, Post, Relation, Vacancy
from loaders.reading import Refused
from loaders.romanise import pinyin
from loaders.rosters.mapping import Mapping as Meaning
from loaders.rosters.mapping import NodeRule, RelationRule
from loaders.rosters.register import NoMatchError, Register
from loaders.rosters.rows import Header, Line
from loaders.written_dates import read_last, read_period, read_since, read_until

VACANT = {"空缺", "暂缺", "空", "缺", "虚位", "vacant", "(vacant)", "none"}
"""What a cell says where a seat is empty: nobody is there, and that is known."""
UNKNOWN = {"待查", "不详", "未知", "?", "-", "—", "/", "n/a", "n/d", "nd", "unknown", "tbd"}
"""What a cell says where nothing is known: it makes nothing."""
ENDED = {"撤销", "已撤销", "取消", "裁撤", "eliminated", "abolished"}
_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")

T = TypeVar("T")
Found = tuple[str, AnyNode | None]
"""A node's id, and its record where this roster makes it."""


class Built(Struct, frozen=True):
    """What one row came to: its records, or why it was refused."""

    number: int
    records: tuple[AnyRecord, ...] = ()
    faults: tuple[Refused, ...] = ()


class Builder:
    """Makes the records of rows, by a mapping; ``name`` is that of the import, and part of the ids of what it makes."""

    def __init__(
        self,
        meaning: Meaning,
        name: str,
        register: Register,
        exists: Callable[[str], bool],
        observed: str | None,
    ) -> None:
        self.meaning = meaning
        self.name = name
        self.register = register
        self.exists = exists
        self.observed = observed
        self._own: set[str] = set()

    def build(self, file: str, header: Header, line: Line) -> Built:
        """The records of one row; ``tell_apart`` is for those of the same ends."""
        row = _Row(self, file, header, line)
        records = row.records()
        return Built(line.number, (), tuple(row.faults)) if row.faults else Built(line.number, tuple(records))

    def prepare(self, line: Line) -> None:
        """Note what a row will make by name, so that other rows may speak of it."""
        for rule in self.meaning.nodes.values():
            if rule.create and rule.name is not None and not (rule.code and line.texts.get(rule.code)):
                self._own |= {
                    self.own_id(rule, self.forms(rule, value, line)[0]) for value in self.values(rule.name, line)
                }

    def own_id(self, rule: NodeRule, name: str) -> str:
        """The id of what this import makes under a name."""
        return node_id(rule.type, f"{self.name}:{_slug(name)}")

    def forms(self, rule: NodeRule, value: str, line: Line) -> list[str]:
        """The names that may be meant: a post's with that of what it belongs to before it, then as it is written."""
        belongs = None if rule.of is None else self.meaning.nodes[rule.of].name
        whole = line.texts.get(belongs, "") if belongs else ""
        return [value] if not whole or value.startswith(whole) else [whole + value, value]

    def makes(self, node: str) -> bool:
        """Whether an id is one of those that this import makes."""
        return node.partition(":")[2].startswith(f"{self.name}:")

    def find(self, rule: NodeRule, name: str) -> tuple[str, bool] | None:
        """What is known under a name, or will be, and whether this import makes it. Raises NoMatchError."""
        present, own = self.register.find_node(rule.type, name), self.own_id(rule, name)
        if present is not None and present != own:
            return present, False
        return (own, True) if own in self._own else None

    def ids_asked(self, line: Line) -> Iterator[str]:
        """The ids that a row names by code, and whose existence decides."""
        for rule in self.meaning.nodes.values():
            if rule.code is not None and rule.type != "division":
                for code in self.values(rule.code, line):
                    yield node_id(rule.type, code)

    def values(self, column: str, line: Line) -> list[str]:
        """What a cell gives, part by part where its column is split."""
        text = line.texts.get(column, "")
        split = self.meaning.columns[column].split
        parts = [text] if split is None else [part.strip() for part in re.split(f"[{re.escape(split)}]", text)]
        return [part for part in parts if part]


class _Row:
    """One row under construction."""

    def __init__(self, builder: Builder, file: str, header: Header, line: Line) -> None:
        self._builder = builder
        self._file = file
        self._header = header
        self._line = line
        self.faults = list(line.faults)
        self._empty: dict[str, str] = {}
        """Nodes that are said not to be there: by which word."""

    def records(self) -> list[AnyRecord]:
        """All records of the row; ``faults`` has what is wrong."""
        meaning = self._builder.meaning
        nodes: dict[str, list[Found]] = {}
        for name, rule in meaning.nodes.items():
            nodes[name] = self._nodes(name, rule)
        made = {record.id: record for found in nodes.values() for _, record in found if record is not None}
        records: list[AnyRecord] = list(made.values())
        for name, rule in meaning.nodes.items():
            records += self._belonging(rule, nodes[name], nodes)
        for relation in meaning.relations:
            records += self._relations(relation, nodes)
        return records

    def _nodes(self, name: str, rule: NodeRule) -> list[Found]:
        column = rule.code if rule.code is not None and self._line.texts.get(rule.code) else rule.name or rule.code
        assert column is not None  # noqa: S101 - a mapping's check
        values = self._builder.values(column, self._line)
        if len(values) == 1 and (word := values[0].casefold()) in VACANT | UNKNOWN | ENDED:
            self._empty[name] = word
            return []
        if not values and not rule.optional and not any(self._is_faulty(each) for each in (rule.name, rule.code)):
            self._fault(rule.name or rule.code, "", "must not be empty")
        found: list[Found] = []
        for value in values:
            try:
                found.append(self._node(rule, column, value))
            except NoMatchError as error:
                self._fault(column, value, str(error))
        return found

    def _node(self, rule: NodeRule, column: str, value: str) -> Found:
        is_code = column == rule.code
        if rule.type == "division":
            within = [self._line.texts.get(each, "") for each in rule.within]
            name = self._line.texts.get(rule.name or "", "") if is_code else value
            code = value if is_code else ""
            return self._builder.register.find_division(rule.level or "", code, name, within), None
        if is_code:
            return self._by_code(rule, value)
        if rule.type not in {"organization", "post"}:
            raise NoMatchError("is found by its code alone")
        forms = self._builder.forms(rule, value, self._line)
        for form in forms:
            found = self._builder.find(rule, form)
            if found is not None:
                node, is_own = found
                return node, self._made(rule, node, form) if is_own and rule.create else None
        raise NoMatchError(self._builder.register.suggest_node(rule.type, value))

    def _by_code(self, rule: NodeRule, code: str) -> Found:
        if not _KEY.fullmatch(code.replace(":", "-")):
            raise NoMatchError("a code is made of ASCII letters, digits, '.', '_' and '-'")
        present, own = node_id(rule.type, code), node_id(rule.type, f"{self._builder.name}:{code}")
        if self._builder.exists(present):
            return present, None
        if not rule.create:
            raise NoMatchError(f"there is no {rule.type} of this code")
        called = self._line.texts.get(rule.name, "") if rule.name else ""
        return own, self._made(rule, own, called or code)

    def _made(self, rule: NodeRule, made_id: str, name: str) -> AnyNode:
        meaning = self._builder.meaning
        shared = {"id": made_id, "provenance": meaning.provenance, "basis": meaning.basis}
        key = made_id.partition(":")[2]
        if rule.type == "person":
            return Person(**shared, code=key)  # type: ignore[arg-type]
        if rule.type == "post":
            return Post(**shared, kind=rule.kind or "", name=name, pinyin=pinyin(name))  # type: ignore[arg-type]
        return Organization(**shared, code=key, kind=rule.kind or "", name=name, pinyin=pinyin(name))  # type: ignore[arg-type]

    def _belonging(
        self, rule: NodeRule, found: Sequence[Found], nodes: Mapping[str, list[Found]]
    ) -> Iterator[AnyRecord]:
        """What is made lies in the node that the mapping says it belongs to."""
        if rule.of is None:
            return
        for own, record in found:
            for container, _ in nodes[rule.of] if record is not None else ():
                kind = "post-in" if rule.type == "post" else "unit-of"
                yield self._relation(Family.CONTAINMENT, kind, own, container, self._validity(None, None))

    def _relations(self, rule: RelationRule, nodes: Mapping[str, list[Found]]) -> Iterator[AnyRecord]:
        validity = self._dates(rule)
        if validity is None:
            return
        if rule.family is Family.HOLDING and self._empty.get(rule.source) in VACANT:
            yield from self._vacancies(nodes[rule.target], validity)
            return
        gone = next((name for name in (rule.source, rule.target) if self._empty.get(name) in ENDED), None)
        if gone is not None:
            self._fault_at_node(gone, "says that it was abolished: give the last day, or take the row out")
            return
        for source, _ in nodes[rule.source]:
            for target, _ in nodes[rule.target]:
                relation = self._relation(rule.family, rule.kind, source, target, validity)
                clause = rule.clause or relation.basis.clause
                yield structs.replace(
                    relation,
                    role=rule.role,
                    regime=self._builder.meaning.regime if rule.family is Family.RESPONSIBILITY else None,
                    basis=structs.replace(relation.basis, clause=clause),
                )

    def _vacancies(self, posts: Sequence[Found], validity: Validity) -> Iterator[Vacancy]:
        meaning = self._builder.meaning
        for post, _ in posts:
            yield Vacancy(
                id=claim_id("vacancy", post, self._builder.name),
                provenance=meaning.provenance,
                basis=meaning.basis,
                subject=post,
                validity=validity,
            )

    def _relation(self, family: Family, kind: str, source: str, target: str, validity: Validity) -> Relation:
        meaning = self._builder.meaning
        return Relation(
            id=relation_id(family, kind, source, target, self._builder.name),
            provenance=meaning.provenance,
            basis=meaning.basis,
            family=family,
            kind=kind,
            source=source,
            target=target,
            validity=validity,
        )

    def _dates(self, rule: RelationRule) -> Validity | None:
        """The validity of a relation; None, with its faults, where its dates cannot be."""
        before = len(self.faults)
        since, until = None, None
        if rule.period is not None:
            since, until = self._read(read_period, rule.period) or (None, None)
        if rule.since is not None:
            since = self._read(read_since, rule.since)
        if rule.until is not None:
            until = self._read(read_until, rule.until)
        if rule.last is not None:
            until = self._read(read_last, rule.last)
        if len(self.faults) > before:
            return None
        validity = self._validity(since, until)
        try:
            limits(validity)
        except BadDateError as error:
            column = next(filter(None, (rule.last, rule.until, rule.period, rule.since)), None)
            self._fault(column, self._line.texts.get(column or "", ""), str(error))
            return None
        return validity

    def _validity(self, since: str | None, until: str | None) -> Validity:
        observed = () if self._builder.observed is None else (self._builder.observed,)
        return Validity(since=since, until=until, observed=observed)

    def _read(self, read: Callable[[str], T], column: str) -> T | None:
        text = self._line.texts.get(column, "")
        try:
            return read(text)
        except BadDateError as error:
            self._fault(column, text, str(error))
            return None

    def _is_faulty(self, column: str | None) -> bool:
        """Whether the cell of a column was refused already."""
        title = self._header.titles.get(column or "")
        return title is not None and any(fault.place.column == title for fault in self.faults)

    def _fault(self, column: str | None, value: str, reason: str) -> None:
        title = None if column is None else self._header.titles.get(column, column)
        self.faults.append(Refused(Place(self._file, self._line.number, title, value or None), reason))

    def _fault_at_node(self, name: str, reason: str) -> None:
        rule = self._builder.meaning.nodes[name]
        self._fault(rule.name or rule.code, self._empty[name], reason)


def _slug(name: str) -> str:
    """An ASCII key of a name: its pinyin, and four letters that tell apart what sounds alike."""
    said = re.sub(r"[^a-z0-9]+", "-", pinyin(name).casefold()).strip("-")[:60]
    return f"{said}-{hashlib.blake2b(name.encode(), digest_size=2).hexdigest()}".lstrip("-")


def tell_apart(built: Sequence[Built], file: str, made: Callable[[str], bool]) -> list[Built]:
    """Rows beside each other: what says the same twice is refused, and other dates of the same ends get other keys.

    ``made`` tells the ids of what this import makes: a row that speaks of what only a refused row makes is refused.

    Whatever the order of the rows, the relation that begins first has the plain key.
    """
    nodes: dict[str, tuple[int, AnyRecord]] = {}
    dated: defaultdict[str, dict[AnyRecord, int]] = defaultdict(dict)
    kept: list[Built] = []
    for row in sorted(built, key=lambda each: each.number):
        faults = list(row.faults)
        for record in row.records:
            number, known = nodes.setdefault(record.id, (row.number, record)) if _is_node(record) else (0, record)
            if known != record:
                faults.append(Refused(Place(file, row.number), f"gives {record.id} another name than row {number}"))
        own = [record for record in row.records if not _is_node(record)]
        if own and not faults and all(record in dated[record.id] for record in own):
            first = min(dated[record.id][record] for record in own)
            faults.append(Refused(Place(file, row.number), f"says the same as row {first}: take one of them out"))
        if faults:
            kept.append(Built(row.number, (), tuple(faults)))
            continue
        for record in own:
            dated[record.id].setdefault(record, row.number)
        kept.append(row)
    kept = _without_orphans(kept, file, made)
    dated = defaultdict(dict)
    for row in kept:
        for record in row.records:
            if not _is_node(record):
                dated[record.id].setdefault(record, row.number)
    keys = {
        record: record if place == 0 else _with_key(record, place)
        for found in dated.values()
        for place, record in enumerate(sorted(found, key=_begins))
    }
    return [structs.replace(row, records=tuple(keys.get(each, each) for each in row.records)) for row in kept]


def _without_orphans(rows: Sequence[Built], file: str, made: Callable[[str], bool]) -> list[Built]:
    """The rows, those refused that hang on what no row that is kept makes; refusing one may orphan another."""
    kept = list(rows)
    while True:
        there = {record.id for row in kept for record in row.records}
        orphans = {
            place: sorted(end for record in row.records for end in _ends(record) if made(end) and end not in there)
            for place, row in enumerate(kept)
        }
        if not any(orphans.values()):
            return kept
        for place, missing in orphans.items():
            if missing:
                number = kept[place].number
                reason = f"speaks of {missing[0]}, which only a row that was refused makes: mend that one first"
                kept[place] = Built(number, (), (Refused(Place(file, number), reason),))


def _ends(record: AnyRecord) -> tuple[str, ...]:
    return (record.source, record.target) if isinstance(record, Relation) else ()


def _is_node(record: AnyRecord) -> bool:
    return not isinstance(record, Relation | Vacancy)


def _begins(record: AnyRecord) -> tuple[str, str]:
    validity = record.validity if isinstance(record, Relation | Vacancy) else Validity()
    return validity.since or "", validity.until or ""


def _with_key(record: AnyRecord, place: int) -> AnyRecord:
    """A later one of several with the same ends: its key says since when, or which it is."""
    since = re.sub(r"[^A-Za-z0-9]+", "-", _begins(record)[0]).strip("-") or str(place + 1)
    return structs.replace(record, id=f"{record.id}.{since}")
