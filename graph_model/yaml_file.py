"""YAML files read into typed structs, with the file and line of whatever is wrong (YAML 文件)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import yaml
from msgspec import Struct

from graph_model.errors import Place, SourceError
from graph_model.texts import Text

T = TypeVar("T")

_AT = re.compile(r" - at `(key in )?\$?(?P<path>[^`]*)`")
_NULL = "tag:yaml.org,2002:null"
_TAGS = {_NULL, *(f"tag:yaml.org,2002:{word}" for word in ("str", "int", "float", "bool"))}
_MOST_REPEATED = 10_000
_UNKNOWN = re.compile(r"unknown field `(.+)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class YamlFile(Struct, Generic[T], frozen=True):
    """The content of a file, and the line (from 1) of each of its parts; a path is ("kinds", 3, "lane")."""

    path: Path
    name: str
    content: T
    lines: Mapping[tuple[str | int, ...], int]

    def line_of(self, *path: str | int) -> int:
        """The line of a part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, reason: str | Text, *path: str | int, value: str | None = None) -> SourceError:
        """An error about one part."""
        column = ".".join(str(step) for step in path) or None
        return SourceError(Place(self.name, self.line_of(*path), column, value), reason)


def read_yaml(path: Path, of: type[T], *, name: str | None = None) -> YamlFile[T]:
    """A YAML file as ``of``. Scalars stay as written where a text is asked for; duplicate keys are refused.

    ``name`` is how errors call the file (its path by default). Raises SourceError with file and line.
    """
    called = name or path.as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        why = error.strerror or error
        raise SourceError(Place(called), Text(f"不能读取：{why}", f"cannot be read: {why}")) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        said = Text("不是 UTF-8：请把文件另存为 UTF-8", "is not UTF-8: save the file as UTF-8")
        raise SourceError(Place(called, line), said) from error
    reading = _Reading(called)
    try:
        root = yaml.compose(text, Loader=_PlainLoader)
        if root is None:
            raise SourceError(Place(called), Text("是空的", "is empty"))
        data = reading.plain(root)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise SourceError(
            Place(called, line), Text(f"不是 YAML：{error.reason}", f"is no YAML: {error.reason}")
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        said = Text(f"不是 YAML：{error.problem}", f"is no YAML: {error.problem}")
        raise SourceError(Place(called, mark.line + 1 if mark else None), said) from error
    except RecursionError as error:
        raise SourceError(Place(called), Text("嵌套太深", "is nested too deeply")) from error
    lines = reading.lines
    try:
        content = msgspec.convert(data, of, strict=False)
    except msgspec.ValidationError as error:
        message = str(error)
        match = _AT.search(message)
        steps = _resolve(match["path"] if match else "", lines)
        reason = message[: match.start()] if match else message
        unknown = _UNKNOWN.search(reason)
        if unknown and (*steps, unknown[1]) in lines:
            steps = (*steps, unknown[1])
        place = Place(called, lines.get(steps, 1), ".".join(map(str, steps)) or None)
        reason = reason[:1].lower() + reason[1:]
        raise SourceError(place, Text(f"不合格式：{reason}", reason)) from error
    return YamlFile(path, called, content, lines)


class _PlainLoader(yaml.SafeLoader):
    """Every scalar but null is a text; what it means is for the type that it is read into."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == _NULL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Reading:
    """Turns composed nodes into plain data, and keeps the line of every part."""

    def __init__(self, name: str) -> None:
        self.lines: dict[tuple[str | int, ...], int] = {}
        self._name = name
        self._met: set[int] = set()
        self._repeated = 0

    def plain(
        self, node: yaml.Node, path: tuple[str | int, ...] = (), above: frozenset[int] = frozenset()
    ) -> dict[str, object] | list[object] | str | None:
        """The node's data. Raises SourceError."""
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if id(node) in above:
            raise SourceError(Place(self._name, line), Text("引用了自己", "refers to itself"))
        self._count(node, line)
        above |= {id(node)}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, index), above) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, above)
        if node.tag not in _TAGS:
            said = Text(f"有不认识的标签 {node.tag}", f"has an unknown tag, {node.tag}")
            raise SourceError(Place(self._name, line, value=str(node.value)), said)
        return None if node.tag == _NULL else str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...], above: frozenset[int]) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            key_line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise SourceError(Place(self._name, key_line), Text("键必须是普通的词", "a key must be a plain word"))
            key = str(key_node.value)
            if key in mapping:
                raise SourceError(
                    Place(self._name, key_line, key), Text("这个键在此出现了两次", "this key stands here twice")
                )
            self.lines[*path, key] = key_line
            mapping[key] = self.plain(value_node, (*path, key), above)
        return mapping

    def _count(self, node: yaml.Node, line: int) -> None:
        """Keeps a small file of aliases to aliases from growing without bound."""
        if id(node) in self._met:
            self._repeated += 1
            if self._repeated > _MOST_REPEATED:
                said = Text(
                    f"别名重复了 {_MOST_REPEATED} 个以上的部分", f"aliases repeat more than {_MOST_REPEATED} parts"
                )
                raise SourceError(Place(self._name, line), said)
        self._met.add(id(node))


def _resolve(path: str, lines: Mapping[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """The steps of msgspec's path; ``[...]`` (any item, msgspec names none) stops where the line is still known."""
    steps: tuple[str | int, ...] = ()
    for match in _STEP.finditer(path):
        step: str | int
        if match[1] is not None:
            step = match[1]
        elif match[2].isdigit():
            step = int(match[2])
        else:
            break
        steps = (*steps, step)
        if steps not in lines:
            return steps[:-1]
    return steps
