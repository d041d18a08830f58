"""``/places/CODE/board``, ``/places/CODE/book`` and ``/places/CODE/check``: printed, bound, and held to the record."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from graph_model.errors import BadUserInputError
from graph_model.instants import instant_of, instant_text, microseconds_of, parse_instant
from graph_model.records import Division
from graph_model.views import Moment, View
from pages.answering import Visit
from pages.board import Board, build_board, digest_of
from pages.comparing import Comparison, build_comparison
from pages.ladder import Ladder, build_ladder
from pages.places import Place, PlaceName, get_place, regime_for
from pages.texts import say
from pages.twins.answering import json_twin, rows_twin

SIZES: Final = ("a4", "a3")
ENDINGS: Final = ("json", "csv", "xlsx")
_DIGEST: Final = re.compile(r"[0-9a-f]{16}")


async def board_page(visit: Visit) -> Response:
    """The sheet of one place."""
    place = await get_place(visit, visit.parameters["code"])
    regime = regime_for(visit, place.node)
    board = await _board(visit, build_ladder(place.view, place.node, visit.lang, None, regime))
    if visit.ask.twin is not None:
        return _twin(visit, "board", [board])
    title = say("board.page", visit.lang, place=place.name.full, day=visit.moment.as_of)
    return _sheets(visit, [board], title, place)


async def book_page(visit: Visit) -> Response:
    """The sheets of all townships of a county. Raises BadUserInputError for another level."""
    place = await get_place(visit, visit.parameters["code"])
    if not isinstance(place.node, Division) or place.node.level != "county":
        raise BadUserInputError(say("board.no-county", visit.lang, code=place.name.code))
    regime = regime_for(visit, place.node)
    _, listed = await visit.graph.divisions(place.node.id, "township", visit.moment)
    view = await visit.graph.view([row.id for row in listed], visit.moment)
    nodes = [node for row in listed if (node := view.around.find_node(row.id)) is not None]
    boards = [await _board(visit, build_ladder(view, node, visit.lang, None, regime)) for node in nodes]
    if visit.ask.twin is not None:
        return _twin(visit, "book", boards)
    title = say("board.book", visit.lang, place=place.name.name, day=visit.moment.as_of, count=len(boards))
    return _sheets(visit, boards, title, place)


class EntryRow(Struct, frozen=True):
    """One who answers on a board, in a lane at a level of the place that the board is of."""

    board: str
    board_name: str
    lane: str
    level: str
    place: str
    name: str
    kinds: tuple[str, ...]
    seat: str
    holders: tuple[str, ...]
    is_certain: bool
    is_synthetic: bool


def _entry_rows(board: Board) -> list[EntryRow]:
    named, lane, rows = board.ladder.place, "", []
    for row in board.rows:
        lane = row.lane if row.span else lane
        rows += [
            EntryRow(
                named.code,
                named.full,
                lane,
                row.level,
                row.place,
                entry.name,
                entry.kinds,
                entry.seat,
                entry.holders,
                entry.is_certain,
                entry.is_synthetic,
            )
            for entry in row.entries
        ]
    return rows


def _twin(visit: Visit, name: str, boards: list[Board]) -> Response:
    """Of a board what it says; of a book that of each of its sheets."""
    if visit.ask.twin == "json":
        sheets = [
            {
                "place": board.ladder.place,
                "completeness": board.ladder.completeness,
                "digest": board.digest,
                "check": board.check,
                "rows": board.rows,
                "missing": board.missing,
            }
            for board in boards
        ]
        return json_twin(visit, sheets[0] if name == "board" else {"boards": sheets})
    rows = [row for board in boards for row in _entry_rows(board)]
    return rows_twin(visit, name, rows, EntryRow, ENDINGS)


def _sheets(visit: Visit, boards: list[Board], title: str, place: Place) -> Response:
    size = (visit.ask.value("size") or SIZES[0]).casefold()
    if size not in SIZES:
        raise BadUserInputError(f"size: {size!r} is none; there are: {', '.join(SIZES)}")
    other = SIZES[1 - SIZES.index(size)]
    return visit.page(
        "board.html", boards=boards, size=size, title=title, back=place.name, other=other, endings=ENDINGS
    )


async def _board(visit: Visit, ladder: Ladder) -> Board:
    """A sheet whose code leads to the day, what it said, and when that was recorded."""
    known = visit.moment.recorded_as_of
    if known is None:
        known = (await visit.graph.checkpoint_of(visit.frame.header.generation)).recorded_at
    check = visit.ask.absolute(
        f"/places/{ladder.place.code}/check",
        asOf=ladder.as_of,
        digest=digest_of(ladder),
        printed=instant_text(instant_of(known)),
        regime=None if ladder.regime == visit.frame.regime(None).code else ladder.regime,
    )
    return build_board(ladder, check, visit.lang)


async def check_page(visit: Visit) -> Response:
    """Whether a printed board still holds, and what has changed since: in the record of its day, and up to now."""
    ask, lang = visit.ask, visit.lang
    if ask.as_of is None:
        raise BadUserInputError("asOf: the day of the board is missing: scan its code again")
    digest = ask.value("digest") or ""
    if not _DIGEST.fullmatch(digest):
        raise BadUserInputError(f"digest: {digest[:20]!r} is none; a board's has 16 digits: scan its code again")
    place = await get_place(visit, visit.parameters["code"])
    regime = regime_for(visit, place.node)
    now = await visit.graph.moment()
    is_same = digest_of(build_ladder(place.view, place.node, lang, None, regime)) == digest
    then = await _as_printed(visit, place)
    is_known = is_same or (then is not None and digest_of(build_ladder(then, place.node, lang, None, regime)) == digest)
    in_record = None
    if then is not None and is_known and not is_same:
        in_record = build_comparison(then, place.view, place.node.id, lang, None, regime)
    up_to_now = None
    if now.day != visit.moment.day:
        later = await visit.graph.view([place.node.id], now)
        up_to_now = build_comparison(place.view, later, place.node.id, lang, None, regime)
    has_moved_on = up_to_now is not None and not up_to_now.is_empty
    verdict = "unknown" if not is_known else "corrected" if not is_same else "moved-on" if has_moved_on else "holds"
    if ask.twin is not None:
        return _check_twin(visit, place.name, verdict, in_record, up_to_now)
    return visit.page(
        "check.html",
        place=place.name,
        verdict=verdict,
        in_record=in_record,
        up_to_now=up_to_now if is_known else None,
        today=now.as_of.isoformat(),
        board=ask.url(f"/places/{place.name.code}/board", asOf=now.as_of.isoformat()),
        endings=ENDINGS,
    )


class ChangeRow(Struct, frozen=True):
    """One change of a board since it was printed: ``what`` of the record of its day, or up to now."""

    place: str
    place_name: str
    verdict: str
    what: str
    change: str
    text: str
    detail: str


def _check_twin(
    visit: Visit, place: PlaceName, verdict: str, in_record: Comparison | None, up_to_now: Comparison | None
) -> Response:
    if visit.ask.twin == "json":
        return json_twin(visit, {"place": place, "verdict": verdict, "inRecord": in_record, "upToNow": up_to_now})
    rows = [
        ChangeRow(place.code, place.full, verdict, what, change, line.text, line.detail)
        for what, comparison in (("in-record", in_record), ("up-to-now", up_to_now))
        if comparison is not None
        for change, lines in comparison.parts
        for line in lines
    ]
    return rows_twin(visit, "check", rows, ChangeRow, ENDINGS, verdict=verdict)


async def _as_printed(visit: Visit, place: Place) -> View | None:
    """The place as it was known when the board was printed; None where the address does not say when."""
    printed = visit.ask.value("printed")
    if printed is None:
        return None
    try:
        moment = microseconds_of(parse_instant(printed))
    except BadUserInputError as error:
        raise BadUserInputError(f"printed: {error}") from error
    view = await visit.graph.view([place.node.id], Moment(visit.moment.day, moment))
    return view if view.around.find_node(place.node.id) is not None else None
