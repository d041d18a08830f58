"""The tables of the embedded store, and how a file of an earlier release becomes one of this release (表结构).

Each record is a row of one of four tables: ``node``, ``claim``, ``relation``, ``item``. ``data`` is its canonical JSON
(``records.encode``) and all that counts; the other columns repeat from it what look-ups need. A row is a version: it
was current from ``recorded_from`` until before ``recorded_to`` (microseconds since 1970-01-01 UTC; ``FOREVER`` while it
still is). Rows are never deleted, and of a row nothing is ever changed but ``recorded_to``, once.

``search_key`` holds the keys of ``search_keys`` in the same way, ``tally`` how many records of a type, kind and
provenance were current. ``write`` is the journal (日志): one row a transaction that changed anything; ``number`` is the
generation, ``recorded_at`` rises strictly, ``version`` is the digest of the content afterwards; what was touched are
the rows with ``recorded_from`` or ``recorded_to`` at that moment. ``answer`` is what the author of a ``key`` is told
again; ``checksum`` chains the row to the one before (``chain``).

Days are ordinals (``graph_model.dates``); ``observed`` is the JSON array of the days on which a claim was observed.
There are no foreign keys: ends of relations may dangle, and the writer alone makes ``origin`` rows.
"""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x5A52454E  # "ZREN", in bytes 68 to 71 of the file
FOREVER: Final = (1 << 63) - 1

_VERSION_1 = """
CREATE TABLE write (
    number      INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL UNIQUE,
    author      TEXT NOT NULL,
    origins     TEXT NOT NULL,
    created     INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    unchanged   INTEGER NOT NULL,
    ended       INTEGER NOT NULL,
    version     TEXT NOT NULL
) STRICT;

CREATE TABLE origin (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE node (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    origin        INTEGER NOT NULL,
    provenance    TEXT NOT NULL,
    type          TEXT NOT NULL,
    kind          TEXT,
    code          TEXT,
    rank          INTEGER NOT NULL,
    data          BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX node_by_id ON node (id, recorded_to);
CREATE INDEX node_by_code ON node (code, recorded_to, recorded_from, id) WHERE code IS NOT NULL;
CREATE INDEX node_by_type ON node (type, id, recorded_to, recorded_from, kind);
CREATE INDEX node_by_origin ON node (origin, recorded_to);

CREATE TABLE claim (
    seq            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL,
    recorded_from  INTEGER NOT NULL,
    recorded_to    INTEGER NOT NULL,
    origin         INTEGER NOT NULL,
    provenance     TEXT NOT NULL,
    type           TEXT NOT NULL,
    kind           TEXT,
    subject        TEXT NOT NULL,
    code           TEXT,
    possible_from  INTEGER NOT NULL,
    certain_from   INTEGER NOT NULL,
    certain_until  INTEGER NOT NULL,
    possible_until INTEGER NOT NULL,
    observed       TEXT NOT NULL,
    data           BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX claim_by_id ON claim (id, recorded_to);
CREATE INDEX claim_by_subject ON claim (subject, recorded_to, recorded_from);
CREATE INDEX claim_by_code ON claim (code, recorded_to, recorded_from, subject) WHERE code IS NOT NULL;
CREATE INDEX claim_by_type ON claim (type, id, recorded_to, recorded_from, kind);
CREATE INDEX claim_by_origin ON claim (origin, recorded_to);

CREATE TABLE relation (
    seq            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL,
    recorded_from  INTEGER NOT NULL,
    recorded_to    INTEGER NOT NULL,
    origin         INTEGER NOT NULL,
    provenance     TEXT NOT NULL,
    family         TEXT NOT NULL,
    kind           TEXT NOT NULL,
    source         TEXT NOT NULL,
    target         TEXT NOT NULL,
    regime         TEXT,
    possible_from  INTEGER NOT NULL,
    certain_from   INTEGER NOT NULL,
    certain_until  INTEGER NOT NULL,
    possible_until INTEGER NOT NULL,
    observed       TEXT NOT NULL,
    data           BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX relation_by_id ON relation (id, recorded_to);
CREATE INDEX relation_by_source ON relation (source, family, recorded_to, recorded_from);
CREATE INDEX relation_by_target ON relation (target, family, recorded_to, recorded_from);
CREATE INDEX relation_by_origin ON relation (origin, recorded_to);
CREATE INDEX assignment_by_kind ON relation (
    kind, id, recorded_to, recorded_from, possible_from, possible_until, regime, provenance
) WHERE family = 'responsibility';
CREATE INDEX relation_by_kind ON relation (
    family, kind, recorded_to, recorded_from, certain_from, certain_until, source, target, regime
);

CREATE TABLE item (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    origin        INTEGER NOT NULL,
    provenance    TEXT NOT NULL,
    type          TEXT NOT NULL,
    kind          TEXT,
    order_key     TEXT NOT NULL,
    data          BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX item_by_id ON item (id, recorded_to);
CREATE INDEX item_by_type ON item (type, order_key, recorded_to, recorded_from, kind);
CREATE INDEX item_by_origin ON item (origin, recorded_to);

CREATE TABLE search_key (
    key            TEXT NOT NULL,
    record         TEXT NOT NULL,
    recorded_to    INTEGER NOT NULL,
    recorded_from  INTEGER NOT NULL,
    node           TEXT NOT NULL,
    is_beginning   INTEGER NOT NULL,
    possible_from  INTEGER NOT NULL,
    possible_until INTEGER NOT NULL,
    PRIMARY KEY (key, record, recorded_to)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_key_by_record ON search_key (record, recorded_to);

CREATE TABLE tally (
    type          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    provenance    TEXT NOT NULL,
    recorded_to   INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    PRIMARY KEY (type, kind, provenance, recorded_to)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_current ON tally (type, kind, provenance) WHERE recorded_to = 9223372036854775807;
"""

