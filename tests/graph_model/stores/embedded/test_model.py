"""Any sequence of writes, asked at any moment, against a store that keeps every version in a list."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model.dates import Validity, parse_day
from graph_model.errors import BatchError
from graph_model.exchange import Batch, End, Window, Written
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import (
    AnyRecord,
    Basis,
    Code,
    Coverage,
    Designation,
    Division,
    Document,
    Family,
    Finding,
    Household,
    Name,
    Organization,
    Person,
    Post,
    Provenance,
    Relation,
    Roster,
    Severity,
    Text,
)
from graph_model.stores.base import Store
from graph_model.stores.embedded import open_store
from tests.conformance.graphs import claims_of, nodes_of, relations_of
from tests.conformance.naive import Expected, NaiveStore, State

DIVISIONS = [f"division:{key}" for key in "1234"]
POSTS = ["post:a", "post:b"]
PERSONS = ["person:x", "person:y"]
ORGANIZATIONS = ["organization:o", "organization:p"]
HOUSEHOLDS = ["household:1-0001"]
NODES = [*DIVISIONS, *POSTS, *PERSONS, *ORGANIZATIONS, *HOUSEHOLDS]
CODES = ["1", "11", "o", "1-0001"]
DAYS = [parse_day(day).toordinal() for day in ("2016-07-31", "2017-06-30", "2017-07-01", "2018-01-01")]

# Containment most often: chains of it are what walks are about.
FAMILIES = st.sampled_from([*Family, Family.CONTAINMENT, Family.CONTAINMENT, Family.RESPONSIBILITY, Family.HOLDING])

provenances = st.sampled_from(Provenance)
validities = st.sampled_from(
    [
        Validity(),
        Validity(since="2017"),
        Validity(until="2017-07-01"),
        Validity(since="2015", until="2017"),
        Validity(since="2016-08", until="..", observed=("2017-06-30",)),
        Validity(until="[2016-08-01..2017-10-31]", observed=("2016-07-31",)),
        Validity(since="[2016-08-01..2017-10-31]", observed=("2017-10-31",)),
    ]
)
names = st.sampled_from(
    [("大平地", "da ping di"), ("平地", "ping di"), ("平地平地", "ping di ping di"), ("江", "jiang")]
)
bases = st.builds(Basis, document=st.sampled_from([None, None, "document:plan", "document:absent"]))


@st.composite
def nodes(draw: st.DrawFn) -> AnyRecord:
    key = draw(st.sampled_from([*NODES, "document:plan"]))
    provenance = draw(provenances)
    text, pinyin = draw(names)
    prefix, _, rest = key.partition(":")
    made: dict[str, AnyRecord] = {
        "division": Division(id=key, provenance=provenance, level=draw(st.sampled_from(["county", "village"]))),
        "post": Post(id=key, provenance=provenance, kind="head", name=text, pinyin=pinyin),
        "person": Person(id=key, provenance=provenance, code=rest),
        "organization": Organization(id=key, provenance=provenance, code=rest, kind="office", name=text, pinyin=pinyin),
        "household": Household(id=key, provenance=provenance, code=rest),
        "document": Document(id=key, provenance=provenance, title=text, kind="plan"),
    }
    return made[prefix]


@st.composite
def claims(draw: st.DrawFn) -> AnyRecord:
    number, provenance, validity = draw(st.integers(1, 6)), draw(provenances), draw(validities)
    subject, basis = draw(st.sampled_from([*DIVISIONS, *POSTS])), draw(bases)
    text, pinyin = draw(names)
    made: list[AnyRecord] = [
        Name(
            id=f"claim:{number}",
            provenance=provenance,
            basis=basis,
            subject=subject,
            validity=validity,
            text=text,
            pinyin=pinyin,
        ),
        Code(
            id=f"claim:{number}",
            provenance=provenance,
            basis=basis,
            subject=subject,
            validity=validity,
            text=draw(st.sampled_from(CODES)),
            scheme="s",
        ),
        Designation(
            id=f"claim:{number}", provenance=provenance, basis=basis, subject=subject, validity=validity, kind="poor"
        ),
    ]
    return draw(st.sampled_from(made))


@st.composite
def relations(draw: st.DrawFn) -> AnyRecord:
    family = draw(FAMILIES)
    source, target = {
        Family.HOLDING: (PERSONS, POSTS),
        Family.RESPONSIBILITY: ([*POSTS, *ORGANIZATIONS, *PERSONS], [*DIVISIONS, *HOUSEHOLDS]),
    }.get(family, (NODES, [*DIVISIONS, "organization:o", "asset:absent"]))
    return Relation(
        id=f"relation:{draw(st.integers(1, 30))}",
        provenance=draw(provenances),
        basis=draw(bases),
        family=family,
        kind=draw(st.sampled_from(["leads", "part-of"])),
        source=draw(st.sampled_from(source)),
        target=draw(st.sampled_from(target)),
        regime=draw(st.sampled_from([None, "first", "second"])),
        validity=draw(validities),
    )


@st.composite
def items(draw: st.DrawFn) -> AnyRecord:
    number, provenance = draw(st.integers(1, 3)), draw(provenances)
    # The ids are those of some relations: a record may become one of another type.
    made: list[AnyRecord] = [
        Coverage(id=f"relation:{number}", provenance=provenance, roster=Roster.CONTAINMENT, validity=draw(validities)),
        Finding(
            id=f"relation:{number}",
            provenance=provenance,
            code=draw(st.sampled_from("AB")),
            severity=draw(st.sampled_from(Severity)),
            message=Text(zh="文", en="text"),
        ),
    ]
    return draw(st.sampled_from(made))


records = st.one_of(nodes(), nodes(), claims(), relations(), relations(), relations(), items())


def batches(least: int, most: int) -> st.SearchStrategy[Batch]:
    """A batch of so many records."""
    some = st.lists(records, min_size=least, max_size=most, unique_by=lambda record: record.id)
    return st.builds(Batch, st.sampled_from(["one", "two"]), some)


# A large batch, so that there is something to walk through, then small ones that change it.
calls = st.tuples(
    st.tuples(st.lists(batches(15, 40), min_size=1, max_size=1), st.integers(0, 10)),
    st.lists(st.tuples(st.lists(batches(0, 12), min_size=1, max_size=2), st.integers(0, 40)), max_size=4),
).map(lambda parts: [parts[0], *parts[1]])


class Question(NamedTuple):
    """What is asked of both stores at one moment."""

    moment: int | None
    window: Window
    keys: list[str]
    nodes: list[str]
    family: Family
    end: End
    regimes: list[str] | None
    level: str
    text: str
    kind: str | None
    first: int


questions = st.builds(
    Question,
    moment=st.one_of(st.none(), st.integers(-1, 50)),
    window=st.tuples(st.sampled_from(DAYS), st.sampled_from([0, 1, 30])).map(lambda pair: Window(pair[0], sum(pair))),
    keys=st.lists(st.sampled_from([*DIVISIONS, *NODES, *CODES, "asset:absent"]), min_size=1, max_size=2),
    nodes=st.lists(st.sampled_from(NODES), min_size=1, max_size=3),
    family=st.sampled_from(Family),
    end=st.sampled_from(End),
    regimes=st.one_of(st.none(), st.lists(st.sampled_from(["first", "second"]), max_size=1)),
    level=st.sampled_from(["county", "village"]),
    text=st.sampled_from(["平地", "大", "地", "pd", "pingdi", "1", "11", "o", "江", ""]),
    kind=st.sampled_from([None, "village", "leads", "head"]),
    first=st.integers(0, 4),
)


@settings(max_examples=150, deadline=None)
@given(calls, st.lists(questions, min_size=1, max_size=6))
def test_every_answer_is_that_of_the_naive_store(
    calls: list[tuple[list[Batch], int]], questions: list[Question]
) -> None:
    asyncio.run(compare(calls, questions))


async def compare(calls: list[tuple[list[Batch], int]], questions: list[Question]) -> None:
    store, naive = open_store("sqlite:///:memory:", "writer"), NaiveStore()
    for given_batches, recorded_at in calls:
        assert await outcome(store, given_batches, recorded_at) == naive_outcome(naive, given_batches, recorded_at)
    for question in questions:
        await check(store, naive.at(question.moment), question)
    await store.close()


async def outcome(store: Store, given_batches: list[Batch], recorded_at: int) -> tuple[Written, ...] | None:
    try:
        return await store.apply(given_batches, recorded_at=recorded_at, author="test")
    except BatchError:
        return None


def naive_outcome(naive: NaiveStore, given_batches: list[Batch], recorded_at: int) -> tuple[Written, ...] | None:
    try:
        return naive.apply(given_batches, recorded_at)
    except BatchError:
        return None


async def check(store: Store, state: State, asked: Question) -> None:
    moment, window, first = asked.moment, asked.window, asked.first
    header = await store.header(moment)
    assert (header.generation, header.version) == (state.generation, state.version())
    assert list(header.coverages) == state.records("coverage", None)
    assert await store.counts(moment) == state.counts()
    assert [row async for row in store.dump(moment)] == state.dump()

    around = await store.neighbourhood(asked.keys, window, moment)
    assert around.generation == state.generation
    check_around(around, state.neighbourhood(asked.keys, window), state)

    below = await store.descendants(asked.nodes[0], asked.level, window, moment)
    expected = state.descendants(asked.nodes[0], asked.level, window)
    assert (nodes_of(below), claims_of(below), relations_of(below)) == (
        sorted(expected.nodes),
        sorted(expected.claims),
        sorted(expected.relations),
    )

    for node in asked.nodes:
        wanted = state.relations(node, asked.family, asked.end, window, asked.regimes)
        page = (
            await store.relations(
                [node], asked.family, asked.end, window, first=first, regimes=asked.regimes, recorded_as_of=moment
            )
        )[node]
        assert (list(page.relations), page.total, page.has_next) == (wanted[:first], len(wanted), len(wanted) > first)
        for seen, edge in enumerate(wanted, start=1):
            after = (edge.kind, edge.target if asked.end is End.SOURCE else edge.source, edge.id)
            rest = await store.relations(
                [node],
                asked.family,
                asked.end,
                window,
                first=9,
                after=after,
                regimes=asked.regimes,
                recorded_as_of=moment,
            )
            assert list(rest[node].relations) == wanted[seen:]

    for record_type in ("division", "post", "relation", "finding", "code"):
        listed = state.records(record_type, asked.kind)
        records_page = await store.list_records(record_type, first=first, kind=asked.kind, recorded_as_of=moment)
        assert list(records_page.records) == listed[:first]
        assert (records_page.total, records_page.has_next) == (len(listed), len(listed) > first)

    hits = state.hits(asked.text, window)
    found = await store.search(asked.text, window, first=first, recorded_as_of=moment)
    assert (list(found.hits), found.total, found.has_next) == (hits[:first], len(hits), len(hits) > first)
    for seen, hit in enumerate(hits, start=1):
        rest_of_hits = await store.search(asked.text, window, first=99, after=hit, recorded_as_of=moment)
        assert list(rest_of_hits.hits) == hits[seen:]


def check_around(around: Neighbourhood, expected: Expected, state: State) -> None:
    """Nothing is missing, and nothing is there that the store does not hold, or twice."""
    assert around.seeds == expected.seeds
    for got, needed in (
        (nodes_of(around), expected.nodes),
        (claims_of(around), expected.claims),
        (relations_of(around), expected.relations),
    ):
        assert needed <= set(got) <= state.rows.keys()
        assert len(got) == len(set(got))
    for node in around.iter_nodes():
        assert node == state.nodes[node.id]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(records, max_size=20, unique_by=lambda record: record.id).flatmap(
        lambda loaded: st.tuples(st.just(loaded), st.permutations(loaded))
    ),
    st.integers(0, 20),
)
def test_the_version_does_not_depend_on_how_it_was_loaded(
    orders: tuple[list[AnyRecord], list[AnyRecord]], cut: int
) -> None:
    one, other = orders
    in_parts = [
        [Batch("b", other[cut:])],
        [Batch("a", other), Batch("b", [])],
        [Batch("a", other[:cut]), Batch("b", other[cut:])],
    ]
    assert asyncio.run(version_after(in_parts)) == asyncio.run(version_after([[Batch("all", one)]]))


async def version_after(loads: list[list[Batch]]) -> str:
    store = open_store("sqlite:///:memory:", "writer")
    for load in loads:
        await store.apply(load, recorded_at=1, author="test")
    version = (await store.header()).version
    await store.close()
    return version
