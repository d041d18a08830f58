"""The files of a roster into a spool (读表): each is read once, and its rows are numbered on from those before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from loaders.progress import Progress
from loaders.rosters.finding import Finder
from loaders.rosters.form import Mapping as Meaning
from loaders.rosters.mapping import ReadMapping
from loaders.rosters.rows import Header, Line, read_lines, unread_titles
from loaders.rosters.spool import Spool, in_chunks
from loaders.sheets.opening import open_table
from loaders.sheets.tables import Table

_CHUNK: Final = 1 << 20
MOST_NAMED: Final = 8
"""How many rows are named of those that came to the same thing."""


class Request(Struct, frozen=True):
    """What is to be imported: a file, by a mapping, under a name; ``observed`` is the day that the roster speaks of."""

    file: Path
    mapping: ReadMapping
    name: str
    sheet: str | None = None
    observed: str | None = None
    more: tuple[Path, ...] = ()
    """Further files of the same roster."""
    most_rows: int | None = None
    """More rows than these are refused as soon as they are met."""


class TooManyRowsError(SourceError):
    """A roster of more rows than are taken where it is read."""


class Read(Struct):
    """One file of a roster, and what its rows showed while they were read."""

    name: str
    header: Header
    offset: int
    zeros: dict[str, str] = {}
    """Of the columns of codes that have some with a leading zero, by name: such a code."""
    left_out: dict[str, list[int]] = {}
    """By the word with which they begin: how many rows are none of the roster, then the numbers of the first ones."""


def digest_of(*paths: Path) -> str:
    """The SHA-256 of a file, of several that of their contents one after the other. Raises SourceError."""
    found = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    found.update(chunk)
        except OSError as error:
            why = error.strerror or error
            raise SourceError(Place(path.name), Text(f"不能读取：{why}", f"cannot be read: {why}")) from error
    return found.hexdigest()


def read_files(request: Request, finder: Finder, spool: Spool, progress: Progress) -> list[Read]:
    """Put all rows into the spool, with what their names and codes ask for. Raises SourceError, NoRoomError."""
    files: list[Read] = []
    offset = rows = 0
    for path in (request.file, *request.more):
        table = open_table(path, request.sheet or request.mapping.content.sheet)
        if any(file.name == table.name for file in files):
            said = Text(
                "有两个同名的文件：每一行都要有自己的位置",
                "there are two files of this name: each row must have a place of its own",
            )
            raise table.error(said)
        file, lines = _open(table, request.mapping.content, offset)
        files.append(file)
        for some in in_chunks(lines):
            offset = some[-1].number
            taken = [line for line in some if _is_taken(line, file)]
            rows += len(taken)
            if request.most_rows is not None and rows > request.most_rows:
                most = f"{request.most_rows:,}"
                raise TooManyRowsError(
                    taken[-1].place,
                    Text(
                        f"多于 {most} 行：请用命令导入，或分成几份",
                        f"has more than {most} rows: use the command, or give it in parts",
                    ),
                )
            for line in taken:
                finder.prepare(line)
            spool.ask(key for line in taken for key in finder.ids_asked(line))
            spool.add_lines(taken)
            progress.advance(len(taken))
    return files


def _open(table: Table, meaning: Meaning, offset: int) -> tuple[Read, Iterator[Line]]:
    header, lines = read_lines(table, meaning.columns, meaning.leave_out)
    return Read(table.name, header, offset), (
        structs.replace(line, number=offset + line.number) if offset else line for line in lines
    )


def _is_taken(line: Line, file: Read) -> bool:
    """Whether a line is a row of the roster; what it shows of its file is noted."""
    if line.left_out is not None:
        numbers = file.left_out.setdefault(line.left_out, [0])
        numbers[0] += 1
        if numbers[0] <= MOST_NAMED + 1:
            numbers.append(line.number - file.offset)
        return False
    for name, text in line.texts.items():
        if text[:1] == "0" and len(text) > 1 and text.isdigit() and name not in line.numbers:
            file.zeros[name] = text
    return True


def notes_on(file: Read, meaning: Meaning) -> Iterator[Text]:
    """What of a file was not read at all."""
    unread = unread_titles(file.header, meaning.columns)
    if unread:
        yield Text(
            f"没有读的列：{'、'.join(each.zh for each in unread)}",
            f"columns that are not read: {', '.join(each.en for each in unread)}",
        )
    for word, (count, *numbers) in file.left_out.items():
        said, more = "、".join(map(str, numbers[:MOST_NAMED])), "等" if len(numbers) > MOST_NAMED else ""
        yield Text(
            f"不作为名册的行：以 {word} 开头的 {count} 行（第 {said} 行{more}）",
            f"left out: {count} rows that begin with {word}{some_of(list(map(str, numbers)))}",
        )


def some_of(rows: list[str]) -> str:
    """The first of some rows, in words."""
    if not rows:
        return ""
    said = ", ".join(rows[:MOST_NAMED])
    return f" (row {said}{', ...' if len(rows) > MOST_NAMED else ''})"
