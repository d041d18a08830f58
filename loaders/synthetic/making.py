"""The records of the fill (合成记录): all of them SYNTHETIC, each resting on the clause whose total it meets."""

from __future__ import annotations

from functools import cache

from graph_model.dates import Validity
from graph_model.keys import claim_id, key_of, node_id, relation_id
from graph_model.records import (
    Basis,
    Coverage,
    Designation,
    Document,
    Exemption,
    Family,
    Finding,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
    Roster,
    Severity,
    Text,
    Vacancy,
)
from loaders.romanise import pinyin

SYNTHETIC = Provenance.SYNTHETIC
WORD = "synthetic-2017"
"""Tells ids of the fill apart where another origin may have something alike."""

UNIT_OF, POST_IN, PART_OF, MEMBER_OF, REPORTS_TO, HOLDS = (
    "unit-of",
    "post-in",
    "part-of",
    "member-of",
    "reports-to",
    "holds",
)


class Maker:
    """Makes records; ``document`` is the id of the source, ``regime`` the code of the regime, ``area`` the city."""

    def __init__(self, document: str, regime: str, area: str) -> None:
        self.document = document
        self.regime = regime
        self.area = area
        self.city = key_of(area)
        self.basis = cache(self._basis)

    def _basis(self, clause: str | None) -> Basis:
        """A clause of the source."""
        return Basis(document=self.document, clause=clause)

    def organization(self, record_id: str, kind: str, name: str, english: str, clause: str) -> Organization:
        """An organisation (组织)."""
        return Organization(
            id=record_id,
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            code=key_of(record_id),
            kind=kind,
            name=name,
            pinyin=pinyin(name),
            name_en=english,
        )

    def post(self, record_id: str, kind: str, name: str, english: str, clause: str, *, rank: int | None = None) -> Post:
        """A post (职务)."""
        return Post(
            id=record_id,
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            kind=kind,
            name=name,
            pinyin=pinyin(name),
            name_en=english,
            rank=rank,
        )

    def person_id(self, number: int) -> str:
        """The id of a person: ``person:5305:P000123``."""
        return f"person:{self.city}:P{number:06d}"

    def person(self, number: int, clause: str) -> Person:
        """A person (人员): a code, never a name."""
        return Person(id=self.person_id(number), provenance=SYNTHETIC, basis=self.basis(clause), code=f"P{number:06d}")

    def edge(
        self,
        family: Family,
        kind: str,
        source: str,
        target: str,
        validity: Validity,
        clause: str | None,
        word: str | None = None,
        role: str | None = None,
    ) -> Relation:
        """An edge of any family but responsibility; ``word`` tells several of one pair apart."""
        return Relation(
            id=relation_id(family, kind, source, target, word),
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            family=family,
            kind=kind,
            source=source,
            target=target,
            validity=validity,
            role=role,
        )

    def assignment(
        self, kind: str, assignee: str, target: str, validity: Validity, clause: str, word: str | None = None
    ) -> Relation:
        """An assignment (责任)."""
        return Relation(
            id=relation_id(Family.RESPONSIBILITY, kind, assignee, target, word),
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            family=Family.RESPONSIBILITY,
            kind=kind,
            source=assignee,
            target=target,
            validity=validity,
            regime=self.regime,
        )

    def holding(
        self, person: int, post: str, validity: Validity, clause: str | None, word: str | None = None
    ) -> Relation:
        """Who holds a post (任职)."""
        return self.edge(Family.HOLDING, HOLDS, self.person_id(person), post, validity, clause, word)

    def designation(self, subject: str, kind: str, validity: Validity, clause: str) -> Designation:
        """What a division or household is registered as (认定)."""
        return Designation(
            id=claim_id("designation", subject, kind),
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            subject=subject,
            kind=kind,
            validity=validity,
        )

    def vacancy(self, post: str, validity: Validity, clause: str | None) -> Vacancy:
        """A post recorded as empty (空缺)."""
        word = validity.since or WORD
        return Vacancy(
            id=claim_id("vacancy", post, word),
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            subject=post,
            validity=validity,
        )

    def exemption(self, subject: str, duty: str, validity: Validity, clause: str) -> Exemption:
        """A target that is exempt from a duty (豁免)."""
        return Exemption(
            id=claim_id("exemption", subject, duty),
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            subject=subject,
            regime=self.regime,
            duty=duty,
            validity=validity,
        )

    def document_of(self, word: str, kind: str, title: str, english: str, clause: str) -> Document:
        """A document (文件)."""
        return Document(
            id=node_id("document", word),
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            title=title,
            title_en=english,
            kind=kind,
            clauses=(clause,),
        )

    def coverage(self, roster: Roster, kind: str | None, area: str, validity: Validity, clause: str) -> Coverage:
        """A roster that the fill holds completely (覆盖)."""
        words = [roster.value, *([kind] if kind else []), key_of(area), WORD]
        return Coverage(
            id=node_id("coverage", *words),
            provenance=SYNTHETIC,
            basis=self.basis(clause),
            roster=roster,
            regime=self.regime if kind else None,
            kind=kind,
            area=area,
            validity=validity,
        )

    def finding(self, key: str, code: str, clauses: tuple[str, ...], zh: str, en: str, *subjects: str) -> Finding:
        """What an auditor should know of the fill (发现)."""
        return Finding(
            id=node_id("finding", code, key),
            provenance=SYNTHETIC,
            basis=self.basis(clauses[0]),
            code=code,
            severity=Severity.INFO,
            message=Text(zh=zh, en=en),
            clauses=clauses,
            subjects=subjects,
        )
