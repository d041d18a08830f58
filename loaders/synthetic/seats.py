"""Who holds a post, one after the other, and when it is empty (任职与空缺)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from graph_model.records import AnyRecord
from loaders.synthetic.parameters import Leaves
from loaders.synthetic.world import World


class Persons:
    """New persons of one block of numbers, with their records."""

    def __init__(self, world: World, first: int) -> None:
        self._make = world.make
        self._numbers = count(first)
        self.records: list[AnyRecord] = []

    def new(self, clause: str) -> int:
        """The number of a new person."""
        number = next(self._numbers)
        self.records.append(self._make.person(number, clause))
        return number


def hold(
    world: World,
    persons: Persons,
    post: str,
    since: str | None,
    clause: str,
    departures: Sequence[Leaves] = (),
    *,
    first: int | None = None,
) -> Iterator[AnyRecord]:
    """The holders of a post since a day: a new one (or ``first``), and after each departure a successor, if any.

    Where a departure says so, the post is recorded as empty until the successor comes.
    """
    make = world.make
    begin = since
    person = persons.new(clause) if first is None else first
    for departure in departures:
        yield make.holding(person, post, world.over(begin, departure.day), clause)
        if departure.vacancy:
            yield make.vacancy(post, world.over(departure.day, departure.successor), clause)
        if departure.successor is None:
            return
        begin, person = departure.successor, persons.new(clause)
    yield make.holding(person, post, world.over(begin), clause)
