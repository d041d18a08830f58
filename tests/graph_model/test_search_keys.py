"""The keys under which a search finds records, and the order of lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model.dates import ALWAYS_POSSIBLE, Validity
from graph_model.records import (
    AnyNode,
    AnyRecord,
    Asset,
    Basis,
    Code,
    Division,
    Fact,
    Finding,
    Household,
    Measure,
    Name,
    Organization,
    Person,
    Post,
    Provenance,
    Severity,
    Text,
)
from graph_model.search_keys import initials, kind_of, normalise, order_key, search_keys, search_rank

SOURCE = Provenance.SOURCE
TEXT = Text(zh="甲", en="A")
DATED = Validity(observed=("2016-07-31",))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Shidian", "shidian"),
        ("Shī diàn xiàn", "shidianxian"),
        ("SHI  DIAN", "shidian"),
        ("ＳｈｉＤｉａｎ", "shidian"),
        ("５３０５", "5305"),
        ("Xi'an", "xian"),
        ("Xi’an", "xian"),
        ("lǜ shuǐ", "lushui"),
        ("lv shui", "lushui"),
        ("LÜ", "lu"),
        ("施甸县", "施甸县"),
        ("　施 甸　", "施甸"),
        ("多民族·乡", "多民族乡"),
        ("", ""),
        (" ' ", ""),
    ],
)
def test_case_tones_width_and_spaces_do_not_count(text: str, key: str) -> None:
    assert normalise(text) == key


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    key = normalise(text)
    assert normalise(key) == key


@pytest.mark.parametrize(("pinyin", "letters"), [("shi dian xian", "sdx"), ("long", "l"), ("", "")])
def test_initials_are_the_first_letters_of_the_syllables(pinyin: str, letters: str) -> None:
    assert initials(pinyin) == letters


def keys_of(record: AnyRecord) -> tuple[set[str], set[str]]:
    """(keys from the beginning, keys from inside)."""
    found = [(key, is_whole) for _, key, is_whole, _ in search_keys(record)]
    return {key for key, is_whole in found if is_whole}, {key for key, is_whole in found if not is_whole}


NAME = Name(id="name:1", provenance=SOURCE, subject="division:1", text="施甸县", pinyin="shi dian xian", validity=DATED)


def test_a_name_is_found_by_chinese_pinyin_and_initials() -> None:
    assert keys_of(NAME)[0] == {"施甸县", "shidianxian", "sdx"}


def test_every_tail_of_a_name_is_a_key_from_inside() -> None:
    assert keys_of(NAME)[1] == {"甸县", "县", "dianxian", "xian", "dx", "x"}


def test_a_name_of_one_syllable_has_no_initials() -> None:
    record = Name(id="name:1", provenance=SOURCE, subject="division:1", text="镇", pinyin="zhen")
    assert keys_of(record) == ({"镇", "zhen"}, set())


def test_a_name_is_found_in_english() -> None:
    record = Name(id="name:1", provenance=SOURCE, subject="division:1", text="镇", pinyin="", english="Hetu Town")
    assert keys_of(record)[0] == {"镇", "hetutown"}


def test_a_name_leads_to_its_division_on_its_days() -> None:
    assert {(node, validity) for node, _, _, validity in search_keys(NAME)} == {("division:1", DATED)}


def test_a_code_is_found_from_its_beginning() -> None:
    record = Code(id="code:1", provenance=SOURCE, subject="division:1", text="530521", scheme="xzqh", validity=DATED)
    assert list(search_keys(record)) == [("division:1", "530521", True, DATED)]


@pytest.mark.parametrize(
    "record",
    [
        Organization(id="organization:1", provenance=SOURCE, code="1", kind="office", name="市委", pinyin="shi wei"),
        Post(id="post:1", provenance=SOURCE, kind="secretary", name="市委", pinyin="shi wei"),
        Asset(id="asset:1", provenance=SOURCE, code="1", kind="reach", name="市委", pinyin="shi wei"),
    ],
)
def test_organisations_posts_and_assets_are_found_by_name_on_any_day(record: Organization | Post | Asset) -> None:
    assert set(search_keys(record)) == {
        (record.id, "市委", True, ALWAYS_POSSIBLE),
        (record.id, "委", False, ALWAYS_POSSIBLE),
        (record.id, "shiwei", True, ALWAYS_POSSIBLE),
        (record.id, "wei", False, ALWAYS_POSSIBLE),
        (record.id, "sw", True, ALWAYS_POSSIBLE),
        (record.id, "w", False, ALWAYS_POSSIBLE),
    }


@pytest.mark.parametrize(
    "record",
    [
        Household(id="household:1", provenance=SOURCE, code="530521100001-0001"),
        Person(id="person:1", provenance=SOURCE, code="p1"),
        Division(id="division:1", provenance=SOURCE, level="village"),
    ],
)
def test_households_and_people_are_never_found(record: AnyNode) -> None:
    assert list(search_keys(record)) == []


def test_higher_levels_come_first_and_divisions_before_the_rest() -> None:
    levels = ["province", "city", "county", "township", "village", "other"]
    nodes: list[AnyNode] = [Division(id=f"division:{level}", provenance=SOURCE, level=level) for level in levels]
    nodes.append(Organization(id="organization:1", provenance=SOURCE, code="1", kind="x", name="x"))
    nodes.append(Post(id="post:1", provenance=SOURCE, kind="x", name="x"))
    nodes.append(Asset(id="asset:1", provenance=SOURCE, code="1", kind="x", name="x"))
    ranks = [search_rank(node) for node in nodes]
    assert ranks == sorted(set(ranks))


def finding(severity: Severity, code: str, number: int) -> Finding:
    return Finding(id=f"finding:{number}", provenance=SOURCE, code=code, severity=severity, message=TEXT)


def test_findings_are_ordered_by_severity_code_and_id() -> None:
    expected = [
        finding(Severity.ERROR, "b", 1),
        finding(Severity.WARNING, "a", 9),
        finding(Severity.WARNING, "b", 2),
        finding(Severity.WARNING, "b", 3),
        finding(Severity.WARNING, "b-c", 1),
        finding(Severity.INFO, "a", 1),
    ]
    assert [order_key(one) for one in expected] == sorted(order_key(one) for one in expected)


def fact(clause: str, position: int) -> Fact:
    return Fact(
        id=f"fact:{clause}-{position}",
        provenance=SOURCE,
        basis=Basis(clause=clause),
        subject=TEXT,
        measure=TEXT,
        period="2017",
        position=position,
    )


def test_facts_are_ordered_by_clause_and_place_in_the_text() -> None:
    expected = [fact("1", 3), fact("1.1", 2), fact("1.1", 10), fact("6.4", 1)]
    assert [order_key(one) for one in expected] == sorted(order_key(one) for one in expected)


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (Division(id="division:1", provenance=SOURCE, level="village"), "village"),
        (Measure(id="measure:1", provenance=SOURCE, kind="talk", by=(), to=(), period="2017"), "talk"),
        (Post(id="post:1", provenance=SOURCE, kind="mayor", name="市长"), "mayor"),
        (Person(id="person:1", provenance=SOURCE, code="p1"), None),
        (Household(id="household:1", provenance=SOURCE, code="1"), None),
    ],
)
def test_lists_can_be_filtered_by_kind(record: AnyRecord, kind: str | None) -> None:
    assert kind_of(record) == kind
