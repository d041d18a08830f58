"""Answers with a page's content in another form (另存应答)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
from msgspec import Struct
from starlette.responses import Response

from pages.answering import NotFoundError, Visit
from pages.comparing import Comparison
from pages.ladder import GapRow, Ladder, LinkRow
from pages.texts import words
from pages.twins.graphs import dot, linked_data, mermaid
from pages.twins.svg import draw_ladder
from pages.twins.tables import Table, csv_bytes, table_of, xlsx_bytes

MEDIA_TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "mmd": "text/plain; charset=utf-8",
    "dot": "text/vnd.graphviz; charset=utf-8",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
    "graphml": "application/xml",
    "gexf": "application/xml",
    "ics": "text/calendar; charset=utf-8",
}
_encoder = msgspec.json.Encoder(enc_hook=str)


def answer_as(ending: str, content: bytes, name: str) -> Response:
    """A file of a form; those for other programs than a browser are offered under a name."""
    response = Response(content, media_type=MEDIA_TYPES[ending])
    if ending in {"csv", "xlsx", "graphml", "gexf"}:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def unknown_twin(visit: Visit) -> NotFoundError:
    """That a page has no such form."""
    return NotFoundError(words("error.no-page", key=f"{visit.ask.path}.{visit.ask.twin}"))


def notes_of(visit: Visit) -> dict[str, str]:
    """What stands in every twin: the two clocks, the window, if any, the data set's version and reference date."""
    recorded, window = visit.moment.recorded, visit.window
    days = {} if window is None else {"from": window.first, "to": window.last}
    return {
        **{name: date.fromordinal(day).isoformat() for name, day in days.items()},
        "asOf": visit.moment.as_of.isoformat(),
        "recordedAsOf": "" if recorded is None else recorded.isoformat(),
        "version": visit.frame.header.version,
        "referenceDate": visit.frame.dataset.reference_date,
    }


def json_twin(visit: Visit, content: Mapping[str, object]) -> Response:
    """Content as JSON, with the notes beside it; 404 for another ending."""
    if visit.ask.twin != "json":
        raise unknown_twin(visit)
    return answer_as("json", _encoder.encode({**notes_of(visit), **content}), "")


def rows_twin(
    visit: Visit, name: str, rows: Sequence[Struct], row_type: type[Struct], endings: Sequence[str], /, **more: object
) -> Response:
    """A list of rows in one of some forms; ``more`` stands beside them in JSON."""
    ending = visit.ask.twin
    if ending is None or ending not in endings:
        raise unknown_twin(visit)
    if ending == "json":
        return json_twin(visit, {**more, "rows": rows})
    table, notes = table_of(name, row_type, rows), notes_of(visit)
    content = csv_bytes(table, notes) if ending == "csv" else xlsx_bytes([table], notes)
    return answer_as(ending, content, f"zeren-{name}-{notes['asOf']}")


class ChangeRow(Struct, frozen=True):
    """One difference from another day; ``change``: gained, lost, changed, opened, closed or gaps-changed."""

    against: str
    change: str
    text: str
    detail: str


def change_rows(comparison: Comparison | None) -> tuple[ChangeRow, ...]:
    """The differences from another day as rows; none without a comparison."""
    parts = () if comparison is None else comparison.parts
    day = "" if comparison is None else comparison.day
    return tuple(ChangeRow(day, change, line.text, line.detail) for change, lines in parts for line in lines)


def twin_of(visit: Visit, ladder: Ladder, endings: Sequence[str], comparison: Comparison | None) -> Response:
    """A ladder in one of some forms, with what differs from another day where the form has room for it.

    Raises NotFoundError for another ending.
    """
    ending = visit.ask.twin
    if ending is None or ending not in endings:
        raise unknown_twin(visit)
    name = f"zeren-{ladder.place.code.replace(':', '-')}-{ladder.as_of}"
    match ending:
        case "json":
            more = {} if comparison is None else {"comparison": comparison}
            content = _encoder.encode({**notes_of(visit), **msgspec.structs.asdict(ladder), **more})
        case "csv":
            content = csv_bytes(ladder_table(ladder, change_rows(comparison)), notes_of(visit))
        case "xlsx":
            tables = [table_of("links", LinkRow, ladder.links), table_of("gaps", GapRow, ladder.gaps)]
            if comparison is not None:
                tables.append(table_of("comparison", ChangeRow, change_rows(comparison)))
            content = xlsx_bytes(tables, {**_place_notes(ladder), **notes_of(visit)})
        case "mmd":
            content = mermaid(ladder).encode("utf-8")
        case "dot":
            content = dot(ladder).encode("utf-8")
        case "ttl" | "jsonld":
            written = linked_data(ladder).serialize(format="turtle" if ending == "ttl" else "json-ld")
            content = written.encode("utf-8")
        case _:
            content = draw_ladder(ladder, visit.lang).encode("utf-8")
    return answer_as(ending, content, name)


def _place_notes(ladder: Ladder) -> dict[str, str]:
    place = ladder.place
    return {"code": place.code, "place": place.full, "regime": ladder.regime, "completeness": ladder.completeness}


def ladder_table(ladder: Ladder, changes: Sequence[ChangeRow] = ()) -> Table:
    """Links, gaps and changes as one table: ``row`` says which of them a row is, and what does not apply is empty."""
    parts = [("link", table_of("links", LinkRow, ladder.links)), ("gap", table_of("gaps", GapRow, ladder.gaps))]
    if changes:
        parts.append(("change", table_of("changes", ChangeRow, changes)))
    columns = tuple(dict.fromkeys(column for _, table in parts for column in table.columns))
    rows = tuple(
        (word, *(dict(zip(table.columns, row, strict=True)).get(column) for column in columns))
        for word, table in parts
        for row in table.rows
    )
    return Table("ladder", ("row", *columns), rows)
