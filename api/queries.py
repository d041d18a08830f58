"""The root fields (查询): what can be asked. ``asOf`` is given once, here; all below is seen as of that day."""

from __future__ import annotations

import datetime
from typing import Annotated, TypeVar

import msgspec
import strawberry

from api.arguments import Ask, AsOf, Code, KindArgument, Level, RecordedAsOf
from api.asset_queries import AssetQueries
from api.calendar_queries import CalendarQueries
from api.comparison_queries import ComparisonQueries
from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.consequence_queries import ConsequenceQueries
from api.division_lookup import find_areas, find_division, list_within
from api.explain_queries import ExplainQueries
from api.finding_queries import FindingQueries
from api.history_queries import HistoryQueries
from api.import_queries import ImportQueries
from api.load_queries import LoadQueries
from api.rhythm_queries import RhythmQueries
from api.scope import Scope
from api.types.assignees import Organization, Post
from api.types.changes import ChangeEvent, publish_event
from api.types.divisions import (
    City,
    County,
    Division,
    Household,
    Township,
    Village,
    publish_division,
    publish_household,
)
from api.types.documents import Document
from api.types.facts import (
    Dataset,
    Fact,
    publish_dataset,
    publish_fact,
)
from api.types.measures import Measure
from api.types.nodes import Node
from api.types.publishing import publish_ids, publish_node, publish_things
from api.types.regimes import Regime, publish_regime
from api.types.relations import Assignment, publish_assignment
from api.types.viewer import Viewer, publish_viewer
from api.upcoming_queries import UpcomingQueries
from api.writing.trying import TryingQueries
from graph_model import records
from graph_model.codes import check_code, check_id
from graph_model.errors import BadUserInputError
from graph_model.exchange import Hit, Page
from graph_model.records import DIVISION_LEVELS, ChangeKind, Provenance
from graph_model.search_keys import normalise, order_key
from graph_model.views import first_of_level

D = TypeVar("D", bound=Division)
N = TypeVar("N", bound=Node)
R = TypeVar("R", bound=records.Record)
MAX_SEARCH_TEXT = 100
MAX_IDS = 100


class HitKey(msgspec.Struct, frozen=True, array_like=True):
    """What a cursor of a search holds: a hit, with numbers no larger than one has."""

    grade: Annotated[int, msgspec.Meta(ge=0, le=2)]
    rank: Annotated[int, msgspec.Meta(ge=0, le=100)]
    code: str
    node: str


async def _find_level(
    info: Ask, code: str, level: str, as_of: datetime.date | None, recorded_as_of: datetime.datetime | None, of: type[D]
) -> D | None:
    found = await find_division(await info.context.scope(as_of, recorded_as_of), code, level)
    return found if isinstance(found, of) else None


async def _listed(
    scope: Scope, of: type[R], first: int | None, after: str | None, kind: str | None = None
) -> tuple[Page, list[tuple[str, R]]]:
    """A page of the records of one type, with their cursors."""
    word = str(of.__struct_config__.tag)
    size, key = check_first(first), decode_cursor(after, word, str)
    page = await scope.graph.list_records(word, scope.moment, first=size, after=key, kind=kind)
    return page, [(encode_cursor(word, order_key(row)), row) for row in page.records if isinstance(row, of)]


async def _nodes(
    scope: Scope, of: type[records.Node], published: type[N], first: int | None, after: str | None, kind: str | None
) -> Connection[N]:
    """A page of the nodes of one type."""
    page, listed = await _listed(scope, of, first, after, kind)
    found = await publish_ids(tuple(row.id for _, row in listed), scope)
    rows = [(cursor, node) for (cursor, _), node in zip(listed, found, strict=True) if isinstance(node, published)]
    return connection(rows, total=page.total, has_next=page.has_next, after=after)


