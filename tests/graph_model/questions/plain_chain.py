"""A chain in the words of the oracle, so that the two can be compared."""

from __future__ import annotations

from graph_model.questions.chain import Chain
from tests.graph_model.questions.naive_chain import NaiveChain, NaiveGap, NaiveLink


def plain(chain: Chain) -> NaiveChain:
    """What the oracle can tell of a chain."""
    return NaiveChain(
        way={rung.node.id: rung.certainty for rung in chain.way},
        links=[
            NaiveLink(
                link.assignment.id,
                link.kind.code,
                link.target.id,
                link.certainty,
                frozenset((holder.person.id, holder.certainty) for holder in link.holders),
            )
            for link in chain.links
        ],
        gaps=[
            NaiveGap(gap.duty.code, gap.target.id, gap.lane.code, gap.cause.value, gap.certainty) for gap in chain.gaps
        ],
        completeness=chain.completeness.value,
    )
