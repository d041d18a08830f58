"""A mapping (映射), read and checked: which columns of a table make which nodes and relations; docs/mapping-file.md."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from graph_model.errors import BadDateError, Place, SourceError
from graph_model.records import Family, Text
from graph_model.regime import Kind, Regime
from graph_model.texts import quoted
from graph_model.yaml_file import YamlFile, read_yaml
from loaders.rosters.form import Column, Dated, DesignationRule, Mapping, NodeRule, RelationRule
from loaders.written_dates import read_last, read_period, read_since, read_until

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "mappings"
_DATES: Final[dict[str, Callable[[str], object]]] = {
    "since": read_since,
    "until": read_until,
    "last": read_last,
    "period": read_period,
}
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


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
            if regime is None:
                raise self.file.error(_known([]), *at, value=rule.kind or rule.kind_from)
            if rule.kind is None:
                continue  # its cells are checked one by one
            kind = regime.find_kind(rule.kind)
            if kind is None:
                raise self.file.error(_known(regime.kinds), *at, value=rule.kind)
            self._check_end(kind, kind.assignees, rule.source, (*at[:2], "source"))
            self._check_end(kind, kind.targets, rule.target, (*at[:2], "target"))
        self._check_designations(regime)

    def _check_designations(self, regime: Regime | None) -> None:
        known = [] if regime is None else [each.code for each in regime.designations]
        for index, rule in enumerate(self.content.designations):
            if rule.kind not in known:
                said = Text(
                    f"制度里没有这种认定，现有：{'、'.join(known) or '无，请指明制度'}",
                    f"the regime has no such designation; there are: {', '.join(known) or 'none: name a regime'}",
                )
                raise self.file.error(said, "designations", index, "kind", value=rule.kind)

    def _check_end(self, kind: Kind, allowed: tuple[str, ...], name: str, at: tuple[str | int, ...]) -> None:
        node = self.content.nodes[name]
        if not all(may_stand(allowed, node.type, word) for word in node.levels or (node.kind,)):
            said = Text(
                f"{kind.code} 不是这两者之间的关系：此处可以是 {'、'.join(allowed)}",
                f"{kind.code} is between others: here may stand {', '.join(allowed)}",
            )
            raise self.file.error(said, *at, value=name)


def may_stand(allowed: Sequence[str], node_type: str, word: str | None) -> bool:
    """Whether a node of a type and kind (a division's kind is its level) may be an end of a kind of assignment."""
    return node_type in allowed or f"{node_type}:{word}" in allowed


def _known(kinds: Sequence[Kind]) -> Text:
    codes = [kind.code for kind in kinds]
    return Text(
        f"制度里没有这种责任关系，现有：{'、'.join(codes) or '无，请指明制度'}",
        f"the regime has no such kind; there are: {', '.join(codes) or 'none: name a regime'}",
    )


def list_shipped() -> list[str]:
    """The codes of the mappings that ship."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def read_mapping(name: str) -> ReadMapping:
    """A mapping that ships, by its code, or one of a file. Raises SourceError with file and line."""
    path = SHIPPED / f"{name}.yaml" if name in list_shipped() else Path(name)
    if not path.exists():
        shipped = list_shipped()
        said = Text(
            f"没有这个映射：请给出 YAML 文件，或随附的一个：{'、'.join(shipped)}",
            f"there is no such mapping: name a YAML file, or one that ships: {', '.join(shipped)}",
        )
        raise SourceError(Place(name), said)
    file = read_yaml(path, Mapping, name=path.name)
    for steps, value, reason in _faults(file.content):
        raise file.error(reason, *steps, value=value)
    return ReadMapping(file)


Fault = tuple[tuple[str | int, ...], str, Text]


def _faults(mapping: Mapping) -> Iterator[Fault]:
    if not _CODE.fullmatch(mapping.code):
        said = Text(
            "代码由小写半角字母和数字组成，中间可用连字符",
            "a code is lower-case ASCII letters and digits with hyphens between",
        )
        yield ("code",), mapping.code, said
    owners: dict[str, str] = {}
    for name, column in mapping.columns.items():
        for header in column.headers:
            if header in owners:
                owner = owners[header]
                said = Text(f"已经是{quoted(owner)}的表头", f"is a header of {owner!r} already")
                yield ("columns", name, "headers"), header, said
            owners[header] = name
        yield from _default_faults(name, column)
    for name, node in mapping.nodes.items():
        yield from _node_faults(mapping, name, node)
    for index, rule in enumerate(mapping.relations):
        yield from _relation_faults(mapping, ("relations", index), rule)
    for index, designation in enumerate(mapping.designations):
        yield from _designation_faults(mapping, ("designations", index), designation)
    for index, group in enumerate(mapping.one_of):
        for name in group:
            yield from _no_node(mapping, name, ("one_of", index))
            if name in mapping.nodes and not mapping.nodes[name].optional:
                said = Text(
                    "请写明它 `optional: true`：一行只有其中之一",
                    "say `optional: true` of it: a row has one of these alone",
                )
                yield ("one_of", index), name, said
    if not mapping.relations and not mapping.designations:
        said = Text(
            "映射要说出节点之间有什么：relations、designations",
            "a mapping says something of its nodes: relations, designations",
        )
        yield ("relations",), "", said


def _default_faults(name: str, column: Column) -> Iterator[Fault]:
    """What is wrong with what a column says where a table says nothing."""
    if column.default is None:
        return
    at, text = ("columns", name, "default"), column.default.strip()
    if column.required:
        said = Text(
            "有默认值的列不会缺：请去掉 required", "a column with a default is never missing: take `required` away"
        )
        yield at, text, said
    if column.reads == "code" and column.digits and (not text.isdigit() or len(text) not in column.digits):
        digits = [str(each) for each in column.digits]
        said = Text(f"代码有 {'或'.join(digits)} 位数字", f"a code has {' or '.join(digits)} digits")
        yield at, text, said
    try:
        _DATES.get(column.reads, str)(text)
    except BadDateError as error:
        yield at, text, error.text


def _node_faults(mapping: Mapping, name: str, node: NodeRule) -> Iterator[Fault]:
    at = ("nodes", name)
    for field in ("code", "name"):
        yield from _column_faults(mapping, getattr(node, field), (*at, field))
    for column in node.within:
        yield from _column_faults(mapping, column, (*at, "within"))
    if node.code is None and node.name is None and node.called is None:
        yield at, name, Text("请写明按哪一列查找：code、name", "say by which column it is found: code, name")
    if node.called is not None:
        yield from _called_faults(mapping, name, node)
    if node.type == "division" and not node.levels:
        yield at, name, Text("区划要写明层级（level）", "a division needs a level")
    if node.of is not None and (node.of not in mapping.nodes or node.of == name):
        said = Text(
            f"不是本映射的其他节点，现有：{'、'.join(mapping.nodes)}",
            f"is no other node of this mapping; there are: {', '.join(mapping.nodes)}",
        )
        yield (*at, "of"), node.of, said
    if node.create and node.type in {"division", "household"}:
        said = Text("名册从不新建区划和户", "divisions and households are never made by a roster")
        yield (*at, "create"), node.type, said
    if node.create and node.kind is None and node.type != "person":
        yield at, name, Text("新建的要写明种类（kind）", "what is made needs a kind")


def _called_faults(mapping: Mapping, name: str, node: NodeRule) -> Iterator[Fault]:
    at = ("nodes", name, "called")
    called = node.called or ""
    names = called_of(node)
    earlier = list(mapping.nodes)[: list(mapping.nodes).index(name)]
    if not names or not set(names) <= set(earlier):
        said = Text(
            f"请在花括号里写出前面的节点，现有：{'、'.join(earlier) or '无'}",
            f"name nodes that stand before it, in braces; there are: {', '.join(earlier) or 'none'}",
        )
        yield at, called, said
    if not node.create or node.type not in {"organization", "post"}:
        said = Text(
            "只有新建的单位和职务（`create: true`）才由映射取名",
            "only organisations and posts that are made (`create: true`) are given a name",
        )
        yield at, called, said


def called_of(node: NodeRule) -> tuple[str, ...]:
    """The nodes of whose names a node's name is made; none where it asks for more than names."""
    try:
        found = list(string.Formatter().parse(node.called or ""))
    except ValueError:
        return ()
    if any(form or conversion for _, _, form, conversion in found):
        return ()
    return tuple(field for _, field, _, _ in found if field is not None)


def _relation_faults(mapping: Mapping, at: tuple[str | int, ...], rule: RelationRule) -> Iterator[Fault]:
    for field in ("source", "target"):
        yield from _no_node(mapping, getattr(rule, field), (*at, field))
    if (rule.kind is None) == (rule.kind_from is None):
        yield at, rule.kind or "", Text("kind 和 kind_from 请给其一", "give one of kind and kind_from")
    if rule.kind_from is not None and rule.family is not Family.RESPONSIBILITY:
        said = Text("只有责任关系才有制度所定的种类", "only assignments have kinds of the regime")
        yield (*at, "kind_from"), rule.kind_from, said
    yield from _column_faults(mapping, rule.kind_from, (*at, "kind_from"))
    yield from _column_faults(mapping, rule.role_from, (*at, "role_from"))
    yield from _dated_faults(mapping, at, rule)


def _designation_faults(mapping: Mapping, at: tuple[str | int, ...], rule: DesignationRule) -> Iterator[Fault]:
    yield from _no_node(mapping, rule.node, (*at, "node"))
    if rule.node in mapping.nodes and mapping.nodes[rule.node].type not in {"division", "household"}:
        said = Text("只有区划和户可以认定", "divisions and households are designated, nothing else")
        yield (*at, "node"), rule.node, said
    yield from _dated_faults(mapping, at, rule)


def _dated_faults(mapping: Mapping, at: tuple[str | int, ...], rule: Dated) -> Iterator[Fault]:
    for field in ("since", "until", "last", "period"):
        column = getattr(rule, field)
        yield from _column_faults(mapping, column, (*at, field))
        if column in mapping.columns and mapping.columns[column].reads != field:
            reads = mapping.columns[column].reads
            said = Text(
                f"这一列按 {reads} 读：请在那里写 `reads: {field}`",
                f"this column reads {reads}: say `reads: {field}` there",
            )
            yield (*at, field), column, said
    if sum(each is not None for each in (rule.until, rule.last, rule.period)) > 1:
        yield at, "", Text("until、last、period 请只给一个", "give one of until, last and period")
    if rule.since is not None and rule.period is not None:
        yield at, "", Text("since 和 period 请只给一个", "give one of since and period")
    yield from _column_faults(mapping, rule.rests_on, (*at, "rests_on"))
    for column in rule.when:
        yield from _column_faults(mapping, column, (*at, "when"))


def _no_node(mapping: Mapping, name: str, at: tuple[str | int, ...]) -> Iterator[Fault]:
    if name not in mapping.nodes:
        said = Text(
            f"不是本映射的节点，现有：{'、'.join(mapping.nodes)}",
            f"is no node of this mapping; there are: {', '.join(mapping.nodes)}",
        )
        yield at, name, said


def _column_faults(mapping: Mapping, column: str | None, at: tuple[str | int, ...]) -> Iterator[Fault]:
    if column is not None and column not in mapping.columns:
        said = Text(
            f"不是本映射的列，现有：{'、'.join(mapping.columns)}",
            f"is no column of this mapping; there are: {', '.join(mapping.columns)}",
        )
        yield at, column, said
