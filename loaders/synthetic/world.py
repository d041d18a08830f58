"""What every part of the fill works with (合成环境): parameters, places, dates, records, and the troubles by place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from graph_model.dates import Validity, parse_day
from graph_model.records import Post
from loaders.synthetic.calendar import Calendar
from loaders.synthetic.chance import Chance
from loaders.synthetic.making import Maker
from loaders.synthetic.parameters import Arrives, Begins, Ends, Exempt, Exits, Fill, Leaves, Registered, Trouble
from loaders.synthetic.places import Places, Township

CADRES, MEMBERS, SECRETARIES, STAFF, HOLDERS = 1, 100_001, 200_001, 300_001, 400_001
"""The first numbers of persons: helping cadres, team members, First Secretaries, staff of offices, holders of posts."""


class Troubles:
    """The planted troubles, by place (a code) and by what they befall."""

    def __init__(self, rows: tuple[Trouble, ...]) -> None:
        self.exempt = [row for row in rows if isinstance(row, Exempt)]
        self.registered = {row.place: row.day for row in rows if isinstance(row, Registered)}
        self.exits = {row.place: row.day for row in rows if isinstance(row, Exits)}
        self._ends = {(row.kind, row.place): row.day for row in rows if isinstance(row, Ends)}
        self._begins = {(row.kind, row.place): row.day for row in rows if isinstance(row, Begins)}
        self._arrives = {(row.post, row.place): row.day for row in rows if isinstance(row, Arrives)}
        self._leaves: defaultdict[tuple[str, str], list[Leaves]] = defaultdict(list)
        for row in rows:
            if isinstance(row, Leaves):
                self._leaves[row.post, row.place].append(row)
        for departures in self._leaves.values():
            departures.sort(key=lambda row: row.day)
        self.places = frozenset(row.place.partition("-")[0] for row in rows)

    def since(self, kind: str, place: str, drawn: str | None) -> str | None:
        """When an assignment begins: as planted, or as drawn."""
        return self._begins.get((kind, place), drawn)

    def until(self, kind: str, place: str) -> str | None:
        """When an assignment ends; None where no trouble is planted."""
        return self._ends.get((kind, place))

    def arrives(self, post: str, place: str, drawn: str | None) -> str | None:
        """When the first holder of a post comes: as planted, or as drawn."""
        return self._arrives.get((post, place), drawn)

    def leaves(self, post: str, place: str) -> list[Leaves]:
        """The departures from a post, in the order of their days."""
        return self._leaves.get((post, place), [])


class World(Struct, frozen=True):
    """What every part of the fill works with; ``posts``: the source's, by id."""

    fill: Fill
    make: Maker
    places: Places
    calendar: Calendar
    troubles: Troubles
    posts: Mapping[str, Post]

    def chance(self, topic: str) -> Chance:
        """The stream of a topic."""
        return Chance(self.fill.seed, topic)

    def over(self, since: str | None = None, until: str | None = None) -> Validity:
        """As ``Calendar.over``."""
        return self.calendar.over(since, until)

    @property
    def reference_day(self) -> int:
        """The reference date (an ordinal)."""
        return parse_day(self.calendar.reference_date).toordinal()

    def along(self, township: Township, since: str | None) -> Iterator[tuple[str, Validity]]:
        """The divisions that a township is, each with the validity of what is tied to it since a date."""
        for piece in township.pieces:
            yield piece.division, self.over(since if piece.since is None else piece.since, piece.until)
