"""Every total of the source, counted on the reference date by what is CERTAIN on that day."""

from __future__ import annotations

from collections import Counter

import pytest

from graph_model.records import Document, Fact, Family, Household, Organization, Post
from graph_model.yaml_file import read_yaml
from loaders.synthetic.parameters import Fill, Total, Totals
from tests.loaders.synthetic_world import FOLDER, IN_ONE_WORKER, World, everything

pytestmark = IN_ONE_WORKER

FILL = read_yaml(FOLDER / "fill.yaml", Fill).content
TOTALS = {name: getattr(FILL.totals, name) for name in Totals.__struct_fields__}


@pytest.fixture(scope="module")
def world() -> World:
    return everything()


def _counts(world: World) -> dict[str, int]:
    """The number behind each total, each counted in its own way."""
    households = {one.id for one in world.records.values() if isinstance(one, Household)}
    villages = {one for one in world.designated("poor") if world.kind_of(one) == "village"}
    townships = {one for one in world.designated("has-task") if world.kind_of(one) == "township"}
    documents = [one for one in world.records.values() if isinstance(one, Document)]
    deputies = Counter(world.kind_of(one.target) for one in world.assigned("group-deputy-head"))
    supervising = {one.source for one in world.assigned("supervises")}
    return {
        "units": len(world.members("helping-unit")),
        "cadres": world.members("helping-unit", "member").total(),
        "households": len(households & world.designated("poor")),
        "poor_villages": len(villages),
        "teams": len({one.source for one in world.assigned("resident-team")}),
        "team_members": world.members("resident-team", "member").total(),
        "first_secretaries": len(world.holders("first-secretary")),
        "linked_villages": len({one.target for one in world.assigned("linked-to-village")} & villages),
        "townships": len(townships),
        "offices": len({one.source for one in world.assigned("office") if one.target in townships}),
        "directors": len(world.holders("township-office-director")),
        "full_time_cadres": len(
            {one.source for one in world.on(Family.MEMBERSHIP, "member-of") if one.role == "full-time"}
        ),
        "county_deputies": deputies["county"],
        "township_deputies": deputies["township"],
        "departments": len(world.nodes(Organization, "sector-department")),
        "special_plans": sum(one.kind == "special-plan" for one in documents),
        "new_documents": sum(one.clauses == ("5",) and one.kind != "policy-system" for one in documents),
        "supervision_groups": len(world.nodes(Organization, "supervision-group") & supervising),
        "staff_posts": len(world.nodes(Post, "staff-post")),
        "deputy_directors": len(world.nodes(Post, "poverty-office-deputy-director")),
        "joint_conference_staff": _seconded(world, "organization:5305:joint-conference-office"),
        "bank_project_staff": _seconded(world, "organization:5305:development-bank-project-office"),
    }


def _seconded(world: World, office: str) -> int:
    members = world.on(Family.MEMBERSHIP, "member-of")
    return sum(one.role == "seconded" and one.target == office for one in members)


@pytest.fixture(scope="module")
def counts(world: World) -> dict[str, int]:
    return _counts(world)


@pytest.mark.parametrize("name", TOTALS)
def test_total(name: str, counts: dict[str, int], world: World) -> None:
    total: Total = TOTALS[name]
    fact = world.records[total.fact_id]
    assert isinstance(fact, Fact)
    assert counts[name] == total.value == fact.value


def test_groups_of_the_source_answer(world: World) -> None:
    assert len({one.source for one in world.assigned("dynamic-management")}) == 5
    groups = {"city": 1, "county": 5, "township": 73}
    assert Counter(world.kind_of(one.target) for one in world.assigned("leading-group")) == groups
    assert Counter(world.kind_of(one.target) for one in world.assigned("linked-to-county")) == {"county": 7}


def test_units_are_of_three_levels(world: World) -> None:
    levels = Counter(
        world.kind_of(one.target)
        for one in world.on(Family.CONTAINMENT, "unit-of")
        if world.kind_of(one.source) == "helping-unit"
    )
    assert levels == {"city": 118, "county": 306, "township": 296}


def test_every_household_lies_in_a_village_and_has_one_helper_or_two(world: World) -> None:
    homes = Counter(
        one.source for one in world.on(Family.CONTAINMENT, "part-of") if one.source.startswith("household:")
    )
    helpers = Counter(one.target for one in world.assigned("helps-household"))
    assert set(homes.values()) == {1}
    assert homes.keys() == helpers.keys() == {one for one in world.designated("poor") if one.startswith("household:")}
    assert Counter(helpers.values()) == {1: 82_099, 2: 4_484}


