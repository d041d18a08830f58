"""The ladder of a place (责任阶梯): its chain as people read it, and as every twin of the page has it.

One model of plain texts and codes: the page, ``.json``, ``.csv``, ``.xlsx`` and ``.svg`` are made of it and of nothing
else, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from graph_model.questions.chain import Chain, Link
from graph_model.questions.duties import Gap
from graph_model.questions.naming import called_on
from graph_model.questions.seats import Holder
from graph_model.records import AnyNode, Post, Provenance, type_of
from graph_model.views import View
from pages.languages import Lang
from pages.places import PlaceName, name_place
from pages.saying import say_until, say_when


class HolderRow(Struct, frozen=True):
    """Who holds a post, or may: a person is a code."""

    code: str
    id: str
    certainty: str
    provenance: str
    when: str


class LinkRow(Struct, frozen=True):
    """One link: who answers, as what, since when, on what basis, how sure, and where that comes from.

    ``seat``: ``held``, ``not-recorded`` or ``vacant`` where a post answers, else ``none``.
    """

    level: str | None
    lane: str
    lane_label: str
    kind: str
    kind_label: str
    target: str
    target_code: str
    target_name: str
    assignee: str
    assignee_name: str
    assignee_type: str
    seat: str
    holders: tuple[HolderRow, ...]
    since: str | None
    until: str | None
    observed: tuple[str, ...]
    when: str
    ends: str
    certainty: str
    provenance: str
    clause: str | None
    document: str | None
    note: str | None
    assignment: str
    joint: str | None
    sentence: str


class GapRow(Struct, frozen=True):
    """One gap in its place, with its cause. ``is_unmet`` is False of a remark."""

    level: str
    lane: str
    lane_label: str
    target: str
    target_code: str
    target_name: str
    duty: str
    duty_label: str
    clause: str
    cause: str
    certainty: str
    is_unmet: bool
    message: str


class RungRow(Struct, frozen=True):
    """One rung: a place on the way up."""

    level: str | None
    level_label: str
    certainty: str
    place: PlaceName


class LaneColumn(Struct, frozen=True):
    """One column: a lane; ``is_empty`` where no rung has anything in it."""

    code: str
    label: str
    is_empty: bool


class Ladder(Struct, frozen=True):
    """The whole answer. ``is_broken``: some duty is surely not met."""

    place: PlaceName
    as_of: str
    recorded_as_of: str | None
    regime: str
    regime_label: str
    completeness: str
    version: str
    reference_date: str
    rungs: tuple[RungRow, ...]
    lanes: tuple[LaneColumn, ...]
    links: tuple[LinkRow, ...]
    gaps: tuple[GapRow, ...]

    @property
    def is_broken(self) -> bool:
        """Whether some duty is surely not met."""
        return self.completeness == "BROKEN"

    @property
    def breaks(self) -> tuple[GapRow, ...]:
        """What is surely not met."""
        return tuple(gap for gap in self.gaps if gap.is_unmet and gap.certainty == "CERTAIN")

    @property
    def doubts(self) -> tuple[GapRow, ...]:
        """What is possibly not met."""
        return tuple(gap for gap in self.gaps if gap.is_unmet and gap.certainty != "CERTAIN")

    @property
    def has_synthetic(self) -> bool:
        """Whether anything of it was generated."""
        word = Provenance.SYNTHETIC.value
        return any(link.provenance == word or any(h.provenance == word for h in link.holders) for link in self.links)

    def links_at(self, target: str, lane: str) -> tuple[LinkRow, ...]:
        """The links of a cell."""
        return tuple(link for link in self.links if link.target == target and link.lane == lane)

    def gaps_at(self, target: str, lane: str) -> tuple[GapRow, ...]:
        """The gaps of a cell."""
        return tuple(gap for gap in self.gaps if gap.target == target and gap.lane == lane)


def build_ladder(
    view: View, target: AnyNode, lang: Lang, lanes: Sequence[str] | None = None, regime: str | None = None
) -> Ladder:
    """The ladder of a target at the view's moment. Raises BadUserInputError for an unknown lane or regime."""
    chain = view.chain(target.id, regime, lanes)
    names = {rung.node.id: name_place(view, rung.node) for rung in chain.way}
    links = tuple(link_row(link, view, lang, names[link.target.id]) for link in chain.links)
    gaps = tuple(gap_row(gap, lang, names[gap.target.id]) for gap in chain.gaps)
    filled = {link.lane for link in links} | {gap.lane for gap in gaps}
    recorded = view.moment.recorded
    return Ladder(
        place=names[target.id],
        as_of=view.moment.as_of.isoformat(),
        recorded_as_of=None if recorded is None else recorded.isoformat(),
        regime=chain.regime.code,
        regime_label=lang.say(chain.regime.labels),
        completeness=chain.completeness.value,
        version=view.frame.header.version,
        reference_date=view.frame.dataset.reference_date,
        rungs=rung_rows(chain, lang, names),
        lanes=tuple(
            LaneColumn(lane.code, lang.say(lane.labels), lane.code not in filled)
            for lane in chain.regime.lanes
            if lanes is None or lane.code in lanes
        ),
        links=links,
        gaps=gaps,
    )


