"""Mistakes in the files of the source: each is refused with file, line, column, value and what would help."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graph_model.dates import Validity
from graph_model.keys import claim_id, division_id
from graph_model.records import AnyRecord, Division, Name, Provenance
from loaders.reading import Reading
from loaders.source_facts import read_source

SHIPPED = Path(__file__).parents[2] / "data" / "baoshan-2017"
DAYS = ("2016-07-31", "2017-10-31")
COUNTIES = {"530502": "隆阳区", "530521": "施甸县", "530523": "龙陵县", "530524": "昌宁县", "530581": "腾冲市"}


def division(code: str, name: str, level: str) -> list[AnyRecord]:
    subject = division_id(code)
    return [
        Division(id=subject, provenance=Provenance.SOURCE, level=level),
        Name(
            id=claim_id("name", subject, DAYS[0]),
            provenance=Provenance.SOURCE,
            subject=subject,
            validity=Validity(observed=DAYS),
            text=name,
            pinyin="",
        ),
    ]


def reading_of(*divisions: list[AnyRecord]) -> Reading:
    fixed = [division("5305", "保山市", "city"), *(division(code, name, "county") for code, name in COUNTIES.items())]
    records = [record for group in (*fixed, *divisions) for record in group]
    return Reading("divisions/5305", (), len(records), records)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "source"))


def change(folder: Path, file: str, before: str, after: str) -> int:
    """Replace one text of a file, and say on which line."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def refusals(folder: Path) -> list[str]:
    reading = read_source(folder, reading_of())
    assert reading.records == ()
    return [str(one).removeprefix(f"{folder.as_posix()}/") for one in reading.refused]


def test_unchanged_files_are_taken(folder: Path) -> None:
    reading = read_source(folder, reading_of())
    assert reading.refused == ()
    assert reading.records != ()


