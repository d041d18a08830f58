"""What an import brought, as the rows of its mapping again (导出名册): it comes back by the same door unchanged.

A row is a choice of nodes; it says all relations of the mapping between them. What cannot be said by rows of the
mapping is refused, never left away: the rows are read again before they are given out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from graph_model.dates import OPEN, Validity
from graph_model.keys import key_of
from graph_model.records import AnyRecord, Claim, Designation, Family, Organization, Post, Relation, Vacancy
from loaders.rosters.finding import Finder
from loaders.rosters.form import Dated, DesignationRule, NodeRule, RelationRule
from loaders.rosters.register import NoMatchError, with_code
from loaders.written_dates import write_last, write_period

_VACANT: Final = "空缺"
_ABOLISHED: Final = "撤销"


class UnsayableError(Exception):
    """A record that no row of the mapping says; the message names it."""


class Exporter:
    """Makes the rows of one import; ``records`` are all of its origin."""

    def __init__(self, finder: Finder, records: Iterable[AnyRecord]) -> None:
        self._finder = finder
        self._meaning = finder.meaning
        self._records = {record.id: record for record in records}
        self._names = {each.id: each.name for each in self._records.values() if isinstance(each, Organization | Post)}
        self._waiting = {each.id: each for each in self._records.values() if isinstance(each, Relation | Claim)}
        self._at: defaultdict[str, list[Relation]] = defaultdict(list)
        for key in sorted(self._records):
            record = self._records[key]
            if isinstance(record, Relation):
                self._at[record.source].append(record)
                self._at[record.target].append(record)

    def rows(self) -> list[dict[str, str]]:
        """The rows, each with the texts of its columns. Raises UnsayableError."""
        return list(self._rows())

    def _rows(self) -> Iterator[dict[str, str]]:
        rules: list[Dated] = [*self._meaning.relations, *self._meaning.designations]
        for rule in sorted(rules, key=lambda each: not each.when):  # what a word decides is said by few rows
            for record in sorted(self._waiting.values(), key=lambda each: each.id):
                if record.id in self._waiting and self._fits(rule, record):
                    yield self._row(rule, record)
        for record in sorted(self._waiting.values(), key=lambda each: each.id):
            if record.id in self._waiting:
                yield self._belonging(record)

    def _fits(self, rule: Dated, record: Relation | Claim) -> bool:
        """Whether a rule of the mapping may have made a record."""
        if isinstance(rule, DesignationRule):
            return isinstance(record, Designation) and record.kind == rule.kind
        if not isinstance(rule, RelationRule):
            return False
        if isinstance(record, Vacancy):
            return rule.family is Family.HOLDING
        if not isinstance(record, Relation) or record.family is not rule.family:
            return False
        nodes = self._meaning.nodes
        return (
            (rule.kind is None or rule.kind == record.kind)
            and (rule.role_from is not None or rule.role == record.role)
            and record.source.startswith(f"{nodes[rule.source].type}:")
            and record.target.startswith(f"{nodes[rule.target].type}:")
            and not (rule.family is Family.CONTAINMENT and record.kind == "post-in")
        )

    def _row(self, rule: Dated, record: Relation | Claim) -> dict[str, str]:
        """The row that begins with one record, and says what else is there of its nodes."""
        texts = self._dates(rule, record.validity) | {column: words[0] for column, words in rule.when.items()}
        bound: dict[str, str] = {}
        if isinstance(rule, RelationRule):
            if isinstance(record, Relation):
                bound = {rule.source: record.source, rule.target: record.target}
                texts |= self._words(rule, record)
            else:
                bound = {rule.target: record.subject}
                source = self._meaning.nodes[rule.source]
                texts[source.code or source.name or ""] = _VACANT
        elif isinstance(rule, DesignationRule):
            bound = {rule.node: record.subject if isinstance(record, Claim) else ""}
        if rule.rests_on is not None and record.basis.note is not None:
            texts[rule.rests_on] = record.basis.note.zh
        self._waiting.pop(record.id)
        self._bind_more(bound, texts)
        return self._cells(bound, texts)

    def _bind_more(self, bound: dict[str, str], texts: dict[str, str]) -> None:
        """Bind the other nodes of the row, each to what goes with those that are bound; what it then says is said."""
        is_growing = True
        while is_growing:
            is_growing = False
            for name, rule in self._meaning.nodes.items():
                if rule.of is not None and name in bound and rule.of not in bound:
                    lies = self._container(bound[name])
                    if lies is not None:
                        bound[rule.of], is_growing = lies.target, True
                        texts |= self._abolished(name, lies)
                if rule.called is not None and name not in bound and self._call(name, bound) is not None:
                    bound[name], is_growing = self._call(name, bound) or "", True
            for relation in self._meaning.relations:
                if not all(texts.get(column, words[0]) in words for column, words in relation.when.items()):
                    continue
                is_growing |= self._join(relation, bound, texts)
        for each in self._said_by_the_way(bound, texts):
            self._waiting.pop(each.id, None)

    def _join(self, rule: RelationRule, bound: dict[str, str], texts: dict[str, str]) -> bool:
        """Bind the free end of a relation of which one end is bound: to what is still to be said, or was said."""
        ends = (rule.source in bound, rule.target in bound)
        if ends[0] == ends[1]:
            return False
        free = rule.target if ends[0] else rule.source
        column = self._meaning.nodes[free].code or self._meaning.nodes[free].name
        if texts.get(column or "") in {_VACANT, _ABOLISHED}:
            return False
        is_needed = not self._meaning.nodes[free].optional
        mine = bound[rule.source if ends[0] else rule.target]
        around = [record for record in self._at[mine] if self._fits(rule, record)]
        for record in sorted(around, key=lambda each: each.id not in self._waiting):
            if record.id not in self._waiting and not is_needed:
                return False
            here, there = (record.source, record.target) if ends[0] else (record.target, record.source)
            dates = self._dates(rule, record.validity) | self._words(rule, record)
            if here == mine and all(texts.get(key, text) == text for key, text in dates.items()):
                bound[free] = there
                texts |= dates
                self._waiting.pop(record.id, None)
                return True
        return False

    def _said_by_the_way(self, bound: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[Relation]:
        """What else a row says of its nodes: where they belong, and the relations both of whose ends are bound."""
        for name, node in bound.items():
            of = self._meaning.nodes[name].of
            for each in self._at[node] if of is not None and of in bound else ():
                is_there = (each.source, each.target) == (node, bound[of or ""])
                if is_there and each.family is Family.CONTAINMENT and each.validity.until is None:
                    yield each
        for rule in self._meaning.relations:
            if rule.source in bound and rule.target in bound:
                for each in self._at[bound[rule.source]]:
                    dates = self._dates(rule, each.validity) | self._words(rule, each)
                    is_there = each.target == bound[rule.target] and self._fits(rule, each)
                    if is_there and all(texts.get(key, "") == text for key, text in dates.items()):
                        yield each

    def _belonging(self, record: Relation | Claim) -> dict[str, str]:
        """A row for a post of which nothing is known but where it belongs, or that it was abolished."""
        for name, rule in self._meaning.nodes.items():
            if not isinstance(record, Relation) or rule.of is None or not record.source.startswith(f"{rule.type}:"):
                continue
            texts = self._abolished(name, record)
            self._waiting.pop(record.id, None)
            return self._cells({name: record.source, rule.of: record.target}, texts)
        raise UnsayableError(record.id)

    def _abolished(self, name: str, lies: Relation) -> dict[str, str]:
        """The cells that say of a post that it belonged somewhere until a day; none where it still does."""
        holding = next((each for each in self._meaning.relations if each.target == name), None)
        if lies.validity.until is None or holding is None or holding.family is not Family.HOLDING:
            return {}
        self._waiting.pop(lies.id, None)
        source = self._meaning.nodes[holding.source]
        return self._dates(holding, lies.validity) | {source.code or source.name or "": _ABOLISHED}

    def _container(self, node: str) -> Relation | None:
        lies = (each for each in self._at[node] if each.family is Family.CONTAINMENT and each.source == node)
        return next(lies, None)

    def _call(self, name: str, bound: Mapping[str, str]) -> str | None:
        """The id of a node that is named after others, if this import made it."""
        rule = self._meaning.nodes[name]
        needed = self._finder.called_of(rule)
        if not needed or not all(each in bound for each in needed):
            return None
        names = {each: self._name(bound[each]) for each in needed}
        made, _ = self._finder.call(rule, names, [bound[each] for each in needed])
        return made if made in self._records else None

    def _name(self, node: str) -> str:
        return self._names.get(node) or self._finder.register.name_of(node) or key_of(node)

    def _cells(self, bound: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
        cells = dict(texts)
        for name, rule in self._meaning.nodes.items():
            if name in bound:
                cells |= self._node(name, rule, bound)
        return cells

    def _node(self, name: str, rule: NodeRule, bound: Mapping[str, str]) -> dict[str, str]:
        """The cells by which a node is found again. Raises UnsayableError."""
        node = bound[name]
        if rule.called is not None and node == self._call(name, bound):
            return {}
        if rule.type == "division":
            return self._division(rule, node)
        own = key_of(node).removeprefix(f"{self._finder.name}:")
        is_own = self._finder.makes(node)
        called = self._name(node)
        if rule.name is not None and rule.type in {"organization", "post"}:
            if is_own and self._finder.own_id(rule, called) == node:
                return {rule.name: called}
            if not is_own and self._finder.register.is_only(rule.type, called, node):
                return {rule.name: called}
            if not is_own and rule.code is None and self._finder.register.name_of(node) is not None:
                return {rule.name: with_code(called, node)}
        if rule.code is None:
            raise UnsayableError(node)
        return {rule.code: own} | ({rule.name: called} if rule.name is not None and node in self._names else {})

    def _division(self, rule: NodeRule, node: str) -> dict[str, str]:
        register = self._finder.register
        code, name, within = register.address(node)
        ways: list[dict[str, str]] = []
        if rule.code is not None:
            ways.append({rule.code: code} | ({rule.name: name} if rule.name is not None else {}))
        if rule.name is not None:
            ways.append({rule.name: name} | dict(zip(rule.within, within, strict=False)))
            ways.append({rule.name: register.describe(node)})
        for cells in ways:
            areas = [cells.get(column, "") for column in rule.within]
            try:
                code_written, written = cells.get(rule.code or "", ""), cells.get(rule.name or "", "")
                if register.find_division(rule.levels, code_written, written, areas, self._finder.on) == node:
                    return cells
            except NoMatchError:
                continue
        raise UnsayableError(node)

    def _dates(self, rule: Dated, validity: Validity) -> dict[str, str]:
        since, until = validity.since or "", validity.until
        cells: dict[str, str] = {}
        if rule.period is not None:
            cells[rule.period] = write_period(validity.since, until)
        if rule.since is not None:
            cells[rule.since] = since
        if rule.until is not None:
            cells[rule.until] = "至今" if until == OPEN else until or ""
        if rule.last is not None:
            cells[rule.last] = write_last(until)
        return cells

    def _words(self, rule: RelationRule, record: Relation) -> dict[str, str]:
        cells = {}
        if rule.kind_from is not None:
            cells[rule.kind_from] = record.kind
        if rule.role_from is not None and record.role is not None:
            cells[rule.role_from] = record.role
        return cells


def titles_of(finder: Finder, rows: Sequence[Mapping[str, str]]) -> Iterator[list[str]]:
    """A header and the rows below it, in the order of the mapping's columns."""
    columns = finder.meaning.columns
    yield [column.headers[0] for column in columns.values()]
    yield from ([row.get(name, "") for name in columns] for row in rows)
