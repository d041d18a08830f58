"""A store as plain as can be: every version in one list, every answer by going through all of it.

It says what the contract means, and real stores are compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graph_model.dates import certainty_on, limits
from graph_model.errors import BatchError, RecordError
from graph_model.exchange import Batch, Count, End, Hit, Window, Written
from graph_model.questions.naming import pick
from graph_model.records import (
    NODE_TYPES,
    AnyNode,
    AnyRecord,
    Asset,
    Claim,
    Code,
    Division,
    Family,
    Household,
    Organization,
    Provenance,
    Relation,
    content_hash,
    encode,
    type_of,
)
from graph_model.search_keys import kind_of, order_key, search_keys, search_rank


@dataclass
class Version:
    """A record of an origin, and the moments between which it was current."""

    origin: str
    record: AnyRecord
    since: int
    until: float = float("inf")


@dataclass
class Expected:
    """What a neighbourhood must hold at least: ids."""

    seeds: dict[str, tuple[str, ...]]
    nodes: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)


class State:
    """What was current at one moment."""

    def __init__(self, rows: dict[str, tuple[str, AnyRecord]], generation: int) -> None:
        self.rows = rows
        self.generation = generation
        self.nodes: dict[str, AnyNode] = {
            key: record for key, (_, record) in rows.items() if isinstance(record, NODE_TYPES)
        }
        self.claims = [record for _, record in rows.values() if isinstance(record, Claim)]
        self.edges = [record for _, record in rows.values() if isinstance(record, Relation)]

    def version(self) -> str:
        return f"{sum(content_hash(encode(record)) for _, record in self.rows.values()) % 2**256:064x}"

    def counts(self) -> tuple[Count, ...]:
        return tuple(
            Count(
                provenance,
                sum(node.provenance is provenance for node in self.nodes.values()),
                sum(edge.provenance is provenance for edge in self.edges),
            )
            for provenance in Provenance
        )

    def dump(self) -> list[tuple[str, bytes]]:
        ordered = sorted(self.rows.values(), key=lambda row: (type_of(row[1]), row[1].id))
        return [(origin, encode(record)) for origin, record in ordered]

    def records(self, record_type: str, kind: str | None) -> list[AnyRecord]:
        return sorted(
            (
                record
                for _, record in self.rows.values()
                if type_of(record) == record_type and kind in {None, kind_of(record)}
            ),
            key=order_key,
        )

    def relations(
        self, node: str, family: Family, end: End, window: Window, regimes: Sequence[str] | None
    ) -> list[Relation]:
        def other(edge: Relation) -> str:
            return edge.target if end is End.SOURCE else edge.source

        return sorted(
            (
                edge
                for edge in self.edges
                if edge.family is family
                and (edge.source if end is End.SOURCE else edge.target) == node
                and _is_possible(edge, window)
                and (regimes is None or edge.regime in regimes)
            ),
            key=lambda edge: (edge.kind, other(edge), edge.id),
        )

    def neighbourhood(self, keys: Sequence[str], window: Window) -> Expected:
        expected = Expected({key: tuple(sorted(set(self._meant(key)))) for key in keys})
        seeds = {seed for meant in expected.seeds.values() for seed in meant}
        up, ways = self._up(seeds, window)
        assignments = [
            edge
            for edge in self.edges
            if edge.family is Family.RESPONSIBILITY
            and edge.target in up
            and limits(edge.validity).possible_from <= window.last
        ]
        seats = {edge.source for edge in assignments}
        holdings = [
            edge
            for edge in self.edges
            if edge.family is Family.HOLDING and edge.target in seats and _is_possible(edge, window)
        ]
        above_seats, ways_of_seats = self._up(seats, window)
        edges = [*ways, *assignments, *holdings, *ways_of_seats]
        claims = [claim for claim in self.claims if claim.subject in up | seats]
        near = up | seats | above_seats | {edge.source for edge in holdings}
        documents = {record.basis.document for record in (*edges, *claims) if record.basis.document}
        expected.nodes = {key for key in near | documents if key in self.nodes}
        expected.claims = {claim.id for claim in claims}
        expected.relations = {edge.id for edge in edges}
        return expected

    def descendants(self, node: str, level: str, window: Window) -> Expected:
        found: set[str] = set()
        walked: set[str] = set()
        layer = {node}
        while layer:
            walked |= layer
            below: set[str] = set()
            for edge in self.edges:
                division = self.nodes.get(edge.source)
                if (
                    edge.family is Family.CONTAINMENT
                    and edge.target in layer
                    and _is_possible(edge, window)
                    and isinstance(division, Division)
                ):
                    if division.level == level:
                        found.add(division.id)
                    else:
                        below.add(division.id)
            layer = below - walked
        found.discard(node)
        _, ways = self._up(found, window)
        claims = {claim.id for claim in self.claims if claim.subject in found}
        return Expected({}, found, claims, {edge.id for edge in ways})

    def hits(self, text: str, window: Window) -> list[Hit]:
        grades: dict[str, int] = {}
        for _, record in self.rows.values():
            for node, key, is_beginning, validity in search_keys(record):
                bounds = limits(validity)
                is_possible = bounds.possible_from <= window.last and bounds.possible_until > window.first
                if text and is_possible and key.startswith(text) and node in self.nodes:
                    grade = (0 if key == text else 1) if is_beginning else 2
                    grades[node] = min(grade, grades.get(node, 2))
        return sorted(
            (
                Hit(grade, search_rank(self.nodes[node]), self._code(node, window.first), node)
                for node, grade in grades.items()
            ),
            key=lambda hit: (hit.grade, hit.rank, hit.code, hit.node),
        )

    def _code(self, node_id: str, day: int) -> str:
        node = self.nodes[node_id]
        if isinstance(node, Division):
            codes = [claim for claim in self.claims if isinstance(claim, Code) and claim.subject == node_id]
            picked = pick(codes, day)
            return picked.text if picked else node_id
        return node.code if isinstance(node, Organization | Asset) else node_id

    def _meant(self, key: str) -> Iterator[str]:
        if ":" in key:
            yield from {key} & self.nodes.keys()
            return
        for node in self.nodes.values():
            if isinstance(node, Household | Organization | Asset) and node.code == key:
                yield node.id
        for claim in self.claims:
            if isinstance(claim, Code) and claim.text == key and claim.subject in self.nodes:
                yield claim.subject

    def _up(self, start: set[str], window: Window) -> tuple[set[str], list[Relation]]:
        reached, ways = set(start), []
        layer = set(start)
        while layer:
            steps = [
                edge
                for edge in self.edges
                if edge.family is Family.CONTAINMENT and edge.source in layer and _is_possible(edge, window)
            ]
            ways += steps
            layer = {edge.target for edge in steps} - reached
            reached |= layer
        return reached, ways


class NaiveStore:
    """All versions of all records."""

    def __init__(self) -> None:
        self.versions: list[Version] = []
        self.moments: list[int] = []

    def at(self, moment: int | None) -> State:
        when = self.moments[-1] if moment is None and self.moments else moment or 0
        current = [version for version in self.versions if version.since <= when < version.until]
        rows = {version.record.id: (version.origin, version.record) for version in current}
        return State(rows, sum(written <= when for written in self.moments))

    def apply(self, batches: Sequence[Batch], recorded_at: int) -> tuple[Written, ...]:
        before = self.at(None).rows
        given: dict[str, tuple[str, AnyRecord]] = {}
        errors: set[str] = set()
        origins = [batch.origin for batch in batches]
        errors.update(origin for origin in origins if origins.count(origin) > 1)
        for batch in batches:
            for record in batch.records:
                if given.setdefault(record.id, (batch.origin, record)) != (batch.origin, record):
                    errors.add(record.id)
                owner = before.get(record.id, (batch.origin, record))[0]
                if owner != batch.origin and owner not in origins:
                    errors.add(record.id)
        if errors:
            raise BatchError([RecordError(record_id, "") for record_id in sorted(errors)])
        now = max(recorded_at, self.moments[-1] + 1 if self.moments else recorded_at)
        written = [self._apply_one(batch, before, given, now) for batch in batches]
        if any(each.created or each.changed or each.ended for each in written):
            self.moments.append(now)
        return tuple(written)

    def _apply_one(
        self, batch: Batch, before: dict[str, tuple[str, AnyRecord]], given: dict[str, tuple[str, AnyRecord]], now: int
    ) -> Written:
        new = {record_id: record for record_id, (origin, record) in given.items() if origin == batch.origin}
        old = {record_id: record for record_id, (origin, record) in before.items() if origin == batch.origin}
        changed = {key for key in new.keys() & old.keys() if new[key] != old[key]}
        created, ended = new.keys() - old.keys(), old.keys() - new.keys()
        for version in self.versions:
            if version.origin == batch.origin and version.record.id in changed | ended:
                version.until = min(version.until, now)
        for key in changed | created:
            self.versions.append(Version(batch.origin, new[key], now))
        return Written(len(created), len(changed), len(new) - len(changed) - len(created), len(ended))


def _is_possible(edge: Relation, window: Window) -> bool:
    return any(certainty_on(edge.validity, day).holds for day in range(window.first, window.last + 1))
