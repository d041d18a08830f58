"""A progress that nobody watches."""

from __future__ import annotations


class Silence:
    """Meets ``loaders.progress.Progress`` and shows nothing."""

    def step(self, text: str, total: int | None = None) -> None:
        pass

    def advance(self, records: int) -> None:
        pass
