"""Records that say the same of the same things (同类记录), and the words in which their time is told."""

from __future__ import annotations

from collections.abc import Iterator

from graph_model.dates import Bound, Validity, day_or_none, limits
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import AnyClaim, Code, Designation, Exemption, Name, Relation, Vacancy


def spoken(validity: Validity) -> str:
    """A validity in a sentence: ``2017-06-01/..``, ``?/2018``."""
    return f"{validity.since or '?'}/{validity.until or '?'}"


def shown(text: str | None) -> str:
    """Any text in a sentence: quoted, and not longer than a line."""
    return repr(text if text is None or len(text) <= 60 else text[:57] + "...")


def first_day(validity: Validity) -> str:
    """The first day on which it can hold, as a word of an id."""
    day = day_or_none(limits(validity).possible_from)
    return "undated" if day is None else day.isoformat()


def overlap(one: AnyClaim | Relation, other: AnyClaim | Relation) -> bool:
    """Whether there is a day on which both may hold."""
    first, second = limits(one.validity), limits(other.validity)
    return first.possible_from < second.possible_until and second.possible_from < first.possible_until


def holds_until(record: AnyClaim | Relation, day: Bound) -> bool:
    """Whether it may hold until that day: it did not surely end by then, nor surely begin on it or later."""
    days = limits(record.validity)
    return days.possible_until > day.earliest and days.possible_from < day.latest


def iter_alike(around: Neighbourhood, record: AnyClaim | Relation) -> Iterator[AnyClaim | Relation]:
    """The other records that say the same, whenever they hold."""
    if isinstance(record, Relation):
        others: Iterator[AnyClaim | Relation] = around.iter_from(record.source, record.family)
    else:
        others = around.iter_claims(record.subject, type(record))
    return (other for other in others if other.id != record.id and _says(other) == _says(record))


def _says(record: AnyClaim | Relation) -> tuple[str | None, ...]:
    match record:
        case Relation():
            return record.kind, record.source, record.target, record.regime, record.role
        case Designation():
            return record.subject, record.kind
        case Exemption():
            return record.subject, record.regime, record.duty
        case Name():
            return record.subject, record.text
        case Code():
            return record.subject, record.text, record.scheme
        case Vacancy():
            return (record.subject,)
        case _:  # of any other sort several may stand side by side
            return (record.id,)
