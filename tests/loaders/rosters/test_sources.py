"""Files whose records name their fields: the same door, and a place that leads to the record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from graph_model.records import Relation
from tests.loaders.rosters.test_importing import imported, links, run
from tests.loaders.rosters.test_shipped import say

RECORD = {"乡镇": "清水镇", "村": "和平", "包村单位": "县水务局", "起": "2017-03", "止": "至今"}
OTHER = {"乡镇": "白云乡", "村": "和平", "包村单位": "县教育局", "起": "2016"}


def given(url: str, file: Path, *more: str, mapping: str = "village-units") -> int:
    return run("import", file, "--mapping", mapping, "--store", url, "--write", *more)


def yaml_of(records: list[Mapping[str, str]]) -> str:
    return "".join("- " + "\n  ".join(f"{key}: {value}" for key, value in one.items()) + "\n" for one in records)


FORMS = {
    "roster.json": json.dumps([RECORD, OTHER], ensure_ascii=False),
    "named.json": json.dumps({"版本": 1, "名册": [RECORD, OTHER]}, ensure_ascii=False),
    "roster.jsonl": "".join(json.dumps(one) + "\n\n" for one in (RECORD, OTHER)),
    "roster.yaml": yaml_of([RECORD, OTHER]),
    "roster.csv": "乡镇,村,包村单位,起,止\n清水镇,和平,县水务局,2017-03,至今\n白云乡,和平,县教育局,2016,\n",
}


def test_the_same_rows_are_the_same_graph_whatever_they_are_written_in(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in FORMS.items():
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        assert given(url, file) == 0, capsys.readouterr()
        assert sorted(target for _, target, _, _ in links(url)) == [
            "division:990101101201",
            "division:990101102201",
        ]
        said = capsys.readouterr().out
        assert ("created          2 rows" if name == "roster.json" else "unchanged        2 rows") in said


REFUSED = {
    "a fault in a record of JSON": (
        "x.json",
        json.dumps([RECORD, OTHER | {"起": "昨天"}]),
        "refused: x.json#/1, 起 = '昨天': '昨天' is no date",
    ),
    "a fault in a named list": (
        "x.json",
        json.dumps({"a/b": [RECORD | {"村": "无"}]}),
        "refused: x.json#/a~1b/0, 村 = '无': is not known",
    ),
    "a fault in a line of JSON lines": (
        "x.jsonl",
        f"{json.dumps(RECORD)}\n\n{json.dumps(OTHER | {'起': 2017.1})}\n",
        "refused: x.jsonl:3, 起 = '2017.1': the number 2017.1 may be January or October",
    ),
    "a fault in a record of YAML": (
        "x.yaml",
        yaml_of([RECORD, OTHER | {"村": "无"}]),
        "refused: x.yaml:6, 村 = '无': is not known",
    ),
}
BROKEN = {
    "no JSON": ("x.json", '[{"a": 1},\n {"b" 2}]', "x.json:2, character 7: is no JSON: Expecting ':' delimiter"),
    "no JSON in a line": ("x.jsonl", '{"a": 1}\n{"a"', "x.jsonl:2, character 5: is no JSON"),
    "a field twice": ("x.json", '[{"a": 1, "a": 2}]', "x.json: a record has the field 'a' twice"),
    "a number that is none": ("x.json", '[{"a": NaN}]', "x.json: NaN is no number in JSON"),
    "no record": ("x.json", "[1]", "x.json#/0: is no record: an object with named fields is"),
    "no list": ("x.json", '{"a": 1}', "x.json: has 0 lists of records: give a list of records, or an object with one"),
    "several lists": ("x.json", '{"a": [], "b": []}', "x.json: has 2 lists of records: choose one with --sheet: a, b"),
    "a list of records in a record": ("x.json", '[{"a": [{"b": 1}]}]', "x.json#/0: has a list of records in 'a'"),
    "a tower of lists": ("x.json", "[" * 100_000, "x.json: is nested too deeply"),
    "a tower of records": ("x.json", '[{"a":' + '{"a":' * 20 + "1" + "}" * 21 + "]", "more than 8 deep"),
    "a number of ten thousand digits": ("x.json", "[" + "9" * 10_000 + "]", "x.json: is no JSON: Exceeds the limit"),
    "a line without end": ("x.jsonl", '{"a": "' + "x" * (1 << 20), "x.jsonl:1: this line is longer than 1,048,576"),
    "no YAML": ("x.yaml", "- a: [1", "x.yaml:1: is no YAML"),
    "a bomb of aliases": (
        "x.yaml",
        "a: &a [x, x]\n"
        + "".join(f"{n}: &{n} [{','.join([f'*{m}'] * 9)}]\n" for m, n in zip("abcdef", "bcdefg", strict=True)),
        "aliases repeat more than 10000 parts",
    ),
    "no Turtle": ("x.ttl", "@prefix a: <b> .\n\n a:x a:y a:z", "x.ttl:"),
    "no JSON-LD": ("x.jsonld", "{", "x.jsonld:1: is no JSON-LD"),
    "a context that would be fetched": (
        "x.jsonld",
        '{"@context": "https://schema.example/context.json"}',
        "x.jsonld, @context = 'https://schema.example/context.json': would be fetched, and nothing is",
    ),
    "a context within": (
        "x.jsonld",
        '[{"a": {"@context": [{}, "file:///etc/passwd"]}}]',
        "would be fetched, and nothing is",
    ),
    "a blank post": (
        "x.ttl",
        "@prefix org: <http://www.w3.org/ns/org#> . [] a org:Post .",
        "x.ttl: is a blank node: give each post and organisation an IRI of its own",
    ),
    "a dangling membership": (
        "x.json",
        '{"memberships": [{"person_id": "p"}], "persons": []}',
        "x.json#/memberships/0, person_id = 'p': is the id of nothing in this file",
    ),
    "an id twice": (
        "x.json",
        '{"posts": [{"id": "a"}, {"id": "a"}]}',
        "x.json#/posts/1, id = 'a': stands here twice",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_place_of_the_record(
    case: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, text, reason = REFUSED[case]
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert given(url, tmp_path / name) == 1
    assert reason in capsys.readouterr().out
    assert imported(url) == []


@pytest.mark.parametrize("case", BROKEN)
def test_broken(case: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, text, reason = BROKEN[case]
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert given(url, tmp_path / name, mapping="popolo-org") == 1
    assert reason in capsys.readouterr().err


LINKED = """{
  "@context": {"org": "http://www.w3.org/ns/org#", "label": "http://www.w3.org/2000/01/rdf-schema#label"},
  "@graph": [
    {"@id": "urn:x:office", "@type": "org:Organization", "label": "示例办"},
    {"@id": "urn:x:head", "@type": "org:Post", "label": "示例主任", "org:postIn": {"@id": "urn:x:office"},
     "org:heldBy": {"@id": "urn:x:anna"}}
  ]
}"""
TURTLE = """@prefix org: <http://www.w3.org/ns/org#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<urn:x:head> rdfs:label "示例主任" ; a org:Post . <urn:x:office> a org:Organization ; rdfs:label "示例办" ;
  org:hasPost <urn:x:head> . <urn:x:anna> org:holds <urn:x:head> ."""


def test_turtle_and_json_ld_say_the_same(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.jsonld").write_text(LINKED, encoding="utf-8")
    (tmp_path / "x.ttl").write_text(TURTLE, encoding="utf-8")
    assert given(url, tmp_path / "x.jsonld", mapping="popolo-org") == 0
    assert say(imported(url, "popolo-org")) == {
        "post-in: 示例主任 -> 示例办 None/None",
        "holds: person:popolo-org:anna-684ce584 -> 示例主任 None/None",
    }
    capsys.readouterr()
    assert given(url, tmp_path / "x.ttl", mapping="popolo-org") == 0
    assert "unchanged        1 rows" in capsys.readouterr().out


def test_popolo_whatever_the_order_of_its_lists(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists = {
        "posts": [
            {"id": "a", "label": "局长", "organization_id": "o"},
            {"id": "b", "label": "科长", "organization_id": "o"},
        ],
        "organizations": [{"id": "o", "name": "示例局"}, {"id": "q", "name": "示例站", "parent_id": "o"}],
        "memberships": [
            {"post_id": "a", "person_id": "p"},
            {"organization_id": "q", "person_id": "p", "role": "看护员"},
        ],
        "persons": [{"id": "p", "name": "某"}],
    }
    file = tmp_path / "x.json"
    file.write_text(json.dumps(lists), encoding="utf-8")
    assert given(url, file, mapping="popolo-org") == 0
    assert say(imported(url, "popolo-org")) == {
        "post-in: 局长 -> 示例局 None/None",
        "post-in: 科长 -> 示例局 None/None",
        "holds: person:popolo-org:p -> 局长 None/None",
        "member-of (看护员): person:popolo-org:p -> 示例站 None/None",
        "unit-of: 示例站 -> 示例局 None/None",
    }
    file.write_text(json.dumps({key: each[::-1] for key, each in reversed(lists.items())}), encoding="utf-8")
    capsys.readouterr()
    assert given(url, file, mapping="popolo-org") == 0
    assert "unchanged        3 rows" in capsys.readouterr().out
    assert not any(isinstance(each, Relation) and "某" in str(each) for each in imported(url, "popolo-org"))
