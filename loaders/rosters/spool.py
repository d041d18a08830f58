"""Rows and records that wait outside of memory (暂存): a database of SQLite's own, without a name.

It lies in memory while it is small, in a temporary file where it grows, and is gone with whoever holds it. Lines are
the rows of a roster, by their numbers; a record stands once, however many lines say it.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar, overload

import apsw
import msgspec

from graph_model.errors import NoRoomError
from graph_model.keys import key_of
from graph_model.records import AnyRecord, Claim, Relation, Text, decode, encode
from loaders.reading import Refused
from loaders.rosters.rows import Line

T = TypeVar("T")
REFUSED, CREATED, CHANGED, ENDED, UNCHANGED = range(5)
"""What becomes of a line, or of a record, what weighs most first."""

_CACHE_KIB: Final = 16_384
_REMEMBERED: Final = 20_000
AT_ONCE: Final = 1_000
_TABLES: Final = """
    CREATE TABLE line (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
    CREATE TABLE record (
        number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, id TEXT NOT NULL, is_node INTEGER NOT NULL,
        family TEXT, source TEXT, target TEXT, makes_source INTEGER NOT NULL, makes_target INTEGER NOT NULL,
        times INTEGER NOT NULL, outcome INTEGER
    );
    CREATE TABLE body (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
    CREATE TABLE said (line INTEGER, record INTEGER, PRIMARY KEY (line, record)) WITHOUT ROWID;
    CREATE TABLE refused (line INTEGER, body BLOB NOT NULL);
    CREATE TABLE came (line INTEGER PRIMARY KEY, outcome INTEGER NOT NULL);
    CREATE TABLE present (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE asked (id TEXT PRIMARY KEY, is_there INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
"""
_PUT = """
    INSERT INTO record (digest, id, is_node, family, source, target, makes_source, makes_target, times)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (digest) DO UPDATE SET times = times + excluded.times
    RETURNING number, times"""
_lines = msgspec.msgpack.Decoder(Line)
_refusals = msgspec.msgpack.Decoder(Refused)


class Spooled(Sequence[T]):
    """Rows of a spool, read when they are asked for; as many of them at a time as are looked at."""

    def __init__(self, spool: Spool, count: str, rows: str, read: Callable[..., T], *bound: object) -> None:
        """``rows`` ends where LIMIT and OFFSET follow; ``bound``: what stands for its question marks."""
        self._spool = spool
        self._count = count
        self._rows = rows
        self._read = read
        self._bound = bound
        self._length: int | None = None

    def __len__(self) -> int:
        if self._length is None:
            ((self._length,),) = self._spool.rows(self._count, *self._bound)
        return self._length

    def __iter__(self) -> Iterator[T]:
        return self._some(-1, 0)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return tuple(self._some(max(stop - start, 0), start))[::step]
        start = range(len(self))[index]
        return next(self._some(1, start))

    def _some(self, most: int, after: int) -> Iterator[T]:
        for row in self._spool.rows(f"{self._rows} LIMIT ? OFFSET ?", *self._bound, most, after):
            yield self._read(*row)


class Spool:
    """The lines of a roster and what they come to; for one thread at a time.

    Raises NoRoomError where there is no room for temporary files.
    """

    def __init__(self, name: str) -> None:
        """``name``: that of the import, by which it knows what the roster makes."""
        self._name = name
        self._database = apsw.Connection("")
        self._nodes: dict[bytes, int] = {}
        self._times: Counter[int] = Counter()
        self.repeats = 0
        """How often a line said of its nodes what another had said."""
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(_TABLES)
        self._database.execute("BEGIN")  # and never an end: nobody else looks

    def rows(self, statement: str, *bound: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement, one after the other."""
        with _room():
            yield from self._database.execute(statement, bound)

    def do(self, statement: str, *bound: object) -> None:
        """Do what a statement says."""
        with _room():
            self._database.execute(statement, bound)

    def do_each(self, statement: str, bound: Iterable[tuple[object, ...]]) -> None:
        """Do what a statement says, once for each."""
        with _room():
            self._database.executemany(statement, bound)

    # --- lines --------------------------------------------------------------------------------------------------------

    def add_lines(self, lines: Iterable[Line]) -> None:
        """Put lines by."""
        self.do_each(
            "INSERT INTO line (number, body) VALUES (?, ?)",
            ((line.number, msgspec.msgpack.encode(line)) for line in lines),
        )

    def lines(self) -> Iterator[Line]:
        """All lines by their numbers."""
        for (body,) in self.rows("SELECT body FROM line ORDER BY number"):
            yield _lines.decode(body)

    def count_lines(self) -> int:
        """How many lines there are."""
        ((number,),) = self.rows("SELECT count(*) FROM line")
        return int(number)

    def line(self, number: int) -> Line:
        """One line."""
        ((body,),) = self.rows("SELECT body FROM line WHERE number = ?", number)
        return _lines.decode(body)

    def refuse(self, line: int, faults: Iterable[Refused]) -> None:
        """Refuse a line: nothing that it says counts any more, unless others say it."""
        self.do("UPDATE record SET times = times - 1 WHERE number IN (SELECT record FROM said WHERE line = ?)", line)
        self.do("DELETE FROM said WHERE line = ?", line)
        self.do_each(
            "INSERT INTO refused (line, body) VALUES (?, ?)", [(line, msgspec.msgpack.encode(each)) for each in faults]
        )

    def refused(self) -> Sequence[Refused]:
        """Why lines were refused, by their numbers."""
        return Spooled(
            self,
            "SELECT count(*) FROM refused",
            "SELECT body FROM refused ORDER BY line, rowid",
            _refusals.decode,
        )

    def came(self, outcome: int) -> Sequence[int]:
        """The numbers of the lines that came to something, in their order."""
        return Spooled(
            self,
            "SELECT count(*) FROM came WHERE outcome = ?",
            "SELECT line FROM came WHERE outcome = ? ORDER BY line",
            int,
            outcome,
        )

    # --- records ------------------------------------------------------------------------------------------------------

    def add(self, line: int, records: Iterable[AnyRecord]) -> None:
        """What a line says."""
        numbers = [self._put(record) for record in dict.fromkeys(records)]
        self.do_each("INSERT INTO said (line, record) VALUES (?, ?)", [(line, number) for number in numbers])

    def _put(self, record: AnyRecord) -> int:
        body = encode(record)
        digest = _digest(body)
        known = self._nodes.get(digest)
        if known is not None:
            self._times[known] += 1
            return known
        number, times = self._store(record, body, digest)
        if not _is_node(record):
            self.repeats += times > 1
        elif len(self._nodes) < _REMEMBERED:
            self._nodes[digest] = number
        return number

    def _store(self, record: AnyRecord, body: bytes, digest: bytes) -> tuple[int, int]:
        """The number of a record, and how often it was said by now."""
        ((number, times),) = self.rows(_PUT, digest, record.id, _is_node(record), *self._ends(record), 1)
        if times == 1:
            self.do("INSERT INTO body (number, body) VALUES (?, ?) ON CONFLICT DO NOTHING", number, body)
        return int(number), int(times)

    def _ends(self, record: AnyRecord) -> tuple[str | None, str | None, str | None, bool, bool]:
        if isinstance(record, Relation):
            family, source, target = record.family.value, record.source, record.target
            return family, source, target, is_made(source, self._name), is_made(target, self._name)
        if isinstance(record, Claim):
            return None, None, record.subject, False, is_made(record.subject, self._name)
        return None, None, None, False, False

    def end_adding(self) -> None:
        """All lines were added: from here on records are looked for by their ids."""
        self.do_each(
            "UPDATE record SET times = times + ? WHERE number = ?", ((n, key) for key, n in self._times.items())
        )
        self._times.clear()
        self._nodes.clear()
        self.do("CREATE INDEX record_id ON record (id)")

    def look_up_lines(self) -> None:
        """From here on lines are looked for by what they say."""
        self.do("CREATE INDEX IF NOT EXISTS said_record ON said (record, line)")

    def wanted(self) -> Sequence[AnyRecord]:
        """All records that lines say, in the order of these."""
        return Spooled(
            self,
            "SELECT count(*) FROM record WHERE times > 0",
            "SELECT body FROM record JOIN body USING (number) WHERE times > 0 ORDER BY number",
            decode,
        )

    def keep(self, records: Iterable[AnyRecord]) -> int:
        """Records that no line says stay as they are there; how many."""
        number = 0
        for record in records:
            body = encode(record)
            place, _ = self._store(record, body, _digest(body))
            self.do("UPDATE record SET outcome = ? WHERE number = ?", UNCHANGED, place)
            number += 1
        return number

    def find(self, key: str) -> AnyRecord | None:
        """What lines say a record is, by its id."""
        bodies = self.rows("SELECT body FROM record JOIN body USING (number) WHERE id = ? AND times > 0", key)
        return next((decode(body) for (body,) in bodies), None)

    def add_present(self, record: AnyRecord) -> None:
        """A record of the import that is there already."""
        self.do("INSERT INTO present (id, body) VALUES (?, ?)", record.id, encode(record))

    def present(self) -> Sequence[AnyRecord]:
        """What is there already of the import, by id."""
        return Spooled(self, "SELECT count(*) FROM present", "SELECT body FROM present ORDER BY id", decode)

    # --- what is there ------------------------------------------------------------------------------------------------

    def ask(self, ids: Iterable[str]) -> None:
        """Note ids of which it decides whether they are there."""
        self.do_each("INSERT INTO asked (id) VALUES (?) ON CONFLICT DO NOTHING", ((each,) for each in ids))

    def asked(self) -> Iterator[list[str]]:
        """The ids that were noted, a thousand at a time."""
        last = ""
        while True:
            found = [
                key for (key,) in self.rows("SELECT id FROM asked WHERE id > ? ORDER BY id LIMIT ?", last, AT_ONCE)
            ]
            if not found:
                return
            yield found
            last = found[-1]

    def note_there(self, ids: Iterable[str]) -> None:
        """These of them are there."""
        self.do_each("UPDATE asked SET is_there = 1 WHERE id = ?", ((each,) for each in ids))

    def is_there(self, node: str) -> bool:
        """Whether an id that was noted is there."""
        return any(there for (there,) in self.rows("SELECT is_there FROM asked WHERE id = ?", node))


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _is_node(record: AnyRecord) -> bool:
    return not isinstance(record, Relation | Claim)


def is_made(node: str, name: str) -> bool:
    """Whether an id is one of those that the imports of a name make."""
    return key_of(node).startswith(f"{name}:")


def in_chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """A thousand at a time."""
    rest = iter(items)
    while some := list(itertools.islice(rest, AT_ONCE)):
        yield some


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except (apsw.FullError, apsw.IOError, apsw.CantOpenError) as fault:
        raise NoRoomError(
            Text(
                f"没有地方存放临时文件（{fault}）：请腾出空间，或用 TMPDIR 指定别的目录",
                f"there is no room for temporary files ({fault}): free some, or let TMPDIR name another folder",
            )
        ) from fault
