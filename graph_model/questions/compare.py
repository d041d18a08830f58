"""Two chains of one target, and what is different (责任链比较). The only engine of differences.

What people compare (two days, two recorded moments), what a write came to and what an edit would come to are all
differences of a chain before and a chain after. The two are of one regime and were asked for with the same lanes.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from graph_model.dates import Certainty
from graph_model.questions.chain import Chain, Completeness, Link
from graph_model.questions.duties import Gap

_LinkKey = tuple[str, str, str, str]
_GapKey = tuple[str, str]


class LinkChange(Struct, frozen=True):
    """A link that stands in both chains and is not the same in both: at least one of the two is True.

    ``holders``: other people hold the post that answers. ``certainty``: the link's own differs, or that of somebody
    who holds the post in both.
    """

    before: Link
    after: Link
    holders: bool
    certainty: bool


class GapChange(Struct, frozen=True):
    """A gap that stands in both chains, with another cause or another certainty."""

    before: Gap
    after: Gap


class ChainDifference(Struct, frozen=True):
    """What is different between a chain before and a chain after.

    ``gained``, ``changed``, ``opened`` and ``gaps_changed`` are in the order of the chain after, ``lost`` and
    ``closed`` in that of the chain before. ``same_links``: how many links are the same in both. A side's completeness
    is None where it has no chain.
    """

    gained: tuple[Link, ...]
    lost: tuple[Link, ...]
    changed: tuple[LinkChange, ...]
    opened: tuple[Gap, ...]
    closed: tuple[Gap, ...]
    gaps_changed: tuple[GapChange, ...]
    same_links: int
    before: Completeness | None
    after: Completeness | None

    @property
    def is_empty(self) -> bool:
        """True where nothing is different, the completeness included."""
        parts = (self.gained, self.lost, self.changed, self.opened, self.closed, self.gaps_changed)
        return not any(parts) and self.before is self.after


def compare_chains(before: Chain | None, after: Chain | None) -> ChainDifference:
    """What is different between two chains; None is a side on which there is no such target, and so no chain.

    A link is the same one in both where assignment (id), assignee, target and kind are: an assignment that was
    corrected to another assignee is a link lost and another gained. It is *the same* where its certainty is, and the
    people who hold the post that answers are, each with the same certainty: dates, basis, provenance and partners may
    differ. A gap is the same one where target and duty are; only its cause and its certainty count, not its wording.

    Comparing the other way round gives the mirror image: what one gained the other lost, what one opened the other
    closed, and a change has its sides exchanged.
    """
    links_before, links_after = _links(before), _links(after)
    gaps_before, gaps_after = _gaps(before), _gaps(after)
    both = [(links_before[key], link) for key, link in links_after.items() if key in links_before]
    changed = tuple(change for pair in both if (change := _changed(*pair)) is not None)
    return ChainDifference(
        gained=tuple(link for key, link in links_after.items() if key not in links_before),
        lost=tuple(link for key, link in links_before.items() if key not in links_after),
        changed=changed,
        opened=tuple(gap for key, gap in gaps_after.items() if key not in gaps_before),
        closed=tuple(gap for key, gap in gaps_before.items() if key not in gaps_after),
        gaps_changed=tuple(
            GapChange(earlier, gap)
            for key, gap in gaps_after.items()
            if (earlier := gaps_before.get(key)) is not None
            and (earlier.cause, earlier.certainty) != (gap.cause, gap.certainty)
        ),
        same_links=len(both) - len(changed),
        before=None if before is None else before.completeness,
        after=None if after is None else after.completeness,
    )


def _links(chain: Chain | None) -> dict[_LinkKey, Link]:
    links: Iterable[Link] = () if chain is None else chain.links
    return {(link.assignment.id, link.assignee.id, link.target.id, link.kind.code): link for link in links}


def _gaps(chain: Chain | None) -> dict[_GapKey, Gap]:
    gaps: Iterable[Gap] = () if chain is None else chain.gaps
    return {(gap.target.id, gap.duty.code): gap for gap in gaps}


def _changed(before: Link, after: Link) -> LinkChange | None:
    earlier, later = _holders(before), _holders(after)
    holders = earlier.keys() != later.keys()
    certainty = before.certainty is not after.certainty or any(
        earlier[person] is not later[person] for person in earlier.keys() & later.keys()
    )
    return LinkChange(before, after, holders, certainty) if holders or certainty else None


def _holders(link: Link) -> dict[str, Certainty]:
    return {holder.person.id: holder.certainty for holder in link.holders}
