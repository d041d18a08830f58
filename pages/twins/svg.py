"""The ladder as one drawing (阶梯图): levels as rows, lanes as columns, real text, no script and no style sheet.

Certainty is the stroke (solid, dashed) and a word, provenance a word; so it can be printed in black and white.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from graph_model.characters import one_line
from pages.ladder import GapRow, Ladder, LinkRow
from pages.languages import Lang
from pages.texts import say

_SIZE: Final = 13
_LINE: Final = 18
_COLUMN: Final = 220
_FIRST: Final = 150
_PAD: Final = 8
_MARGIN: Final = 24
_FONT: Final = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, system-ui, sans-serif"


class Card(Struct, frozen=True):
    """A box with lines of text; the first is the heaviest. ``dashed``: only possible; ``heavy``: a gap."""

    lines: tuple[str, ...]
    dashed: bool
    heavy: bool

    @property
    def height(self) -> int:
        """In pixels, without what lies between cards."""
        return len(self.lines) * _LINE + _PAD


def width_of(text: str) -> float:
    """How wide a text is, in ems: a Chinese character is one, another little more than a half."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.56 for sign in text)


def wrap(text: str, width: float) -> list[str]:
    """A text in lines of at most ``width`` ems, broken at spaces where there are, else between characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width_of(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for sign in text:
        if unicodedata.east_asian_width(sign) in "WF":
            if word:
                yield word
            yield sign
            word = ""
        else:
            word += sign
            if sign in " -:":
                yield word
                word = ""
    if word:
        yield word


def draw_ladder(ladder: Ladder, lang: Lang) -> str:
    """The drawing. Its title, description and metadata say the place, the day and the data version."""
    lanes = [lane for lane in ladder.lanes if not lane.is_empty]
    width = _FIRST + max(len(lanes), 1) * _COLUMN + 2 * _MARGIN
    head = [
        ladder.place.full + f" ({ladder.place.code})",
        f"{say('ladder.' + ladder.completeness, lang)} · {ladder.as_of}",
    ]
    top = _MARGIN + 2 * 26 + 12
    body, bottom = [], top + _LINE + 8
    for column, lane in enumerate(lanes):
        body.append(_text(_x(column), top + _LINE - 4, lane.label, weight=True))
    for rung in ladder.rungs:
        cells = [_cards(ladder, rung.place.id, lane.code, lang) for lane in lanes]
        title = wrap(rung.place.name, _FIRST / _SIZE - 1)
        height = max([sum(card.height + 6 for card in cards) for cards in cells] + [(len(title) + 1) * _LINE]) + 10
        body.append(f'<line x1="{_MARGIN}" y1="{bottom}" x2="{width - _MARGIN}" y2="{bottom}" stroke="#999"/>')
        body.append(_text(_MARGIN, bottom + _LINE, rung.level_label, size=12))
        body += [_text(_MARGIN, bottom + _LINE * (n + 2), line, weight=True) for n, line in enumerate(title)]
        for column, cards in enumerate(cells):
            body += _draw(cards, _x(column), bottom + 8)
        bottom += height
    notes = f"{ladder.regime_label} · {say('foot.version', lang)} {ladder.version[:16]} · {ladder.as_of}"
    if ladder.has_synthetic:
        notes = f"{say('synthetic.title', lang)} · {notes}"
    total = bottom + 40
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{total}" viewBox="0 0 {width} {total}" '
            f'role="img" xml:lang="{lang.tag}" font-family={quoteattr(_FONT)} font-size="{_SIZE}" fill="#111">',
            f"<title>{escape(one_line(head[0]))}</title>",
            f"<desc>{escape(one_line(head[1]))} · {escape(one_line(notes))}</desc>",
            f'<metadata>{{"asOf":"{ladder.as_of}","version":"{ladder.version}"}}</metadata>',
            f'<rect width="{width}" height="{total}" fill="#fff"/>',
            _text(_MARGIN, _MARGIN + 20, head[0], size=20, weight=True),
            _text(_MARGIN, _MARGIN + 46, head[1], size=16),
            *body,
            _text(_MARGIN, total - 14, notes, size=11),
            "</svg>",
            "",
        ]
    )


def _x(column: int) -> int:
    return _MARGIN + _FIRST + column * _COLUMN


def _cards(ladder: Ladder, target: str, lane: str, lang: Lang) -> list[Card]:
    gaps = ladder.gaps_at(target, lane)
    return [
        *(_gap_card(gap, lang) for gap in gaps if gap.is_unmet),
        *(_link_card(link, lang) for link in ladder.links_at(target, lane)),
        *(_gap_card(gap, lang) for gap in gaps if not gap.is_unmet),
    ]


def _link_card(link: LinkRow, lang: Lang) -> Card:
    clause = say("clause", lang, clause=link.clause) if link.clause else say("clause.none", lang)
    holder = {
        "held": f"{say('holder', lang)} {', '.join(holder.code for holder in link.holders)}",
        "vacant": say("holder.vacant", lang),
        "not-recorded": say("holder.not-recorded", lang),
    }.get(link.seat, "")
    words = " · ".join((say(f"certainty.{link.certainty}", lang), say(f"provenance.{link.provenance}", lang), clause))
    texts = (link.assignee_name, link.kind_label, holder, link.when, words)
    return _card(texts, dashed=link.certainty != "CERTAIN", heavy=False)


def _gap_card(gap: GapRow, lang: Lang) -> Card:
    word = say("gap" if gap.is_unmet else "gap.remark", lang)
    clause = say("clause", lang, clause=gap.clause)
    texts = (
        f"{word}: {say(f'cause.{gap.cause}', lang)}",
        gap.duty_label,
        f"{say(f'certainty.{gap.certainty}', lang)} · {clause}",
    )
    return _card(texts, dashed=gap.certainty != "CERTAIN", heavy=gap.is_unmet)


def _card(texts: tuple[str, ...], *, dashed: bool, heavy: bool) -> Card:
    width = (_COLUMN - 4 * _PAD) / _SIZE
    return Card(tuple(line for text in texts if text for line in wrap(text, width)), dashed, heavy)


def _draw(cards: list[Card], x: int, y: int) -> list[str]:
    drawn = []
    for card in cards:
        dash = ' stroke-dasharray="5 3"' if card.dashed else ""
        drawn.append(
            f'<rect x="{x}" y="{y}" width="{_COLUMN - 2 * _PAD}" height="{card.height}" rx="2" fill="none" '
            f'stroke="#333" stroke-width="{3 if card.heavy else 1}"{dash}/>'
        )
        drawn += [
            _text(x + _PAD, y + _LINE * (number + 1), line, weight=not number, size=_SIZE if not number else 12)
            for number, line in enumerate(card.lines)
        ]
        y += card.height + 6
    return drawn


def _text(x: int, y: int, text: str, *, size: int = _SIZE, weight: bool = False) -> str:
    bold = ' font-weight="600"' if weight else ""
    return f'<text x="{x}" y="{y}" font-size="{size}"{bold}>{escape(one_line(text))}</text>'
