"""A roster into a store (导入): read, matched, compared with the last import of its name, and written where asked.

An import is an origin of its own, ``import/NAME``: doing it again changes nothing, a corrected file changes what was
corrected, and what its rows no longer say ends. Others' records are never touched: two lists that disagree are two
records, each with its basis. Rows and records wait in a spool, so that memory does not grow with their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.errors import BadUserInputError, Place, SourceError
from graph_model.exchange import EDITS
from graph_model.importing import ORIGIN, read_origin
from graph_model.records import AnyRecord, Retraction, Text
from graph_model.regime_file import decode_regime
from graph_model.stores.base import StoreReader
from graph_model.texts import quoted
from graph_model.validation import check_records
from loaders.progress import Progress
from loaders.reading import Reading, Refused
from loaders.rosters.beside import tell_apart
from loaders.rosters.building import build
from loaders.rosters.comparing import Change, changed, compare, created, gone
from loaders.rosters.conflicts import circles, disputes
from loaders.rosters.finding import Finder
from loaders.rosters.reading import Read, Request, digest_of, notes_on, read_files
from loaders.rosters.reading_register import read_register
from loaders.rosters.rows import zero_faults
from loaders.rosters.spool import AT_ONCE, CHANGED, CREATED, ENDED, REFUSED, UNCHANGED, Spool, in_chunks
from loaders.rosters.staying import keep

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Preview(Struct, frozen=True):
    """What an import would do: row numbers by outcome, records by outcome, and all that was refused.

    The sequences are read from ``spool`` when they are asked for.
    """

    name: str
    file: str
    digest: str
    """The SHA-256 of what was read."""
    rows: int
    created_rows: Sequence[int]
    changed_rows: Sequence[int]
    ended_rows: Sequence[int]
    """The rows that change nothing but give an end to what went on."""
    unchanged_rows: Sequence[int]
    refused_rows: Sequence[int]
    created: Sequence[Change]
    changed: Sequence[Change]
    ended: Sequence[Change]
    unchanged: int
    refused: Sequence[Refused]
    reading: Reading
    before: Sequence[AnyRecord]
    """What is there of the import, by id."""
    generation: int
    """By which state it was planned."""
    notes: tuple[Text, ...]
    """What was not read at all (columns, rows that are none of the roster), circles, what other sources say."""
    starts: tuple[tuple[int, str], ...]
    """Of several files the name of each, and the number after which its rows are numbered on."""
    spool: Spool


def check_name(name: str) -> str:
    """The name of an import. Raises BadUserInputError."""
    if not _NAME.fullmatch(name):
        raise BadUserInputError(
            Text(
                f"导入名{quoted(name)}：请用小写半角字母和数字，中间可用连字符",
                f"the import's name, {name!r}: give lower-case ASCII letters and digits with hyphens between",
            )
        )
    return name


async def preview(store: StoreReader, request: Request, progress: Progress) -> Preview:
    """What an import would do; nothing is written. Raises SourceError for a file or mapping that cannot be used."""
    meaning = request.mapping.content
    header_of_store = await store.header()
    content = header_of_store.regimes.get(meaning.regime or "")
    regime = None if content is None else decode_regime(content)
    request.mapping.check(regime)
    spool = Spool(request.name)
    progress.step("reading what names may mean")
    register = await read_register(store)
    finder = Finder(meaning, request.name, register, regime, spool.is_there, request.observed)
    progress.step("reading the rows")
    files, digest = _read(request, finder, spool, progress)
    for asked in spool.asked():
        spool.note_there(await store.records(asked))
    rows = spool.count_lines()
    progress.step("making records of them", rows)
    _build(finder, files, spool, progress)
    progress.step("comparing")
    await _note_present(store, request.name, spool, progress)
    tell_apart(spool)
    edited = compare(spool, sorted(await _edited(store)))
    beside = [*circles(spool), *[text async for text in disputes(store, spool)]]
    staying = await keep(store, spool)  # the last: of what stays no row can be named
    unread = [note if len(files) == 1 else _of(file, note) for file in files for note in notes_on(file, meaning)]
    notes = (*_left(edited), *staying, *unread, *beside)
    return _preview(request, files, spool, rows, header_of_store.generation, notes, digest)


def _read(request: Request, finder: Finder, spool: Spool, progress: Progress) -> tuple[list[Read], str]:
    """Read all files into the spool; with the SHA-256 of what was read. Raises SourceError."""
    paths = (request.file, *request.more)
    digest = digest_of(*paths)
    files = read_files(request, finder, spool, progress)
    if digest_of(*paths) != digest:
        raise SourceError(
            Place(request.file.name),
            Text("读取时内容变了：请保存好再导入", "changed while it was read: save it, and import it again"),
        )
    return files, digest


def _left(edited: Sequence[str]) -> Iterator[Text]:
    """What is left as it is, by id: people edited or retracted it."""
    if edited:
        yield Text(
            f"后来有人修改或撤回过，保持不变：{'、'.join(edited[:5])}",
            f"left as people edited or retracted them since: {', '.join(edited[:5])}",
        )


def _of(file: Read, note: Text) -> Text:
    return Text(f"{file.name}：{note.zh}", f"{file.name}: {note.en}")


async def _note_present(store: StoreReader, name: str, spool: Spool, progress: Progress) -> None:
    """Put what is there of an import into the spool."""
    found = 0
    async for record in store.of_origin(ORIGIN.format(name)):
        spool.add_present(record)
        found += 1
        if found % AT_ONCE == 0:
            progress.advance(AT_ONCE)
    progress.advance(found % AT_ONCE)


async def _edited(store: StoreReader) -> set[str]:
    """The ids of what people edited or retracted: a write of files leaves that alone."""
    edits = await read_origin(store, EDITS)
    return edits.keys() | {record.record for record in edits.values() if isinstance(record, Retraction)}


def _build(finder: Finder, files: Sequence[Read], spool: Spool, progress: Progress) -> None:
    """Each row's records into the spool, or why it is refused: also where a record breaks a rule of the model."""
    of_name = {file.name: file for file in files}
    for some in in_chunks(spool.lines()):
        for line in some:
            file = of_name[line.place.file]
            built = build(finder, file.header, zero_faults(line, file.header, file.zeros))
            faults = [
                *built.faults,
                *(Refused.because(built.place, each.text) for each in check_records(built.records)),
            ]
            if faults:
                spool.refuse(line.number, faults)
            else:
                spool.add(line.number, built.records)
        progress.advance(len(some))
    spool.end_adding()