def rung_rows(chain: Chain, lang: Lang, names: dict[str, PlaceName]) -> tuple[RungRow, ...]:
    """The rungs of a chain, the target first."""
    return tuple(
        RungRow(
            None if rung.level is None else rung.level.code,
            "" if rung.level is None else lang.say(rung.level.labels),
            rung.certainty.value,
            names[rung.node.id],
        )
        for rung in chain.way
    )


def link_row(link: Link, view: View, lang: Lang, target: PlaceName) -> LinkRow:
    """One link as it is read."""
    around, day, relation = view.around, view.moment.day, link.assignment
    name = called_on(around, link.assignee, day)
    validity = relation.validity
    document = None if relation.basis.document is None else around.find_node(relation.basis.document)
    return LinkRow(
        level=None if link.level is None else link.level.code,
        lane=link.lane.code,
        lane_label=lang.say(link.lane.labels),
        kind=link.kind.code,
        kind_label=lang.say(link.kind.labels),
        target=link.target.id,
        target_code=target.code,
        target_name=target.full,
        assignee=link.assignee.id,
        assignee_name=name,
        assignee_type=type_of(link.assignee),
        seat=_seat(link, view),
        holders=tuple(_holder_row(holder, lang) for holder in link.holders),
        since=validity.since,
        until=validity.until,
        observed=validity.observed,
        when=say_when(validity, lang),
        ends=say_until(validity, lang),
        certainty=link.certainty.value,
        provenance=relation.provenance.value,
        clause=relation.basis.clause,
        document=None if document is None else called_on(around, document, day),
        note=None if relation.basis.note is None else lang.say(relation.basis.note),
        assignment=relation.id,
        joint=relation.joint,
        sentence=lang.say(link.kind.sentence).format(assignee=name, target=target.full),
    )


def _seat(link: Link, view: View) -> str:
    if not isinstance(link.assignee, Post):
        return "none"
    if view.is_known_empty(link.assignee.id):
        return "vacant"
    return "held" if link.holders else "not-recorded"


def _holder_row(holder: Holder, lang: Lang) -> HolderRow:
    return HolderRow(
        code=holder.person.code,
        id=holder.person.id,
        certainty=holder.certainty.value,
        provenance=holder.holding.provenance.value,
        when=say_when(holder.holding.validity, lang),
    )


def gap_row(gap: Gap, lang: Lang, target: PlaceName) -> GapRow:
    """One gap as it is read."""
    return GapRow(
        level=gap.level.code,
        lane=gap.lane.code,
        lane_label=lang.say(gap.lane.labels),
        target=gap.target.id,
        target_code=target.code,
        target_name=target.full,
        duty=gap.duty.code,
        duty_label=lang.say(gap.duty.labels),
        clause=gap.duty.clause,
        cause=gap.cause.value,
        certainty=gap.certainty.value,
        is_unmet=gap.cause.is_unmet,
        message=lang.say(gap.message),
    )
