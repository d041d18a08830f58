"""Which name and code a division bears on a day, and what a code means on it."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from graph_model.dates import Validity
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import called_on, code_on, name_on, resolve_code
from graph_model.records import (
    AnyClaim,
    AnyNode,
    Asset,
    Code,
    Division,
    Document,
    Household,
    Measure,
    Name,
    Organization,
    Person,
    Post,
    Provenance,
)

SOURCE = Provenance.SOURCE
FIRST, REFERENCE, SECOND = "2016-07-31", "2017-06-30", "2017-10-31"

# What an edition saw that the other did not: it ended, or began, on some day between the two.
ENDED = Validity(until="[2016-08-01..2017-10-31]", observed=(FIRST,))
BEGAN = Validity(since="[2016-08-01..2017-10-31]", observed=(SECOND,))
SAME = Validity(observed=(FIRST, SECOND))


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def code(subject: str, text: str, validity: Validity) -> Code:
    key = f"code:{subject}@{text}@{validity.observed}"
    return Code(id=key, provenance=SOURCE, subject=f"division:{subject}", text=text, scheme="xzqh", validity=validity)


def called(subject: str, text: str, validity: Validity) -> Name:
    key = f"name:{subject}@{text}@{validity.observed}"
    return Name(id=key, provenance=SOURCE, subject=f"division:{subject}", text=text, pinyin="", validity=validity)


def around(*claims: AnyClaim, seeds: dict[str, tuple[str, ...]] | None = None) -> Neighbourhood:
    subjects = sorted({claim.subject for claim in claims})
    nodes = [Division(id=subject, provenance=SOURCE, level="village") for subject in subjects]
    return Neighbourhood(nodes, claims, seeds=seeds or {})


def meant(text: str, asked: str, *claims: Code) -> list[str]:
    seeds = {text: tuple(sorted({claim.subject for claim in claims if claim.text == text}))}
    found = resolve_code(around(*claims, seeds=seeds), text, day(asked))
    return [one.removeprefix("division:") for one in found]


# 530581101210 was Machang's in the edition of 2016, then Fengshan's.
REUSED = [
    code("machang", "530581101210", ENDED),
    code("machang", "530581101214", BEGAN),
    code("fengshan", "530581101209", ENDED),
    code("fengshan", "530581101210", BEGAN),
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(FIRST, ["machang"], id="with the first edition"),
        pytest.param("2015-01-01", ["machang"], id="before it"),
        pytest.param(REFERENCE, ["machang", "fengshan"], id="between: the latest edition on or before the day wins"),
        pytest.param(SECOND, ["fengshan"], id="with the second edition"),
        pytest.param("2019-01-01", ["fengshan"], id="after it"),
    ],
)
def test_a_reused_code_resolves_by_the_day(asked: str, expected: list[str]) -> None:
    assert meant("530581101210", asked, *REUSED) == expected


@pytest.mark.parametrize(
    ("asked", "expected"), [(FIRST, "530581101210"), (REFERENCE, "530581101210"), (SECOND, "530581101214")]
)
def test_a_division_shows_its_code_of_the_day(asked: str, expected: str) -> None:
    assert code_on(around(*REUSED), "division:machang", day(asked)).text == expected


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_reused_code_resolves_alike_in_any_order_of_claims(order: tuple[int, ...]) -> None:
    assert meant("530581101210", REFERENCE, *(REUSED[one] for one in order)) == ["machang", "fengshan"]


def test_a_certain_bearer_goes_before_a_possible_one() -> None:
    certain = code("a", "1", Validity(since="2010-01-01", until=".."))
    possible = code("b", "1", Validity(observed=("2017-06-29",)))
    assert meant("1", REFERENCE, certain, possible) == ["a", "b"]


def test_a_division_that_bore_a_code_twice_is_meant_once() -> None:
    assert meant("1", REFERENCE, code("a", "1", ENDED), code("a", "1", BEGAN)) == ["a"]


def test_a_code_that_no_longer_holds_means_the_last_that_bore_it() -> None:
    older = code("a", "1", Validity(since="2010-01-01", until="2012-01-01"))
    newer = code("b", "1", Validity(since="2012-01-01", until="2014-01-01"))
    assert meant("1", REFERENCE, older, newer) == ["b"]


def test_a_code_that_does_not_hold_yet_means_the_first_that_will_bear_it() -> None:
    sooner = code("b", "1", Validity(since="2018-01-01", until="2019-01-01"))
    later = code("a", "1", Validity(since="2019-01-01"))
    assert meant("1", REFERENCE, later, sooner) == ["b"]


def test_between_two_bearers_a_code_means_the_earlier() -> None:
    earlier = code("b", "1", Validity(since="2010-01-01", until="2012-01-01"))
    later = code("a", "1", Validity(since="2018-01-01"))
    assert meant("1", REFERENCE, earlier, later) == ["b"]


def test_an_unknown_code_means_nothing() -> None:
    assert resolve_code(around(*REUSED), "9", day(REFERENCE)) == ()


def test_a_household_is_meant_by_its_code() -> None:
    household = Household(id="household:1-0001", provenance=SOURCE, code="1-0001")
    found = Neighbourhood([household], seeds={"1-0001": ("household:1-0001",)})
    assert resolve_code(found, "1-0001", day(REFERENCE)) == ("household:1-0001",)


def test_a_division_goes_before_others_of_the_same_code() -> None:
    asset = Asset(id="asset:1", provenance=SOURCE, code="1", kind="reach", name="河段")
    village = Division(id="division:a", provenance=SOURCE, level="village")
    seeds: dict[str, tuple[str, ...]] = {"1": ("asset:1", "division:a")}
    found = Neighbourhood([asset, village], [code("a", "1", SAME)], seeds=seeds)
    assert resolve_code(found, "1", day(REFERENCE)) == ("division:a", "asset:1")


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(FIRST, "大平地", id="with the first edition"),
        pytest.param(REFERENCE, "大平地", id="between"),
        pytest.param(SECOND, "平地", id="with the second edition"),
    ],
)
def test_a_renamed_division_shows_its_name_of_the_day(asked: str, expected: str) -> None:
    found = around(called("a", "大平地", ENDED), called("a", "平地", BEGAN))
    assert name_on(found, "division:a", day(asked)).text == expected


def test_of_two_possible_names_without_an_earlier_edition_the_next_one_wins() -> None:
    found = around(
        called("a", "一", Validity(observed=("2019-01-01",))), called("a", "近", Validity(observed=("2018-01-01",)))
    )
    assert name_on(found, "division:a", day(REFERENCE)).text == "近"


def test_of_names_observed_on_one_day_the_first_by_code_point_wins() -> None:
    found = around(called("a", "乙", SAME), called("a", "丙", SAME))
    assert name_on(found, "division:a", day(REFERENCE)).text == min("乙", "丙")


@pytest.mark.parametrize(
    ("asked", "expected"), [("2009-01-01", "旧"), ("2015-01-01", "旧"), ("2015-12-01", "新"), ("2018-01-01", "新")]
)
def test_where_no_name_is_possible_the_nearest_in_time_is_shown(asked: str, expected: str) -> None:
    old = called("a", "旧", Validity(since="2010-01-01", until="2015-01-01"))
    new = called("a", "新", Validity(since="2016-01-01", until="2017-01-01"))
    assert name_on(around(old, new), "division:a", day(asked)).text == expected


def test_a_division_without_a_name_is_called_by_its_id() -> None:
    found = Neighbourhood([Division(id="division:a", provenance=SOURCE, level="village")])
    assert name_on(found, "division:a", day(REFERENCE)).text == "division:a"


def test_a_division_without_a_code_shows_its_id() -> None:
    found = Neighbourhood([Division(id="division:a", provenance=SOURCE, level="village")])
    assert code_on(found, "division:a", day(REFERENCE)).text == "division:a"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Division(id="division:a", provenance=SOURCE, level="village"), "大平地"),
        (Household(id="household:1", provenance=SOURCE, code="1-0001"), "1-0001"),
        (Organization(id="organization:1", provenance=SOURCE, code="1", kind="office", name="扶贫办"), "扶贫办"),
        (Post(id="post:1", provenance=SOURCE, kind="mayor", name="市长"), "市长"),
        (Asset(id="asset:1", provenance=SOURCE, code="1", kind="reach", name="河段"), "河段"),
        (Person(id="person:1", provenance=SOURCE, code="p1"), "p1"),
        (Document(id="document:1", provenance=SOURCE, title="决定", kind="decision"), "决定"),
        (Measure(id="measure:1", provenance=SOURCE, kind="talk", by=(), to=(), period="2017"), "measure:1"),
    ],
)
def test_every_node_is_called_something(node: AnyNode, expected: str) -> None:
    found = Neighbourhood([node], [called("a", "大平地", ENDED)])
    assert called_on(found, node, day(FIRST)) == expected
