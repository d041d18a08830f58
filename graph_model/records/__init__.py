"""Frozen, typed records: nodes, the dated claims about them, and one Relation for every family and kind.

Every record has an ``id`` made from a natural key (ASCII), the same in every store and in any order of loading, and a
``type`` tag; ``encode`` writes it as canonical JSON, ``decode`` reads it back. Source: model.md, "Nodes", "Relations".
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

import msgspec

from graph_model.records.claims import Assessment, ChangedBy, Claim, Code, Designation, Exemption, Name, Result, Vacancy
from graph_model.records.items import (
    ClaimTally,
    Coverage,
    Dataset,
    Fact,
    Finding,
    FindingState,
    Import,
    NodeTally,
    Qualifier,
    Refusal,
    RegimeContent,
    RelationTally,
    Retraction,
    Roster,
    Ruling,
    Severity,
    Tallied,
    Tally,
)
from graph_model.records.nodes import (
    DIVISION_LEVELS,
    Asset,
    ChangeEvent,
    ChangeKind,
    Division,
    Document,
    Household,
    Measure,
    Node,
    Organization,
    Person,
    Post,
    Quantity,
)
from graph_model.records.relations import Family, Relation
from graph_model.records.shared import Basis, Provenance, Record
from graph_model.texts import Text

__all__ = [
    "CLAIM_TYPES",
    "DIVISION_LEVELS",
    "ID_PATTERN",
    "ITEM_TYPES",
    "NODE_TYPES",
    "RECORD_TYPES",
    "AnyAssignee",
    "AnyClaim",
    "AnyItem",
    "AnyNode",
    "AnyRecord",
    "AnyTarget",
    "Assessment",
    "Asset",
    "Basis",
    "ChangeEvent",
    "ChangeKind",
    "ChangedBy",
    "Claim",
    "ClaimTally",
    "Code",
    "Coverage",
    "Dataset",
    "Designation",
    "Division",
    "Document",
    "Exemption",
    "Fact",
    "Family",
    "Finding",
    "FindingState",
    "Household",
    "Import",
    "Measure",
    "Name",
    "Node",
    "NodeTally",
    "Organization",
    "Person",
    "Post",
    "Provenance",
    "Qualifier",
    "Quantity",
    "Record",
    "Refusal",
    "RegimeContent",
    "Relation",
    "RelationTally",
    "Result",
    "Retraction",
    "Roster",
    "Ruling",
    "Severity",
    "Tallied",
    "Tally",
    "Text",
    "Vacancy",
    "content_hash",
    "decode",
    "encode",
    "type_of",
    "version_of",
]

AnyNode = Division | Household | Organization | Post | Person | Measure | Asset | Document | ChangeEvent
AnyTarget = Division | Household | Organization | Asset
AnyAssignee = Organization | Post | Person
AnyClaim = Name | Code | Designation | Vacancy | Exemption | Assessment | ChangedBy
AnyItem = Coverage | Fact | Finding | Ruling | Dataset | RegimeContent | Retraction | Import
AnyRecord = AnyNode | AnyClaim | Relation | AnyItem

NODE_TYPES: Final = (Division, Household, Organization, Post, Person, Measure, Asset, Document, ChangeEvent)
CLAIM_TYPES: Final = (Name, Code, Designation, Vacancy, Exemption, Assessment, ChangedBy)
ITEM_TYPES: Final = (Coverage, Fact, Finding, Ruling, Dataset, RegimeContent, Retraction, Import)
RECORD_TYPES: Final = (*NODE_TYPES, *CLAIM_TYPES, Relation, *ITEM_TYPES)

ID_PATTERN: Final = re.compile(r"[a-z][a-z-]*:[A-Za-z0-9@:._~+-]{1,400}")

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[AnyRecord] = msgspec.json.Decoder(AnyRecord)


def encode(record: AnyRecord) -> bytes:
    """The record as canonical JSON: its fields in one order, defaults left away, UTF-8 unescaped."""
    return _encoder.encode(record)


def decode(data: bytes | str) -> AnyRecord:
    """The record of a JSON object. Raises msgspec.ValidationError or msgspec.DecodeError."""
    return _decoder.decode(data)


def version_of(record: AnyRecord) -> str:
    """What tells the versions of a record apart: a short digest of its content, the same wherever it is written."""
    return hashlib.blake2b(encode(record), digest_size=8).hexdigest()


def type_of(record: AnyRecord) -> str:
    """The record's type tag: ``division``, ``relation``, ``fact``..."""
    return str(type(record).__struct_config__.tag)


def content_hash(data: bytes) -> int:
    """A 256-bit number of a record's canonical JSON; the sum over a data set, modulo 2**256, is its digest."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=32).digest(), "big")
