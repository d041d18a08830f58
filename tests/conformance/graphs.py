"""Small graphs made by hand, and what the tests of the contract ask of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph_model.dates import ALWAYS_POSSIBLE, Validity, parse_day
from graph_model.exchange import Batch, Window, Written
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import (
    AnyRecord,
    Asset,
    Basis,
    Claim,
    Code,
    Division,
    Document,
    Family,
    Household,
    Name,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
)
from graph_model.stores.base import Store

SOURCE = Provenance.SOURCE


def on(day: str) -> Window:
    """One day as a window."""
    ordinal = parse_day(day).toordinal()
    return Window(ordinal, ordinal)


DAY = on("2017-06-30")


def since(text: str | None, until: str | None = None) -> Validity:
    return Validity(since=text, until=until)


def division(code: str, level: str = "village") -> Division:
    return Division(id=f"division:{code}", provenance=SOURCE, level=level)


def name_of(code: str, text: str, pinyin: str, validity: Validity = ALWAYS_POSSIBLE, word: str = "1") -> Name:
    return Name(
        id=f"name:division:{code}~{word}",
        provenance=SOURCE,
        subject=f"division:{code}",
        text=text,
        pinyin=pinyin,
        validity=validity,
    )


def code_of(key: str, text: str, validity: Validity = ALWAYS_POSSIBLE, word: str = "1") -> Code:
    """The code of the division with this key in its id."""
    return Code(
        id=f"code:division:{key}~{word}",
        provenance=SOURCE,
        subject=f"division:{key}",
        text=text,
        scheme="statistical",
        validity=validity,
    )


def household(code: str) -> Household:
    return Household(id=f"household:{code}", provenance=SOURCE, code=code)


def asset(key: str, kind: str = "reach", name: str = "河段") -> Asset:
    return Asset(id=f"asset:{key}", provenance=SOURCE, code=key, kind=kind, name=name)


def organization(key: str, name: str = "扶贫办", pinyin: str = "fu pin ban") -> Organization:
    return Organization(id=f"organization:{key}", provenance=SOURCE, code=key, kind="office", name=name, pinyin=pinyin)


def post(key: str, name: str = "书记", pinyin: str = "shu ji", rank: int | None = None) -> Post:
    return Post(id=f"post:{key}", provenance=SOURCE, kind="secretary", name=name, pinyin=pinyin, rank=rank)


def person(key: str, provenance: Provenance = SOURCE) -> Person:
    return Person(id=f"person:{key}", provenance=provenance, code=key)


def document(key: str) -> Document:
    return Document(id=f"document:{key}", provenance=SOURCE, title=key, kind="plan")


def relation(
    family: Family,
    kind: str,
    source: str,
    target: str,
    validity: Validity = ALWAYS_POSSIBLE,
    *,
    regime: str | None = None,
    document: str | None = None,
    provenance: Provenance = SOURCE,
) -> Relation:
    return Relation(
        id=f"{family.value}:{kind}:{source}~{target}",
        provenance=provenance,
        family=family,
        kind=kind,
        source=source,
        target=target,
        validity=validity,
        regime=regime,
        basis=Basis(document=document),
    )


def part_of(source: str, target: str, validity: Validity = ALWAYS_POSSIBLE) -> Relation:
    return relation(Family.CONTAINMENT, "part-of", source, target, validity)


def assignment(
    source: str,
    target: str,
    validity: Validity = ALWAYS_POSSIBLE,
    *,
    kind: str = "leads",
    regime: str = "first",
    document: str | None = None,
) -> Relation:
    return relation(Family.RESPONSIBILITY, kind, source, target, validity, regime=regime, document=document)


def holding(source: str, target: str, validity: Validity = ALWAYS_POSSIBLE) -> Relation:
    return relation(Family.HOLDING, "holds", source, target, validity)


async def write(store: Store, records: Iterable[AnyRecord], origin: str = "file", at: int = 1_000) -> Written:
    """Apply one batch."""
    (written,) = await store.apply([Batch(origin, tuple(records))], recorded_at=at, author="test")
    return written


def nodes_of(around: Neighbourhood) -> list[str]:
    return sorted(node.id for node in around.iter_nodes())


def relations_of(around: Neighbourhood) -> list[str]:
    return sorted(key for _, _, key in around.graph.edges(keys=True))


def claims_of(around: Neighbourhood) -> list[str]:
    return sorted(claim.id for node in around.graph for claim in around.iter_claims(node, Claim))


def ids_of(records: Sequence[AnyRecord]) -> list[str]:
    return [record.id for record in records]
