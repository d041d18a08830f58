"""The days between editions (版次之间)."""

from __future__ import annotations

from datetime import timedelta

from graph_model.dates import parse_day


def day_after(day: str) -> str:
    """The day after a day."""
    return (parse_day(day) + timedelta(days=1)).isoformat()


def change_between(before: str, after: str) -> str:
    """The days on which something changed that an edition has and the next one has not."""
    first = day_after(before)
    return first if first == after else f"[{first}..{after}]"
