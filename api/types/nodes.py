"""The nodes as they are published (节点): interfaces Node, Target, Division, Assignee and the objects behind them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.scope import Scope
from api.types.basis import Basis, publish_basis
from api.types.dates import PartialDate, Period, publish_period, publish_since, publish_until
from api.types.labels import DesignationKind, Level, MeasureKind
from api.types.regimes import designation_kind, measure_kind, publish_level
from graph_model import records
from graph_model.dates import Certainty, certainty_on, parse_day
from graph_model.exchange import End
from graph_model.graph import Frame, View
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.naming import code_on, name_on
from graph_model.records import Family, Provenance, Text

if TYPE_CHECKING:
    from api.types.chain import AccountabilityChain
    from api.types.relations import Assignment, Relation


@strawberry.interface(description="Anything with a global id, to be fetched again by `node(id:)`.")
class Node:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="The global id, made from a natural key; the same in every store.")
    scope: strawberry.Private[Scope]


@strawberry.interface(
    description="Anything that someone answers for: a division, a household, an organisation, an asset."
)
class Target(Node):
    """See the description."""

    code: str = strawberry.field(description="Its code on the day; an organisation's is its natural key.")
    name: str = strawberry.field(description="Its Chinese name on the day; a household's is its code.")

    @strawberry.field(
        description="Who answers for it on the day, level by level and lane by lane, and where the chain is broken."
    )
    async def accountability_chain(
        self,
        lanes: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Only links and gaps of these lanes (codes); all if left away, none if empty."
            ),
        ] = None,
        regime: Annotated[
            str | None, strawberry.argument(description="The regime's code; the data set's first if left away.")
        ] = None,
    ) -> Annotated[AccountabilityChain, strawberry.lazy("api.types.chain")]:
        from api.types.chain import publish_chain

        view = await self.scope.views.load(self.id)
        return publish_chain(view.chain(self.id, regime, lanes), view, self.scope)


@strawberry.interface(description="Anything that answers: an organisation, a post, a person.")
class Assignee(Node):
    """See the description."""

    name: str = strawberry.field(description="Its Chinese name; a person's is a code.")

    @strawberry.field(description="All that it answers for on the day, by kind, target and id.")
    async def assignments(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Assignment, strawberry.lazy("api.types.relations")]]:
        from api.types.relations import publish_assignment

        size, key = check_first(first), decode_cursor(after, "assignments", tuple[str, str, str])
        page = await self.scope.pages.load((self.id, Family.RESPONSIBILITY, End.SOURCE, size, key))
        frame = await self.scope.graph.frame()
        rows = [
            (encode_cursor("assignments", [row.kind, row.target, row.id]), publish_assignment(row, self.scope, frame))
            for row in page.relations
        ]
        return connection(rows, total=page.total, has_next=page.has_next, after=after)


async def _relations(
    node: Node, family: Family, end: End, first: int | None, after: str | None
) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
    """A page of the relations of one family that have a node at one end."""
    from api.types.relations import publish_relation

    kind = f"{family.value}-{end.value}"
    size, key = check_first(first), decode_cursor(after, kind, tuple[str, str, str])
    page = await node.scope.pages.load((node.id, family, end, size, key))
    frame = await node.scope.graph.frame()
    rows = []
    for row in page.relations:
        other = row.target if end is End.SOURCE else row.source
        rows.append((encode_cursor(kind, [row.kind, other, row.id]), publish_relation(row, node.scope, frame)))
    return connection(rows, total=page.total, has_next=page.has_next, after=after)


@strawberry.type(description="A name or a code that a division bears or bore (名称或代码).")
class DatedText:
    """See the description."""

    text: str = strawberry.field(description="The name or code.")
    since: PartialDate = strawberry.field(description="Since when.")
    until: PartialDate = strawberry.field(description="The first day on which it no longer holds.")
    observed: list[datetime.date] = strawberry.field(description="The days on which it was seen.")
    certainty: Certainty = strawberry.field(description="Whether it holds on the day that was asked about.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")


@strawberry.type(description="What a division is registered as (认定).")
class Designation:
    """See the description."""

    kind: DesignationKind = strawberry.field(description="What it is registered as.")
    since: PartialDate = strawberry.field(description="Since when.")
    until: PartialDate = strawberry.field(description="The first day on which it no longer holds.")
    certainty: Certainty = strawberry.field(description="Whether it holds on the day that was asked about.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")


@strawberry.interface(description="An administrative division: a city, county, township or village.")
class Division(Target):
    """See the description."""

    level: Level = strawberry.field(description="Its level.")
    pinyin: str = strawberry.field(description="Its name in pinyin without tones, a space between syllables.")
    name_en: str | None = strawberry.field(description="Its English name, where one exists.")
    marks: list[str] = strawberry.field(
        description="`placeholder`: a statistical entry without people (虚拟); `park`: a park or a committee's area."
    )
    certainty: Certainty = strawberry.field(
        description="As an ancestor: whether the division that was asked for lies in it on the day. In a list: whether "
        "it lies in the list's division. Otherwise CERTAIN."
    )
    provenance: Provenance = strawberry.field(description="Where the division comes from.")
    around: strawberry.Private[Neighbourhood]
    frame: strawberry.Private[Frame]

    @strawberry.field(
        description="What it lies in on the day, from the nearest level; several of one level where it may lie in each."
    )
    async def ancestors(self) -> list[Annotated[Division, strawberry.lazy("api.types.nodes")]]:
        view = await self.scope.views.load(self.id)
        return [
            publish_division(rung.node, view, self.scope, rung.certainty)
            for rung in view.way_up(self.id)[1:]
            if isinstance(rung.node, records.Division)
        ]

    @strawberry.field(
        description="What it is or was registered as, whether or not that holds on the day; by kind, then id."
    )
    def designations(self) -> list[Designation]:
        claims = sorted(self.around.iter_claims(self.id, records.Designation), key=lambda claim: (claim.kind, claim.id))
        return [
            Designation(
                kind=designation_kind(self.frame, claim.kind),
                since=publish_since(claim.validity.since),
                until=publish_until(claim.validity.until),
                certainty=certainty_on(claim.validity, self.scope.moment.day),
                provenance=claim.provenance,
                basis=publish_basis(claim.basis, self.scope, self.around),
            )
            for claim in claims
        ]

    @strawberry.field(description="All names that it bears or bore, by id.")
    def names(self) -> list[DatedText]:
        return self._dated_texts(records.Name)

    @strawberry.field(
        description="All codes that it bears or bore, by id. A code never identifies a division by itself."
    )
    def codes(self) -> list[DatedText]:
        return self._dated_texts(records.Code)

    def _dated_texts(self, of: type[records.Name] | type[records.Code]) -> list[DatedText]:
        claims = sorted(self.around.iter_claims(self.id, of), key=lambda claim: claim.id)
        return [
            DatedText(
                text=claim.text,
                since=publish_since(claim.validity.since),
                until=publish_until(claim.validity.until),
                observed=[parse_day(day) for day in claim.validity.observed],
                certainty=certainty_on(claim.validity, self.scope.moment.day),
                provenance=claim.provenance,
            )
            for claim in claims
        ]

    @strawberry.field(
        description="All that it lies or may lie in directly on the day, with dates; by kind and container."
    )
    async def containers(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.CONTAINMENT, End.SOURCE, first, after)


@strawberry.type(description="A province (省); only where a fact needs it.")
class Province(Division):
    """See the description."""


@strawberry.type(description="A city of prefecture rank (地级市).")
class City(Division):
    """See the description."""


@strawberry.type(description="A county, district or city of county rank (县、区、县级市).")
class County(Division):
    """See the description."""


@strawberry.type(description="A township, town or subdistrict (乡、镇、街道).")
class Township(Division):
    """See the description."""


@strawberry.type(description="A village or community (村、社区).")
class Village(Division):
    """See the description."""

    @strawberry.field(description="Its registered households on the day, by code.")
    async def households(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Household, strawberry.lazy("api.types.nodes")]]:
        size, key = check_first(first), decode_cursor(after, "households", tuple[str, str, str])
        page = await self.scope.pages.load((self.id, Family.CONTAINMENT, End.TARGET, size, key))
        views = await self.scope.nodes.load_many([row.source for row in page.relations])
        rows = []
        for row, view in zip(page.relations, views, strict=True):
            node = view.around.find_node(row.source)
            if isinstance(node, records.Household):
                cursor = encode_cursor("households", [row.kind, row.source, row.id])
                rows.append((cursor, publish_household(node, self.scope)))
        return connection(rows, total=page.total, has_next=page.has_next, after=after)


@strawberry.type(description="A registered household (建档立卡贫困户). Whatever is personal is private.")
class Household(Target):
    """See the description."""

    provenance: Provenance = strawberry.field(description="Where the household comes from.")

    @strawberry.field(description="The village that it lies in on the day, or may; null where none is recorded.")
    async def village(self) -> Village | None:
        view = await self.scope.views.load(self.id)
        for rung in view.way_up(self.id)[1:]:
            if isinstance(rung.node, records.Division) and rung.node.level == "village":
                published = publish_division(rung.node, view, self.scope, rung.certainty)
                return published if isinstance(published, Village) else None
        return None


@strawberry.type(description="A committee, government, department, office, unit, group or team (组织).")
class Organization(Target, Assignee):
    """See the description."""

    kind: str = strawberry.field(description="What kind of organisation it is, for instance `leading-group`.")
    pinyin: str | None = strawberry.field(description="Its name in pinyin, where recorded.")
    name_en: str | None = strawberry.field(description="Its English name, where one is recorded.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")

    @strawberry.field(description="Its members on the day, with their role; by kind and member.")
    async def members(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.MEMBERSHIP, End.TARGET, first, after)

    @strawberry.field(description="Its posts and units on the day; by kind and id.")
    async def parts(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.CONTAINMENT, End.TARGET, first, after)

    @strawberry.field(description="What it belongs to on the day: an organisation or a division.")
    async def containers(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.CONTAINMENT, End.SOURCE, first, after)

    @strawberry.field(description="Whom it reports to on the day, with the rhythm.")
    async def reports_to(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.REPORTING, End.SOURCE, first, after)

    @strawberry.field(description="Who reports to it on the day, with the rhythm.")
    async def reports(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.REPORTING, End.TARGET, first, after)


@strawberry.type(
    description="A seat in an organisation (职务): the thing that answers, complete without a known holder."
)
class Post(Assignee):
    """See the description."""

    kind: str = strawberry.field(description="What kind of post it is, for instance `party-secretary`.")
    rank: int | None = strawberry.field(
        description="Its rank among its peers, 1 the highest; null where none is known."
    )
    pinyin: str | None = strawberry.field(description="Its name in pinyin, where recorded.")
    name_en: str | None = strawberry.field(description="Its English name, where one is recorded.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")

    @strawberry.field(description="The organisation or division that it is a seat of, on the day.")
    async def containers(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.CONTAINMENT, End.SOURCE, first, after)

    @strawberry.field(
        description="Who holds it on the day. Nobody here means: not recorded, unless the roster is covered."
    )
    async def holdings(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.HOLDING, End.TARGET, first, after)

    @strawberry.field(description="The groups that it is a member of on the day, with its role.")
    async def memberships(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.MEMBERSHIP, End.SOURCE, first, after)

    @strawberry.field(description="Whom it reports to on the day, with the rhythm.")
    async def reports_to(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.REPORTING, End.SOURCE, first, after)


@strawberry.type(description="Who holds posts or helps households (人员). A code; names are not kept.")
class Person(Assignee):
    """See the description."""

    code: str = strawberry.field(description="The person's code.")
    provenance: Provenance = strawberry.field(description="Where the record comes from.")

    @strawberry.field(description="The posts that the person holds on the day.")
    async def holdings(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.HOLDING, End.SOURCE, first, after)


@strawberry.type(description="Anything else that someone answers for (责任对象): a reach, a plot, a repository.")
class Asset(Target):
    """See the description."""

    kind: str = strawberry.field(description="What kind of asset it is.")
    pinyin: str | None = strawberry.field(description="Its name in pinyin, where recorded.")
    name_en: str | None = strawberry.field(description="Its English name, where one is recorded.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")

    @strawberry.field(description="All that it lies in on the day.")
    async def containers(
        self, first: First = None, after: After = None
    ) -> Connection[Annotated[Relation, strawberry.lazy("api.types.relations")]]:
        return await _relations(self, Family.CONTAINMENT, End.SOURCE, first, after)


@strawberry.type(description="What was done (措施): a talk, a criticism, a reward; by whom, to whom, when.")
class Measure(Node):
    """See the description."""

    kind: MeasureKind = strawberry.field(description="What kind of measure it is.")
    period: Period = strawberry.field(description="When it was done.")
    provenance: Provenance = strawberry.field(description="Where it comes from.")
    basis: Basis = strawberry.field(description="What it rests on.")
    record: strawberry.Private[records.Measure]

    @strawberry.field(description="Who did it.")
    async def by(self) -> list[Node]:
        return await publish_ids(self.record.by, self.scope)

    @strawberry.field(description="To whom it was done.")
    async def to(self) -> list[Node]:
        return await publish_ids(self.record.to, self.scope)


@strawberry.type(description="What relations and facts rest on (文件).")
class Document(Node):
    """See the description."""

    title: str = strawberry.field(description="The title as the source gives it, or ours where it gives none.")
    title_en: str | None = strawberry.field(description="The title in English, where we give one.")
    kind: str = strawberry.field(description="What kind of document it is, for instance `special-plan`.")
    date: str | None = strawberry.field(description="Its date, as far as it is known (a partial date).")
    clauses: list[str] = strawberry.field(description="The clauses of the source that name it.")
    provenance: Provenance = strawberry.field(description="Where the record comes from.")
    record: strawberry.Private[records.Document]

    @strawberry.field(description="Who issued it; null where that is not recorded.")
    async def issuer(self) -> Node | None:
        found = await publish_ids((self.record.issuer,) if self.record.issuer else (), self.scope)
        return found[0] if found else None


_DIVISION_TYPES: dict[str, type[Division]] = {
    "province": Province,
    "city": City,
    "county": County,
    "township": Township,
    "village": Village,
}


def publish_division(
    node: records.Division, view: View, scope: Scope, certainty: Certainty = Certainty.CERTAIN
) -> Division:
    """A division as seen at the view's moment."""
    day = view.moment.day
    name = name_on(view.around, node.id, day)
    level = view.frame.regime(None).find_level(node)
    return _DIVISION_TYPES[node.level](
        id=strawberry.ID(node.id),
        scope=scope,
        code=code_on(view.around, node.id, day).text,
        name=name.text,
        level=Level(code=node.level, labels=Text(node.level, node.level)) if level is None else publish_level(level),
        pinyin=name.pinyin,
        name_en=name.english,
        marks=list(node.marks),
        certainty=certainty,
        provenance=node.provenance,
        around=view.around,
        frame=view.frame,
    )


