"""The facts that ship: read with the shipped divisions, and held against what the source must give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from graph_model.dates import Certainty, certainty_on, parse_day, parse_period
from graph_model.records import (
    ID_PATTERN,
    NODE_TYPES,
    AnyRecord,
    Coverage,
    Dataset,
    Designation,
    Division,
    Document,
    Fact,
    Family,
    Finding,
    Measure,
    Organization,
    Post,
    Provenance,
    Relation,
    RelationTally,
    decode,
    encode,
)
from graph_model.yaml_file import read_yaml
from loaders.divisions import read_divisions
from loaders.reading import Reading
from loaders.source_facts import read_source
from loaders.source_facts.rows import DatasetFile

DATA = Path(__file__).parents[2] / "data"
REFERENCE = parse_day("2017-06-30").toordinal()
COUNTIES = {"division:530502", "division:530521", "division:530523", "division:530524", "division:530581"}
EDITIONS = sorted((DATA / "divisions" / "5305").glob("*.csv"))
ADDED_TOWNSHIPS = {"530502005@2017-10-31", "530502006@2017-10-31"}


@pytest.fixture(scope="module")
def divisions() -> Reading:
    return read_divisions(EDITIONS)


@pytest.fixture(scope="module")
def reading(divisions: Reading) -> Reading:
    return read_source(DATA / "baoshan-2017", divisions)


@pytest.fixture(scope="module")
def records(reading: Reading) -> Mapping[str, AnyRecord]:
    return {record.id: record for record in reading.records}


@pytest.fixture(scope="module")
def relations(reading: Reading) -> list[Relation]:
    return [record for record in reading.records if isinstance(record, Relation)]


def test_nothing_is_refused(reading: Reading) -> None:
    assert reading.refused == ()
    assert reading.origin == "baoshan-2017"
    assert len(reading.files) == 13


def test_ids_are_ascii_unique_and_in_order(reading: Reading) -> None:
    ids = [record.id for record in reading.records]
    assert ids == sorted(set(ids))
    assert [record_id for record_id in ids if ID_PATTERN.fullmatch(record_id) is None] == []


def test_records_survive_their_encoding(reading: Reading) -> None:
    assert [record for record in reading.records if decode(encode(record)) != record] == []


def test_every_end_of_a_relation_is_known(reading: Reading, divisions: Reading, relations: list[Relation]) -> None:
    nodes = {one.id for one in (*reading.records, *divisions.records) if isinstance(one, NODE_TYPES)}
    assert [one.id for one in relations if not {one.source, one.target} <= nodes] == []


def test_the_divisions_order_means_nothing(reading: Reading, divisions: Reading) -> None:
    other = Reading(divisions.origin, divisions.files, divisions.rows, tuple(reversed(divisions.records)))
    assert read_source(DATA / "baoshan-2017", other) == reading


def test_the_data_set_says_its_day(records: Mapping[str, AnyRecord]) -> None:
    dataset = records["dataset:baoshan-2017"]
    assert isinstance(dataset, Dataset)
    assert dataset.reference_date == "2017-06-30"
    assert dataset.editions == tuple(path.stem for path in EDITIONS)
    assert dataset.regimes == ("poverty-alleviation-2017",)


def test_counted_assignments_are_those_of_the_regime(reading: Reading) -> None:
    tallies = [one.counts for one in reading.records if isinstance(one, Fact) and one.counts is not None]
    regimes = {(one.family, one.regime) for one in tallies if isinstance(one, RelationTally)}
    assert (Family.RESPONSIBILITY, "poverty-alleviation-2017") in regimes
    assert {regime for family, regime in regimes if family is not Family.RESPONSIBILITY} == {None}
    assert {regime for family, regime in regimes if family is Family.RESPONSIBILITY} == {"poverty-alleviation-2017"}


def test_every_clause_has_facts_in_the_order_of_the_text(reading: Reading) -> None:
    facts = [record for record in reading.records if isinstance(record, Fact)]
    dataset = read_yaml(DATA / "baoshan-2017" / "dataset.yaml", DatasetFile).content
    assert {fact.basis.clause for fact in facts} == set(dataset.clauses)
    places = Counter((fact.basis.clause, fact.position) for fact in facts)
    assert max(places.values()) == 1
    assert all(parse_period(fact.period) for fact in facts)


def test_a_figure_has_a_unit(reading: Reading) -> None:
    facts = [record for record in reading.records if isinstance(record, Fact)]
    assert [fact.id for fact in facts if (fact.value is None) != (fact.unit is None)] == []


def test_sums_within_the_source(records: Mapping[str, AnyRecord]) -> None:
    def value(fact_id: str) -> float:
        fact = records[fact_id]
        assert isinstance(fact, Fact)
        assert fact.value is not None
        return fact.value

    measures = ("reminder-talks", "public-criticisms", "admonishments", "removed")
    assert value("fact:3.2:recalled") - value("fact:3.2:normal-changes") == 26
    assert sum(value(f"fact:3.2:{key}") for key in measures) == 23
    assert value("fact:4.2:talk-band-to") + value("fact:4.2:last-band") == value("fact:4.2:ranked-counties")
    assert value("fact:4.3:talk-band-to") + value("fact:4.3:last-band") == value("fact:4.3:ranked-cities")


def test_links_of_city_leaders(records: Mapping[str, AnyRecord], relations: list[Relation]) -> None:
    links = [one for one in relations if one.kind == "linked-to-county"]
    names = {(post.name, link.target) for link in links if isinstance(post := records[link.source], Post)}
    assert names == {
        ("市委书记", "division:530521"),
        ("市长", "division:530523"),
        ("市委副书记", "division:530524"),
        ("市人大常委会主任", "division:530502"),
        ("市委组织部部长", "division:530502"),
        ("市政协主席", "division:530581"),
        ("市纪委书记", "division:530581"),
    }
    assert {(one.basis.clause, one.provenance) for one in links} == {("1.2", Provenance.SOURCE)}
    assert {certainty_on(one.validity, REFERENCE) for one in links} == {Certainty.CERTAIN}
    later = parse_day("2019-01-01").toordinal()
    assert {certainty_on(one.validity, later) for one in links} == {Certainty.POSSIBLE}


def test_city_posts_are_ranked(reading: Reading) -> None:
    posts = [one for one in reading.records if isinstance(one, Post) and one.id.startswith("post:5305:")]
    ranked = sorted((one.rank, one.name) for one in posts if one.rank is not None)
    assert ranked[0] == (1, "市委书记")
    assert ranked[-1] == (8, "分管扶贫工作副市长")
    assert [rank for rank, _ in ranked] == list(range(1, 9))


def test_each_county_has_the_same(relations: list[Relation]) -> None:
    kinds = {county: Counter(one.kind for one in relations if one.target == county) for county in COUNTIES}
    for counted in kinds.values():
        counted.pop("linked-to-county")
        assert counted == {
            "leads": 2,
            "in-charge": 1,
            "leading-group": 1,
            "group-head": 2,
            "responsibility-contract": 2,
            "office": 1,
            "office-director": 1,
            "supervises": 2,
            "dynamic-management": 1,
            "unit-of": 3,
        }


def test_those_who_answer_together_share_a_joint(relations: list[Relation]) -> None:
    joint = {one.joint: 0 for one in relations if one.joint}
    for one in relations:
        if one.joint:
            joint[one.joint] += 1
    assert joint["joint:supervises:division:5305"] == 4
    assert joint["joint:responsibility-contract:division:530521"] == 2
    assert joint["joint:group-head:division:5305"] == 2


def test_dynamic_management_begins_on_its_day(relations: list[Relation]) -> None:
    groups = [one for one in relations if one.kind == "dynamic-management"]
    assert {one.target for one in groups} == COUNTIES
    days = ("2017-06-15", "2017-06-16", "2017-06-30", "2017-07-01")
    for one in groups:
        seen = [certainty_on(one.validity, parse_day(day).toordinal()) for day in days]
        assert seen == [Certainty.NO, Certainty.CERTAIN, Certainty.CERTAIN, Certainty.POSSIBLE]


def test_every_village_but_placeholders_has_two_heads(divisions: Reading, relations: list[Relation]) -> None:
    marks = {one.id: one.marks for one in divisions.records if isinstance(one, Division) and one.level == "village"}
    led = Counter(one.target for one in relations if one.kind == "leads")
    assert len(marks) == 921 + 44  # those of the first edition, and those that began by the last one
    assert {led[village] for village, marked in marks.items() if "placeholder" not in marked} == {2}
    assert {led[village] for village, marked in marks.items() if "placeholder" in marked} == {0}


def test_heads_of_changed_townships_are_only_possible(relations: list[Relation]) -> None:
    leads = [one for one in relations if one.kind == "leads"]
    possible = {one.target for one in leads if certainty_on(one.validity, REFERENCE) is Certainty.POSSIBLE}
    assert possible == {"division:530502102", *(f"division:{key}" for key in ADDED_TOWNSHIPS)}
    ended = next(one for one in leads if one.target == "division:530502102")
    assert ended.validity.until == "[2016-08-01..2017-10-31]"
    assert ended.validity.observed == ()


def test_what_extends_the_source_is_derived(relations: list[Relation]) -> None:
    leads = [one for one in relations if one.kind == "leads"]
    source = {one.target for one in leads if one.provenance is Provenance.SOURCE}
    assert source == {"division:5305", *COUNTIES}
    assert all(one.basis.note for one in leads if one.provenance is Provenance.DERIVED)


def test_parks_have_heads_and_no_leading_group(relations: list[Relation], records: Mapping[str, AnyRecord]) -> None:
    park = [one for one in relations if one.target == "division:530502401" and one.kind != "unit-of"]
    heads = {post.name for one in park if isinstance(post := records[one.source], Post)}
    assert {one.kind for one in park} == {"leads"}
    assert heads == {"保山工贸园区党工委书记", "保山工贸园区管委会主任"}


def test_reporting_lines(relations: list[Relation]) -> None:
    lines = {(one.source, one.target): one.rhythm for one in relations if one.kind == "reports-to"}
    committee = "organization:5305:standing-committee"
    assert sum(target == committee and rhythm == "half-year" for (_, target), rhythm in lines.items()) == 7
    both = {target for source, target in lines if source == "post:5305:first-secretaries"}
    assert both == {"organization:5305:host-townships", "organization:5305:sending-units"}


def test_formal_talks_of_the_city(reading: Reading) -> None:
    talks = [one for one in reading.records if isinstance(one, Measure)]
    assert len(talks) == 20
    assert {(one.kind, one.by, one.period) for one in talks} == {("formal-talk", ("division:5305",), "2017-01/2017-06")}
    by_post = Counter(one.to[0].rsplit(":", 1)[1] for one in talks)
    assert by_post == dict.fromkeys(
        ("government-head", "leader-in-charge", "development-director", "poverty-office-director"), 5
    )


def test_organisations_that_the_source_counts(reading: Reading) -> None:
    kinds = Counter(one.kind for one in reading.records if isinstance(one, Organization))
    assert kinds["supervision-group"] == 8
    assert kinds["dynamic-management-group"] == 5


def test_poor_counties_rest_on_general_knowledge(reading: Reading) -> None:
    poor = [one for one in reading.records if isinstance(one, Designation) and one.kind == "poor"]
    assert {one.subject for one in poor} == COUNTIES - {"division:530581"}
    assert {(one.provenance, one.basis.document, one.basis.clause) for one in poor} == {
        (Provenance.DERIVED, None, None)
    }


def test_only_two_rosters_are_complete(reading: Reading) -> None:
    kinds = {one.kind for one in reading.records if isinstance(one, Coverage)}
    assert kinds == {"linked-to-county", "dynamic-management"}


def test_findings_of_the_source(reading: Reading) -> None:
    found = {one.id.rsplit(":", 1)[1]: one.clauses for one in reading.records if isinstance(one, Finding)}
    assert found["secretary-levels"] == ("1", "1.1")
    assert found["townships"] == ("1.1", "6.2")
    assert found["teams-and-villages"] == ("3.1",)
    assert found["recalls"] == ("3.2",)
    assert found["junior-cadres"] == ("6.4",)
    assert found["sector-plans"] == ("2", "5")
    assert found["nineteen-documents"] == ("5",)
    assert found["discipline-secretaries"] == ("6.3",)
    assert found["at-or-below"] == ("4.2", "4.4")
    assert "reference-date" in found


def test_documents_carry_the_titles_of_the_source(reading: Reading) -> None:
    titles = {one.title for one in reading.records if isinstance(one, Document)}
    assert len([title for title in titles if title.endswith("专项规划") or "专项规划（" in title]) == 5
    assert "保山市从严加强驻村扶贫工作队管理“十条要求”" in titles
    assert "市级领导脱贫攻坚挂县方案" in titles