@pytest.mark.parametrize(
    ("file", "before", "after", "expected"),
    [
        pytest.param(
            "assignments.yaml",
            "targets: [division:530521]",
            "targets: [division:530599]",
            ":{line}, targets = 'division:530599': is no division that is known: "
            "write one of the loaded editions, such as division:530521",
            id="unknown division",
        ),
        pytest.param(
            "assignments.yaml",
            "assignees: [post:5305:leader-in-charge]",
            "assignees: [post:5305:vice-mayor]",
            ":{line}, assignees = 'post:5305:vice-mayor': is no post that is known: "
            "write one of posts.yaml or each-division.yaml",
            id="unknown post",
        ),
        pytest.param(
            "memberships.yaml",
            "of: organization:5305:leading-group, clause: '6.3'",
            "of: organization:5305:group, clause: '6.3'",
            ":{line}, of = 'organization:5305:group': is no organization that is known: "
            "write one of organizations.yaml or each-division.yaml",
            id="unknown organisation",
        ),
        pytest.param(
            "findings.yaml",
            "document:provincial-notice",
            "document:notice",
            ":{line}, subjects = 'document:notice': is no document that is known: write one of documents.yaml",
            id="unknown document",
        ),
        pytest.param(
            "measures.yaml",
            "by: [division:5305]",
            "by: [the-city]",
            ":{line}, by = 'the-city': is unknown: an id looks like post:5305:party-secretary",
            id="no id",
        ),
        pytest.param(
            "measures.yaml",
            "period: half-year",
            "period: spring",
            ":{line}, period = 'spring': is no period of dataset.yaml: write one of year, contract-year, half-year, "
            "since-last-year, last-year, from-16-june, stock, up-to-now, rule",
            id="unknown period",
        ),
        pytest.param(
            "coverage.yaml",
            "since: 2017-06-16",
            "since: 2017-06-31",
            ":{line}, since = '2017-06-31': '2017-06-31' is not in the calendar: "
            "write 2017, 2017-06, 2017-06-16 or [2016-08-01..2017-10-31]",
            id="no day",
        ),
        pytest.param(
            "facts.yaml",
            "key: two-heads",
            "key: secretary-levels",
            ":{line}, id = 'fact:1:secretary-levels': is made at {folder}/facts.yaml:8 already: "
            "remove one of the two, or give it a word of its own",
            id="stands twice",
        ),
        pytest.param(
            "posts.yaml",
            "id: post:5305:congress-chair",
            "id: post:5305:主任",
            ":{line}, id = 'post:5305:主任': is no id of this file: write post: and letters, digits or hyphens (ASCII)",
            id="id not ASCII",
        ),
        pytest.param(
            "facts.yaml",
            "key: visits",
            "key: Visits",
            ":{line}, key = 'Visits': is no key: "
            "write small letters and digits with hyphens between, such as study-meetings",
            id="bad key",
        ),
        pytest.param(
            "facts.yaml",
            "value: 620",
            "value: six hundred",
            ":{line}, 1.facts.3.value: expected `float | null`, got `str`",
            id="no number",
        ),
        pytest.param(
            "facts.yaml",
            "value: 620",
            "valeu: 620",
            ":{line}, 1.facts.3.valeu: object contains unknown field `valeu`",
            id="misspelt field",
        ),
        pytest.param(
            "facts.yaml",
            "counts: {of: node, type: document, kind: special-plan}",
            "counts: {of: node, type: paper, kind: special-plan}",
            ":{line}, 4.facts.3.counts.type: invalid enum value 'paper'",
            id="counts no type",
        ),
        pytest.param(
            "facts.yaml",
            "targets: division:county, distinct: target",
            "targets: county, distinct: target",
            ":{line}, targets = 'county': is no sort of nodes: write one of asset, division, document, "
            "household, measure, organization, person, post; or with a kind, division:county",
            id="counts no sort",
        ),
        pytest.param(
            "facts.yaml",
            "source: organization:5305:special-inspection",
            "source: organization:5305:inspection",
            ":{line}, source = 'organization:5305:inspection': is no organization that is known: "
            "write one of organizations.yaml or each-division.yaml",
            id="counts an unknown node",
        ),
        pytest.param(
            "findings.yaml",
            "severity: WARNING",
            "severity: GRAVE",
            ":{line}, 0.severity: invalid enum value 'GRAVE'",
            id="unknown severity",
        ),
        pytest.param(
            "posts.yaml",
            "rank: 1, clause: '1.2'",
            "rank: 1",
            ":{line}, 0: object missing required field `clause`",
            id="no clause",
        ),
        pytest.param(
            "assignments.yaml",
            "targets: [division:530521]",
            "targets: []",
            ":{line}, 5.targets: expected `array` of length >= 1",
            id="nobody answers",
        ),
        pytest.param(
            "each-division.yaml",
            "of: leading-group, clause: '1'",
            "of: group, clause: '1'",
            ":{line}, of = 'group': is no word of this level: write one of development-bureau, "
            "dynamic-management-group, government, leading-group, party-committee, poverty-office",
            id="unknown word",
        ),
        pytest.param(
            "each-division.yaml",
            "'{name}委书记'",
            "'{county}委书记'",
            ":{line}, party-secretary = '{{county}}委书记': has other braces than {{name}}, {{stem}} and {{en}}: "
            "write one of these",
            id="unknown braces",
        ),
        pytest.param(
            "each-division.yaml",
            "unit-of: organization:5305:poverty-office",
            "unit-of: organization:5305:office",
            ":{line}, unit-of = 'organization:5305:office': is no organization that is known: "
            "write one of organizations.yaml or each-division.yaml",
            id="unknown parent",
        ),
        pytest.param(
            "each-division.yaml",
            "endings: [区, 县, 市]",
            "endings: [区, 县]",
            ":{line}, forms = '腾冲市': no form fits this county: add one for the ending of its name",
            id="no form",
        ),
    ],
)
def test_mistake(folder: Path, file: str, before: str, after: str, expected: str) -> None:
    line = change(folder, file, before, after)
    if "no form fits" in expected:
        line -= 1  # the place is the list of forms
    assert file + expected.format(line=line, folder=folder.as_posix()) in refusals(folder)