def _preview(
    request: Request,
    files: Sequence[Read],
    spool: Spool,
    rows: int,
    generation: int,
    notes: tuple[Text, ...],
    digest: str,
) -> Preview:
    by_outcome = {outcome: spool.came(outcome) for outcome in (REFUSED, CREATED, CHANGED, ENDED, UNCHANGED)}
    told = sum(map(len, by_outcome.values()))
    if told != rows:  # every row that was read comes to one thing, and one only: no file can bring about anything else
        raise AssertionError(f"{rows} rows were read, and {told} came to something")
    names, wanted = tuple(file.name for file in files), spool.wanted()
    is_new, differs = created(spool), changed(spool)
    return Preview(
        name=request.name,
        file=", ".join(names),
        digest=digest,
        rows=rows,
        created_rows=by_outcome[CREATED],
        changed_rows=by_outcome[CHANGED],
        ended_rows=by_outcome[ENDED],
        unchanged_rows=by_outcome[UNCHANGED],
        refused_rows=by_outcome[REFUSED],
        created=is_new,
        changed=differs,
        ended=gone(spool),
        unchanged=len(wanted) - len(is_new) - len(differs),
        refused=spool.refused(),
        reading=Reading(ORIGIN.format(request.name), names, rows, wanted),
        before=spool.present(),
        generation=generation,
        notes=notes,
        starts=tuple((file.offset, file.name) for file in files),
        spool=spool,
    )
