"""Each fact of the source, by GraphQL: the table ``source_facts.yaml``, row by row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, field, structs

from graph_model.yaml_file import read_yaml
from tests.api.asking import Asker

Row = Mapping[str, Any]


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """A document, and the path of its rows."""

    rows: str
    document: str


class Figure(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``facts``."""

    clause: str
    key: str
    value: float | None = None
    unit: str | None = None
    period: str = "2017-06-30"
    over: bool = False
    provenance: str = "SOURCE"


class Stated(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What is said, a query, and what it must answer."""

    says: str
    query: str
    variables: dict[str, Any] = field(default_factory=dict, name="with")
    where: dict[str, str] = {}
    is_: dict[str, str] | None = field(default=None, name="is")
    every: dict[str, str] | None = None
    count: int | None = None
    values: dict[str, list[str]] | None = None
    in_order: dict[str, list[str]] | None = None
    distinct: dict[str, int] | None = None


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    queries: dict[str, Document]
    figures: list[Figure]
    facts: list[Stated]


TABLE = read_yaml(Path(__file__).with_name("source_facts.yaml"), Table).content


def _rows(loaded: Asker, query: str, variables: Mapping[str, Any]) -> list[Row]:
    asked = TABLE.queries[query]
    return list(_values(loaded.data(asked.document, dict(variables)), asked.rows))


def _values(value: Any, path: str) -> Iterable[Any]:  # noqa: ANN401 - what JSON has
    """All that a path leads to."""
    if isinstance(value, list):
        for each in value:
            yield from _values(each, path)
    elif not path:
        yield value
    elif value is not None:
        step, _, rest = path.partition(".")
        yield from _values(value[step], rest)


def _fits(row: Row, wanted: Mapping[str, str]) -> bool:
    return all(text in _texts(row, path) for path, text in wanted.items())


def _texts(rows: Row | list[Row], path: str) -> list[str]:
    """What a path leads to, as the table writes it."""
    return [each if isinstance(each, str) else json.dumps(each) for each in _values(rows, path)]


@pytest.mark.parametrize("figure", TABLE.figures, ids=lambda figure: f"{figure.clause}:{figure.key}")
def test_figure(figure: Figure, loaded: Asker) -> None:
    rows = _rows(loaded, "figures", {"clause": figure.clause})
    assert [row for row in rows if row["id"] == f"fact:{figure.clause}:{figure.key}"] == [
        {
            "id": f"fact:{figure.clause}:{figure.key}",
            "clause": figure.clause,
            "value": figure.value,
            "unit": figure.unit,
            "qualifier": "OVER" if figure.over else "EXACT",
            "period": {"text": figure.period},
            "provenance": figure.provenance,
        }
    ]


@pytest.mark.parametrize("stated", TABLE.facts, ids=lambda stated: f"{stated.query}: {stated.says}")
def test_fact(stated: Stated, loaded: Asker) -> None:
    rows = [row for row in _rows(loaded, stated.query, stated.variables) if _fits(row, stated.where)]
    if stated.is_ is not None:
        assert len(rows) == 1, rows
    wanted = stated.is_ or stated.every
    if wanted is not None:
        assert rows
        assert [row for row in rows if not _fits(row, wanted)] == []
    if stated.count is not None:
        assert len(rows) == stated.count, rows
    for path, values in (stated.values or {}).items():
        assert set(_texts(rows, path)) == set(values)
    for path, values in (stated.in_order or {}).items():
        assert _texts(rows, path) == values
    for path, number in (stated.distinct or {}).items():
        assert len(set(_texts(rows, path))) == number


def test_no_figure_is_left_out(loaded: Asker) -> None:
    clauses = sorted({figure.clause for figure in TABLE.figures})
    rows = [row["id"] for clause in clauses for row in _rows(loaded, "figures", {"clause": clause})]
    everything = _rows(loaded, "all_figures", {})
    assert sorted(rows) == sorted(row["id"] for row in everything)
    assert Counter(rows) == Counter(f"fact:{figure.clause}:{figure.key}" for figure in TABLE.figures)


def test_every_row_asks_for_something() -> None:
    asks = ("is_", "every", "count", "values", "in_order", "distinct")
    assert [stated.says for stated in TABLE.facts if all(structs.asdict(stated)[ask] is None for ask in asks)] == []
