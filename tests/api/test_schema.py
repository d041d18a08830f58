"""The schema as a whole: the same as the exported file, described, and named by one set of habits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_nullable_type,
    is_non_null_type,
)

from api import export
from api.export import PATH, schema_text
from api.schema import build_schema as build_service

SCHEMA: GraphQLSchema = build_schema(schema_text(build_service()))
OWN_TYPES = {name: kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")}
ROOTS = ("Query.", "Subscription.")
BUILT_IN = {"Boolean", "Float", "ID", "Int", "String"}

# What other programs count on: model.md, "The interface that programs count on".
INTERFACES = {
    "Node": {"id"},
    "Target": {"id", "code", "name", "accountabilityChain"},
    "Division": {"id", "code", "name", "accountabilityChain", "level", "pinyin", "nameEn"},
    "Assignee": {"id", "name", "assignments"},
}
IMPLEMENTS = {
    "City": {"Node", "Target", "Division"},
    "County": {"Node", "Target", "Division"},
    "Township": {"Node", "Target", "Division"},
    "Village": {"Node", "Target", "Division"},
    "Household": {"Node", "Target"},
    "Organization": {"Node", "Target", "Assignee"},
    "Post": {"Node", "Assignee"},
    "Person": {"Node", "Assignee"},
    "Asset": {"Node", "Target"},
    "Measure": {"Node"},
    "Document": {"Node"},
    "Import": {"Node"},
    "Dataset": set(),
}
ENUMS = {
    "Certainty": {"CERTAIN", "POSSIBLE", "NO"},
    "Provenance": {"SOURCE", "DERIVED", "SYNTHETIC"},
    "GapCause": {"EXEMPT", "UNKNOWN_HOLDER", "VACANT_POST", "EXPIRED", "UNASSIGNED"},
    "Completeness": {"COMPLETE", "BROKEN", "UNKNOWN"},
    "BoundState": {"KNOWN", "PARTIAL", "UNKNOWN", "OPEN"},
    "Severity": {"ERROR", "WARNING", "INFO"},
    "Qualifier": {"EXACT", "OVER"},
}


def described() -> Iterator[tuple[str, str | None]]:
    """Every part of the schema with its description."""
    for name, kind in OWN_TYPES.items():
        yield name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{value}", part.description) for value, part in kind.values.items())
        elif isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", part.description) for field, part in kind.fields.items())
    for name, field in fields():
        yield name, field.description
        yield from ((f"{name}({argument}:)", part.description) for argument, part in field.args.items())


def fields() -> Iterator[tuple[str, GraphQLField]]:
    """Every field of the schema by its name, ``Village.code``."""
    for name, kind in OWN_TYPES.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from ((f"{name}.{field}", part) for field, part in kind.fields.items())


def test_the_exported_schema_is_that_of_the_code() -> None:
    assert PATH.read_text(encoding="utf-8") == schema_text(build_service()), "run `make schema`"


def test_the_check_passes_where_they_are_equal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(export, "PATH", tmp_path / "schema.graphql")
    assert export.main([]) == export.main(["--check"]) == 0


def test_the_check_fails_where_they_differ(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export, "PATH", tmp_path / "schema.graphql")
    assert export.main(["--check"]) == 1
    assert "make schema" in capsys.readouterr().err


def test_everything_is_described() -> None:
    assert [name for name, description in described() if not (description or "").strip()] == []


def test_descriptions_are_sentences() -> None:
    assert [name for name, text in described() if name not in BUILT_IN and not re.search(r"[.:)`]$", text or "")] == []


def test_types_are_named_in_pascal_case() -> None:
    assert [name for name in OWN_TYPES if not re.fullmatch(r"([A-Z][a-z]+)+|ID", name)] == []


def test_fields_and_arguments_are_named_in_camel_case() -> None:
    names = [name.split(".")[1] for name, _ in fields()] + [name for _, field in fields() for name in field.args]
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name)] == []


def test_enum_values_are_named_in_capitals() -> None:
    enums = [kind for kind in OWN_TYPES.values() if isinstance(kind, GraphQLEnumType)]
    assert [value for enum in enums for value in enum.values if not re.fullmatch(r"[A-Z]+(_[A-Z]+)*", value)] == []


def test_lists_hold_no_nulls() -> None:
    of = [(name, get_nullable_type(field.type)) for name, field in fields()]
    nullable = [name for name, kind in of if isinstance(kind, GraphQLList) and not is_non_null_type(kind.of_type)]
    assert nullable == ["Query.nodes"]  # in the order of the ids, null for an unknown one, as Relay has it


def test_lists_and_connections_are_never_null() -> None:
    nullable = [(name, field.type) for name, field in fields() if not isinstance(field.type, GraphQLNonNull)]
    assert [name for name, kind in nullable if isinstance(kind, GraphQLList) or str(kind).endswith("Connection")] == []


def test_connections_are_paged_by_first_and_after() -> None:
    paged = [(name, field) for name, field in fields() if str(field.type).endswith("Connection!")]
    assert len(paged) > 10
    assert [name for name, field in paged if not {"first", "after"} <= set(field.args)] == []


def test_connections_have_the_fields_of_relay() -> None:
    connections = [kind for name, kind in OWN_TYPES.items() if name.endswith("Connection")]
    for kind in connections:
        assert isinstance(kind, GraphQLObjectType)
        assert set(kind.fields) == {"edges", "pageInfo", "totalCount"}


def test_the_day_is_given_at_the_root_alone() -> None:
    assert [name for name, field in fields() if "asOf" in field.args and not name.startswith(ROOTS)] == []


@pytest.mark.parametrize("field", ["village", "township", "county", "city", "household", "division", "node"])
def test_what_may_be_unknown_may_be_null(field: str) -> None:
    query = SCHEMA.query_type
    assert query is not None
    assert not isinstance(query.fields[field].type, GraphQLNonNull)


@pytest.mark.parametrize("name", INTERFACES)
def test_interface_has_the_agreed_fields(name: str) -> None:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLInterfaceType)
    assert INTERFACES[name] <= set(kind.fields)


@pytest.mark.parametrize("name", IMPLEMENTS)
def test_object_implements_the_agreed_interfaces(name: str) -> None:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    assert {interface.name for interface in kind.interfaces} == IMPLEMENTS[name]


@pytest.mark.parametrize("name", ENUMS)
def test_enum_has_the_agreed_values(name: str) -> None:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLEnumType)
    assert set(kind.values) == ENUMS[name]


@pytest.mark.parametrize("name", ["name", "code", "since", "until"])
def test_field_is_never_null(name: str) -> None:
    named = [(where, field.type) for where, field in fields() if where.endswith(f".{name}")]
    assert [where for where, kind in named if not is_non_null_type(kind)] == []


@pytest.mark.parametrize("kind", ["Level", "Lane", "Kind"])
def test_words_of_a_regime_have_a_code_and_a_label(kind: str) -> None:
    word = SCHEMA.type_map[kind]
    assert isinstance(word, GraphQLObjectType)
    assert (str(word.fields["code"].type), list(word.fields["label"].args)) == ("String!", ["lang"])
