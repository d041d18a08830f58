"""A small made-up world with one of everything that the API publishes: quick to build, and the same whatever ships."""

from __future__ import annotations

from pathlib import Path

from graph_model.dates import Validity
from graph_model.exchange import Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.records import (
    AnyRecord,
    Asset,
    Basis,
    Code,
    Coverage,
    Dataset,
    Designation,
    Division,
    Document,
    Fact,
    Family,
    Finding,
    Household,
    Measure,
    Name,
    NodeTally,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
    RelationTally,
    Roster,
    Severity,
    Tally,
    Text,
)
from graph_model.regime_file import encode_regime, read_regime
from graph_model.stores.base import Store
from graph_model.stores.embedded import open_store

DAY = "2017-06-30"
VILLAGES = 12
"""How many villages the one township has."""
FIRST_VILLAGE = "530521101201"
REGIME = Path(__file__).resolve().parents[2] / "regimes" / "poverty-alleviation-2017" / "regime.yaml"

_SEEN = Validity(observed=(DAY,))
_PLACES = {
    "5305": ("city", "保山市", "bao shan shi"),
    "530521": ("county", "施甸县", "shi dian xian"),
    "530521101": ("township", "甸阳镇", "dian yang zhen"),
    **{str(530521101201 + number): ("village", f"第{number}村", f"di {number} cun") for number in range(VILLAGES)},
}
_COUNTS: dict[int, Tally] = {
    1: NodeTally(type="division", kind="village"),
    2: RelationTally(family=Family.RESPONSIBILITY, kind="helps-household", distinct="source"),
    3: NodeTally(type="asset", kind="castle"),
}
"""What the first figures count: 12, 1, and what nobody recorded."""
_CONTAINERS = {4: "", 6: "5305", 9: "530521", 12: "530521101"}


async def build_small_world(store: Store | None = None) -> ResponsibilityGraph:
    """The facade over a store, one in memory if none is given, that holds the small world."""
    graph = ResponsibilityGraph(open_store("sqlite:///:memory:", "writer") if store is None else store)
    await graph.apply([Batch("small-world", list_records())], author="tests")
    return graph


def list_records() -> list[AnyRecord]:
    """All records of the small world."""
    records: list[AnyRecord] = [
        encode_regime(read_regime(REGIME)),
        Dataset(
            id="dataset:small",
            provenance=Provenance.DERIVED,
            name=Text("小世界", "Small world"),
            reference_date=DAY,
            editions=(DAY,),
            regimes=("poverty-alleviation-2017",),
        ),
    ]
    for code, (level, name, pinyin) in _PLACES.items():
        records += _division(code, level, name, pinyin)
    records += _organisations()
    records += _others()
    return records


def _division(code: str, level: str, name: str, pinyin: str) -> list[AnyRecord]:
    node, source = f"division:{code}", Provenance.SOURCE
    english = "Shidian County" if code == "530521" else None
    found: list[AnyRecord] = [
        Division(id=node, provenance=source, level=level),
        Name(
            id=f"name:{code}",
            provenance=source,
            subject=node,
            text=name,
            pinyin=pinyin,
            english=english,
            validity=_SEEN,
        ),
        Code(id=f"code:{code}", provenance=source, subject=node, text=code, scheme="statistics", validity=_SEEN),
    ]
    container = _CONTAINERS[len(code)]
    if container:
        found.append(_relation(Family.CONTAINMENT, "part-of", node, f"division:{container}"))
    if level == "village":
        basis = Basis(document=f"document:list-{code}", clause="3.1")
        found += [
            Designation(
                id=f"designation:{code}", provenance=source, subject=node, kind="poor", validity=_SEEN, basis=basis
            ),
            Document(
                id=f"document:list-{code}",
                provenance=source,
                title=f"{name}名单",
                kind="list",
                date="2016",
                issuer="organization:office",
            ),
            _assignment("resident-team", "organization:team", node, f"document:list-{code}"),
            _assignment("linked-to-village", "post:secretary", node, f"document:list-{code}"),
        ]
    return found


