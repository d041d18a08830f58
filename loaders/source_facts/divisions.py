"""The divisions that the source speaks of (区划), as the reading of their editions gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from graph_model.dates import (
    BoundState,
    Certainty,
    Validity,
    certainty_on,
    first_observed,
    parse_day,
    parse_since,
    parse_until,
)
from graph_model.keys import key_of
from graph_model.questions.naming import pick
from graph_model.records import AnyRecord, Division, Name


class KnownDivision(Struct, frozen=True):
    """A division with the name it has on the source's day (or the first one after), and when its relations hold.

    ``validity``: the division's own bounds; observed on the source's day if the division is sure to exist then. Where
    it ended later, the relations ended with it at the latest: nobody saw that they lasted so long.
    """

    id: str
    level: str
    marks: tuple[str, ...]
    name: str
    english: str | None
    validity: Validity


def iter_divisions(records: Iterable[AnyRecord], area: str, reference_date: str) -> Iterator[KnownDivision]:
    """The divisions of an area (an id), the area itself among them, in the order of their ids."""
    divisions: list[Division] = []
    names: defaultdict[str, list[Name]] = defaultdict(list)
    for record in records:
        if isinstance(record, Division) and key_of(record.id).startswith(key_of(area)):
            divisions.append(record)
        elif isinstance(record, Name):
            names[record.subject].append(record)
    day = parse_day(reference_date).toordinal()
    for division in sorted(divisions, key=lambda one: one.id):
        claims = names[division.id]
        name = pick(claims, day) or min(claims, key=lambda claim: (first_observed(claim.validity), claim.id))
        yield KnownDivision(
            division.id, division.level, division.marks, name.text, name.english, _holding(claims, day, reference_date)
        )


def _holding(names: Sequence[Name], day: int, reference_date: str) -> Validity:
    """When a division exists, by its names; seen on the reference date if it surely exists then."""
    sinces = [name.validity.since for name in names]
    untils = [name.validity.until for name in names]
    since = min(sinces, key=lambda text: parse_since(text).earliest)
    until = max(untils, key=lambda text: parse_until(text).latest)
    exists = Validity(since, until, tuple(sorted({seen for name in names for seen in name.validity.observed})))
    observed = (reference_date,) if certainty_on(exists, day) is Certainty.CERTAIN else ()
    end = parse_until(until)
    if end.state is not BoundState.OPEN and day < end.earliest and end.latest_day is not None:
        until = f"[..{end.latest_day.isoformat()}]"
    return Validity(since, until, observed)
