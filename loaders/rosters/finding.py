"""What the cells of a row mean (对应): nodes that are there, nodes that this import makes, and their ids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from graph_model.dates import parse_day
from graph_model.keys import key_of, node_id
from graph_model.records import AnyNode, Organization, Person, Post, Text
from graph_model.regime import Kind, Regime
from loaders.romanise import pinyin
from loaders.rosters.form import Mapping, NodeRule
from loaders.rosters.mapping import called_of
from loaders.rosters.register import NoMatchError, Register, plain
from loaders.rosters.rows import Line
from loaders.rosters.spool import is_made

Found = tuple[str, AnyNode | None]
"""A node's id, and its record where this roster makes it."""
_REMEMBERED = 20_000
_CALLED: Final = {"household": "户", "organization": "单位", "post": "职务", "person": "人员"}
_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Finder:
    """Finds the nodes of rows, by a mapping; ``name`` is that of the import, and part of the ids of what it makes."""

    def __init__(
        self,
        meaning: Mapping,
        name: str,
        register: Register,
        regime: Regime | None,
        exists: Callable[[str], bool],
        observed: str | None,
    ) -> None:
        self.meaning = meaning
        self.name = name
        self.register = register
        self.regime = regime
        self.exists = exists
        self.observed = observed
        self.on = None if observed is None else parse_day(observed).toordinal()
        self._own: set[str] = set()
        self._coded = {rule.type for rule in meaning.nodes.values() if rule.code is not None and not rule.create}
        """The types of which rows speak by the code of what other rows make."""
        self._found: dict[tuple[object, ...], Found] = {}
        """What was found before, as far as there is room: rows name the same places and units again and again."""
        self._kinds: dict[str, Kind] = {}
        for kind in () if regime is None else regime.kinds:
            for word in (kind.code, kind.labels.zh, kind.labels.en):
                self._kinds.setdefault(plain(word), kind)

    def prepare(self, line: Line) -> None:
        """Note what a row will make by name, so that other rows may speak of it."""
        for rule in self.meaning.nodes.values():
            if not rule.create:
                continue
            if rule.code is not None and line.texts.get(rule.code):
                if rule.type in self._coded:
                    self._own |= {node_id(rule.type, f"{self.name}:{code}") for code in self.values(rule.code, line)}
            elif rule.name is not None:
                self._own |= {
                    self.own_id(rule, self._forms(rule, value, line)[0]) for value in self.values(rule.name, line)
                }

    def makes(self, node: str) -> bool:
        """Whether an id is one of those that this import makes."""
        return is_made(node, self.name)

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

    def kind(self, word: str) -> Kind | None:
        """The kind of the regime that has a code, or a label."""
        return self._kinds.get(plain(word))

    def find(self, rule: NodeRule, column: str, value: str, line: Line) -> Found:
        """The node that a cell means. Raises NoMatchError, which says what to write."""
        is_code = column == rule.code
        key = self._asked(rule, value, line, is_code=is_code)
        known = self._found.get(key)
        if known is None:
            known = self._find(rule, value, line, is_code=is_code)
            if len(self._found) < _REMEMBERED:
                self._found[key] = known
        return known

    def _asked(self, rule: NodeRule, value: str, line: Line, *, is_code: bool) -> tuple[object, ...]:
        """All that an answer hangs on."""
        of = None if rule.of is None else self.meaning.nodes[rule.of].name
        columns = (rule.name, of, *rule.within)
        return (
            rule.type,
            rule.kind,
            rule.create,
            rule.levels,
            is_code,
            value,
            *(line.texts.get(each or "") for each in columns),
        )

    def _find(self, rule: NodeRule, value: str, line: Line, *, is_code: bool) -> Found:
        if rule.type == "division":
            within = [line.texts.get(each, "") for each in rule.within]
            name = line.texts.get(rule.name or "", "") if is_code else value
            return self.register.find_division(rule.levels, value if is_code else "", name, within, self.on), None
        if is_code:
            return self._by_code(rule, value, line)
        if rule.type not in {"organization", "post"}:
            raise NoMatchError(Text("只能按代码查找", "is found by its code alone"))
        return self._by_name(rule, value, line)

    def call(self, rule: NodeRule, names: dict[str, str], ids: Sequence[str]) -> Found:
        """A node whose name is made of those of other nodes, whose ids are part of its own."""
        name = (rule.called or "").format(**names)
        keys = [key_of(each).removeprefix(f"{self.name}:") for each in ids]
        made = node_id(rule.type, self.name, *keys, _slug(name))
        return made, self._made(rule, made, name)

    def name_of(self, found: Found) -> str:
        """The name of a node; its key where it has none."""
        node, record = found
        if isinstance(record, Organization | Post):
            return record.name
        return self.register.name_of(node) or key_of(node)

    def kind_of(self, found: Found) -> str | None:
        """The kind of a node, of a division its level; None for what has none."""
        node, record = found
        return record.kind if isinstance(record, Organization | Post) else self.register.kind_of(node)

    def called_of(self, rule: NodeRule) -> tuple[str, ...]:
        """The nodes of whose names this one's is made."""
        return called_of(rule)

    def own_id(self, rule: NodeRule, name: str) -> str:
        """The id of what this import makes under a name, however it is spaced and wherever it is full-width."""
        return node_id(rule.type, f"{self.name}:{_slug(name)}")

    def _forms(self, rule: NodeRule, value: str, line: Line) -> list[str]:
        """The names that may be meant: a post's with that of what it belongs to before it, then as it is written."""
        belongs = None if rule.of is None else self.meaning.nodes[rule.of].name
        whole = line.texts.get(belongs, "") if belongs else ""
        return [value] if not whole or value.startswith(whole) else [whole + value, value]

    def _by_name(self, rule: NodeRule, value: str, line: Line) -> Found:
        for form in self._forms(rule, value, line):
            present, own = self.register.find_node(rule.type, form), self.own_id(rule, form)
            if present is not None and present != own:
                return present, None
            if own in self._own:
                return own, self._made(rule, own, form) if rule.create else None
        raise NoMatchError(self.register.suggest_node(rule.type, value))

    def _by_code(self, rule: NodeRule, code: str, line: Line) -> Found:
        if not _KEY.fullmatch(code.replace(":", "-")):
            raise NoMatchError(
                Text(
                    "代码只能由半角字母、数字和 '.'、'_'、'-' 组成",
                    "a code is made of ASCII letters, digits, '.', '_' and '-'",
                )
            )
        present, own = node_id(rule.type, code), node_id(rule.type, f"{self.name}:{code}")
        if self.exists(present):
            return present, None
        if not rule.create:
            if own in self._own:
                return own, None
            raise NoMatchError(
                Text(f"没有这个代码的{_CALLED[rule.type]}", f"there is no {rule.type} of this code"),
            )
        called = line.texts.get(rule.name, "") if rule.name else ""
        return own, self._made(rule, own, called or code)

    def _made(self, rule: NodeRule, made_id: str, name: str) -> AnyNode:
        meaning = self.meaning
        shared = {"id": made_id, "provenance": meaning.provenance, "basis": meaning.basis}
        key = key_of(made_id)
        if rule.type == "person":
            return Person(**shared, code=key)  # type: ignore[arg-type]
        if rule.type == "post":
            return Post(**shared, kind=rule.kind or "", name=name, pinyin=pinyin(name))  # type: ignore[arg-type]
        return Organization(**shared, code=key, kind=rule.kind or "", name=name, pinyin=pinyin(name))  # type: ignore[arg-type]


@lru_cache(maxsize=_REMEMBERED)
def _slug(name: str) -> str:
    """An ASCII key of a name as it is compared: its pinyin, and four letters that tell apart what sounds alike."""
    compared = plain(name)
    said = re.sub(r"[^a-z0-9]+", "-", pinyin(compared).casefold()).strip("-")[:60]
    return f"{said}-{hashlib.blake2b(compared.encode(), digest_size=2).hexdigest()}".lstrip("-")
