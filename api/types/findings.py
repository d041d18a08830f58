"""Findings, and what was decided about them, as they are published (发现与处置)."""

from __future__ import annotations

import datetime
from bisect import bisect_right

import strawberry

from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.enums import Lang
from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.labels import Duty, LangArgument, say
from api.types.nodes import Node
from api.types.publishing import publish_ids
from api.types.regimes import publish_duty
from graph_model.dates import Certainty, parse_day
from graph_model.facade.findings import Listed, Standing
from graph_model.instants import instant_of
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.duties import GapCause
from graph_model.questions.found import DUTY_CODES
from graph_model.records import FindingState, Provenance, Severity

_NOTHING = Neighbourhood(())


@strawberry.type(
    description="What somebody decided about a finding (处置), and on what basis; `history(id)` has all of them."
)
class Ruling:
    """See the description."""

    id: strawberry.ID = strawberry.field(
        description="The ruling's id: what `history` takes. A finding has one at most."
    )
    state: FindingState = strawberry.field(description="What was decided.")
    by: str = strawberry.field(description="Who decided.")
    as_of: datetime.date = strawberry.field(description="The day as of which the finding was seen.")
    is_of_this_finding: bool = strawberry.field(
        description="Whether what is found is still what was seen then; false: the finding is REOPENED."
    )
    basis: Basis = strawberry.field(description="What the decision rests on.")
    scope: strawberry.Private[Scope]

    @strawberry.field(description="The recorded moment of the decision.")
    async def recorded_at(self) -> datetime.datetime:
        return instant_of(await self.scope.graph.ruled_at(self.id, self.scope.moment))


@strawberry.type(
    description="Something that an auditor should see (发现): a contradiction, a doubt, a break. What is true of many "
    "targets in one place is one finding there, with its `targets`."
)
class Finding:
    """See the description."""

    id: strawberry.ID = strawberry.field(
        description="The finding's id: the same for as long as it is about the same thing, whatever its targets."
    )
    code: str = strawberry.field(description="What sort of finding it is.")
    severity: Severity = strawberry.field(description="How much it matters.")
    clauses: list[str] = strawberry.field(description="The clauses of the source that it concerns.")
    places: list[str] = strawberry.field(description="The files and rows that it concerns.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on: of an overridden rule, the document that allows it.")
    version: str = strawberry.field(
        description="Tells whether it is still what somebody saw: give it to `judgeFinding` as `expectedVersion`."
    )
    is_on_record: bool = strawberry.field(
        description="Whether it is a record of a load or an edit; false: it was found anew in the state of the day."
    )
    cause: GapCause | None = strawberry.field(description="Of a duty: why it is not simply met; else null.")
    certainty: Certainty | None = strawberry.field(description="Of a duty: whether that is sure; else null.")
    regime: str | None = strawberry.field(description="The code of the regime whose rule it is of; null where of none.")
    listed: strawberry.Private[Listed]
    scope: strawberry.Private[Scope]

    @strawberry.field(description="What was found, in a sentence or two.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.listed.record.message, lang)

    @strawberry.field(description="What would settle it, in a sentence.")
    def remedy(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.listed.remedy, lang)

    @strawberry.field(
        description="The nodes that it concerns; of what is true of many targets, the place where they are."
    )
    async def subjects(self) -> list[Node]:
        return await publish_ids(self.listed.record.subjects, self.scope)

    @strawberry.field(
        description="All that it is true of: the targets that lack a duty; of one on record its subjects. By id."
    )
    async def targets(self, first: First = None, after: After = None) -> Connection[Node]:
        return await self._page("targets", self.listed.targets, first, after)

    @strawberry.field(
        description="Those who answer and whom it is about too: the helpers, the posts of a holder. By id."
    )
    async def others(self, first: First = None, after: After = None) -> Connection[Node]:
        return await self._page("others", self.listed.others, first, after)

    async def _page(self, word: str, nodes: tuple[str, ...], first: int | None, after: str | None) -> Connection[Node]:
        kind = f"finding-{word}"
        size, key = check_first(first), decode_cursor(after, kind, str)
        ids = sorted(nodes)
        start = 0 if key is None else bisect_right(ids, key)
        found = await publish_ids(tuple(ids[start : start + size]), self.scope)
        rows = [(encode_cursor(kind, str(node.id)), node) for node in found]
        return connection(rows, total=len(ids), has_next=start + size < len(ids), after=after)

    @strawberry.field(description="The duty that is not simply met; null for other findings.")
    async def duty(self) -> Duty | None:
        found = self.listed.found
        if found is None or found.code not in DUTY_CODES:
            return None
        regime = (await self.scope.frame()).regime(found.regime)
        return publish_duty(regime, regime.get_duty(found.word))

    @strawberry.field(description="What was decided about it: OPEN where nothing was.")
    async def state(self) -> FindingState:
        return (await self._standing()).state

    @strawberry.field(description="The last decision about it; null where there is none.")
    async def ruling(self) -> Ruling | None:
        standing = await self._standing()
        ruling = standing.ruling
        if ruling is None:
            return None
        return Ruling(
            id=strawberry.ID(ruling.id),
            state=ruling.state,
            by=ruling.by,
            as_of=parse_day(ruling.as_of),
            is_of_this_finding=standing.is_as_seen,
            basis=publish_basis(ruling.basis, self.scope, _NOTHING),
            scope=self.scope,
        )

    async def _standing(self) -> Standing:
        return await self.scope.standings.load(self.listed)


def publish_finding(listed: Listed, scope: Scope) -> Finding:
    """A finding."""
    record, found = listed.record, listed.found
    return Finding(
        id=strawberry.ID(record.id),
        code=record.code,
        severity=record.severity,
        clauses=list(record.clauses),
        places=list(record.places),
        provenance=record.provenance,
        basis=publish_basis(record.basis, scope, _NOTHING),
        version=listed.version,
        is_on_record=found is None,
        cause=None if found is None else found.cause,
        certainty=None if found is None or found.cause is None else found.certainty,
        regime=None if found is None else found.regime,
        listed=listed,
        scope=scope,
    )
