"""Mappings: those that ship are right, and a wrong one is refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from graph_model.errors import SourceError
from graph_model.records import Relation
from loaders.rosters.form import mapping_schema
from loaders.rosters.mapping import SHIPPED, list_shipped, read_mapping
from tests.conformance.small_campaign import the_regime
from tests.loaders.rosters.both_languages import check_both_languages
from tests.loaders.rosters.looking import looked_at

EXAMPLE = SHIPPED.parents[1] / "examples" / "rosters" / "units.yaml"
RIGHT = """\
code: some
labels: {zh: 某, en: Some}
regime: poverty-alleviation-2017
columns:
  place: {headers: [村]}
  unit: {headers: [单位]}
  since: {headers: [起], reads: since}
nodes:
  place: {type: division, level: village, name: place}
  unit: {type: organization, name: unit}
relations:
  - {kind: takes-village, source: unit, target: place, since: since}
"""
WRONG = {
    "an unknown key": ("code: some", "code: some\ncolour: red", ":2, colour: object contains unknown field"),
    "an unknown column": ("name: unit", "name: units", ":10, nodes.unit.name = 'units': is no column of this mapping"),
    "an unknown node": (
        "source: unit",
        "source: who",
        "source = 'who': is no node of this mapping; there are: place, unit",
    ),
    "a header twice": ("headers: [单位]", "headers: [村]", "headers = '村': is a header of 'place' already"),
    "a division without a level": ("level: village, ", "", "a division needs a level"),
    "a division that is made": ("name: place}", "name: place, create: true}", "are never made by a roster"),
    "what is made without a kind": ("name: unit}", "name: unit, create: true}", "what is made needs a kind"),
    "a date column read as text": (", reads: since", "", "this column reads text: say `reads: since` there"),
    "a name of nodes that come later": (
        "unit: {type: organization, name: unit}",
        'unit: {type: organization, called: "{other}", create: true, kind: unit}',
        "name nodes that stand before it, in braces; there are: place",
    ),
    "a name that asks for more than names": (
        "unit: {type: organization, name: unit}",
        'unit: {type: organization, called: "{place:>999999999}", create: true, kind: unit}',
        "name nodes that stand before it, in braces; there are: place",
    ),
    "a default of what must stand there": (
        "place: {headers: [村]}",
        "place: {headers: [村], required: true, default: 和平}",
        "columns.place.default = '和平': a column with a default is never missing: take `required` away",
    ),
    "a default that is no date": (
        "reads: since}",
        "reads: since, default: 上月}",
        "columns.since.default = '上月': '上月' is no date",
    ),
    "a default that is no code": (
        "place: {headers: [村]}",
        "place: {headers: [村], reads: code, digits: [12], default: 和平}",
        "columns.place.default = '和平': a code has 12 digits",
    ),
    "a kind twice": (
        "{kind: takes-village,",
        "{kind: takes-village, kind_from: unit,",
        "give one of kind and kind_from",
    ),
    "a condition on no column": (
        "since: since}",
        "since: since, when: {some: [x]}}",
        "relations.0.when = 'some': is no column of this mapping",
    ),
    "one of what must be there": (
        "regime: poverty",
        "one_of: [[place, unit]]\nregime: poverty",
        "say `optional: true` of it",
    ),
    "a designation of a unit": (
        "relations:",
        "designations: [{node: unit, kind: poor}]\nrelations:",
        "divisions and households are designated",
    ),
    "no way to find a node": ("type: organization, name: unit", "type: organization", "say by which column"),
}
WRONG_FOR_THE_REGIME = {
    "an unknown kind": ("takes-village", "eats-village", "the regime has no such kind; there are: leads, in-charge"),
    "an end that may not stand there": (
        "source: unit, target: place",
        "source: place, target: place",
        "here may stand",
    ),
    "an unknown designation": (
        "relations:",
        "designations: [{node: place, kind: rich}]\nrelations:",
        "the regime has no such designation; there are: poor, has-task, exited",
    ),
    "no regime": ("regime: poverty-alleviation-2017\n", "", "there are: none: name a regime"),
}


def _file(tmp_path: Path, old: str, new: str) -> str:
    path = tmp_path / "some.yaml"
    assert old in RIGHT
    path.write_text(RIGHT.replace(old, new), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", list_shipped())
def test_those_that_ship_are_right(name: str) -> None:
    mapping = read_mapping(name)
    assert mapping.content.code == name
    mapping.check(the_regime() if mapping.content.regime else None)


@pytest.mark.parametrize("case", WRONG)
def test_refused_with_its_place(case: str, tmp_path: Path) -> None:
    old, new, reason = WRONG[case]
    with pytest.raises(SourceError) as told:
        read_mapping(_file(tmp_path, old, new))
    assert reason in str(told.value)
    check_both_languages(told.value.text)
    assert str(told.value).startswith("some.yaml:")


@pytest.mark.parametrize("case", WRONG_FOR_THE_REGIME)
def test_refused_by_the_regime(case: str, tmp_path: Path) -> None:
    old, new, reason = WRONG_FOR_THE_REGIME[case]
    mapping = read_mapping(_file(tmp_path, old, new))
    with pytest.raises(SourceError, match=r"some\.yaml:1[0-9]") as told:
        mapping.check(the_regime() if mapping.content.regime else None)
    assert reason in str(told.value)
    check_both_languages(told.value.text)


SCHEMA = SHIPPED / "mapping.schema.json"


def test_the_schema_that_editors_use_is_the_one_that_is_exported() -> None:
    assert SCHEMA.read_bytes() == mapping_schema(), "run: make schema"


@pytest.mark.parametrize("path", [*sorted(SHIPPED.glob("*.yaml")), EXAMPLE], ids=lambda path: path.stem)
def test_each_mapping_names_the_schema_and_keeps_it(path: Path) -> None:
    first, _ = path.read_text(encoding="utf-8").split("\n", 1)
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / named).resolve() == SCHEMA
    Draft202012Validator(json.loads(SCHEMA.read_bytes())).validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("code: some", "code: some\ncolour: red"),
        ("reads: since", "reads: tomorrow"),
        ("type: organization", "type: river"),
        ("headers: [村]", "headers: 村"),
        ("source: unit, ", ""),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(old: str, new: str, tmp_path: Path) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_bytes()))
    assert validator.is_valid(yaml.safe_load(RIGHT))
    assert old in RIGHT
    assert not validator.is_valid(yaml.safe_load(RIGHT.replace(old, new)))
    with pytest.raises(SourceError):
        read_mapping(_file(tmp_path, old, new))


def test_a_default_speaks_for_empty_cells_and_for_a_column_that_is_not_there(url: str, tmp_path: Path) -> None:
    """A sheet of one township has no column for it; a cell that says something is never overruled."""
    mapping = tmp_path / "one-township.yaml"
    shipped = (SHIPPED / "village-units.yaml").read_text(encoding="utf-8")
    township = "township: {headers: [乡镇, 乡（镇）, 乡镇街道, 镇, 乡, township], fill_down: true}"
    since = next(line for line in shipped.splitlines() if line.startswith("  since: {"))
    assert township in shipped
    given = shipped.replace(township, township.replace("fill_down: true", "default: 清水镇"))
    mapping.write_text(given.replace(since, since.removesuffix("}") + ", default: 2015年}"), encoding="utf-8")
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("村,包村单位,起始时间\n和平,县水务局,\n和平,县教育局,2016年3月\n", encoding="utf-8")
    looked = looked_at(url, sheet, mapping=mapping.as_posix())
    assert not looked.refused
    assert [(each.target, each.validity.since) for each in looked.reading.records if isinstance(each, Relation)] == [
        ("division:990101101201", "2015"),
        ("division:990101101201", "2016-03"),
    ]
    named = tmp_path / "named.csv"
    named.write_text("乡镇,村,包村单位,起始时间\n白云乡,和平,县水务局,\n,和平,县水务局,2017\n", encoding="utf-8")
    looked = looked_at(url, named, mapping=mapping.as_posix())
    assert not looked.refused
    assert [(each.target, each.validity.since) for each in looked.reading.records if isinstance(each, Relation)] == [
        ("division:990101102201", "2015"),
        ("division:990101101201", "2017"),
    ]