def test_unknown_clause_lists_the_known_ones(folder: Path) -> None:
    line = change(folder, "posts.yaml", "clause: '4.4'", "clause: '4.5'")
    (only,) = refusals(folder)
    assert only.startswith(
        f"posts.yaml:{line}, clause = '4.5': is no clause of the source: write one of 1, 1.1, 1.2, 1.3, 2,"
    )


def test_broken_yaml_names_its_line(folder: Path) -> None:
    (folder / "posts.yaml").write_text("- {id: post:5305:mayor\n- {}\n", encoding="utf-8")
    (only,) = refusals(folder)
    assert only.startswith("posts.yaml:2: is no YAML: ")


def test_missing_and_unknown_files_are_both_reported(folder: Path) -> None:
    (folder / "posts.yaml").rename(folder / "post.yaml")
    missing, unknown = refusals(folder)
    assert missing == "posts.yaml: cannot be read: No such file or directory"
    assert unknown.startswith("post.yaml: is no file of the source: call it one of assignments.yaml, coverage.yaml,")


def test_every_mistake_is_reported_at_once(folder: Path) -> None:
    change(folder, "assignments.yaml", "targets: [division:530521]", "targets: [division:530599]")
    change(folder, "reporting.yaml", "post:5305:first-secretaries", "post:5305:secretaries")
    assert len(refusals(folder)) == 2


def test_the_order_of_rows_means_nothing(folder: Path) -> None:
    before = read_source(folder, reading_of())
    for file in ("assignments.yaml", "posts.yaml", "organizations.yaml", "findings.yaml", "documents.yaml"):
        path = folder / file
        rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
        path.write_text("\n".join(reversed(rows)) + "\n", encoding="utf-8")
    assert read_source(folder, reading_of()).records == before.records


@pytest.mark.parametrize(
    ("code", "name", "secretary", "head"),
    [
        ("530502102", "河图镇", "河图镇党委书记", "河图镇镇长"),
        ("530502202", "辛街乡", "辛街乡党委书记", "辛街乡乡长"),
        ("530502001", "兰城街道办事处", "兰城街道党工委书记", "兰城街道办事处主任"),
    ],
)
def test_heads_of_a_township_are_called_as_its_kind_wants(code: str, name: str, secretary: str, head: str) -> None:
    reading = read_source(SHIPPED, reading_of(division(code, name, "township")))
    names = {record.id: getattr(record, "name", None) for record in reading.records}
    assert names[f"post:{code}:party-secretary"] == secretary
    assert names[f"post:{code}:government-head"] == head


@pytest.mark.parametrize(
    ("name", "secretary", "head"),
    [
        ("写寨村民委员会", "写寨村党总支书记", "写寨村委会主任"),
        ("云华村村民委员会", "云华村党总支书记", "云华村委会主任"),
        ("白塔社区居民委员会", "白塔社区党总支书记", "白塔社区居委会主任"),
        ("东安社区村民委员会", "东安社区党总支书记", "东安社区村委会主任"),
        ("东山社居民委员会", "东山社区党总支书记", "东山社区居委会主任"),
        ("云南腾冲经济开发区社区", "云南腾冲经济开发区社区党总支书记", "云南腾冲经济开发区社区居委会主任"),
        ("某农场", "某农场党总支书记", "某农场主任"),
    ],
)
def test_heads_of_a_village_are_called_as_its_kind_wants(name: str, secretary: str, head: str) -> None:
    reading = read_source(SHIPPED, reading_of(division("530502102201", name, "village")))
    names = {record.id: getattr(record, "name", None) for record in reading.records}
    assert names["post:530502102201:party-secretary"] == secretary
    assert names["post:530502102201:committee-head"] == head


def test_posts_of_a_county_bear_its_name(folder: Path) -> None:
    reading = read_source(folder, reading_of())
    names = {record.id: getattr(record, "name", None) for record in reading.records}
    assert names["post:530581:party-secretary"] == "腾冲市委书记"
    assert names["post:530502:government-head"] == "隆阳区长"
    assert names["post:530521:poverty-office-director"] == "施甸县扶贫办主任"
