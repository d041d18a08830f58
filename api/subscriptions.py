"""What is told as soon as it is written (订阅): how the chains of a target, or of a division's targets, change.

A subscription is at a checkpoint. It waits for a later write, compares the two states, tells what differs and is at
the later one then. Nothing is kept for a client that is slow: what was written meanwhile comes as one difference.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Annotated

import strawberry

from api.arguments import Ask, AsOf, Lanes, RegimeCode
from api.comparison_queries import find_area, scopes_of
from api.scope import Request, Scope
from api.types.differences import ChainChange, ChainChanges, Side, publish_change, publish_changes
from graph_model.checkpoint import Checkpoint
from graph_model.codes import check_code, check_key
from graph_model.errors import BadUserInputError
from graph_model.graph import ResponsibilityGraph
from graph_model.questions.compare import compare_chains
from graph_model.records import AnyTarget

Since = Annotated[
    str | None,
    strawberry.argument(
        description="The checkpoint of the state that is known: of `dataset`, or `until` of the last event. What was "
        "written since then is told first. Left away: the last write."
    ),
]


@strawberry.type(
    description="What is told as soon as it is written, by whatever process: over WebSocket, `graphql-transport-ws`. "
    "The store is looked at four times a second; an event for very many subscribers reaches the last of them later. "
    "What is written in quick succession, or while a client does not read, comes as one event. "
    "A code is looked up once, at the beginning. That a day has passed is no event."
)
class Subscription:
    """See the description."""

    @strawberry.subscription(
        description="What a write changed in the chain of one target: links gained, lost, with other holders or not as "
        "sure; gaps opened, closed and changed."
    )
    async def chain_changed(
        self,
        info: Ask,
        code: Annotated[
            str, strawberry.argument(description="A division's or a household's code, or the global id of a target.")
        ],
        since: Since = None,
        as_of: AsOf = None,
        lanes: Lanes = None,
        regime: RegimeCode = None,
    ) -> AsyncGenerator[ChainChange, None]:
        check_key(code, "code")
        graph, sharing = info.context.graph, info.context.sharing
        known = await _begin(graph, since, regime, lanes)
        with _asking(info) as request:
            target = await _find_target(code, await scopes_of(request, as_of, known, await graph.last_checkpoint()))
        # What the chain hangs on as of today: most writes touch nothing of it, and need no look at the chain.
        today, hangs_on = graph.today, frozenset[str]()
        while True:
            last = await graph.next_write(known)
            if graph.today != today or not hangs_on or await graph.may_show(known, last, hangs_on):
                today = graph.today
                told = None if sharing is None else await sharing.find(known, last, today)
                if told is not None:
                    hangs_on = told.hangs_on
                    if told.answer is not None:
                        yield told  # type: ignore[misc]  # executed already, for another subscription
                    known = last
                    continue
                with _asking(info) as request:
                    scopes = await scopes_of(request, as_of, known, last)
                    async with graph.turn():
                        event, hangs_on = await _compare(target, (known, last), scopes, regime, lanes)
                    del scopes
                    if sharing is not None:
                        sharing.hangs_on = hangs_on
                    if event is not None:
                        yield event
                    elif sharing is not None:
                        sharing.tell(None)
                    del event  # with all that was looked up for it: the next one may be long in coming
            known = last

    @strawberry.subscription(
        description="What a write changed in the chains of a division's targets, as `Query.changes` tells it: the "
        "targets of an event that do not fit on its page are found there, from its `since` until its `until`."
    )
    async def changes(
        self,
        info: Ask,
        within: Annotated[str, strawberry.argument(description="The code of the division to look in.")],
        since: Since = None,
        as_of: AsOf = None,
        lanes: Lanes = None,
        regime: RegimeCode = None,
    ) -> AsyncGenerator[ChainChanges, None]:
        check_code(within, "division", "within")
        graph, sharing = info.context.graph, info.context.sharing
        known = await _begin(graph, since, regime, lanes)
        with _asking(info) as request:
            area = await find_area(within, *await scopes_of(request, as_of, known, await graph.last_checkpoint()))
        while True:
            last = await graph.next_write(known)
            told = None if sharing is None else await sharing.find(known, last, graph.today)
            if told is not None:
                if told.answer is not None:
                    yield told  # type: ignore[misc]  # executed already, for another subscription
                known = last
                continue
            with _asking(info) as request:
                before, after = await scopes_of(request, as_of, known, last)
                chosen = (await after.frame()).regime(regime).code
                day = after.moment.day
                found = await graph.chain_changes(known, last, area, day, regime=chosen, lanes=lanes)
                event = publish_changes(found, known, last, chosen, before, after) if found.changes else None
                del before, after, found
                if event is not None:
                    yield event
                elif sharing is not None:
                    sharing.tell(None)
                del event  # with all that was looked up for it: the next one may be long in coming
            known = last


async def _begin(
    graph: ResponsibilityGraph, since: str | None, regime: str | None, lanes: list[str] | None
) -> Checkpoint:
    """Where to begin; a regime or a lane that is unknown now is refused now.

    Raises BadUserInputError, CheckpointUnknownError.
    """
    chosen = (await graph.refresh()).regime(regime)
    if lanes is not None:
        chosen.check_lanes(lanes)
    return await graph.last_checkpoint() if since is None else await graph.find_checkpoint(since, "since")


@contextmanager
def _asking(info: Ask) -> Iterator[Request]:
    """The look-ups of one event: let go of when the next one is asked for."""
    request = Request(info.context.graph, info.context.viewer)
    try:
        yield request
    finally:
        request.release()


async def _find_target(code: str, scopes: tuple[Scope, Scope]) -> str:
    """The target (id) that a code means afterwards, or else before. Raises BadUserInputError."""
    for scope in reversed(scopes):
        view = await scope.views.load(code)
        found = view.find(code)
        if found is not None and isinstance(view.around.find_node(found), AnyTarget):
            return found
    raise BadUserInputError(f"code: there is no target {code!r}")


async def _compare(
    target: str,
    span: tuple[Checkpoint, Checkpoint],
    scopes: tuple[Scope, Scope],
    regime: str | None,
    lanes: list[str] | None,
) -> tuple[ChainChange | None, frozenset[str]]:
    """What differs in a chain between two states, None for nothing; and the ids of all that it hangs on afterwards.

    Raises BadUserInputError for a regime or lane that is no longer there.
    """
    before, after = [Side(await scope.views.load(target), scope) for scope in scopes]
    chosen = after.view.frame.regime(regime)
    wanted = None if lanes is None else chosen.check_lanes(lanes)
    was_recorded = before.scope is not after.scope  # see scopes_of
    earlier = before.view.find_chain(target, chosen.code, wanted) if was_recorded else None
    difference = compare_chains(earlier, after.view.find_chain(target, chosen.code, wanted))
    event = None if difference.is_empty else publish_change(difference, target, span, chosen.code, (before, after))
    return event, after.view.around.ids