def _organisations() -> list[AnyRecord]:
    source = Provenance.SOURCE
    basis = Basis(document="document:decision", clause="1")
    found: list[AnyRecord] = [
        Document(id="document:decision", provenance=source, title="决定", kind="decision"),
        Post(id="post:secretary", provenance=source, basis=basis, kind="party-secretary", name="县委书记", rank=1),
        Person(id="person:p1", provenance=Provenance.SYNTHETIC, code="P-1"),
        _relation(Family.HOLDING, "holds", "person:p1", "post:secretary"),
        _relation(Family.CONTAINMENT, "post-in", "post:secretary", "organization:group"),
        _assignment("linked-to-county", "post:secretary", "division:530521", "document:decision"),
    ]
    for key, kind, name in (
        ("group", "leading-group", "领导小组"),
        ("office", "office", "扶贫办"),
        ("team", "resident-team", "工作队"),
    ):
        found.append(
            Organization(id=f"organization:{key}", provenance=source, basis=basis, code=key, kind=kind, name=name)
        )
    for number in range(VILLAGES):
        member = f"organization:member-{number:02}"
        found += [
            Organization(
                id=member,
                provenance=source,
                basis=Basis(document=f"document:list-{530521101201 + number}"),
                code=f"member-{number:02}",
                kind="department",
                name=f"第{number}局",
            ),
            _relation(Family.MEMBERSHIP, "member-of", member, "organization:group", role="member"),
            _relation(Family.CONTAINMENT, "unit-of", member, "organization:office"),
            _relation(Family.REPORTING, "reports-to", member, "organization:office", rhythm="half-year"),
        ]
    return found


def _others() -> list[AnyRecord]:
    source = Provenance.SOURCE
    found: list[AnyRecord] = [
        Coverage(
            id="coverage:links",
            provenance=Provenance.DERIVED,
            basis=Basis(document="document:decision"),
            roster=Roster.ASSIGNMENT,
            regime="poverty-alleviation-2017",
            kind="linked-to-county",
            area="division:5305",
            validity=_SEEN,
        ),
        Asset(id="asset:reach", provenance=source, code="reach-1", kind="river-reach", name="河段"),
        _relation(Family.CONTAINMENT, "part-of", "asset:reach", "division:530521"),
        Measure(
            id="measure:talk",
            provenance=source,
            kind="formal-talk",
            by=("organization:group",),
            to=("organization:office", "organization:team"),
            period="2017-06",
        ),
    ]
    for number in range(1, 6):
        code = f"{FIRST_VILLAGE}-{number:04}"
        found += [
            Household(id=f"household:{code}", provenance=Provenance.SYNTHETIC, code=code),
            _relation(Family.CONTAINMENT, "part-of", f"household:{code}", f"division:{FIRST_VILLAGE}"),
            _assignment("helps-household", "person:p1", f"household:{code}", None),
        ]
        found += [
            Fact(
                id=f"fact:{number}",
                provenance=source,
                basis=Basis(document="document:decision", clause="3.1" if number > 1 else "1.2"),
                subject=Text("单位", "Units"),
                measure=Text("数", "Number"),
                period="2017-06",
                value=float(number),
                unit="units",
                counts=_COUNTS.get(number),
                position=number,
            ),
            Finding(
                id=f"finding:{number}",
                provenance=Provenance.DERIVED,
                code="doubt",
                severity=(Severity.ERROR, Severity.WARNING, Severity.INFO)[number % 3],
                message=Text("存疑", "A doubt"),
                clauses=("3.1",),
                subjects=(f"division:{530521101200 + number}", "organization:office"),
            ),
        ]
    return found


def _relation(
    family: Family, kind: str, source: str, target: str, *, role: str | None = None, rhythm: str | None = None
) -> Relation:
    return Relation(
        id=f"{family.value}:{kind}:{source}~{target}",
        provenance=Provenance.SOURCE,
        family=family,
        kind=kind,
        source=source,
        target=target,
        validity=_SEEN,
        role=role,
        rhythm=rhythm,
        basis=Basis(document="document:decision"),
    )


def _assignment(kind: str, source: str, target: str, document: str | None) -> Relation:
    return Relation(
        id=f"assignment:{kind}:{source}~{target}",
        provenance=Provenance.SOURCE,
        family=Family.RESPONSIBILITY,
        kind=kind,
        source=source,
        target=target,
        regime="poverty-alleviation-2017",
        validity=_SEEN,
        basis=Basis(document=document, clause="3.1"),
    )
