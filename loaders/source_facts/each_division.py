"""What stands in every county, township and village (逐级展开): organisations, posts, and what they answer for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from graph_model.dates import Validity
from graph_model.keys import key_of, node_id, relation_id
from graph_model.records import AnyRecord, Basis, Family, Organization, Post, Provenance, Relation
from graph_model.yaml_file import YamlFile
from loaders.reading import Refused
from loaders.romanise import pinyin
from loaders.source_facts.divisions import KnownDivision
from loaders.source_facts.entries import Context, Entry, Steps, joint_id, place_of, refuse
from loaders.source_facts.records import MEMBER_OF, POST_IN, UNIT_OF
from loaders.source_facts.templates import (
    AssignmentTemplate,
    Form,
    LevelRow,
    MembershipTemplate,
    OrganizationTemplate,
    PostTemplate,
    Template,
)


def expand(
    file: YamlFile[list[LevelRow]], divisions: Iterable[KnownDivision], context: Context
) -> tuple[list[Entry], list[Refused]]:
    """The records of every division, each with the place of its template; the divisions that no form fits."""
    entries: list[Entry] = []
    refused: list[Refused] = []
    levels = {level.level: (index, level) for index, level in enumerate(file.content)}
    for division in divisions:
        if division.level not in levels:
            continue
        index, level = levels[division.level]
        found = find_form(level, division)
        if found is None:
            reason = f"no form fits this {division.level}: add one for the ending of its name"
            refused.append(refuse(file, (index, "forms"), division.name, reason))
            continue
        made = _Expansion(level, division, found[0], found[1], context)
        entries += (Entry(record, place_of(file, (index, *steps))) for steps, record in made.iter_records())
    return entries, refused


def find_form(level: LevelRow, division: KnownDivision) -> tuple[Form, str] | None:
    """The first form that fits a division, by a mark or the ending of its name, and the name without the ending."""
    for form in level.forms:
        if set(form.marks) & set(division.marks):
            return form, division.name
        for ending in form.endings:
            if division.name.endswith(ending) and len(division.name) > len(ending):
                return form, division.name.removesuffix(ending)
    return None


class _Expansion(Struct, frozen=True):
    """One division, with the form that fits it; a word that the form does not name does not exist there."""

    level: LevelRow
    division: KnownDivision
    form: Form
    stem: str
    context: Context

    def iter_records(self) -> Iterator[tuple[Steps, AnyRecord]]:
        """The records, each with the path of its template below the level."""
        for number, organization in enumerate(self.level.organizations):
            if organization.word in self.form.names:
                for record in self._organization(organization):
                    yield ("organizations", number), record
        for number, post in enumerate(self.level.posts):
            if post.word in self.form.names:
                for record in self._post(post):
                    yield ("posts", number), record
        for number, assignment in enumerate(self.level.assignments):
            for record in self._assignments(assignment):
                yield ("assignments", number), record
        for number, membership in enumerate(self.level.memberships):
            for record in self._memberships(membership):
                yield ("memberships", number), record

    def _organization(self, row: OrganizationTemplate) -> Iterator[AnyRecord]:
        name, english = self._names(row.word)
        record_id = self._id(row.word)
        yield Organization(
            id=record_id,
            provenance=self._provenance(row),
            basis=self._basis(row),
            code=key_of(record_id),
            kind=row.kind,
            name=name,
            pinyin=pinyin(name),
            name_en=english,
        )
        parent = self._id(row.unit_of) if row.unit_of else self.division.id
        yield self._edge(row, Family.CONTAINMENT, UNIT_OF, record_id, parent)

    def _post(self, row: PostTemplate) -> Iterator[AnyRecord]:
        name, english = self._names(row.word)
        yield Post(
            id=self._id(row.word),
            provenance=self._provenance(row),
            basis=self._basis(row),
            kind=row.kind,
            name=name,
            pinyin=pinyin(name),
            name_en=english,
            rank=row.rank,
        )
        yield self._edge(row, Family.CONTAINMENT, POST_IN, self._id(row.word), self._id(row.post_in))

    def _assignments(self, row: AssignmentTemplate) -> Iterator[Relation]:
        if row.where is not None and row.where not in self.form.names:
            return
        joint = joint_id(row.kind, self.division.id) if row.joint else None
        for word in row.assignees:
            if word in self.form.names:
                edge = self._edge(row, Family.RESPONSIBILITY, row.kind, self._id(word), self.division.id)
                yield structs.replace(edge, regime=self.context.regime, joint=joint)

    def _memberships(self, row: MembershipTemplate) -> Iterator[Relation]:
        for word in row.members if row.of in self.form.names else ():
            if word in self.form.names:
                edge = self._edge(row, Family.MEMBERSHIP, MEMBER_OF, self._id(word), self._id(row.of))
                yield structs.replace(edge, role=row.role)

    def _edge(self, row: Template, family: Family, kind: str, source: str, target: str) -> Relation:
        own = self.division.validity
        return Relation(
            id=relation_id(family, kind, source, target),
            provenance=self._provenance(row),
            basis=self._basis(row),
            family=family,
            kind=kind,
            source=source,
            target=target,
            validity=Validity(row.since or own.since, own.until, own.observed),
        )

    def _id(self, word: str) -> str:
        """The id that a word has in this division; what is an id already stays."""
        if ":" in word:
            return word
        kind = "post" if any(post.word == word for post in self.level.posts) else "organization"
        return node_id(kind, key_of(self.division.id), word)

    def _names(self, word: str) -> tuple[str, str | None]:
        names = [
            name.replace("{name}", self.division.name)
            .replace("{stem}", self.stem)
            .replace("{en}", self.division.english or "")
            for name in self.form.names[word]
        ]
        return names[0], names[1] if len(names) > 1 and self.division.english else None

    def _provenance(self, row: Template) -> Provenance:
        return row.provenance or self.level.provenance

    def _basis(self, row: Template) -> Basis:
        return self.context.basis(row.clause, row.note or self.level.note)
