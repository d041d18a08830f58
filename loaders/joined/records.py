"""From the rows of a set to records (记录)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from graph_model.dates import Validity
from graph_model.keys import claim_id, key_of, node_id, relation_id
from graph_model.records import (
    AnyRecord,
    Asset,
    Basis,
    Coverage,
    Designation,
    Document,
    Exemption,
    Family,
    Measure,
    Organization,
    Person,
    Post,
    Quantity,
    Relation,
    Roster,
    Vacancy,
)
from loaders.joined import rows
from loaders.romanise import pinyin
from loaders.source_facts.entries import joint_id
from loaders.source_facts.rows import text


class Maker:
    """Makes the records of one set."""

    def __init__(self, file: rows.SetFile) -> None:
        self._file = file

    def document(self, row: rows.DocumentRow) -> Document:
        """A document."""
        return Document(
            id=row.id,
            provenance=row.provenance,
            title=row.title,
            title_en=row.title_en,
            kind=row.kind,
            date=row.date,
            clauses=tuple(row.clauses),
        )

    def records_of(self, row: rows.Row) -> Iterator[AnyRecord]:
        """The records of a row, each end of a list in turn."""
        match row:
            case rows.AssetRow():
                yield self._asset(row)
                for container in row.lies_in:
                    yield self._edge(row, Family.CONTAINMENT, "part-of", row.id, container)
            case rows.OrganizationRow():
                yield self._organization(row)
                for parent in row.unit_of:
                    yield self._edge(row, Family.CONTAINMENT, "unit-of", row.id, parent)
            case rows.PostRow():
                yield self._post(row)
                yield self._edge(row, Family.CONTAINMENT, "post-in", row.id, row.post_in)
            case rows.PersonRow():
                yield Person(id=row.id, provenance=row.provenance, basis=self.basis(row), code=key_of(row.id))
                for post in row.holds:
                    yield self._edge(row, Family.HOLDING, "holds", row.id, post)
            case rows.AssignmentRow():
                yield from self._assignments(row)
            case rows.CoverageRow():
                yield self._coverage(row)
            case rows.DoneRow():
                yield from self._done(row)
            case _:
                yield from self._claims(row)

    def basis(self, row: rows.Row) -> Basis:
        """What a row rests on: its own document, or the set's where it cites a clause."""
        document = row.document or (self._file.source if row.clause else None)
        return Basis(document=document, clause=row.clause, note=text(row.note) if row.note else None)

    def validity(self, row: rows.Row) -> Validity:
        """When a row holds; seen on the set's day where it says nothing of its own."""
        seen = row.seen
        if seen is None:
            seen = [self._file.seen] if row.since is None and row.until is None else []
        return Validity(since=row.since, until=row.until, observed=tuple(sorted(seen)))

    def _asset(self, row: rows.AssetRow) -> Asset:
        return Asset(
            id=row.id,
            provenance=row.provenance,
            basis=self.basis(row),
            code=key_of(row.id),
            kind=row.kind,
            name=row.name[0],
            pinyin=pinyin(row.name[0]),
            name_en=row.name[1],
        )

    def _organization(self, row: rows.OrganizationRow) -> Organization:
        return Organization(
            id=row.id,
            provenance=row.provenance,
            basis=self.basis(row),
            code=key_of(row.id),
            kind=row.kind,
            name=row.name[0],
            pinyin=pinyin(row.name[0]),
            name_en=row.name[1],
        )

    def _post(self, row: rows.PostRow) -> Post:
        return Post(
            id=row.id,
            provenance=row.provenance,
            basis=self.basis(row),
            kind=row.kind,
            name=row.name[0],
            pinyin=pinyin(row.name[0]),
            name_en=row.name[1],
            rank=row.rank,
        )

    def _edge(self, row: rows.Row, family: Family, kind: str, source: str, target: str) -> Relation:
        return Relation(
            id=relation_id(family, kind, source, target, _word(row.since)),
            provenance=row.provenance,
            basis=self.basis(row),
            family=family,
            kind=kind,
            source=source,
            target=target,
            validity=self.validity(row),
        )

    def _assignments(self, row: rows.AssignmentRow) -> Iterator[Relation]:
        for target in row.targets:
            joint = joint_id(row.kind, target) if row.joint else None
            for assignee in row.assignees:
                edge = self._edge(row, Family.RESPONSIBILITY, row.kind, assignee, target)
                yield structs.replace(edge, regime=self._file.regime, joint=joint)

    def _done(self, row: rows.DoneRow) -> Iterator[Measure]:
        for period in row.on:
            key = (key_of(row.by[0]), key_of(row.to[0]), period.replace("/", "--"))
            yield Measure(
                id=node_id("measure", row.kind, *key),
                provenance=row.provenance,
                basis=self.basis(row),
                kind=row.kind,
                by=tuple(row.by),
                to=tuple(row.to),
                period=period,
                quantities=tuple(Quantity(code, amount) for code, amount in sorted(row.quantities.items())),
            )

    def _claims(self, row: rows.Row) -> Iterator[AnyRecord]:
        provenance, basis, validity = row.provenance, self.basis(row), self.validity(row)
        since = f"@{_word(row.since)}" if row.since else ""
        match row:
            case rows.DesignationRow():
                for subject in row.subjects:
                    yield Designation(
                        id=claim_id("designation", subject, f"{row.kind}{since}"),
                        provenance=provenance,
                        basis=basis,
                        subject=subject,
                        kind=row.kind,
                        validity=validity,
                    )
            case rows.VacancyRow():
                for post in row.posts:
                    yield Vacancy(
                        id=claim_id("vacancy", post, _word(row.since) or self._file.seen),
                        provenance=provenance,
                        basis=basis,
                        subject=post,
                        validity=validity,
                    )
            case rows.ExemptionRow():
                for subject in row.subjects:
                    yield Exemption(
                        id=claim_id("exemption", subject, f"{row.duty}{since}"),
                        provenance=provenance,
                        basis=basis,
                        subject=subject,
                        regime=self._file.regime,
                        duty=row.duty,
                        validity=validity,
                    )

    def _coverage(self, row: rows.CoverageRow) -> Coverage:
        names_kind = row.roster in {Roster.ASSIGNMENT, Roster.EVIDENCE}
        return Coverage(
            id=node_id("coverage", row.roster.value, *([row.kind] if row.kind else []), key_of(row.area)),
            provenance=row.provenance,
            basis=self.basis(row),
            roster=row.roster,
            regime=self._file.regime if names_kind else None,
            kind=row.kind,
            area=row.area,
            validity=self.validity(row),
        )


def _word(since: str | None) -> str | None:
    """A beginning as a word of an id, which tells apart what begins anew: without brackets."""
    return None if since is None else since.strip("[]")
