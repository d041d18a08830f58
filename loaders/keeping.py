"""What the commands that look after a store say (保管)."""

from __future__ import annotations

from pathlib import Path

from graph_model.stores import keeping
from graph_model.stores.keeping import Verified


def verify(url: str) -> list[str]:
    """Go through all of a store; what is in order. Raises StoreError that says what is not."""
    return _lines(url, keeping.verify(url))


def back_up(url: str, out: Path) -> list[str]:
    """Write a backup; what was found in it. Raises StoreError."""
    return _lines(str(out), keeping.back_up(url, out))


def restore(url: str, backup: Path) -> list[str]:
    """Put a backup in a store's place; what was found in it, and where what was there lies. Raises StoreError."""
    verified, aside = keeping.restore(url, backup)
    lines = _lines(url, verified)
    return lines if aside is None else [*lines, f"what was there before: {aside}"]


def _lines(place: str, verified: Verified) -> list[str]:
    return [
        f"{place}: whole",
        f"{verified.pages:>12,} pages, each as it was written; tables and indexes agree",
        f"{verified.writes:>12,} writes, each following from the one before",
        f"{verified.versions:>12,} versions of records: after each write, those that the journal has",
        f"version {verified.version}",
    ]
