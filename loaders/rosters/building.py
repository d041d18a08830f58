"""From a row to records (成录): its nodes are found or made, then what it says of them; all faults are told at once."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct, structs

from graph_model.dates import OPEN, Validity, limits
from graph_model.errors import BadDateError, Place
from graph_model.keys import claim_id, relation_id
from graph_model.records import AnyRecord, Basis, Designation, Family, Relation, Text, Vacancy
from graph_model.regime import Kind
from loaders.reading import Refused
from loaders.rosters.finding import Finder, Found
from loaders.rosters.form import Dated, DesignationRule, NodeRule, RelationRule
from loaders.rosters.mapping import may_stand
from loaders.rosters.register import NoMatchError, plain
from loaders.rosters.rows import EMPTY, Header, Line
from loaders.written_dates import read_last, read_period, read_since, read_until

VACANT = {"空缺", "暂缺", "空", "缺", "虚位", "vacant", "(vacant)", "none"}
"""What a cell says where a seat is empty: nobody is there, and that is known."""
UNKNOWN = {"待查", "待定", "不详", "未知", "?", "-", "—", "/", "n/a", "n/d", "nd", "unknown", "tbd"}
"""What a cell says where nothing is known: it makes nothing."""
ENDED = {"撤销", "已撤销", "取消", "裁撤", "eliminated", "abolished"}

NO_NAME = Text(
    "不是名称，却和名称写在同一格：请删去，或另起一行",
    "is no name, and stands beside names: take it out, or give it a row",
)
_REMEMBERED = 10_000
T = TypeVar("T")


class Built(Struct, frozen=True, gc=False):
    """What one row came to: its records, or why it was refused; ``place`` is where it stands."""

    number: int
    place: Place
    records: tuple[AnyRecord, ...] = ()
    faults: tuple[Refused, ...] = ()


def build(finder: Finder, header: Header, line: Line) -> Built:
    """The records of one row, or all that is wrong with it."""
    row = _Row(finder, header, line)
    records = tuple(row.records())
    return Built(line.number, line.place, () if row.faults else records, tuple(row.faults))


class _Row:
    """One row under construction."""

    def __init__(self, finder: Finder, header: Header, line: Line) -> None:
        self._finder = finder
        self._header = header
        self._line = line
        self.faults = list(line.faults)
        self._empty: dict[str, str] = {}
        """Nodes that are said not to be there: by which word."""

    def records(self) -> list[AnyRecord]:
        """All records of the row; ``faults`` has what is wrong."""
        meaning = self._finder.meaning
        nodes: dict[str, list[Found]] = {}
        for name, rule in meaning.nodes.items():
            nodes[name] = self._nodes(name, rule, nodes)
        self._check_groups(nodes)
        self._check_words()
        made = {record.id: record for found in nodes.values() for _, record in found if record is not None}
        records: list[AnyRecord] = list(made.values())
        for name, rule in meaning.nodes.items():
            records += self._belonging(name, rule, nodes[name], nodes)
        for relation in meaning.relations:
            if self._is_meant(relation):
                records += self._relations(relation, nodes)
        for designation in meaning.designations:
            if self._is_meant(designation):
                records += self._designations(designation, nodes)
        return records

    def _nodes(self, name: str, rule: NodeRule, before: Mapping[str, list[Found]]) -> list[Found]:
        column = rule.code if rule.code is not None and self._line.texts.get(rule.code) else rule.name or rule.code
        values = [] if column is None else self._finder.values(column, self._line)
        if not values and rule.called is not None:
            return self._called(rule, before)
        if len(values) == 1 and (word := values[0].casefold()) in VACANT | UNKNOWN | ENDED:
            self._empty[name] = word
            return []
        if not values and not rule.optional and not any(self._is_faulty(each) for each in (rule.name, rule.code)):
            self._fault(rule.name or rule.code, "", EMPTY)
        found: list[Found] = []
        for value in values:
            if value.casefold() in VACANT | UNKNOWN | ENDED:
                self._fault(column, value, NO_NAME)
                continue
            try:
                found.append(self._finder.find(rule, column or "", value, self._line))
            except NoMatchError as error:
                self._fault(column, value, error.text)
        return list(dict(found).items())

    def _called(self, rule: NodeRule, before: Mapping[str, list[Found]]) -> list[Found]:
        """A node that is named after others; nothing where one of those is not there, which has its own fault."""
        named = [(name, before[name][0]) for name in self._finder.called_of(rule) if before[name]]
        if len(named) < len(self._finder.called_of(rule)):
            return []
        names = {name: self._finder.name_of(found) for name, found in named}
        return [self._finder.call(rule, names, [found[0] for _, found in named])]

    def _check_groups(self, nodes: Mapping[str, list[Found]]) -> None:
        rules = self._finder.meaning.nodes
        for group in self._finder.meaning.one_of:
            given = [name for name in group if nodes[name] or name in self._empty or self._is_faulty_node(rules[name])]
            if len(given) == 1:
                continue
            columns = " / ".join(self._title(rules[name].name or rules[name].code) for name in group)
            reason = (
                Text(f"{columns} 只能填其中一列", f"may say something in one only of {columns}")
                if given
                else Text(f"{columns} 都没有填，应填其中一列", f"says nothing in any of {columns}")
            )
            self._fault(None, "", reason)

    def _check_words(self) -> None:
        """A word of a column that decides what a row says must be one of those that the mapping knows."""
        meaning = self._finder.meaning
        known: defaultdict[str, list[str]] = defaultdict(list)
        for rule in (*meaning.relations, *meaning.designations):
            for column, words in rule.when.items():
                known[column] += [word for word in words if word]
        for column, allowed in known.items():
            said = self._line.texts.get(column, "")
            if said and allowed and plain(said) not in map(plain, allowed):
                listed = list(dict.fromkeys(allowed))
                reason = Text(
                    f"不是映射所认的词，可用的有：{'、'.join(listed)}",
                    f"is none of the words that the mapping knows: {', '.join(listed)}",
                )
                self._fault(column, said, reason)

    def _is_meant(self, rule: Dated) -> bool:
        texts = self._line.texts
        return all(plain(texts.get(column, "")) in map(plain, words) for column, words in rule.when.items())

    def _belonging(
        self, name: str, rule: NodeRule, found: Sequence[Found], nodes: Mapping[str, list[Found]]
    ) -> Iterator[AnyRecord]:
        """What is made lies in the node that the mapping says it belongs to."""
        if rule.of is None:
            return
        until = self._abolished(name)
        for own, record in found:
            for container, _ in nodes[rule.of] if record is not None else ():
                kind = "post-in" if rule.type == "post" else "unit-of"
                yield self._relation(Family.CONTAINMENT, kind, own, container, self._validity(None, until))

    def _abolished(self, name: str) -> str | None:
        """From when on a post is no longer there, whose holder's place says that it was abolished."""
        for rule in self._finder.meaning.relations:
            if rule.family is Family.HOLDING and rule.target == name and self._empty.get(rule.source) in ENDED:
                validity = self._dates(rule)
                if validity is not None and validity.until not in {None, OPEN}:
                    return validity.until
                if validity is not None:
                    reason = Text("写的是已撤销：请给出最后一天", "says that it was abolished: give the last day")
                    self._fault_at_node(rule.source, reason)
        return None

    def _relations(self, rule: RelationRule, nodes: Mapping[str, list[Found]]) -> Iterator[AnyRecord]:
        validity, kind = self._dates(rule), self._kind(rule)
        if validity is None or kind is None:
            return
        if rule.family is Family.HOLDING and self._empty.get(rule.source) in VACANT:
            yield from self._vacancies(rule, nodes[rule.target], validity)
            return
        gone = next((name for name in (rule.source, rule.target) if self._empty.get(name) in ENDED), None)
        if gone is not None and not (rule.family is Family.HOLDING and gone == rule.source):
            reason = Text(
                "写的是已撤销，没有写原来是什么：请写出名称和最后一天，或者删去此行",
                "says that it was abolished, and not what it was: name it and give the last day, or take the row out",
            )
            self._fault_at_node(gone, reason)
        if gone is not None:
            return
        is_assignment = rule.family is Family.RESPONSIBILITY
        for source in nodes[rule.source]:
            for target in nodes[rule.target]:
                if is_assignment and not self._ends_may_stand(rule, kind, source, target):
                    continue
                relation = self._relation(rule.family, kind, source[0], target[0], validity)
                yield structs.replace(
                    relation,
                    role=self._line.texts.get(rule.role_from or "", "") or rule.role,
                    regime=self._finder.meaning.regime if is_assignment else None,
                    basis=self._basis(rule),
                )

    def _kind(self, rule: RelationRule) -> str | None:
        """The kind of a relation; None, with its fault, where its cell names none."""
        if rule.kind_from is None:
            return rule.kind
        word = self._line.texts.get(rule.kind_from, "")
        kind = self._finder.kind(word)
        if kind is None:
            if word:
                known = [f"{each.labels.zh} ({each.code})" for each in self._kinds()]
                reason = Text(
                    f"制度里没有这种责任关系，现有：{'、'.join(known)}",
                    f"the regime has no such kind; there are: {', '.join(known)}",
                )
                self._fault_once(rule.kind_from, word, reason)
            return None
        return kind.code

    def _kinds(self) -> Sequence[Kind]:
        return () if self._finder.regime is None else self._finder.regime.kinds

    def _ends_may_stand(self, rule: RelationRule, code: str, source: Found, target: Found) -> bool:
        kind = None if self._finder.regime is None else self._finder.regime.find_kind(code)
        if kind is None:
            return True
        for name, allowed, found in ((rule.source, kind.assignees, source), (rule.target, kind.targets, target)):
            node = self._finder.meaning.nodes[name]
            if not may_stand(allowed, node.type, self._finder.kind_of(found)):
                called = f"{kind.labels.zh} ({code})"
                reason = Text(
                    f"{called} 不是这两者之间的关系：此处可以是 {'、'.join(allowed)}",
                    f"{called} is between others: here may stand {', '.join(allowed)}",
                )
                self._fault(node.name or node.code, self._finder.name_of(found), reason)
                return False
        return True

    def _vacancies(self, rule: RelationRule, posts: Sequence[Found], validity: Validity) -> Iterator[Vacancy]:
        for post, _ in posts:
            yield Vacancy(
                id=claim_id("vacancy", post, self._finder.name),
                provenance=self._finder.meaning.provenance,
                basis=self._basis(rule),
                subject=post,
                validity=validity,
            )

    def _designations(self, rule: DesignationRule, nodes: Mapping[str, list[Found]]) -> Iterator[Designation]:
        validity = self._dates(rule)
        if validity is None:
            return
        for node, _ in nodes[rule.node]:
            yield Designation(
                id=claim_id("designation", node, f"{rule.kind}~{self._finder.name}"),
                provenance=self._finder.meaning.provenance,
                basis=self._basis(rule),
                subject=node,
                kind=rule.kind,
                validity=validity,
            )

    def _relation(self, family: Family, kind: str, source: str, target: str, validity: Validity) -> Relation:
        meaning = self._finder.meaning
        return Relation(
            id=relation_id(family, kind, source, target, self._finder.name),
            provenance=meaning.provenance,
            basis=meaning.basis,
            family=family,
            kind=kind,
            source=source,
            target=target,
            validity=validity,
        )

    def _basis(self, rule: Dated) -> Basis:
        """The mapping's basis, with the clause of a rule, and what the row says that it rests on."""
        note = self._line.texts.get(rule.rests_on or "", "")
        return _basis(self._finder.meaning.basis, rule.clause, note)

    def _dates(self, rule: Dated) -> Validity | None:
        """The validity of what a rule says; None, with its faults, where its dates cannot be."""
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
        columns = (rule.last, rule.until, rule.period, rule.since)
        if len(self.faults) > before or any(self._is_faulty(each) for each in columns):
            return None
        validity = self._validity(since, until)
        try:
            limits(validity)
        except BadDateError as error:
            column = next(filter(None, columns), None)
            self._fault(column, self._line.texts.get(column or "", ""), error.text)
            return None
        return validity

    def _validity(self, since: str | None, until: str | None) -> Validity:
        return _validity(since, until, self._finder.observed)

    def _read(self, read: Callable[[str], T], column: str) -> T | None:
        text = self._line.texts.get(column, "")
        if self._is_faulty(column):
            return None
        try:
            return read(text)
        except BadDateError as error:
            self._fault(column, text, error.text)
            return None

    def _is_faulty(self, column: str | None) -> bool:
        """Whether the cell of a column was refused already."""
        if not self.faults:
            return False
        title = self._header.titles.get(column or "")
        return title is not None and any(fault.place.column == title for fault in self.faults)

    def _is_faulty_node(self, rule: NodeRule) -> bool:
        return self._is_faulty(rule.name) or self._is_faulty(rule.code)

    def _title(self, column: str | None) -> str:
        """What the file calls a column; where it has none such, what it may be called."""
        if column is None:
            return ""
        return self._header.titles.get(column) or self._finder.meaning.columns[column].headers[0]

    def _fault(self, column: str | None, value: str, reason: Text) -> None:
        title = None if column is None else self._title(column)
        place = dataclasses.replace(self._line.place, column=title, value=value or None)
        self.faults.append(Refused.because(place, reason))

    def _fault_once(self, column: str, value: str, reason: Text) -> None:
        if not self._is_faulty(column):
            self._fault(column, value, reason)

    def _fault_at_node(self, name: str, reason: Text) -> None:
        rule = self._finder.meaning.nodes[name]
        self._fault(rule.name or rule.code, self._empty[name], reason)


@lru_cache(maxsize=_REMEMBERED)
def _validity(since: str | None, until: str | None, observed: str | None) -> Validity:
    return Validity(since=since, until=until, observed=() if observed is None else (observed,))


@lru_cache(maxsize=_REMEMBERED)
def _basis(basis: Basis, clause: str | None, note: str) -> Basis:
    return structs.replace(basis, clause=clause or basis.clause, note=Text(zh=note, en=note) if note else basis.note)