def publish_household(node: records.Household, scope: Scope) -> Household:
    """A household."""
    return Household(id=strawberry.ID(node.id), scope=scope, code=node.code, name=node.code, provenance=node.provenance)


def publish_person(node: records.Person, scope: Scope) -> Person:
    """A person."""
    return Person(id=strawberry.ID(node.id), scope=scope, name=node.code, code=node.code, provenance=node.provenance)


def publish_document(node: records.Document, scope: Scope) -> Document:
    """A document."""
    return Document(
        id=strawberry.ID(node.id),
        scope=scope,
        title=node.title,
        title_en=node.title_en,
        kind=node.kind,
        date=node.date,
        clauses=list(node.clauses),
        provenance=node.provenance,
        record=node,
    )


def publish_organization(node: records.Organization, view: View, scope: Scope) -> Organization:
    """An organisation."""
    return Organization(
        id=strawberry.ID(node.id),
        scope=scope,
        code=node.code,
        name=node.name,
        kind=node.kind,
        pinyin=node.pinyin,
        name_en=node.name_en,
        provenance=node.provenance,
        basis=publish_basis(node.basis, scope, view.around),
    )


def publish_target(
    node: records.AnyTarget, view: View, scope: Scope, certainty: Certainty = Certainty.CERTAIN
) -> Target:
    """Anything that can be answered for; ``certainty`` is a division's."""
    match node:
        case records.Division():
            return publish_division(node, view, scope, certainty)
        case records.Household():
            return publish_household(node, scope)
        case records.Organization():
            return publish_organization(node, view, scope)
        case records.Asset():
            return Asset(
                id=strawberry.ID(node.id),
                scope=scope,
                code=node.code,
                name=node.name,
                kind=node.kind,
                pinyin=node.pinyin,
                name_en=node.name_en,
                provenance=node.provenance,
            )


