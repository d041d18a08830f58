"""What all records share: what they rest on, where they come from (记录)."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from graph_model.texts import Text


class Provenance(Enum):
    """Where a statement comes from (来源): the source, our reasoning on it, or the synthetic fill."""

    SOURCE = "SOURCE"
    DERIVED = "DERIVED"
    SYNTHETIC = "SYNTHETIC"


class Basis(Struct, frozen=True, omit_defaults=True):
    """What a record rests on (依据): a document's id, the number of a clause, a note in our own words."""

    document: str | None = None
    clause: str | None = None
    note: Text | None = None


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What all records share."""

    id: str
    provenance: Provenance
    basis: Basis = Basis()