def test_helpers_are_the_units_cadres_and_spread_as_in_life(world: World) -> None:
    helpers = Counter(one.source for one in world.assigned("helps-household"))
    cadres = {
        one.source for one in world.on(Family.MEMBERSHIP, "member-of") if world.kind_of(one.target) == "helping-unit"
    }
    assert helpers.keys() == cadres
    assert dict(Counter(helpers.values())) == FILL.units.households_of_cadres


def test_a_cadre_helps_no_household_twice(world: World) -> None:
    pairs = [(one.source, one.target) for one in world.assigned("helps-household")]
    assert len(pairs) == len(set(pairs))


def test_poor_villages_have_more_registered_households_than_others(world: World) -> None:
    poor = world.designated("poor")
    sizes = Counter(
        one.target for one in world.on(Family.CONTAINMENT, "part-of") if one.source.startswith("household:")
    )
    of_poor = [size for village, size in sizes.items() if village in poor]
    others = [size for village, size in sizes.items() if village not in poor]
    assert (len(of_poor), len(others)) == (207, 711)
    assert sum(of_poor) / 207 > 3 * sum(others) / 711


def test_each_poor_village_is_taken_and_has_team_and_first_secretary(world: World) -> None:
    villages = {one for one in world.designated("poor") if world.kind_of(one) == "village"}
    for kind, number in (("takes-village", 207), ("resident-team", 208), ("first-secretary", 208)):
        targets = Counter(one.target for one in world.assigned(kind))
        assert (kind, targets.total()) == (kind, number)
        assert targets.keys() == villages
    counties = Counter(village.removeprefix("division:")[:6] for village in villages)
    assert dict(counties) == FILL.villages.poor


def test_a_team_has_six_or_seven_members(world: World) -> None:
    assert Counter(world.members("resident-team").values()) == {6: 150, 7: 58}


def test_first_secretaries_are_no_members_and_report_to_township_and_sender(world: World) -> None:
    holders = world.holders("first-secretary")
    members = {
        one.source for one in world.on(Family.MEMBERSHIP, "member-of") if world.kind_of(one.target) == "resident-team"
    }
    assert len(set(holders.values())) == 208
    assert not set(holders.values()) & members
    lines = [(one.source, world.kind_of(one.target)) for one in world.on(Family.REPORTING, "reports-to")]
    assert Counter(kind for post, kind in lines if post in holders) == {"party-committee": 208, "helping-unit": 208}
    assert max(Counter(post for post, _ in lines if post in holders).values()) == 2


def test_nobody_is_in_two_counts(world: World) -> None:
    groups: dict[str, set[str]] = {}
    for one in world.on(Family.MEMBERSHIP, "member-of"):
        if one.source.startswith("person:"):
            groups.setdefault(f"{world.kind_of(one.target)} {one.role}", set()).add(one.source)
    for kind in ("first-secretary", "township-office-director", "sector-head"):
        groups[kind] = set(world.holders(kind).values())
    assert len(set().union(*groups.values())) == sum(map(len, groups.values()))


def test_townships_that_changed_count_once_on_each_side(world: World) -> None:
    before, after = "division:530502102", "division:530502005@2017-10-31"
    assert before in world.designated("has-task")
    assert after not in world.designated("has-task")
    assert {before, after} & world.designated("has-task", "2017-10-31") == {after}
    office = {one.target: one.source for one in world.assigned("office", "2017-10-31")}
    assert office[after] == "organization:530502102:poverty-office"
    assert before not in office
    assert len(world.holders("township-office-director", "2017-07-01")) == 74


def test_each_township_with_the_task_has_an_office_with_a_director_in_place(world: World) -> None:
    townships = {one for one in world.designated("has-task") if world.kind_of(one) == "township"}
    holders = world.holders("township-office-director")
    assert {one.target for one in world.assigned("office") if world.kind_of(one.target) == "township"} == townships
    directors = [one for one in world.assigned("office-director") if one.target in townships]
    assert {one.target for one in directors} == townships
    assert {one.source for one in directors} == holders.keys()


def test_departments_have_a_duty_a_contract_and_a_head(world: World) -> None:
    departments = world.nodes(Organization, "sector-department")
    for kind in ("sector-duty", "responsibility-contract"):
        assert {one.source for one in world.assigned(kind)} >= departments
    heads = {one.target: one.source for one in world.assigned("sector-head")}
    assert departments <= heads.keys()
    assert {heads[department] for department in departments} == world.holders("sector-head").keys()


def test_deputies_of_the_leading_groups_are_members_of_them(world: World) -> None:
    members = {
        (one.source, one.target) for one in world.on(Family.MEMBERSHIP, "member-of") if one.role == "deputy-head"
    }
    assigned = {
        (one.source, f"organization:{one.target.removeprefix('division:')}:leading-group")
        for one in world.assigned("group-deputy-head")
    }
    assert members == assigned
    assert len(members) == 1 + 2 + 31
