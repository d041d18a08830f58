"""What may stand in ``fill.yaml`` (参数): the totals, how things are spread, and the troubles that are planted."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from loaders.synthetic.chance import DateMix


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A part of the file; unknown keys are refused."""


class Total(Part, frozen=True, kw_only=True):
    """A total that is met on the reference date: a fact of the source by clause and key, and what is counted."""

    value: int
    clause: str
    fact: str
    counted: str

    @property
    def fact_id(self) -> str:
        """The id of the source's fact."""
        return f"fact:{self.clause}:{self.fact}"


class Totals(Part, frozen=True, kw_only=True):
    """The totals (总数)."""

    units: Total
    cadres: Total
    households: Total
    poor_villages: Total
    teams: Total
    team_members: Total
    first_secretaries: Total
    linked_villages: Total
    townships: Total
    offices: Total
    directors: Total
    full_time_cadres: Total
    county_deputies: Total
    township_deputies: Total
    departments: Total
    special_plans: Total
    new_documents: Total
    supervision_groups: Total
    staff_posts: Total
    deputy_directors: Total
    joint_conference_staff: Total
    bank_project_staff: Total


class Rosters(Part, frozen=True, kw_only=True):
    """The period for which the rosters are complete (名册期间), and the days on which they were seen."""

    since: str
    until: str
    seen: tuple[str, ...]


class Units(Part, frozen=True, kw_only=True):
    """The units that help (帮扶单位): how many of each level, their cadres in percent, and households a cadre."""

    city: int
    counties: dict[str, int]
    each_township: int
    cadres_percent: dict[str, int]
    least_cadres: int
    households_of_cadres: dict[int, int]


class HouseholdSpread(Part, frozen=True, kw_only=True):
    """Weights by which households are spread over villages: poor ones, others, those of towns; and the least."""

    poor: int
    other: int
    town: int
    least: int


class Villages(Part, frozen=True, kw_only=True):
    """Poor villages by county; ``towns``: endings of townships in which none is drawn."""

    poor: dict[str, int]
    towns: tuple[str, ...]
    households: HouseholdSpread
    city_leaders: int


class Deputies(Part, frozen=True, kw_only=True):
    """Discipline secretaries as deputy heads (纪委书记任副组长): where on the reference date, and where later."""

    counties: tuple[str, ...]
    townships: dict[str, int]
    later_counties: dict[str, str]
    later_townships: dict[str, int]


class Dates(Part, frozen=True, kw_only=True):
    """How beginnings are known: of rosters, of leaders of counties and townships, of villages' heads."""

    rosters: DateMix
    leaders: DateMix
    village_heads: DateMix
    registration: DateMix


Dated: TypeAlias = dict[str, int]
"""How many on each day (or some day of a month or year)."""


class Background(Part, frozen=True, kw_only=True):
    """How often ordinary changes and troubles happen, at places drawn by lot (日常变动)."""

    secretaries_replaced: Dated
    secretaries_leave: Dated
    secretaries_follow: str
    units_replaced: Dated
    units_end: Dated
    teams_end: Dated
    directors_leave: Dated
    leaders_in_charge_leave: Dated
    helpers_replaced: Dated
    helpers_replaced_later: Dated
    helpers_end: Dated
    village_heads_changed: Dated
    village_heads_vacant: Dated
    village_exits: Dated
    household_exits: Dated
    one_head_percent: int


def days_of(dated: Dated) -> list[str]:
    """Each day as often as it is given."""
    return [day for day, number in dated.items() for _ in range(number)]


class Ends(Part, frozen=True, kw_only=True, tag_field="what", tag="ends"):
    """An assignment that ends, without a successor."""

    kind: str
    place: str
    day: str


class Begins(Part, frozen=True, kw_only=True, tag_field="what", tag="begins"):
    """An assignment that begins on this day; nobody before."""

    kind: str
    place: str
    day: str


class Arrives(Part, frozen=True, kw_only=True, tag_field="what", tag="arrives"):
    """The first holder of a post comes on this day; nobody is recorded before."""

    post: str
    place: str
    day: str


class Leaves(Part, frozen=True, kw_only=True, tag_field="what", tag="leaves"):
    """The holder of a post leaves; ``successor``: the day on which another comes; ``vacancy``: recorded as empty."""

    post: str
    place: str
    day: str
    successor: str | None = None
    vacancy: bool = False


class Exempt(Part, frozen=True, kw_only=True, tag_field="what", tag="exempt"):
    """A place that is exempt from a duty."""

    duty: str
    place: str
    day: str
    until: str | None = None


class Registered(Part, frozen=True, kw_only=True, tag_field="what", tag="registered"):
    """A village registered as poor from this day (or some day of this month or year)."""

    place: str
    day: str


class Exits(Part, frozen=True, kw_only=True, tag_field="what", tag="exits"):
    """A village that exits from poverty."""

    place: str
    day: str


Trouble: TypeAlias = Ends | Begins | Arrives | Leaves | Exempt | Registered | Exits


class Fill(Part, frozen=True, kw_only=True):
    """``fill.yaml``."""

    seed: int
    rosters: Rosters
    totals: Totals
    units: Units
    villages: Villages
    deputies: Deputies
    dates: Dates
    background: Background
    troubles: tuple[Trouble, ...]

    def count_rows(self) -> int:
        """How many rows there are: totals and troubles."""
        return len(Totals.__struct_fields__) + len(self.troubles)
