"""What nodes have in common, as it is published (节点): the interfaces Node, Target and Assignee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.arguments import Lanes, RegimeCode, RegimeCodes
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.scope import Scope
from graph_model.exchange import End
from graph_model.records import Family

if TYPE_CHECKING:
    from api.types.chain import AccountabilityChain
    from api.types.relations import Assignment, Relation


@strawberry.interface(description="Anything with a global id, to be fetched again by `node(id:)`.")
class Node:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="The global id, made from a natural key; the same in every store.")
    scope: strawberry.Private[Scope]


@strawberry.interface(
    description="Anything that someone answers for: a division, a household, an organisation, an asset."
)
class Target(Node):
    """See the description."""

    code: str = strawberry.field(description="Its code on the day; an organisation's is its natural key.")
    name: str = strawberry.field(description="Its Chinese name on the day; a household's is its code.")

    @strawberry.field(
        description="Who answers for it on the day, level by level and lane by lane, and where the chain is broken."
    )
    async def accountability_chain(
        self,
        lanes: Lanes = None,
        regime: RegimeCode = None,
    ) -> Annotated[AccountabilityChain, strawberry.lazy("api.types.chain")]:
        from api.types.chain import publish_chain

        view = await self.scope.views.load(self.id)
        return publish_chain(view.chain(self.id, regime, lanes), view, self.scope)


@strawberry.interface(description="Anything that answers: an organisation, a post, a person.")
class Assignee(Node):
    """See the description."""

    name: str = strawberry.field(description="Its Chinese name; a person's is a code.")

    @strawberry.field(description="All that it answers for on the day in a regime, by kind, target and id.")
    async def assignments(
        self, first: First = None, after: After = None, regimes: RegimeCodes = None
    ) -> Connection[Annotated[Assignment, strawberry.lazy("api.types.relations")]]:
        from api.types.relations import publish_assignment

        size, key = check_first(first), decode_cursor(after, "assignments", tuple[str, str, str])
        chosen = None if regimes is None else tuple(regimes)
        page = await self.scope.pages.load((self.id, Family.RESPONSIBILITY, End.SOURCE, size, key, chosen))
        frame = await self.scope.frame()
        rows = [
            (encode_cursor("assignments", [row.kind, row.target, row.id]), publish_assignment(row, self.scope, frame))
            for row in page.relations
        ]
        return connection(rows, total=page.total, has_next=page.has_next, after=after)


async def relation_page(
    node: Node, family: Family, end: End, first: int | None, after: str | None
) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
    """A page of the relations of one family that have a node at one end."""
    from api.types.relations import publish_relation

    kind = f"{family.value}-{end.value}"
    size, key = check_first(first), decode_cursor(after, kind, tuple[str, str, str])
    page = await node.scope.pages.load((node.id, family, end, size, key, None))
    frame = await node.scope.frame()
    rows = []
    for row in page.relations:
        other = row.target if end is End.SOURCE else row.source
        rows.append((encode_cursor(kind, [row.kind, other, row.id]), publish_relation(row, node.scope, frame)))
    return connection(rows, total=page.total, has_next=page.has_next, after=after)
