"""The counties, townships and villages to be filled (地方), as the readings of the divisions give them.

A township that may have ended by the reference date is taken to have stood on it, and its successor to have begun after
it: so whatever is tied to it counts once on that day. What surely began later is not the fill's, nor what became of the
others. Source: domain.md 2, "Divisions"; 74 townships: clause 6.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec import Struct

from graph_model.dates import Bound, Certainty, certainty_on, limits, parse_day, parse_since, parse_until
from graph_model.keys import key_of
from graph_model.records import AnyRecord, Code, Relation
from loaders.divisions.history import VILLAGE, base_name
from loaders.romanise import pinyin
from loaders.source_facts.divisions import KnownDivision, iter_divisions
from loaders.synthetic.making import PART_OF


class Piece(Struct, frozen=True):
    """A division that a township is for a time: its id, and the bounds within which the fill ties things to it."""

    division: str
    since: str | None = None
    until: str | None = None


class County(Struct, frozen=True):
    """A county (县)."""

    id: str
    key: str
    name: str
    english: str


class Township(Struct, frozen=True):
    """A township with the task (乡镇); more than one piece where it changed."""

    id: str
    key: str
    name: str
    english: str
    county: County
    pieces: tuple[Piece, ...]

    @property
    def is_stable(self) -> bool:
        """True where it is one and the same division throughout."""
        return len(self.pieces) == 1


class Village(Struct, frozen=True):
    """A village with people (村); ``is_stable``: it surely lies in its township on the reference date."""

    id: str
    key: str
    stem: str
    english: str
    township: Township
    is_stable: bool


class Places(Struct, frozen=True):
    """All of them, in the order of their keys.

    ``added``: townships that may have begun by the reference date, after no other. ``later``: the keys of divisions
    that surely began after it.
    """

    counties: tuple[County, ...]
    townships: tuple[Township, ...]
    villages: tuple[Village, ...]
    added: tuple[Piece, ...]
    later: frozenset[str]


def read_places(records: Sequence[AnyRecord], area: str, reference_date: str, first_edition: str) -> Places:
    """The places of an area (an id); those of the first edition, parks and placeholders left away."""
    known = {division.id: division for division in iter_divisions(records, area, reference_date)}
    seen_first = {
        record.subject for record in records if isinstance(record, Code) and first_edition in record.validity.observed
    }
    parents = _parents(records)
    day = parse_day(reference_date).toordinal()
    counties = {
        one.id: County(one.id, key_of(one.id), one.name, one.english or _english(one.name))
        for one in known.values()
        if one.level == "county"
    }
    later = {one.id for one in known.values() if parse_since(one.validity.since).earliest > day}
    real = [one for one in known.values() if one.level == "township" and not one.marks and one.id not in later]
    townships: dict[str, Township] = {}
    for one in sorted(real, key=lambda each: each.id):
        if one.id in seen_first and (county := counties.get(_first(parents[one.id], first_edition))) is not None:
            pieces = _pieces(one, parents, reference_date)
            townships[one.id] = Township(one.id, key_of(one.id), one.name, _english(one.name), county, pieces)
    villages = []
    for one in sorted(known.values(), key=lambda each: each.id):
        if one.level != VILLAGE or one.marks or one.id not in seen_first:
            continue
        above = parents[one.id]
        township = townships.get(_first(above, first_edition))
        if township is not None:
            stem = base_name(VILLAGE, one.name)
            is_stable = township.is_stable and any(
                edge.target == township.id and certainty_on(edge.validity, day) is Certainty.CERTAIN for edge in above
            )
            villages.append(Village(one.id, key_of(one.id), stem, _english(stem), township, is_stable))
    begun = {piece.division for township in townships.values() for piece in township.pieces}
    added = tuple(
        Piece(one.id, _from_after(reference_date, parse_since(one.validity.since)))
        for one in sorted(real, key=lambda each: each.id)
        if one.id not in begun
    )
    return Places(
        tuple(counties[key] for key in sorted(counties)),
        tuple(townships.values()),
        tuple(villages),
        added,
        frozenset(key_of(one) for one in later),
    )


def _english(name: str) -> str:
    """Pinyin as a name in an English text."""
    return pinyin(name).replace(" ", "").capitalize()


def _parents(records: Iterable[AnyRecord]) -> defaultdict[str, list[Relation]]:
    """The containment relations of each division, in the order of their ids."""
    parents: defaultdict[str, list[Relation]] = defaultdict(list)
    for record in records:
        if isinstance(record, Relation) and record.kind == PART_OF:
            parents[record.source].append(record)
    for edges in parents.values():
        edges.sort(key=lambda edge: edge.id)
    return parents


def _first(edges: Iterable[Relation], edition: str) -> str:
    """The parent in an edition; empty where there is none."""
    return next((edge.target for edge in edges if edition in edge.validity.observed), "")


def _pieces(one: KnownDivision, parents: dict[str, list[Relation]], reference_date: str) -> tuple[Piece, ...]:
    """The township, and where it may have ended by the reference date, the one to which all its villages went.

    What happens to a township later on is not the fill's.
    """
    if one.validity.observed:
        return (Piece(one.id),)
    villages = [edges for edges in parents.values() if any(edge.target == one.id for edge in edges)]
    day = parse_day(reference_date).toordinal()
    others = {edge.target for edges in villages for edge in edges if limits(edge.validity).possible_from <= day} - {
        one.id
    }
    change = _from_after(reference_date, parse_until(one.validity.until))
    successor = [Piece(other, change) for other in sorted(others)] if len(others) == 1 else []
    return (Piece(one.id, None, change), *successor)


def _from_after(reference_date: str, bound: Bound) -> str:
    """The days of a change that lie after the reference date."""
    first = parse_day(reference_date) + timedelta(days=1)
    last = max(first, bound.latest_day or first)
    return f"[{first.isoformat()}..{last.isoformat()}]"
