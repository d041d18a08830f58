"""Ids from natural keys (自然键): the same in every store and in any order of loading, ASCII only.

A node's id is ``type:key``; a division's key is its code in the first edition that has it, with ``@day`` of that
edition unless that is the data set's first one: ``division:530521``, ``division:530502005@2017-10-31``. What belongs
to a division puts its own word behind the division's key: ``post:530521:party-secretary``.
"""

from __future__ import annotations

from typing import Final

from graph_model.records import Family

RELATION_PREFIX: Final = {
    Family.CONTAINMENT: "containment",
    Family.HOLDING: "holding",
    Family.MEMBERSHIP: "membership",
    Family.REPORTING: "reporting",
    Family.RESPONSIBILITY: "assignment",
}
"""How the ids of a family's relations begin."""


def key_of(record_id: str) -> str:
    """The natural key of an id: what stands behind its type."""
    return record_id.split(":", 1)[1]


def division_id(code: str, edition: str | None = None) -> str:
    """``division:530521``; with an edition's day for one that the data set's first edition does not have."""
    return f"division:{code}" + (f"@{edition}" if edition else "")


def node_id(record_type: str, *parts: str) -> str:
    """``post:530521:party-secretary``."""
    return f"{record_type}:{':'.join(parts)}"


def relation_id(family: Family, kind: str, source: str, target: str, word: str | None = None) -> str:
    """``assignment:linked-to-county:post:5305:mayor~division:530523``; ``word`` tells apart several of one pair."""
    return f"{RELATION_PREFIX[family]}:{kind}:{source}~{target}" + (f"~{word}" if word else "")


def claim_id(claim_type: str, subject: str, word: str) -> str:
    """``code:division:530521~2016-07-31``: a claim about a node, told apart by a word (a day, a kind)."""
    return f"{claim_type}:{subject}~{word}"
