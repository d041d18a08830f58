"""Dated edges between nodes, one class for every family and kind (关系)."""

from __future__ import annotations

from enum import Enum

from graph_model.dates import ALWAYS_POSSIBLE, Validity
from graph_model.records.shared import Record


class Family(Enum):
    """The families of edges, never mixed in one walk (关系族)."""

    CONTAINMENT = "containment"
    HOLDING = "holding"
    MEMBERSHIP = "membership"
    REPORTING = "reporting"
    RESPONSIBILITY = "responsibility"

    # One object a family: identity tells them apart, and is faster than the name's hash in look-ups by family.
    __hash__ = object.__hash__


class Relation(Record, frozen=True, kw_only=True, tag="relation"):
    """One edge, of any family and kind (关系).

    Responsibility: ``source`` is the one assignee, ``target`` the one target, ``regime`` whose kind it is; those who
    answer together share ``joint``. Membership has a ``role``, reporting a ``rhythm``.
    """

    family: Family
    kind: str
    source: str
    target: str
    validity: Validity = ALWAYS_POSSIBLE
    regime: str | None = None
    joint: str | None = None
    role: str | None = None
    rhythm: str | None = None
