"""Poverty offices of townships, their directors, full-time cadres, the city's gains (扶贫办): clauses 6.1 and 6.2."""

from __future__ import annotations

from collections.abc import Iterator

from graph_model.keys import key_of, node_id
from graph_model.records import AnyRecord, Family
from loaders.synthetic.chance import share_out
from loaders.synthetic.making import MEMBER_OF, POST_IN, UNIT_OF
from loaders.synthetic.pairing import free_for
from loaders.synthetic.parameters import Leaves, days_of
from loaders.synthetic.seats import Persons, hold
from loaders.synthetic.world import HOLDERS, STAFF, World

OFFICE_KIND, DIRECTOR_KIND = "township-office", "township-office-director"
FULL_TIME, SECONDED = "full-time", "seconded"
_CLAUSE, _CITY_CLAUSE = "6.2", "6.1"
_DIRECTOR_RANK, _DEPUTY_RANK = 4, 9
_OFFICE_WORD, _DIRECTOR_WORD = "poverty-office", "office-director"
_COUNTY_STAFF = 12
_DIRECTORS = HOLDERS + 20_000


def make_offices(world: World) -> Iterator[AnyRecord]:
    """The office of each township with the task and its director; where a township changed, both go over to the new."""
    make, persons = world.make, Persons(world, _DIRECTORS)
    chance, dates = world.chance("offices"), world.fill.dates.rosters
    stable = [one.key for one in world.places.townships if one.is_stable and one.key not in world.troubles.places]
    days = days_of(world.fill.background.directors_leave)
    left = dict(zip(free_for(iter(chance.shuffled(stable)), days), days, strict=True))
    for township in world.places.townships:
        office = node_id("organization", township.key, _OFFICE_WORD)
        director = node_id("post", township.key, _DIRECTOR_WORD)
        in_english = f"overty office of {township.english}"
        yield make.organization(office, OFFICE_KIND, f"{township.name}扶贫办", f"P{in_english}", _CLAUSE)
        name, english = f"{township.name}扶贫办主任", f"Director of the p{in_english}"
        yield make.post(director, DIRECTOR_KIND, name, english, _CLAUSE, rank=_DIRECTOR_RANK)
        yield make.edge(Family.CONTAINMENT, POST_IN, director, office, world.over(), _CLAUSE)
        since = chance.date(dates)
        for division, validity in world.along(township, since):
            home = node_id("organization", key_of(division), "government")
            yield make.edge(Family.CONTAINMENT, UNIT_OF, office, home, validity, _CLAUSE)
            yield make.assignment("office", office, division, validity, _CLAUSE)
            yield make.assignment("office-director", director, division, validity, _CLAUSE)
        leaves = world.troubles.leaves(_DIRECTOR_WORD, township.key)
        if not leaves and township.key in left:
            leaves = [Leaves(post=_DIRECTOR_WORD, place=township.key, day=left[township.key])]
        yield from hold(world, persons, director, since, _CLAUSE, leaves)
    yield from persons.records


def make_staff(world: World) -> Iterator[AnyRecord]:
    """Full-time cadres of the offices of counties and townships; staff posts, deputies and seconded of the city's."""
    make, totals, persons = world.make, world.fill.totals, Persons(world, STAFF)
    counties = [node_id("organization", county.key, _OFFICE_WORD) for county in world.places.counties]
    townships = [node_id("organization", township.key, _OFFICE_WORD) for township in world.places.townships]
    rest = totals.full_time_cadres.value - _COUNTY_STAFF * len(counties)
    order = world.chance("staff").shuffled(townships)
    sizes = dict(zip(order, share_out(rest, [1] * len(order)), strict=True)) | dict.fromkeys(counties, _COUNTY_STAFF)
    for office in (*counties, *townships):
        yield from _staff(world, persons, office, sizes[office], FULL_TIME, _CLAUSE)
    seconded = {
        "joint-conference-office": totals.joint_conference_staff.value,
        "development-bank-project-office": totals.bank_project_staff.value,
    }
    for word, number in seconded.items():
        office = node_id("organization", make.city, word)
        yield from _staff(world, persons, office, number, SECONDED, _CITY_CLAUSE)
    yield from persons.records
    office = node_id("organization", make.city, _OFFICE_WORD)
    posts = [
        ("deputy-director", f"{_OFFICE_WORD}-deputy-director", "副主任", "Deputy director", totals.deputy_directors),
        ("staff", "staff-post", "工作人员", "Staff member", totals.staff_posts),
    ]
    for word, kind, name, english, total in posts:
        for number in range(1, total.value + 1):
            post = node_id("post", make.city, f"{_OFFICE_WORD}-{word}-{number}")
            yield make.post(
                post,
                kind,
                f"市扶贫办{name}第{number}号",
                f"{english} {number} of the poverty office of the city",
                _CITY_CLAUSE,
                rank=_DEPUTY_RANK if word == "deputy-director" else None,
            )
            yield make.edge(Family.CONTAINMENT, POST_IN, post, office, world.over(), _CITY_CLAUSE)


def _staff(world: World, persons: Persons, office: str, number: int, role: str, clause: str) -> Iterator[AnyRecord]:
    for _ in range(number):
        person = world.make.person_id(persons.new(clause))
        yield world.make.edge(Family.MEMBERSHIP, MEMBER_OF, person, office, world.over(), clause, role=role)
