"""Resident teams with their members, and First Secretaries with both lines of reporting (驻村): clauses 3.1 and 3.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from graph_model.keys import node_id
from graph_model.records import AnyRecord, Family
from loaders.synthetic.chance import share_out
from loaders.synthetic.making import MEMBER_OF, POST_IN, REPORTS_TO, UNIT_OF
from loaders.synthetic.pairing import free_for
from loaders.synthetic.parameters import Leaves, days_of
from loaders.synthetic.places import Village
from loaders.synthetic.seats import Persons, hold
from loaders.synthetic.units import Unit
from loaders.synthetic.villages import PlannedVillage
from loaders.synthetic.world import MEMBERS, SECRETARIES, World

TEAM_KIND, SECRETARY_KIND = "resident-team", "first-secretary"
_CLAUSE, _REPORTING = "3.1", "3.2"
_COLLECTIVE = "resident-teams"


class Team(Struct, frozen=True):
    """A team in a poor village, the unit that sends its First Secretary; ``number``: 1, or 2 for a second team."""

    village: Village
    sender: Unit
    number: int
    members: int

    def id_of(self, record_type: str, word: str) -> str:
        """The id of what belongs to the team: ``post:530521101203:first-secretary``, ``...-2`` for a second one."""
        return node_id(record_type, self.village.key, word + ("" if self.number == 1 else f"-{self.number}"))


def plan_teams(world: World, planned: Sequence[PlannedVillage], senders: Mapping[str, Sequence[Unit]]) -> list[Team]:
    """One team a poor village; those with most households have two, as many as there are more teams than villages."""
    totals = world.fill.totals
    poor = sorted((one for one in planned if one.is_poor), key=lambda one: (-one.households, one.village.key))
    free = [one.village.key for one in poor if one.village.key not in world.troubles.places]
    double = set(free[: totals.teams.value - totals.poor_villages.value])
    places = [
        (one.village, number)
        for one in sorted(poor, key=lambda one: one.village.key)
        for number in ((1, 2) if one.village.key in double else (1,))
    ]
    order = world.chance("team-sizes").shuffled(range(len(places)))
    sizes = dict(zip(order, share_out(totals.team_members.value, [1] * len(places)), strict=True))
    return [
        Team(village, senders[village.key][(number - 1) % len(senders[village.key])], number, sizes[place])
        for place, (village, number) in enumerate(places)
    ]


def make_teams(world: World, teams: Sequence[Team]) -> Iterator[AnyRecord]:
    """The teams, where they are resident, and their members."""
    make, chance = world.make, world.chance("teams")
    single = [team.village.key for team in teams if team.number == 1]
    free = iter(chance.shuffled([key for key in single if key not in world.troubles.places]))
    ended = dict(zip(free_for(free, days := days_of(world.fill.background.teams_end)), days, strict=True))
    number = MEMBERS
    for team in teams:
        key = team.village.key
        record_id = team.id_of("organization", TEAM_KIND)
        mark, english = ("", "") if team.number == 1 else ("第二", "Second ")
        name = f"{team.village.stem}{mark}驻村工作队"
        in_english = f"{english}{'resident' if english else 'Resident'} team of {team.village.english}"
        yield make.organization(record_id, TEAM_KIND, name, in_english, _CLAUSE)
        collective = node_id("organization", make.city, _COLLECTIVE)
        for home in (team.village.id, collective):
            yield make.edge(Family.CONTAINMENT, UNIT_OF, record_id, home, world.over(), _CLAUSE)
        drawn = chance.date(world.fill.dates.rosters)
        since = world.troubles.since(TEAM_KIND, key, drawn)
        until = world.troubles.until(TEAM_KIND, key) or (ended.get(key) if team.number == 1 else None)
        validity = world.over(since, until)
        yield make.assignment(TEAM_KIND, record_id, team.village.id, validity, _CLAUSE)
        for _ in range(team.members):
            person = make.person_id(number)
            yield make.person(number, _CLAUSE)
            yield make.edge(Family.MEMBERSHIP, MEMBER_OF, person, record_id, validity, _CLAUSE, role="member")
            number += 1


def make_secretaries(world: World, teams: Sequence[Team]) -> Iterator[AnyRecord]:
    """The First Secretaries: a post in the team, its holders (no members of a team), and whom it reports to."""
    make, persons = world.make, Persons(world, SECRETARIES)
    chance, dates = world.chance("first-secretaries"), world.fill.dates.rosters
    departures = _draw_departures(world, teams)
    for team in teams:
        key, village = team.village.key, team.village
        post = team.id_of("post", SECRETARY_KIND)
        mark, english = ("", "") if team.number == 1 else ("（第二队）", " (second team)")
        name = f"{village.stem}第一书记{mark}"
        yield make.post(post, SECRETARY_KIND, name, f"First Secretary of {village.english}{english}", _CLAUSE)
        home = team.id_of("organization", TEAM_KIND)
        yield make.edge(Family.CONTAINMENT, POST_IN, post, home, world.over(), _CLAUSE)
        drawn = chance.date(dates)
        since = world.troubles.since(SECRETARY_KIND, key, drawn)
        validity = world.over(since, world.troubles.until(SECRETARY_KIND, key))
        yield make.assignment(SECRETARY_KIND, post, village.id, validity, _CLAUSE)
        for to in (node_id("organization", village.township.key, "party-committee"), team.sender.id):
            yield make.edge(Family.REPORTING, REPORTS_TO, post, to, validity, _REPORTING)
        leaves = world.troubles.leaves(SECRETARY_KIND, key) or departures.get(post, [])
        arrives = world.troubles.arrives(SECRETARY_KIND, key, since)
        yield from hold(world, persons, post, arrives, _CLAUSE, leaves)
    yield from persons.records


def _draw_departures(world: World, teams: Sequence[Team]) -> dict[str, list[Leaves]]:
    """Secretaries replaced before the reference date, and those who leave after it; every third has a successor."""
    background, chance = world.fill.background, world.chance("departures")
    posts = [team.id_of("post", SECRETARY_KIND) for team in teams if team.village.key not in world.troubles.places]
    free = iter(chance.shuffled(posts))
    departures: dict[str, list[Leaves]] = {}
    for day, post in zip(days_of(background.secretaries_replaced), free, strict=False):
        departures[post] = [Leaves(post=SECRETARY_KIND, place=post, day=day, successor=day)]
    for number, (day, post) in enumerate(zip(days_of(background.secretaries_leave), free, strict=False)):
        successor = background.secretaries_follow if number % 3 == 2 else None
        departures[post] = [
            Leaves(post=SECRETARY_KIND, place=post, day=day, successor=successor, vacancy=number % 2 == 0)
        ]
    return departures
