"""A mapping (映射): which columns of a table make which nodes and relations; YAML, docs/bring-your-own-data.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from graph_model.errors import Place, SourceError
from graph_model.records import Basis, Family, Provenance, Text
from graph_model.regime import Kind, Regime
from graph_model.yaml_file import YamlFile, read_yaml

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "mappings"
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Reads = Literal["text", "code", "since", "until", "last", "period"]
NodeType = Literal["division", "household", "organization", "post", "person"]


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has no field beyond those listed."""


class Column(Strict, frozen=True, kw_only=True):
    """One column (列): the words that its header may have, and how its cells are read.

    ``digits``: how long a code may be. ``split``: what stands between several values of one cell. ``fill_down``: a
    merged cell speaks for all of its rows.
    """

    headers: tuple[str, ...]
    reads: Reads = "text"
    required: bool = False
    digits: tuple[int, ...] = ()
    split: str | None = None
    fill_down: bool = False


class NodeRule(Strict, frozen=True, kw_only=True):
    """One node of a row (节点): found by ``code`` or ``name`` (columns), or made where ``create`` allows.

    ``level``: of a division. ``within``: columns that name what a division lies in, the nearest first. ``of``: the
    node of the row to which a post or an organisation belongs. ``kind``: of what is made. ``optional``: a row may be
    without it.
    """

    type: NodeType
    code: str | None = None
    name: str | None = None
    level: str | None = None
    within: tuple[str, ...] = ()
    of: str | None = None
    kind: str | None = None
    create: bool = False
    optional: bool = False


class RelationRule(Strict, frozen=True, kw_only=True):
    """One relation of a row (关系), between two of its nodes; dates are columns."""

    kind: str
    source: str
    target: str
    family: Family = Family.RESPONSIBILITY
    since: str | None = None
    until: str | None = None
    last: str | None = None
    period: str | None = None
    clause: str | None = None
    role: str | None = None


class Mapping(Strict, frozen=True, kw_only=True):
    """What a table means. ``regime`` is that of its assignments."""

    code: str
    labels: Text
    columns: dict[str, Column]
    nodes: dict[str, NodeRule]
    relations: tuple[RelationRule, ...]
    regime: str | None = None
    provenance: Provenance = Provenance.SOURCE
    basis: Basis = Basis()


class ReadMapping(Struct, frozen=True):
    """A mapping whose words are right by themselves, with its file for what a regime says of it."""

    file: YamlFile[Mapping]

    @property
    def content(self) -> Mapping:
        """The mapping."""
        return self.file.content

    def check(self, regime: Regime | None) -> None:
        """Raises SourceError for a kind of assignment that the regime does not have, or not between such ends."""
        for index, rule in enumerate(self.content.relations):
            if rule.family is not Family.RESPONSIBILITY:
                continue
            at = ("relations", index, "kind")
            kind = None if regime is None else regime.find_kind(rule.kind)
            if regime is None or kind is None:
                known = ", ".join(each.code for each in regime.kinds) if regime else "none: name a regime"
                raise self.file.error(f"the regime has no such kind; there are: {known}", *at, value=rule.kind)
            self._check_end(kind, kind.assignees, rule.source, (*at[:2], "source"))
            self._check_end(kind, kind.targets, rule.target, (*at[:2], "target"))

    def _check_end(self, kind: Kind, allowed: tuple[str, ...], name: str, at: tuple[str | int, ...]) -> None:
        node = self.content.nodes[name]
        narrow = f"{node.type}:{node.level or node.kind}"
        if node.type not in allowed and narrow not in allowed:
            stands = ", ".join(allowed)
            raise self.file.error(f"{kind.code} is between others: here may stand {stands}", *at, value=name)


def list_shipped() -> list[str]:
    """The codes of the mappings that ship."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def read_mapping(name: str) -> ReadMapping:
    """A mapping that ships, by its code, or one of a file. Raises SourceError with file and line."""
    path = SHIPPED / f"{name}.yaml" if name in list_shipped() else Path(name)
    if not path.exists():
        shipped = ", ".join(list_shipped())
        raise SourceError(Place(name), f"there is no such mapping: name a YAML file, or one that ships: {shipped}")
    file = read_yaml(path, Mapping, name=path.name)
    for steps, value, reason in _faults(file.content):
        raise file.error(reason, *steps, value=value)
    return ReadMapping(file)


Fault = tuple[tuple[str | int, ...], str, str]


def _faults(mapping: Mapping) -> Iterator[Fault]:
    if not _CODE.fullmatch(mapping.code):
        yield ("code",), mapping.code, "a code is lower-case ASCII letters and digits with hyphens between"
    owners: dict[str, str] = {}
    for name, column in mapping.columns.items():
        for header in column.headers:
            if header in owners:
                yield ("columns", name, "headers"), header, f"is a header of {owners[header]!r} already"
            owners[header] = name
    for name, node in mapping.nodes.items():
        yield from _node_faults(mapping, name, node)
    for index, rule in enumerate(mapping.relations):
        yield from _relation_faults(mapping, ("relations", index), rule)


def _node_faults(mapping: Mapping, name: str, node: NodeRule) -> Iterator[Fault]:
    at = ("nodes", name)
    for field in ("code", "name"):
        yield from _column_faults(mapping, getattr(node, field), (*at, field))
    for column in node.within:
        yield from _column_faults(mapping, column, (*at, "within"))
    if node.code is None and node.name is None:
        yield at, name, "say by which column it is found: code, name"
    if node.type == "division" and node.level is None:
        yield at, name, "a division needs a level"
    if node.of is not None and (node.of not in mapping.nodes or node.of == name):
        yield (*at, "of"), node.of, f"is no other node of this mapping; there are: {', '.join(mapping.nodes)}"
    if node.create and node.type in {"division", "household"}:
        yield (*at, "create"), node.type, "divisions and households are never made by a roster"
    if node.create and node.kind is None and node.type != "person":
        yield at, name, "what is made needs a kind"


def _relation_faults(mapping: Mapping, at: tuple[str | int, ...], rule: RelationRule) -> Iterator[Fault]:
    for field in ("source", "target"):
        node = getattr(rule, field)
        if node not in mapping.nodes:
            yield (*at, field), node, f"is no node of this mapping; there are: {', '.join(mapping.nodes)}"
    for field in ("since", "until", "last", "period"):
        column = getattr(rule, field)
        yield from _column_faults(mapping, column, (*at, field))
        if column in mapping.columns and mapping.columns[column].reads != field:
            yield (*at, field), column, f"this column reads {mapping.columns[column].reads}: say `reads: {field}` there"
    if sum(each is not None for each in (rule.until, rule.last, rule.period)) > 1:
        yield at, rule.kind, "give one of until, last and period"


def _column_faults(mapping: Mapping, column: str | None, at: tuple[str | int, ...]) -> Iterator[Fault]:
    if column is not None and column not in mapping.columns:
        yield at, column, f"is no column of this mapping; there are: {', '.join(mapping.columns)}"
