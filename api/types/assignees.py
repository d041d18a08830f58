"""Those who answer, as they are published (责任主体): organisations, posts and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.connections import After, Connection, First
from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.nodes import Assignee, Target, relation_page
from graph_model import records
from graph_model.exchange import End
from graph_model.records import Family, Provenance
from graph_model.views import View

if TYPE_CHECKING:
    from api.types.relations import Relation


@strawberry.type(description="A committee, government, department, office, unit, group or team (组织).")
class Organization(Target, Assignee):
    """See the description."""

    kind: str = strawberry.field(description="What kind of organisation it is, for instance `leading-group`.")
    pinyin: str | None = strawberry.field(description="Its name in pinyin, where recorded.")
    name_en: str | None = strawberry.field(description="Its English name, where one is recorded.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")

    @strawberry.field(description="Its members on the day, with their role; by kind and member.")
    async def members(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.MEMBERSHIP, End.TARGET, first, after)

    @strawberry.field(description="Its posts and units on the day; by kind and id.")
    async def parts(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.CONTAINMENT, End.TARGET, first, after)

    @strawberry.field(description="What it belongs to on the day: an organisation or a division.")
    async def containers(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.CONTAINMENT, End.SOURCE, first, after)

    @strawberry.field(description="Whom it reports to on the day, with the rhythm.")
    async def reports_to(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.REPORTING, End.SOURCE, first, after)

    @strawberry.field(description="Who reports to it on the day, with the rhythm.")
    async def reports(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.REPORTING, End.TARGET, first, after)


@strawberry.type(
    description="A seat in an organisation (职务): the thing that answers, complete without a known holder."
)
class Post(Assignee):
    """See the description."""

    kind: str = strawberry.field(description="What kind of post it is, for instance `party-secretary`.")
    rank: int | None = strawberry.field(
        description="Its rank among its peers, 1 the highest; null where none is known."
    )
    pinyin: str | None = strawberry.field(description="Its name in pinyin, where recorded.")
    name_en: str | None = strawberry.field(description="Its English name, where one is recorded.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")

    @strawberry.field(description="The organisation or division that it is a seat of, on the day.")
    async def containers(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.CONTAINMENT, End.SOURCE, first, after)

    @strawberry.field(
        description="Who holds it on the day. Nobody here means: not recorded, unless the roster is covered."
    )
    async def holdings(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.HOLDING, End.TARGET, first, after)

    @strawberry.field(description="The groups that it is a member of on the day, with its role.")
    async def memberships(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.MEMBERSHIP, End.SOURCE, first, after)

    @strawberry.field(description="Whom it reports to on the day, with the rhythm.")
    async def reports_to(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.REPORTING, End.SOURCE, first, after)


@strawberry.type(description="Who holds posts or helps households (人员). A code; names are not kept.")
class Person(Assignee):
    """See the description."""

    code: str = strawberry.field(description="The person's code.")
    provenance: Provenance = strawberry.field(description="Where the record comes from.")

    @strawberry.field(description="The posts that the person holds on the day.")
    async def holdings(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await relation_page(self, Family.HOLDING, End.SOURCE, first, after)


def publish_organization(node: records.Organization, view: View, scope: Scope) -> Organization:
    """An organisation."""
    return Organization(
        id=strawberry.ID(node.id),
        scope=scope,
        code=node.code,
        name=node.name,
        kind=node.kind,
        pinyin=node.pinyin,
        name_en=node.name_en,
        provenance=node.provenance,
        basis=publish_basis(node.basis, scope, view.around),
    )


def publish_person(node: records.Person, scope: Scope) -> Person:
    """A person."""
    return Person(id=strawberry.ID(node.id), scope=scope, name=node.code, code=node.code, provenance=node.provenance)


def publish_assignee(node: records.AnyAssignee, view: View, scope: Scope) -> Assignee:
    """Anything that can answer."""
    match node:
        case records.Organization():
            return publish_organization(node, view, scope)
        case records.Person():
            return publish_person(node, scope)
        case records.Post():
            return Post(
                id=strawberry.ID(node.id),
                scope=scope,
                name=node.name,
                kind=node.kind,
                rank=node.rank,
                pinyin=node.pinyin,
                name_en=node.name_en,
                provenance=node.provenance,
                basis=publish_basis(node.basis, scope, view.around),
            )
