"""The viewer as it is published (访问者)."""

from __future__ import annotations

import datetime

import strawberry
from strawberry.types import Info

from api.access import viewer
from api.access.tokens import Role
from api.scope import Request
from api.types.divisions import Division
from api.types.publishing import publish_ids


@strawberry.type(description="Who asks (访问者), by the bearer token of the request.")
class Viewer:
    """See the description."""

    name: str = strawberry.field(description="Whose the token is: the author of what is written with it.")
    role: Role = strawberry.field(description="What the token is for.")
    may_write: bool = strawberry.field(
        description="Whether this server takes writes of the viewer, within the area; false also where it takes none."
    )
    area_id: strawberry.ID | None = strawberry.field(
        description="The id of the division within which alone the viewer may write; null: no bound."
    )
    expires: datetime.date | None = strawberry.field(
        description="The first day (UTC) on which the token is no longer valid; null: it does not expire."
    )

    @strawberry.field(
        description="The division within which alone the viewer may write; null: no bound, or one that nobody loaded."
    )
    async def area(self, info: Info[Request, None]) -> Division | None:
        if self.area_id is None:
            return None
        found = await publish_ids((str(self.area_id),), await info.context.scope())
        return found[0] if found and isinstance(found[0], Division) else None


def publish_viewer(asking: viewer.Viewer) -> Viewer | None:
    """The viewer of a request; None for an anonymous one."""
    if asking.name is None:
        return None
    return Viewer(
        name=asking.name,
        role=asking.role,
        may_write=asking.may_write,
        area_id=None if asking.area is None else strawberry.ID(asking.area),
        expires=asking.expires,
    )