# Who asked for a write and why; a client's key, so that the same request is written once; what a write touched.
_VERSION_2 = """
ALTER TABLE write ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE write ADD COLUMN action TEXT NOT NULL DEFAULT 'load';
ALTER TABLE write ADD COLUMN basis TEXT NOT NULL DEFAULT '{}';
ALTER TABLE write ADD COLUMN key TEXT;
ALTER TABLE write ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE write ADD COLUMN answer BLOB NOT NULL DEFAULT x'';
CREATE UNIQUE INDEX write_by_key ON write (author, key) WHERE key IS NOT NULL;
CREATE INDEX node_by_beginning ON node (recorded_from, id);
CREATE INDEX claim_by_beginning ON claim (recorded_from, id);
CREATE INDEX relation_by_beginning ON relation (recorded_from, id);
CREATE INDEX item_by_beginning ON item (recorded_from, id);
CREATE INDEX node_by_ending ON node (recorded_to, id) WHERE recorded_to < 9223372036854775807;
CREATE INDEX claim_by_ending ON claim (recorded_to, id) WHERE recorded_to < 9223372036854775807;
CREATE INDEX relation_by_ending ON relation (recorded_to, id) WHERE recorded_to < 9223372036854775807;
CREATE INDEX item_by_ending ON item (recorded_to, id) WHERE recorded_to < 9223372036854775807;
"""

# The chain: a checksum over the row and the checksum before it (``chain``).
_VERSION_3 = """
ALTER TABLE write ADD COLUMN checksum BLOB NOT NULL DEFAULT x'';
"""

# Nothing in the tables: from here on the pages of the file have checksums (``pages``).
_VERSION_4 = ""

# Earlier moments: the versions of one record after the other, so that those that are asked for need not be looked for
# among all later ones (``versions``).
_VERSION_5 = """
CREATE INDEX claim_closed_by_subject ON claim (subject, id, recorded_to) WHERE recorded_to < 9223372036854775807;
CREATE INDEX relation_closed_by_source ON relation (source, family, id, recorded_to)
    WHERE recorded_to < 9223372036854775807;
CREATE INDEX relation_closed_by_target ON relation (target, family, id, recorded_to)
    WHERE recorded_to < 9223372036854775807;
"""

# The outline: its edges are read from the index alone, in a third of the time that the rows themselves take.
_VERSION_6 = """
DROP INDEX relation_by_kind;
CREATE INDEX relation_by_kind ON relation (
    family, kind, recorded_to, recorded_from, certain_from, certain_until, source, target, regime,
    possible_from, possible_until
);
"""

MIGRATIONS: Final = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5, _VERSION_6)
"""What to run, in order: the script at place n brings a file of schema version n to version n + 1."""

FIRST_WITH_CHAIN: Final = 3
"""The schema version from which on the journal's rows have checksums."""

FIRST_WITH_PAGES: Final = 4
"""The schema version from which on the file's pages have checksums."""

SCHEMA_VERSION: Final = len(MIGRATIONS)
