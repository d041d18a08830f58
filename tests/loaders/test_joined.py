"""Sets that are loaded beside the first data set: what their rows become, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_model.dates import Validity
from graph_model.records import AnyRecord, Asset, Coverage, Division, Family, Measure, Post, Provenance, Relation
from graph_model.regime_file import encode_regime, read_regime
from graph_model.validation import check_records
from loaders.joined import read_set, read_sets
from loaders.reading import Reading
from tests.graph_model.test_regime import RIVERS

SET = """\
name: [河, Rivers]
regime: river-chiefs
source: document:texts
seen: 2021-09-09
joins: [first]
documents:
  - {id: document:texts, kind: collection, title: 资料, title-en: Texts, clauses: {A1: [甲, a]}}
assets:
  - {id: asset:nu, kind: river, name: [怒江, Nu], clause: A1}
  - {id: asset:nu-1, kind: reach, name: [一段, Reach 1], lies-in: [asset:nu, division:1], provenance: DERIVED}
organizations:
  - {id: organization:office, kind: office, name: [河长办, Office], unit-of: [division:1], provenance: SYNTHETIC}
posts:
  - {id: post:director, kind: director, name: [主任, Head], post-in: organization:office, provenance: SYNTHETIC}
persons:
  - {id: person:R1, holds: [post:secretary], since: 2021-01-01, provenance: SYNTHETIC}
assignments:
  - {kind: chief, assignees: [post:secretary], targets: [asset:nu-1], since: 2021-01-01, until: '..', clause: A1}
designations:
  - {kind: black, subjects: [asset:nu-1], provenance: DERIVED}
vacancies:
  - {posts: [post:director], provenance: SYNTHETIC}
exemptions:
  - {duty: reach-chief, subjects: [asset:nu-1], provenance: DERIVED}
done:
  - {kind: talk, by: [post:secretary], to: [asset:nu-1], on: [2021-02-03, 2021-03], clause: A1}
coverage:
  - {roster: assignment, kind: chief, area: division:1, since: 2021, until: 2022, provenance: DERIVED}
  - {roster: holding, area: division:1, provenance: DERIVED}
  - {roster: evidence, kind: talk, area: division:1, provenance: DERIVED}
