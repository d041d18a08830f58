"""One event for many (共享): subscriptions that are the same, and at the same state, are told what was made once.

Of all that ask for the same (document, operation, variables, viewer), the first that is at a span of writes compares
the states and executes its selection; the others wait for its answer and send it on. Who made it and gives it up, for
its time or its client, leaves it to the next.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from api.answers import Answer
from graph_model.checkpoint import Checkpoint

_KEPT = 1_024
_Key = tuple[Hashable, Checkpoint, Checkpoint, Hashable]


@dataclass(frozen=True)
class Told:
    """What a span of writes comes to: the answer (None: nothing differs), and what the chain hangs on afterwards."""

    answer: Answer | None
    hangs_on: frozenset[str]


class SharedEvents:
    """What was made of late, or is being made now, of all subscriptions."""

    def __init__(self) -> None:
        self._made: OrderedDict[_Key, asyncio.Future[Told]] = OrderedDict()

    def of(self, asked: Hashable) -> Sharing:
        """The view of one subscription, which shares with all that ask the same."""
        return Sharing(self._made, asked)


class Sharing:
    """One subscription's: it makes an event for all, or is told what another made."""

    def __init__(self, made: OrderedDict[_Key, asyncio.Future[Told]], asked: Hashable) -> None:
        self._made = made
        self._asked = asked
        self._mine: _Key | None = None
        self.hangs_on = frozenset[str]()
        """What the chain hangs on after the event that is being made."""

    async def find(self, since: Checkpoint, until: Checkpoint, day: Hashable) -> Told | None:
        """What another made of a span of writes, once it has; None: make it, and ``tell`` or ``give_up``."""
        key = (self._asked, since, until, day)
        while (known := self._made.get(key)) is not None:
            await asyncio.wait([known])
            if not known.cancelled():
                return known.result()
        while len(self._made) >= _KEPT:
            self._made.popitem(last=False)[1].cancel()
        self._made[key] = asyncio.get_running_loop().create_future()
        self._mine = key
        return None

    def tell(self, answer: Answer | None) -> None:
        """Give the others what was made."""
        made = None if self._mine is None else self._made.get(self._mine)
        if made is not None and not made.done():
            made.set_result(Told(answer, self.hangs_on))
        self._mine = None

    def give_up(self) -> None:
        """Leave it to the next, if it was not told."""
        made = None if self._mine is None else self._made.pop(self._mine, None)
        if made is not None:
            made.cancel()
        self._mine = None
