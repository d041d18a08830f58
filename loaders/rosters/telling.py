"""What an import would do, for people (预览说明): rows and records by outcome, and every row that was refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph_model.records import Claim, Relation
from loaders.rosters.importing import Preview
from loaders.rosters.reading import MOST_NAMED, some_of


def tell(preview_: Preview, *, shown: int = 20) -> Iterator[str]:
    """A preview for people: rows by outcome, each change field by field, and every row that was refused."""
    one = preview_
    yield f"{one.file}: {one.rows} rows read"
    yield from (f"  {note.en}" for note in one.notes[:shown])
    if len(one.notes) > shown:
        yield f"  and {len(one.notes) - shown} more of these"
    for outcome, rows in (
        ("created", one.created_rows),
        ("changed", one.changed_rows),
        ("ended", one.ended_rows),
        ("unchanged", one.unchanged_rows),
        ("refused", one.refused_rows),
    ):
        yield f"  {outcome:<10} {len(rows):>7} rows{some_of(_called(rows[: MOST_NAMED + 1], one))}"
    yield (
        f"records: {len(one.created)} created, {len(one.changed)} changed, {one.unchanged} unchanged,"
        f" {len(one.ended)} ended, because no row says them any more"
    )
    for word, changes in (("created", one.created), ("changed", one.changed), ("ended", one.ended)):
        dated = _dates([change.id for change in changes[:shown]], one) if word == "created" else {}
        for change in changes[:shown]:
            yield f"{word}: {change.id}{dated.get(change.id, '')}"
            for field, before, after in change.fields:
                yield f"    {field}: {before} -> {after}"
        if len(changes) > shown:
            yield f"{word}: and {len(changes) - shown} more"
    for refused in one.refused:
        yield f"refused: {refused}"


def _dates(ids: Sequence[str], one: Preview) -> dict[str, str]:
    """Since when and until when some records hold, as words."""
    dated = [each for each in map(one.spool.find, ids) if isinstance(each, Relation | Claim)]
    return {
        each.id: "".join(
            f" {word} {day}"
            for word, day in (("since", each.validity.since), ("until", each.validity.until))
            if day is not None
        )
        for each in dated
    }


def _called(rows: Sequence[int], one: Preview) -> list[str]:
    """Rows as people call them: by their number, of several files by file and number."""
    if len(one.starts) < 2:
        return list(map(str, rows))
    return [f"{name}:{row - start}" for row in rows for start, name in [_start(row, one.starts)]]


def _start(row: int, starts: Sequence[tuple[int, str]]) -> tuple[int, str]:
    return max(each for each in starts if each[0] < row)
