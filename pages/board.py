"""The public notice board of a place (责任公示牌): who answers in each lane, on one sheet, in black and white."""

from __future__ import annotations

import hashlib
from io import BytesIO

import segno
from markupsafe import Markup
from msgspec import Struct

from pages.fitting import Line, choose_density
from pages.ladder import Ladder, LinkRow
from pages.languages import Lang
from pages.texts import say


class Entry(Struct, frozen=True):
    """One who answers, with all that it does there."""

    name: str
    kinds: tuple[str, ...]
    seat: str
    holders: tuple[str, ...]
    is_certain: bool
    is_synthetic: bool


class BoardRow(Struct, frozen=True):
    """What one level has in a lane; ``span``: over how many rows the lane's name stands, 0 below the first."""

    lane: str
    span: int
    level: str
    place: str
    entries: tuple[Entry, ...]


class Missing(Struct, frozen=True):
    """What is not met at a place for one cause; ``duties`` with their clauses."""

    place: str
    cause: str
    certainty: str
    duties: tuple[str, ...]


class Board(Struct, frozen=True):
    """One sheet. ``digest`` tells whether what it says still is what is recorded; ``density``: how small it is."""

    ladder: Ladder
    rows: tuple[BoardRow, ...]
    missing: tuple[Missing, ...]
    density: int
    digest: str
    check: str
    qr: Markup


def digest_of(ladder: Ladder) -> str:
    """A digest of what a board says: who answers and how surely, who holds it, what is missing. 16 digits.

    Not of dates, wording or language: those may be mended without the board becoming wrong.
    """
    parts = [
        *(
            (
                *("link", link.assignment, link.assignee, link.target, link.certainty, link.seat),
                *(f"{holder.id} {holder.certainty}" for holder in link.holders),
            )
            for link in ladder.links
        ),
        *(("gap", gap.target, gap.duty, gap.cause, gap.certainty) for gap in ladder.gaps),
        ("chain", ladder.place.id, ladder.regime, ladder.completeness),
    ]
    content = "\n".join("\t".join(part) for part in parts)
    return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()


def build_board(ladder: Ladder, check: str, lang: Lang) -> Board:
    """The sheet of a ladder; ``check`` is the address that its QR code leads to."""
    rows: list[BoardRow] = []
    for lane in ladder.lanes:
        found = [
            (rung, _merged(links)) for rung in ladder.rungs if (links := ladder.links_at(rung.place.id, lane.code))
        ]
        rows += [
            BoardRow(lane.label, 0 if position else len(found), rung.level_label, rung.place.name, entries)
            for position, (rung, entries) in enumerate(found)
        ]
    missing = _missing(ladder, lang)
    density = choose_density(
        (Line(f"{row.level} {row.place}", "; ".join(_written(entry, lang) for entry in row.entries)) for row in rows),
        (
            f"{say(f'cause.{one.cause}', lang)} ({one.certainty}) {one.place}: {', '.join(one.duties)}"
            for one in missing
        ),
    )
    return Board(ladder, tuple(rows), missing, density, digest_of(ladder), check, draw_qr(check))


def _missing(ladder: Ladder, lang: Lang) -> tuple[Missing, ...]:
    """What is not met, that of one place and cause together, the certain first."""
    of: dict[tuple[str, str, str], list[str]] = {}
    for gap in (*ladder.breaks, *ladder.doubts):
        duty = f"{gap.duty_label} ({say('clause', lang, clause=gap.clause)})"
        of.setdefault((gap.target_name, gap.cause, gap.certainty), []).append(duty)
    return tuple(Missing(place, cause, sure, tuple(duties)) for (place, cause, sure), duties in of.items())


def _written(entry: Entry, lang: Lang) -> str:
    """An entry as long as the sheet has it."""
    holder = {"held": ", ".join(entry.holders), "vacant": say("holder.vacant", lang)}.get(entry.seat, "")
    if entry.seat == "not-recorded":
        holder = say("holder.not-recorded", lang)
    marks = "" if entry.is_certain else f" ({say('certainty.POSSIBLE', lang)})"
    marks += f" [{say('provenance.SYNTHETIC', lang)}]" if entry.is_synthetic else ""
    return f"{entry.name} {', '.join(entry.kinds)} · {holder}{marks}"


def _merged(links: tuple[LinkRow, ...]) -> tuple[Entry, ...]:
    """The links of a cell, those of one assignee as one."""
    of: dict[str, list[LinkRow]] = {}
    for link in links:
        of.setdefault(link.assignee, []).append(link)
    return tuple(
        Entry(
            name=same[0].assignee_name,
            kinds=tuple(dict.fromkeys(link.kind_label for link in same)),
            seat=same[0].seat,
            holders=tuple(holder.code for holder in same[0].holders),
            is_certain=all(link.certainty == "CERTAIN" for link in same),
            is_synthetic=any(
                "SYNTHETIC" in {link.provenance, *(holder.provenance for holder in link.holders)} for link in same
            ),
        )
        for same in of.values()
    )


def draw_qr(address: str) -> Markup:
    """A QR code as an SVG element, sized by the style sheet; dark on light whatever the theme."""
    buffer = BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=3, dark="#000", light="#fff", svgclass="qr"
    )
    return Markup(buffer.getvalue().decode("utf-8"))  # noqa: S704 - drawn from modules, holds no text of the address