"""


def others(folder: Path) -> list[Reading]:
    """What is loaded with the set: a regime, a division, and a data set with one post."""
    path = folder / "regime.yaml"
    path.write_text(RIVERS, encoding="utf-8")
    regime = encode_regime(read_regime(path))
    county = Division(id="division:1", provenance=Provenance.SOURCE, level="county")
    secretary = Post(id="post:secretary", provenance=Provenance.SOURCE, kind="secretary", name="书记")
    hidden = Post(id="post:hidden", provenance=Provenance.SOURCE, kind="secretary", name="书记")
    made: list[tuple[str, AnyRecord]] = [
        ("regimes/river-chiefs", regime),
        ("divisions/1", county),
        ("first", secretary),
        ("second", hidden),
    ]
    return [Reading(origin, (), 1, (record,)) for origin, record in made]


def read(tmp_path: Path, before: str = "", after: str = "", *, facts_only: bool = False) -> Reading:
    assert before in SET
    folder = tmp_path / "data" / "rivers"
    folder.mkdir(parents=True)
    (folder / "set.yaml").write_text(SET.replace(before, after, 1) if before else SET, encoding="utf-8")
    (reading,) = read_sets(tmp_path, others(tmp_path), facts_only=facts_only)
    return reading


def by_id(reading: Reading) -> dict[str, AnyRecord]:
    return {record.id: record for record in reading.records}


def test_the_folder_is_the_origin_and_nothing_is_refused(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert (reading.origin, reading.files, reading.rows, reading.refused) == (
        "rivers",
        ("data/rivers/set.yaml",),
        14,
        (),
    )
    assert check_records(reading.records) == []


def test_an_asset_lies_in_several_each_with_an_edge(tmp_path: Path) -> None:
    found = by_id(read(tmp_path))
    assert isinstance(asset := found["asset:nu-1"], Asset)
    assert (asset.code, asset.kind, asset.name, asset.pinyin, asset.name_en) == (
        "nu-1", "reach", "一段", "yi duan", "Reach 1",
    )  # fmt: skip
    edges = [record.id for record in found.values() if isinstance(record, Relation) and record.source == "asset:nu-1"]
    assert edges == ["containment:part-of:asset:nu-1~asset:nu", "containment:part-of:asset:nu-1~division:1"]


def test_an_assignment_is_of_the_sets_regime_and_cites_its_document(tmp_path: Path) -> None:
    chief = by_id(read(tmp_path))["assignment:chief:post:secretary~asset:nu-1~2021-01-01"]
    assert isinstance(chief, Relation)
    assert (chief.family, chief.regime, chief.basis.document, chief.basis.clause, chief.validity) == (
        Family.RESPONSIBILITY, "river-chiefs", "document:texts", "A1", Validity("2021-01-01", ".."),
    )  # fmt: skip


def test_what_says_nothing_of_its_time_was_seen_on_the_sets_day(tmp_path: Path) -> None:
    edge = by_id(read(tmp_path))["containment:part-of:asset:nu-1~asset:nu"]
    assert isinstance(edge, Relation)
    assert edge.validity == Validity(observed=("2021-09-09",))


def test_some_day_between_two_is_a_beginning_as_well(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "kind: black, subjects: [asset:nu-1]", "kind: black, subjects: [asset:nu-1], since: '[..2018]'"
    )
    assert "designation:asset:nu-1~black@..2018" in by_id(reading)
    assert check_records(reading.records) == []


def test_what_was_done_is_a_record_for_each_day_or_period(tmp_path: Path) -> None:
    done = [record for record in read(tmp_path).records if isinstance(record, Measure)]
    assert [(one.kind, one.by, one.to, one.period) for one in done] == [
        ("talk", ("post:secretary",), ("asset:nu-1",), "2021-02-03"),
        ("talk", ("post:secretary",), ("asset:nu-1",), "2021-03"),
    ]


def test_a_coverage_of_assignments_or_evidence_names_a_kind_and_the_regime(tmp_path: Path) -> None:
    covers = [record for record in read(tmp_path).records if isinstance(record, Coverage)]
    assert [(one.roster.value, one.kind, one.regime) for one in covers] == [
        ("assignment", "chief", "river-chiefs"),
        ("evidence", "talk", "river-chiefs"),
        ("holding", None, None),
    ]


def test_facts_only_leaves_out_what_is_made_up(tmp_path: Path) -> None:
    reading = read(tmp_path, facts_only=True)
    assert {record.provenance for record in reading.records} == {Provenance.SOURCE, Provenance.DERIVED}
    assert "post:director" not in by_id(reading)


def test_a_set_that_cannot_be_read_is_refused_whole(tmp_path: Path) -> None:
    path = tmp_path / "rivers" / "set.yaml"
    reading = read_set(path, "set.yaml", [])
    assert [str(one) for one in reading.refused] == ["set.yaml: cannot be read: No such file or directory"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("regime: river-chiefs", "regime: lakes", ":2, regime = 'lakes': is no regime that is loaded; there"),
        ("joins: [first]", "joins: [third]", ":5, joins.0 = 'third': is no data set that is loaded with it"),
        ("seen: 2021-09-09", "seen: 2021-13-09", ":4, seen = '2021-13-09': "),
        ("source: document:texts", "source: document:x", ":3, source = 'document:x': is none of the documents of this"),
        ("clause: A1}", "clause: B2}", ":9, clause = 'B2': is no clause of the document: write one of A1"),
        ("id: asset:nu-1", "id: post:nu-1", ":10, id = 'post:nu-1': is no id of this part: write asset: and letters"),
        ("id: asset:nu-1", "id: asset:怒", ":10, id = 'asset:怒': is no id of this part"),
        ("lies-in: [asset:nu,", "lies-in: [asset:lake,", ":10, lies-in = 'asset:lake': is unknown"),
        ("division:1], prov", "division:2], prov", ":10, lies-in = 'division:2': is no division that is known"),
        ("id: asset:nu-1", "id: asset:nu", ":10, id = 'asset:nu': is made at data/rivers/set.yaml:9"),
        ("kind: chief, ass", "kind: chef, ass", ":18, kind = 'chef': is no kind of river-chiefs: write one of chief"),
        ("[post:secretary], tar", "[post:hidden], tar", ":18, assignees = 'post:hidden': is no post that is known"),
        ("[post:secretary], tar", "[person:R1], tar", ":18, assignees = 'person:R1': is SYNTHETIC: what is"),
        ("targets: [asset:nu-1]", "targets: [division:1]", ":18, targets = 'division:1': is nothing that is"),
        ("since: 2021-01-01, until", "since: soon, until", ":18, since = 'soon': 'soon' is no date"),
        ("since: 2021-01-01, until: '..'", "since: 2021, until: 2020", ":18, since = '2021': since 2021 until 2020"),
        ("kind: black", "kind: grey", ":20, kind = 'grey': is no designation of river-chiefs: write one of black"),
        ("duty: reach-chief", "duty: none", ":24, duty = 'none': is no duty of river-chiefs: write one of reach-chief"),
        ("kind: talk", "kind: walk", ":26, kind = 'walk': is no measure of river-chiefs: write one of talk"),
        ("2021-03]", "March]", ":26, on = 'March': 'March' is no date"),
        ("kind: chief, area", "kind: chef, area", ":28, kind = 'chef': is no kind of river-chiefs"),
        ("kind: talk, area", "kind: walk, area", ":30, kind = 'walk': is no measure of river-chiefs"),
        ("roster: holding,", "roster: holding, kind: chief,", ":29, kind = 'chief': a roster of holding has no kind"),
        ("until: '..', clause", "until: '..', document: document:y, clause", ":18, document = 'document:y': is no"),
        ("kind: river, name", "sort: river, name", ":9, assets.0.sort: object contains unknown field"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_a_remedy(tmp_path: Path, before: str, after: str, said: str) -> None:
    reading = read(tmp_path, before, after)
    assert reading.records == ()
    assert any(said in str(one) for one in reading.refused)