@strawberry.input(description="Which assignments are asked for; what is left away does not matter.")
class AssignmentFilter:
    """See the description."""

    kinds: list[str] | None = strawberry.field(
        default=None, description="Codes of kinds, for instance `linked-to-county`; of any of these."
    )
    assignee: strawberry.ID | None = strawberry.field(default=None, description="The global id of the one who answers.")
    target: strawberry.ID | None = strawberry.field(default=None, description="The global id of what is answered for.")
    provenances: list[Provenance] | None = strawberry.field(default=None, description="Of any of these provenances.")
    regimes: list[str] | None = strawberry.field(
        default=None, description="Of any of these regimes (codes); the data set's first if left away."
    )


@strawberry.type(description="What can be asked.")
class Query(
    AssetQueries,
    CalendarQueries,
    ComparisonQueries,
    ConsequenceQueries,
    ExplainQueries,
    FindingQueries,
    HistoryQueries,
    ImportQueries,
    LoadQueries,
    RhythmQueries,
    TryingQueries,
    UpcomingQueries,
):
    """See the description."""

    @strawberry.field(description="A city by its code of 4 digits; null for an unknown one.")
    async def city(self, info: Ask, code: Code, as_of: AsOf = None, recorded_as_of: RecordedAsOf = None) -> City | None:
        return await _find_level(info, code, "city", as_of, recorded_as_of, City)

    @strawberry.field(description="A county by its code of 6 digits; null for an unknown one.")
    async def county(
        self, info: Ask, code: Code, as_of: AsOf = None, recorded_as_of: RecordedAsOf = None
    ) -> County | None:
        return await _find_level(info, code, "county", as_of, recorded_as_of, County)

    @strawberry.field(description="A township by its code of 9 digits; null for an unknown one.")
    async def township(
        self, info: Ask, code: Code, as_of: AsOf = None, recorded_as_of: RecordedAsOf = None
    ) -> Township | None:
        return await _find_level(info, code, "township", as_of, recorded_as_of, Township)

    @strawberry.field(description="A village by its code of 12 digits; null for an unknown one.")
    async def village(
        self, info: Ask, code: Code, as_of: AsOf = None, recorded_as_of: RecordedAsOf = None
    ) -> Village | None:
        return await _find_level(info, code, "village", as_of, recorded_as_of, Village)

    @strawberry.field(description="A division of any level by its code; null for an unknown one.")
    async def division(
        self, info: Ask, code: Code, as_of: AsOf = None, recorded_as_of: RecordedAsOf = None
    ) -> Division | None:
        return await find_division(await info.context.scope(as_of, recorded_as_of), code, None)

    @strawberry.field(
        description="A registered household by its code, the village's code, `-` and 4 digits; null for an unknown one."
    )
    async def household(
        self, info: Ask, code: Code, as_of: AsOf = None, recorded_as_of: RecordedAsOf = None
    ) -> Household | None:
        check_code(code, "household")
        scope = await info.context.scope(as_of, recorded_as_of)
        view = await scope.views.load(code)
        found = first_of_level(view, code, "household")
        node = None if found is None else view.around.find_node(found)
        if not isinstance(node, records.Household):
            return None
        scope.views.prime(node.id, view)
        return publish_household(node, scope)

    @strawberry.field(
        description="The divisions of a level within a division that lie, or may lie, there; by code. Where that one "
        "has ended by the day: within what surely took its place, as `division` of the same code tells."
    )
    async def divisions(
        self,
        info: Ask,
        within: Annotated[str, strawberry.argument(description="The code of the division to look in.")],
        level: Level,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Division]:
        check_code(within, "division", "within")
        if level not in DIVISION_LEVELS:
            raise BadUserInputError(f"level: unknown level {level!r}; there are: {', '.join(DIVISION_LEVELS)}")
        size, key = check_first(first), decode_cursor(after, "divisions", tuple[str, str])
        scope = await info.context.scope(as_of, recorded_as_of)
        areas = await find_areas(scope, within)
        if not areas:
            raise BadUserInputError(f"within: there is no division {within!r}")
        listed = await list_within(scope, areas, level)
        rest = [(row, view) for row, view in listed if key is None or (row.code, row.id) > key]
        rows = []
        for row, view in rest[:size]:
            node = view.around.find_node(row.id)
            if isinstance(node, records.Division):
                cursor = encode_cursor("divisions", [row.code, row.id])
                rows.append((cursor, publish_division(node, view, scope, row.certainty)))
        return connection(rows, total=len(listed), has_next=len(rest) > size, after=after)

    @strawberry.field(description="Anything by its global id; null for an unknown one.")
    async def node(
        self,
        info: Ask,
        id: Annotated[  # noqa: A002 - Relay's name for it
            strawberry.ID, strawberry.argument(description="A global id, for instance `post:5305:party-secretary`.")
        ],
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> Node | None:
        check_id(id)
        found = await publish_things((str(id),), await info.context.scope(as_of, recorded_as_of))
        return found[0] if found else None

    @strawberry.field(
        description="Several things by their global ids, in the order of the ids; null for an unknown one."
    )
    async def nodes(
        self,
        info: Ask,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description=f"Global ids, at most {MAX_IDS}; each may stand once.")
        ],
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> list[Node | None]:
        if len(ids) > MAX_IDS or len(set(ids)) != len(ids):
            raise BadUserInputError(f"ids: give at most {MAX_IDS} ids, each once; these are {len(ids)}")
        for each in ids:
            check_id(each, "ids")
        scope = await info.context.scope(as_of, recorded_as_of)
        found = {str(node.id): node for node in await publish_things(tuple(map(str, ids)), scope)}
        return [found.get(str(each)) for each in ids]

    @strawberry.field(description="Assignments that hold, or may hold, on the day; by kind and id.")
    async def assignments(
        self,
        info: Ask,
        filter: Annotated[  # noqa: A002 - the argument's usual name
            AssignmentFilter | None, strawberry.argument(description="Which ones; all if left away.")
        ] = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Assignment]:
        wanted = filter or AssignmentFilter()
        size, key = check_first(first), decode_cursor(after, "listed-assignments", tuple[str, str])
        for argument, end in (("filter.assignee", wanted.assignee), ("filter.target", wanted.target)):
            if end is not None:
                check_id(end, argument)
        scope = await info.context.scope(as_of, recorded_as_of)
        page = await scope.graph.list_assignments(
            scope.moment,
            first=size,
            after=key,
            assignee=wanted.assignee,
            target=wanted.target,
            kinds=wanted.kinds,
            provenances=wanted.provenances,
            regimes=wanted.regimes,
        )
        frame = await scope.frame()
        rows = [
            (encode_cursor("listed-assignments", (row.kind, row.id)), publish_assignment(row, scope, frame))
            for row in page.relations
        ]
        return connection(rows, total=page.total, has_next=page.has_next, after=after)

    @strawberry.field(
        description="What happened to divisions: renames, new codes, new parents, splits, mergers; by kind and id. "
        "Those of one division are its `changeEvents`."
    )
    async def change_events(
        self,
        info: Ask,
        kind: Annotated[ChangeKind | None, strawberry.argument(description="Only of this kind.")] = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ChangeEvent]:
        scope = await info.context.scope(as_of, recorded_as_of)
        page, listed = await _listed(scope, records.ChangeEvent, first, after, None if kind is None else kind.value)
        rows = [(cursor, publish_event(event, scope)) for cursor, event in listed]
        return connection(rows, total=page.total, has_next=page.has_next, after=after)

    @strawberry.field(
        description="Divisions, organisations, posts and assets by Chinese name, pinyin (with or without tones and "
        "spaces), initials or the beginning of a code: exact before prefix before inside, then the higher level, then "
        "the code. Households are never found."
    )
    async def search(
        self,
        info: Ask,
        text: Annotated[
            str, strawberry.argument(description=f"What to look for, at most {MAX_SEARCH_TEXT} characters.")
        ],
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Node]:
        if len(text) > MAX_SEARCH_TEXT or not normalise(text):
            raise BadUserInputError(
                f"text: give 1 to {MAX_SEARCH_TEXT} characters to look for; spaces and hyphens do not count"
            )
        size, key = check_first(first), decode_cursor(after, "search", HitKey)
        scope = await info.context.scope(as_of, recorded_as_of)
        page = await scope.graph.search(
            text, scope.moment, first=size, after=None if key is None else Hit(*msgspec.structs.astuple(key))
        )
        views = await scope.nodes.load_many([hit.node for hit in page.hits])
        rows = []
        for hit, view in zip(page.hits, views, strict=True):
            node = view.around.find_node(hit.node)
            if node is not None:
                rows.append((encode_cursor("search", msgspec.structs.astuple(hit)), publish_node(node, view, scope)))
        return connection(rows, total=page.total, has_next=page.has_next, after=after)

    @strawberry.field(description="The figures of the source, of one clause or all; by clause and place in the text.")
    async def facts(
        self,
        info: Ask,
        clause: Annotated[
            str | None, strawberry.argument(description="The number of a clause, for instance `3.1`; all if left away.")
        ] = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> list[Fact]:
        scope = await info.context.scope(None, recorded_as_of)
        facts = await scope.graph.facts(clause, scope.moment.recorded_as_of)
        return [publish_fact(fact, scope) for fact in facts]

    @strawberry.field(description="The documents that relations and figures rest on; by id.")
    async def documents(
        self,
        info: Ask,
        kind: KindArgument = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Document]:
        return await _nodes(
            await info.context.scope(as_of, recorded_as_of), records.Document, Document, first, after, kind
        )

    @strawberry.field(description="What was done, by whom and to whom; by id.")
    async def measures(
        self,
        info: Ask,
        kind: KindArgument = None,
        of: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only what was done to this one, by its global id.")
        ] = None,
        by: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only what this one did, by its global id.")
        ] = None,
        clause: Annotated[str | None, strawberry.argument(description="Only what rests on this clause.")] = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Measure]:
        scope = await info.context.scope(as_of, recorded_as_of)
        if of is None and by is None and clause is None:
            return await _nodes(scope, records.Measure, Measure, first, after, kind)
        size, key = check_first(first), decode_cursor(after, "measure", str)
        for argument, end in (("of", of), ("by", by)):
            if end is not None:
                check_id(end, argument)
        found = await scope.graph.list_measures(scope.moment, of=of, by=by, clause=clause, kind=kind)
        rest = [row for row in found if key is None or row.id > key]
        nodes = await publish_ids(tuple(row.id for row in rest[:size]), scope)
        rows = [(encode_cursor("measure", str(node.id)), node) for node in nodes if isinstance(node, Measure)]
        return connection(rows, total=len(found), has_next=len(rest) > size, after=after)

    @strawberry.field(description="The organisations of the graph; by id.")
    async def organizations(
        self,
        info: Ask,
        kind: KindArgument = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Organization]:
        return await _nodes(
            await info.context.scope(as_of, recorded_as_of), records.Organization, Organization, first, after, kind
        )

    @strawberry.field(description="The posts of the graph; by id.")
    async def posts(
        self,
        info: Ask,
        kind: KindArgument = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Post]:
        return await _nodes(await info.context.scope(as_of, recorded_as_of), records.Post, Post, first, after, kind)

    @strawberry.field(description="Who asks, and what they may do; null without a token: an anonymous reader.")
    def viewer(self, info: Ask) -> Viewer | None:
        return publish_viewer(info.context.viewer)

    @strawberry.field(description="What the data set says of itself.")
    async def dataset(self, info: Ask, recorded_as_of: RecordedAsOf = None) -> Dataset:
        scope = await info.context.scope(None, recorded_as_of)
        frame = await info.context.frame(recorded_as_of)
        return publish_dataset(frame, await scope.graph.counts(scope.moment.recorded_as_of), scope)

    @strawberry.field(description="A regime with all its words; the data set's first if no code is given.")
    async def regime(
        self,
        info: Ask,
        code: Annotated[str | None, strawberry.argument(description="The regime's code.")] = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> Regime:
        return publish_regime((await info.context.frame(recorded_as_of)).regime(code))
