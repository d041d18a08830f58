"""Which of several dated claims is shown on a day: a division's name or code (名称与代码).

Source: model.md, "Time": where several are possible, the latest edition observed on or before the day wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from graph_model.dates import (
    AFTER_ALL_DAYS,
    Certainty,
    Validity,
    certainty_on,
    first_observed,
    last_observed_by,
    observations,
)
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import (
    AnyNode,
    Asset,
    Code,
    Division,
    Document,
    Household,
    Name,
    Organization,
    Person,
    Post,
    Provenance,
)

C = TypeVar("C", Name, Code)


def pick(claims: Iterable[C], day: int) -> C | None:
    """The claim that is shown on a day (ordinal); None if none is CERTAIN or POSSIBLE.

    CERTAIN before POSSIBLE, then the latest observation on or before the day, then the earliest after it, then the
    text.
    """
    possible = [(certainty, claim) for claim in claims if (certainty := certainty_on(claim.validity, day)).holds]
    if len(possible) < 2:  # most often: nothing to weigh
        return possible[0][1] if possible else None
    return min(
        possible,
        key=lambda row: (
            row[0] is not Certainty.CERTAIN,
            -last_observed_by(row[1].validity, day),
            first_observed(row[1].validity),
            row[1].text,
            row[1].id,
        ),
    )[1]


def name_on(around: Neighbourhood, division: str, day: int) -> Name:
    """A division's name on a day, or where none is possible the nearest in time; its id where nobody loaded one."""
    shown = _shown(list(around.iter_claims(division, Name)), day)
    return shown or Name(id=division, provenance=Provenance.DERIVED, subject=division, text=division, pinyin="")


def code_on(around: Neighbourhood, division: str, day: int) -> Code:
    """A division's code on a day, or where none is possible the nearest in time; its id where nobody loaded one."""
    shown = _shown(list(around.iter_claims(division, Code)), day)
    return shown or Code(id=division, provenance=Provenance.DERIVED, subject=division, text=division, scheme="")


def _shown(claims: list[C], day: int) -> C | None:
    return pick(claims, day) or min(
        claims,
        key=lambda claim: (_days_between(claim.validity, day), claim.text, claim.id),
        default=None,
    )


def _days_between(validity: Validity, day: int) -> int:
    return min((abs(seen - day) for seen in observations(validity)), default=AFTER_ALL_DAYS)


def resolve_code(around: Neighbourhood, code: str, day: int) -> tuple[str, ...]:
    """The ids of what a code means on a day, the best first.

    Where two are possible the latest edition observed on or before the day wins. A code that no longer, or not yet,
    holds on the day still finds the division that bore it, whose present code the answer shows: the last one that
    bore it on an earlier day, else the first one that will.
    """
    seeds = around.seeds.get(code, ())
    claims = [
        claim
        for seed in seeds
        if isinstance(around.find_node(seed), Division)
        for claim in around.iter_claims(seed, Code)
        if claim.text == code
    ]
    others = [seed for seed in seeds if not isinstance(around.find_node(seed), Division)]
    if not claims:
        return tuple(others)
    ordered: list[str] = []
    while (best := pick((claim for claim in claims if claim.subject not in ordered), day)) is not None:
        ordered.append(best.subject)
    if not ordered:
        before = [claim for claim in claims if last_observed_by(claim.validity, day)]
        if before:
            ordered = [max(before, key=lambda claim: (last_observed_by(claim.validity, day), claim.subject)).subject]
        else:
            ordered = [min(claims, key=lambda claim: (first_observed(claim.validity), claim.subject)).subject]
    return (*ordered, *others)


def called_on(around: Neighbourhood, node: AnyNode, day: int) -> str:
    """What a node is called on a day: its name, else its code or title."""
    if isinstance(node, Division):
        return name_on(around, node.id, day).text
    if isinstance(node, Organization | Post | Asset):
        return node.name
    if isinstance(node, Household | Person):
        return node.code
    return node.title if isinstance(node, Document) else node.id
