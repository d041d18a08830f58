"""What a write did to a record, told field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model.dates import Validity
from graph_model.exchange import Change
from graph_model.questions.history import (
    FIELD_LABELS,
    FieldChange,
    RecordChangeKind,
    field_changes,
    tell_change,
)
from graph_model.records import (
    RECORD_TYPES,
    AnyRecord,
    Basis,
    Designation,
    Family,
    Person,
    Provenance,
    Relation,
    Retraction,
    Text,
    encode,
)

LINK = Relation(
    id="assignment:leads:post:a~division:1",
    provenance=Provenance.SOURCE,
    family=Family.RESPONSIBILITY,
    kind="leads",
    source="post:a",
    target="division:1",
    regime="first",
)
ENDED = msgspec.structs.replace(
    LINK, validity=Validity(until="2017-09-01"), basis=Basis(document="document:x", note=Text("调任", "moved"))
)


def told(before: AnyRecord | None, after: AnyRecord | None) -> Change:
    return Change(7, 1_000, LINK.id, before, after)


def test_a_changed_record_shows_the_fields_that_differ_alone() -> None:
    found = tell_change(told(LINK, ENDED))

    assert (found.kind, found.record_type, found.record_kind) == (RecordChangeKind.CHANGED, "relation", "leads")
    assert found.fields == (
        FieldChange("basis.document", None, '"document:x"'),
        FieldChange("basis.note.en", None, '"moved"'),
        FieldChange("basis.note.zh", None, '"调任"'),
        FieldChange("validity.until", None, '"2017-09-01"'),
    )


def test_a_new_record_shows_all_that_it_has() -> None:
    found = tell_change(told(None, LINK))

    assert found.kind is RecordChangeKind.CREATED
    assert {field.path: field.after for field in found.fields} == {
        "family": '"responsibility"',
        "kind": '"leads"',
        "provenance": '"SOURCE"',
        "regime": '"first"',
        "source": '"post:a"',
        "target": '"division:1"',
    }
    assert {field.before for field in found.fields} == {None}


def test_a_record_that_ended_shows_all_that_it_had() -> None:
    found = tell_change(told(LINK, None))

    assert found.kind is RecordChangeKind.ENDED
    assert {field.after for field in found.fields} == {None}
    assert "target" in {field.path for field in found.fields}


def test_lists_are_compared_whole() -> None:
    seen = [
        Designation(
            id="designation:1",
            provenance=Provenance.SOURCE,
            subject="division:1",
            kind="poor",
            validity=Validity(observed=days),
        )
        for days in (("2017-06-30",), ("2017-06-30", "2017-07-01"))
    ]
    assert field_changes(*seen) == (FieldChange("validity.observed", '["2017-06-30"]', '["2017-06-30","2017-07-01"]'),)


def test_a_record_that_only_another_origin_took_over_has_no_fields() -> None:
    found = tell_change(told(LINK, LINK))
    assert (found.kind, found.fields) == (RecordChangeKind.CHANGED, ())


@pytest.mark.parametrize(
    ("before", "after", "about"),
    [
        (None, LINK, ("post:a", "division:1")),
        (LINK, msgspec.structs.replace(LINK, source="post:b"), ("post:a", "division:1", "post:b")),
        (Person(id="person:a", provenance=Provenance.SOURCE, code="a"), None, ("person:a",)),
        (None, Retraction(id="retraction:x", provenance=Provenance.DERIVED, record="x"), ()),
    ],
)
def test_the_nodes_that_a_change_is_about(
    before: AnyRecord | None, after: AnyRecord | None, about: tuple[str, ...]
) -> None:
    assert tell_change(told(before, after)).about == about


def test_a_change_from_nothing_to_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="from nothing to nothing"):
        tell_change(told(None, None))


def paths(of: Any, prefix: str = "") -> Iterator[str]:  # noqa: ANN401 - a type, or several
    """The paths of all fields that a value of a type can have; a list is one."""
    if get_origin(of) is tuple:
        return
    for option in get_args(of) if not isinstance(of, type) else [of]:
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            tag = option.__struct_config__.tag_field
            if tag and prefix:
                yield prefix + tag
            for field in msgspec.structs.fields(option):
                nested = list(paths(field.type, f"{prefix}{field.encode_name}."))
                yield from nested
                if not nested or str in get_args(field.type):
                    yield prefix + field.encode_name


def test_every_field_of_every_record_has_a_label_and_no_other_has() -> None:
    there_are = {path for record_type in RECORD_TYPES for path in paths(record_type)} - {"id", "type"}
    assert there_are == set(FIELD_LABELS)


versions = st.builds(
    lambda validity, basis, joint: msgspec.structs.replace(LINK, validity=validity, basis=basis, joint=joint),
    st.sampled_from([Validity(), Validity(since="2017"), Validity(since="2017", until="..", observed=("2017-06-30",))]),
    st.sampled_from(
        [Basis(), Basis(clause="1"), Basis(note=Text("甲", "a")), Basis(document="document:x", clause="2")]
    ),
    st.sampled_from([None, "joint:1", "joint:2"]),
)


@given(versions, versions)
def test_the_fields_make_the_version_after_out_of_the_version_before(before: Relation, after: Relation) -> None:
    content = flat(before)
    for field in field_changes(before, after):
        assert content.pop(field.path, None) == field.before
        if field.after is not None:
            content[field.path] = field.after
    assert content == flat(after)
    assert (not field_changes(before, after)) == (encode(before) == encode(after))


def flat(record: AnyRecord) -> dict[str, str]:
    return {field.path: field.after or "" for field in field_changes(None, record)}
