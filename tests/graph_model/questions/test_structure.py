"""Each fault of the graph as a graph, by a graph made by hand; and that the order of loading means nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model.dates import Validity, limits
from graph_model.exchange import Edge, Vacated
from graph_model.questions.structure import Faults
from graph_model.records import Basis, Family, Finding, Provenance, Severity, Text
from graph_model.regime import Kind, Lane, Regime

WORDS = Text(zh="词", en="word")
LEADS = Kind(code="leads", labels=WORDS, sentence=WORDS, lane="all", assignees=("post",), targets=("division:county",))
REGIME = Regime(
    code="first",
    labels=WORDS,
    provenance=Provenance.DERIVED,
    basis=Basis(),
    levels=(),
    lanes=(Lane(code="all", labels=WORDS),),
    kinds=(LEADS,),
    designations=(),
    duties=(),
)
ALWAYS = Validity()


def edge(
    source: str,
    target: str,
    family: Family = Family.CONTAINMENT,
    *,
    validity: Validity = ALWAYS,
    kind: str = "part-of",
    regime: str | None = None,
    sorts: tuple[str | None, str | None] = ("division:village", "division:county"),
    origin: str = "a.yaml",
    word: str = "",
) -> Edge:
    return Edge(
        id=f"{family.value}:{kind}:{source}~{target}{word}",
        origin=origin,
        family=family,
        kind=kind,
        regime=regime,
        source=source,
        target=target,
        source_sort=sorts[0],
        target_sort=sorts[1],
        days=limits(validity),
    )


def assignment(
    source: str,
    target: str,
    *,
    kind: str = "leads",
    regime: str = "first",
    sorts: tuple[str | None, str | None] = ("post:head", "division:county"),
) -> Edge:
    return edge(source, target, Family.RESPONSIBILITY, kind=kind, regime=regime, sorts=sorts)


def reporting(source: str, target: str, *, word: str = "", origin: str = "a.yaml") -> Edge:
    return edge(source, target, Family.REPORTING, kind="reports-to", word=word, origin=origin)


def vacated(post: str, validity: Validity) -> Vacated:
    return Vacated(f"vacancy:{post}~1", "seats.yaml", post, limits(validity))


def faults(*edges: Edge | Vacated, regimes: Mapping[str, Regime] | None = None) -> list[Finding]:
    shown = Faults(regimes or {"first": REGIME})
    for each in sorted(edges, key=lambda each: isinstance(each, Edge)):  # as stores give them: vacancies first
        shown.see(each)
    if shown.is_to_see_again():
        for each in edges:
            shown.see_again(each)
    return sorted(shown.found(), key=lambda finding: finding.id)


def only(*edges: Edge | Vacated) -> Finding:
    (finding,) = faults(*edges)
    return finding


# --- circles ----------------------------------------------------------------------------------------------------------


def test_a_tree_has_no_faults() -> None:
    assert faults(edge("n:a", "n:c"), edge("n:b", "n:c"), edge("n:c", "n:d")) == []


def test_a_circle_is_reported_itself_from_its_least_id_on() -> None:
    finding = only(edge("n:b", "n:c"), edge("n:c", "n:a"), edge("n:a", "n:b"))
    assert (finding.code, finding.severity) == ("cycle", Severity.ERROR)
    assert finding.subjects == ("n:a", "n:b", "n:c")
    assert finding.message.en == "Containment goes in a circle: n:a → n:b → n:c → n:a"


def test_a_circle_names_the_place_of_each_of_its_edges() -> None:
    finding = only(reporting("n:a", "n:b", origin="one.yaml"), reporting("n:b", "n:a", origin="two.yaml"))
    assert finding.places == (
        "one.yaml: reporting:reports-to:n:a~n:b",
        "two.yaml: reporting:reports-to:n:b~n:a",
    )


def test_a_circle_of_reports_is_a_warning() -> None:
    assert only(reporting("n:a", "n:b"), reporting("n:b", "n:a")).severity is Severity.WARNING


def test_what_contains_itself_is_a_circle() -> None:
    assert only(edge("n:a", "n:a")).subjects == ("n:a",)


def test_what_hangs_on_a_circle_is_not_part_of_it() -> None:
    finding = only(edge("n:a", "n:b"), edge("n:b", "n:a"), edge("n:z", "n:a"), edge("n:b", "n:top"))
    assert finding.subjects == ("n:a", "n:b")


def test_each_of_two_circles_through_one_node_is_reported() -> None:
    found = faults(edge("n:a", "n:b"), edge("n:b", "n:a"), edge("n:b", "n:c"), edge("n:c", "n:b"))
    assert [finding.subjects for finding in found] == [("n:a", "n:b"), ("n:b", "n:c")]


def test_the_long_way_round_is_reported_beside_the_short_one() -> None:
    found = faults(edge("n:a", "n:b"), edge("n:b", "n:c"), edge("n:c", "n:a"), edge("n:b", "n:a"))
    assert [finding.subjects for finding in found] == [("n:a", "n:b"), ("n:a", "n:b", "n:c")]


def test_edges_of_different_times_make_no_circle() -> None:
    before, after = Validity(until="2017-01-01"), Validity(since="2017-01-01")
    assert faults(edge("n:a", "n:b", validity=before), edge("n:b", "n:a", validity=after)) == []


def test_edges_that_meet_on_one_possible_day_make_a_circle() -> None:
    before, after = Validity(until="2017-01-02"), Validity(since="2017-01-01")
    assert only(edge("n:a", "n:b", validity=before), edge("n:b", "n:a", validity=after)).code == "cycle"


def test_edges_of_different_families_make_no_circle() -> None:
    assert faults(edge("n:a", "n:b"), reporting("n:b", "n:a")) == []


def test_members_of_each_other_make_no_circle() -> None:
    assert faults(edge("n:a", "n:b", Family.MEMBERSHIP), edge("n:b", "n:a", Family.MEMBERSHIP)) == []


# --- dangling and wrong ends ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sorts", "end", "node", "other"),
    [((None, "post:head"), "source", "n:a", "n:b"), (("person", None), "target", "n:b", "n:a")],
)
def test_an_end_without_a_record_dangles(sorts: tuple[str | None, str | None], end: str, node: str, other: str) -> None:
    finding = only(edge("n:a", "n:b", Family.HOLDING, kind="holds", sorts=sorts))
    assert (finding.code, finding.severity) == ("dangling-end", Severity.ERROR)
    assert finding.message.en == f"The {end} of holding:holds:n:a~n:b, {node}, has no record"
    assert finding.subjects == (other,)
    assert finding.places == ("a.yaml: holding:holds:n:a~n:b",)


def test_both_ends_may_dangle() -> None:
    found = faults(edge("n:a", "n:b", sorts=(None, None)))
    assert [finding.id.split(":")[2].partition("~")[0] for finding in found] == ["source", "target"]


def test_an_assignee_of_a_sort_that_the_kind_does_not_allow() -> None:
    finding = only(assignment("n:a", "n:b", sorts=("person", "division:county")))
    assert (finding.code, finding.severity) == ("wrong-end", Severity.ERROR)
    assert finding.message.en == "The assignee of responsibility:leads:n:a~n:b, n:a, is person; leads allows post"
    assert finding.subjects == ("n:a", "n:b")


def test_a_target_of_a_sort_that_the_kind_does_not_allow() -> None:
    finding = only(assignment("n:a", "n:b", sorts=("post:head", "division:village")))
    assert "n:b, is division:village; leads allows division:county" in finding.message.en


def test_allowed_ends_are_no_fault() -> None:
    assert faults(assignment("n:a", "n:b")) == []


def test_a_dangling_end_is_not_a_wrong_one_too() -> None:
    assert only(assignment("n:a", "n:b", sorts=(None, "division:county"))).code == "dangling-end"


@pytest.mark.parametrize(("kind", "regime"), [("follows", "first"), ("leads", "second")])
def test_assignments_of_a_kind_that_no_regime_has_are_reported_together(kind: str, regime: str) -> None:
    links = [assignment(f"n:{key}", "n:z", kind=kind, regime=regime) for key in "abc"]
    finding = only(*links)
    assert (finding.code, finding.severity, finding.places) == ("unknown-kind", Severity.ERROR, ("a.yaml",))
    assert finding.message.en.startswith("3 assignments")


# --- duplicates -------------------------------------------------------------------------------------------------------


def test_a_line_that_is_recorded_twice() -> None:
    finding = only(reporting("n:a", "n:b", origin="one.yaml"), reporting("n:a", "n:b", word="~2", origin="two.yaml"))
    assert (finding.code, finding.severity) == ("duplicate", Severity.WARNING)
    assert finding.subjects == ("n:a", "n:b")
    assert finding.places == (
        "one.yaml: reporting:reports-to:n:a~n:b",
        "two.yaml: reporting:reports-to:n:a~n:b~2",
    )


def test_three_of_a_kind_are_one_finding() -> None:
    assert len(only(*(reporting("n:a", "n:b", word=word) for word in ("", "~2", "~3"))).places) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Validity(until="2017-01-01"), Validity(since="2017-01-01")),
        (Validity(since="2015", until="2016"), Validity(since="2017", until="2018")),
        (Validity(since="2016", until="2017"), Validity(since="2017", until="2018")),
    ],
)
def test_one_after_the_other_is_no_duplicate(one: Validity, other: Validity) -> None:
    assert faults(edge("n:a", "n:b", validity=one), edge("n:a", "n:b", validity=other, word="~2")) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Validity(since="2016", until="2018"), Validity(since="2017-06-30", until="2019")),
        (Validity(observed=("2017-06-30",)), Validity(since="2017")),
        (Validity(until="2017", observed=("2016-12-01",)), Validity(since="2016-11-30")),
    ],
)
def test_times_that_overlap_make_a_duplicate(one: Validity, other: Validity) -> None:
    assert only(edge("n:a", "n:b", validity=one), edge("n:a", "n:b", validity=other, word="~2")).code == "duplicate"


def test_only_those_that_overlap_are_named() -> None:
    found = only(
        edge("n:a", "n:b", validity=Validity(since="2010", until="2011")),
        edge("n:a", "n:b", validity=Validity(since="2016"), word="~2"),
        edge("n:a", "n:b", validity=Validity(since="2017"), word="~3"),
    )
    assert [place[-2:] for place in found.places] == ["~2", "~3"]


@pytest.mark.parametrize(
    "other",
    [
        edge("n:a", "n:b", kind="unit-of"),
        edge("n:a", "n:c"),
        edge("n:c", "n:b"),
        edge("n:a", "n:b", Family.MEMBERSHIP),
    ],
)
def test_another_kind_end_or_family_is_no_duplicate(other: Edge) -> None:
    assert faults(edge("n:a", "n:b"), other) == []


def test_another_regime_is_no_duplicate() -> None:
    second = {"first": REGIME, "second": REGIME}
    links = [assignment("n:a", "n:b", regime=regime) for regime in second]
    assert faults(*links, regimes=second) == []


# --- held vacancies ---------------------------------------------------------------------------------------------------

SEEN = Validity(observed=("2017-06-30",))


def holding(validity: Validity) -> Edge:
    return edge("person:a", "post:a", Family.HOLDING, kind="holds", validity=validity, sorts=("person", "post:head"))


def test_surely_vacant_and_surely_held() -> None:
    finding = only(holding(Validity(since="2017-01-01")), vacated("post:a", Validity(since="2017-01-01")))
    assert (finding.code, finding.severity) == ("vacant-and-held", Severity.ERROR)
    assert finding.subjects == ("post:a", "person:a")
    assert finding.places == ("seats.yaml: vacancy:post:a~1", "a.yaml: holding:holds:person:a~post:a")


@pytest.mark.parametrize(
    ("held", "vacant"),
    [
        (SEEN, Validity(since="2017-07-01")),
        (Validity(since="2017"), SEEN),
        (Validity(until="2017-06-30"), Validity(since="2017-06-30")),
    ],
)
def test_not_sure_or_not_at_one_time(held: Validity, vacant: Validity) -> None:
    assert faults(holding(held), vacated("post:a", vacant)) == []


def test_another_post_is_vacant() -> None:
    assert faults(holding(SEEN), vacated("post:b", SEEN)) == []


# --- the whole --------------------------------------------------------------------------------------------------------


def test_a_long_key_is_cut_and_stays_apart() -> None:
    names = [f"n:{'x' * 90}{number}" for number in range(10)]
    ids = {
        finding.id
        for end in ("a", "b")
        for finding in faults(
            *(edge(one, other) for one, other in zip([*names, end], [*names[1:], end, names[0]], strict=True))
        )
    }
    assert len(ids) == 2
    assert all(len(each) <= 400 for each in ids)


FEW = st.sampled_from([f"n:{key}" for key in "abcd"])
VALIDITIES = st.sampled_from([ALWAYS, Validity(since="2017"), Validity(until="2017"), Validity(until="2016"), SEEN])
SORTS = st.sampled_from([None, "post:head", "division:county", "person"])


@st.composite
def graphs(draw: st.DrawFn) -> list[Edge | Vacated]:
    edges: list[Edge | Vacated] = []
    for number in range(draw(st.integers(0, 14))):
        family = draw(st.sampled_from(Family))
        is_assignment = family is Family.RESPONSIBILITY
        edges.append(
            edge(
                draw(FEW),
                draw(FEW),
                family,
                validity=draw(VALIDITIES),
                kind=draw(st.sampled_from(["leads", "follows"])),
                regime=draw(st.sampled_from(["first", "second"])) if is_assignment else None,
                sorts=(draw(SORTS), draw(SORTS)),
                word=f"~{number}",
            )
        )
    return [*edges, *(vacated(post, SEEN) for post in draw(st.sets(FEW, max_size=2)))]


@given(graph=graphs(), seed=st.integers(0, 1000))
def test_the_order_of_loading_means_nothing(graph: list[Edge | Vacated], seed: int) -> None:
    shuffled = random.Random(seed).sample(graph, len(graph))  # noqa: S311 - an order, not a secret
    found = faults(*graph)
    assert faults(*shuffled) == found
    assert len({finding.id for finding in found}) == len(found)
