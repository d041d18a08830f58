"""Where changed records may show in chains (波及): the places to look at again, so that the rest can be left alone."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from msgspec import Struct

from graph_model.exchange import Change
from graph_model.records import (
    AnyRecord,
    Asset,
    Coverage,
    Dataset,
    Designation,
    Division,
    Exemption,
    Family,
    Household,
    Organization,
    Person,
    Post,
    RegimeContent,
    Relation,
    Vacancy,
)


class Traces(Struct, frozen=True):
    """What a set of changes may have touched; nothing else can differ.

    ``targets``: their own links and duties may. ``assignees``: all that they answer for may. ``people``: all posts that
    they hold may. ``moved``: what they lie in may, whatever they are. ``is_everywhere``: any chain may.
    """

    targets: frozenset[str]
    assignees: frozenset[str]
    people: frozenset[str]
    moved: frozenset[str]
    is_everywhere: bool

    def may_show_among(self, nodes: AbstractSet[str]) -> bool:
        """Whether a chain may differ that hangs together with some nodes: all that was read to trace it, with ends."""
        touched = (self.targets, self.assignees, self.people, self.moved)
        return self.is_everywhere or not all(nodes.isdisjoint(each) for each in touched)


def find_traces(changes: Iterable[Change]) -> Traces:
    """The traces of some changes.

    Names, codes, documents, measures, figures, findings, memberships and reporting lines show in no chain.
    """
    found: dict[str, set[str]] = {"targets": set(), "assignees": set(), "people": set(), "moved": set()}
    is_everywhere = False
    for change in changes:
        for record in (change.before, change.after):
            if isinstance(record, Coverage | RegimeContent | Dataset):
                is_everywhere = True
            elif record is not None:
                for where, node in _traces_of(record):
                    found[where].add(node)
    return Traces(**{where: frozenset(nodes) for where, nodes in found.items()}, is_everywhere=is_everywhere)


def _traces_of(record: AnyRecord) -> Iterable[tuple[str, str]]:
    match record:
        case Relation(family=Family.RESPONSIBILITY):
            return [("targets", record.target)]
        case Relation(family=Family.HOLDING):
            return [("assignees", record.target)]
        case Relation(family=Family.CONTAINMENT):
            return [("moved", record.source)]
        case Designation() | Exemption():
            return [("targets", record.subject)]
        case Vacancy():
            return [("assignees", record.subject)]
        case Division() | Household() | Asset():
            return [("targets", record.id), ("moved", record.id)]
        case Organization():
            return [("targets", record.id), ("assignees", record.id), ("moved", record.id)]
        case Post():
            return [("assignees", record.id)]
        case Person():
            return [("assignees", record.id), ("people", record.id)]
        case _:
            return []
