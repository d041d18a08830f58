"""Two days, or two states, of one ladder in words (对比): what was gained, lost and changed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from graph_model.questions.chain import Completeness, Link
from graph_model.questions.compare import GapChange, LinkChange
from graph_model.questions.duties import Gap
from graph_model.views import View, compare_views
from pages.languages import Lang
from pages.places import name_place
from pages.saying import say_link
from pages.texts import say


class Line(Struct, frozen=True):
    """One difference in words."""

    text: str
    detail: str = ""


class Comparison(Struct, frozen=True):
    """What differs from another day, ``day``; a side without a chain says so in its completeness."""

    day: str
    gained: tuple[Line, ...]
    lost: tuple[Line, ...]
    changed: tuple[Line, ...]
    opened: tuple[Line, ...]
    closed: tuple[Line, ...]
    gaps_changed: tuple[Line, ...]
    same: int
    completeness_before: str
    completeness_after: str
    is_empty: bool

    @property
    def parts(self) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """The differences by their sort."""
        return (
            ("gained", self.gained),
            ("lost", self.lost),
            ("changed", self.changed),
            ("opened", self.opened),
            ("closed", self.closed),
            ("gaps-changed", self.gaps_changed),
        )


def build_comparison(
    before: View,
    after: View,
    target: str,
    lang: Lang,
    lanes: Sequence[str] | None = None,
    regime: str | None = None,
) -> Comparison:
    """How the ladder of a target (id) in ``after`` differs from that in ``before``."""
    difference = compare_views(before, after, target, regime, lanes).difference
    return Comparison(
        day=before.moment.as_of.isoformat(),
        gained=tuple(_link_line(link, after, lang) for link in difference.gained),
        lost=tuple(_link_line(link, before, lang) for link in difference.lost),
        changed=tuple(_change_line(change, after, lang) for change in difference.changed),
        opened=tuple(_gap_line(gap, lang) for gap in difference.opened),
        closed=tuple(_gap_line(gap, lang) for gap in difference.closed),
        gaps_changed=tuple(_gap_change_line(change, lang) for change in difference.gaps_changed),
        same=difference.same_links,
        completeness_before=_completeness(difference.before, lang),
        completeness_after=_completeness(difference.after, lang),
        is_empty=difference.is_empty,
    )


def _completeness(value: Completeness | None, lang: Lang) -> str:
    return say("compare.no-chain" if value is None else f"ladder.{value.value}", lang)


def _sentence(link: Link, view: View, lang: Lang) -> str:
    return say_link(link, view.around, view.moment.day, name_place(view, link.target).full, lang)


def _link_line(link: Link, view: View, lang: Lang) -> Line:
    return Line(_sentence(link, view, lang), say(f"certainty.{link.certainty.value}", lang))


def _change_line(change: LinkChange, view: View, lang: Lang) -> Line:
    details = []
    if change.certainty:
        sides = (say(f"certainty.{link.certainty.value}", lang) for link in (change.before, change.after))
        details.append(say("compare.certainty", lang, **dict(zip(("before", "after"), sides, strict=True))))
    if change.holders:
        sides = (_holders(link, lang) for link in (change.before, change.after))
        details.append(say("compare.holders", lang, **dict(zip(("before", "after"), sides, strict=True))))
    return Line(_sentence(change.after, view, lang), "; ".join(details))


def _holders(link: Link, lang: Lang) -> str:
    return ", ".join(holder.person.code for holder in link.holders) or say("holder.not-recorded", lang)


def _gap_line(gap: Gap, lang: Lang) -> Line:
    return Line(lang.say(gap.message), say(f"certainty.{gap.certainty.value}", lang))


def _gap_change_line(change: GapChange, lang: Lang) -> Line:
    details = []
    if change.before.cause is not change.after.cause:
        causes = (say(f"cause.{gap.cause.value}", lang) for gap in (change.before, change.after))
        details.append(say("compare.cause", lang, **dict(zip(("before", "after"), causes, strict=True))))
    if change.before.certainty is not change.after.certainty:
        sides = (say(f"certainty.{gap.certainty.value}", lang) for gap in (change.before, change.after))
        details.append(say("compare.certainty", lang, **dict(zip(("before", "after"), sides, strict=True))))
    return Line(lang.say(change.after.message), "; ".join(details))
