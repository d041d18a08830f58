"""A store that counts how often it is asked, and fails when told to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import cast

from graph_model.stores.base import Store


class WatchedStore:
    """Stands before a store: every method is counted by its name; while ``fault`` is set, each one raises it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()
        self.fault: Exception | None = None

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        method = cast("Callable[..., Awaitable[object]]", getattr(self._store, name))

        async def watched(*arguments: object, **named: object) -> object:
            self.calls[name] += 1
            if self.fault is not None and name != "close":
                raise self.fault
            return await method(*arguments, **named)

        return watched

    def as_store(self) -> Store:
        """Itself, as the type that it stands for."""
        return cast("Store", self)