def publish_assignee(node: records.AnyAssignee, view: View, scope: Scope) -> Assignee:
    """Anything that can answer."""
    match node:
        case records.Organization():
            return publish_organization(node, view, scope)
        case records.Person():
            return publish_person(node, scope)
        case records.Post():
            return Post(
                id=strawberry.ID(node.id),
                scope=scope,
                name=node.name,
                kind=node.kind,
                rank=node.rank,
                pinyin=node.pinyin,
                name_en=node.name_en,
                provenance=node.provenance,
                basis=publish_basis(node.basis, scope, view.around),
            )


def publish_node(node: records.AnyNode, view: View, scope: Scope) -> Node:
    """Any node as seen at the view's moment."""
    match node:
        case records.Post() | records.Person():
            return publish_assignee(node, view, scope)
        case records.Document():
            return publish_document(node, scope)
        case records.Measure():
            return Measure(
                id=strawberry.ID(node.id),
                scope=scope,
                kind=measure_kind(view.frame, node.kind),
                period=publish_period(node.period),
                provenance=node.provenance,
                basis=publish_basis(node.basis, scope, view.around),
                record=node,
            )
        case _:
            return publish_target(node, view, scope)


async def publish_ids(ids: tuple[str, ...], scope: Scope) -> list[Node]:
    """The nodes with these ids, in their order; those that do not exist are left away."""
    views = await scope.nodes.load_many(list(ids))
    found = [(view.around.find_node(node_id), view) for node_id, view in zip(ids, views, strict=True)]
    return [publish_node(node, view, scope) for node, view in found if node is not None]
