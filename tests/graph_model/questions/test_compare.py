"""Differences of two chains: each sort by itself, and on random pairs of worlds that they explain all, both ways."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from graph_model.dates import Certainty, parse_day
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.chain import Chain, Completeness, Link, trace_chain
from graph_model.questions.compare import ChainDifference, GapChange, LinkChange, compare_chains
from graph_model.questions.duties import Gap, GapCause
from graph_model.records import Basis, Relation
from tests.graph_model.questions.case import Case, Expected
from tests.graph_model.questions.naive_chain import World
from tests.graph_model.questions.random_worlds import DAYS, Question, question_of


def chain_of(facts: dict[str, str | list[str]], as_of: str = "2017-06-30", *, covered: bool = False) -> Chain:
    """The chain of a village in a township, with two posts and a unit."""
    case = Case(
        case="",
        expect=Expected(),
        of="village",
        as_of=as_of,
        places={"village": "village", "township": "township"},
        people={"mayor": "post", "deputy": "post", "unit": "organization", "li": "person", "wu": "person"},
        facts={"village in township": "surely", **facts},
        covered={"takes everywhere": "surely"} if covered else {},
        duties={"taken": "village: takes"},
    )
    world = case.world()
    around = Neighbourhood(world.nodes, world.claims, world.relations)
    day = parse_day(as_of).toordinal()
    return trace_chain(around, "division:village", case.the_regime(), day, coverages=world.coverages)


def links(difference: ChainDifference, part: str) -> list[str]:
    return [link.assignment.id for link in getattr(difference, part)]


def test_a_new_assignment_is_a_link_gained_and_closes_the_gap() -> None:
    found = compare_chains(chain_of({}, covered=True), chain_of({"unit takes village": "surely"}, covered=True))

    assert links(found, "gained") == ["responsibility:unit-takes-village-0"]
    assert [gap.duty.code for gap in found.closed] == ["taken"]
    assert (found.lost, found.changed, found.opened, found.gaps_changed) == ((), (), (), ())
    assert (found.before, found.after) == (Completeness.BROKEN, Completeness.COMPLETE)


def test_an_assignment_that_is_gone_is_a_link_lost_and_opens_the_gap() -> None:
    found = compare_chains(chain_of({"unit takes village": "surely"}), chain_of({}))

    assert links(found, "lost") == ["responsibility:unit-takes-village-0"]
    assert [gap.duty.code for gap in found.opened] == ["taken"]
    assert (found.gained, found.changed, found.closed, found.gaps_changed) == ((), (), (), ())


def test_another_holder_changes_the_link_above_all() -> None:
    before = chain_of({"mayor leads township": "surely", "li holds mayor": "surely"})
    after = chain_of({"mayor leads township": "surely", "wu holds mayor": "surely"})

    (change,) = compare_chains(before, after).changed
    assert (change.holders, change.certainty) == (True, False)
    assert [holder.person.id for holder in change.before.holders] == ["person:li"]
    assert [holder.person.id for holder in change.after.holders] == ["person:wu"]


def test_a_holder_who_is_less_sure_is_no_other_holder() -> None:
    before = chain_of({"mayor leads township": "surely", "li holds mayor": "surely"})
    after = chain_of({"mayor leads township": "surely", "li holds mayor": "perhaps"})

    (change,) = compare_chains(before, after).changed
    assert (change.holders, change.certainty) == (False, True)


def test_a_link_that_is_less_sure() -> None:
    facts: dict[str, str | list[str]] = {"unit takes village": "/ seen 2017-06-30"}
    found = compare_chains(chain_of(facts), chain_of(facts, "2019-01-01"))

    assert [(change.holders, change.certainty) for change in found.changed] == [(False, True)]
    assert (found.gained, found.lost) == ((), ())


def test_other_dates_and_another_basis_alone_leave_a_link_the_same() -> None:
    before = chain_of({"unit takes village": "2016/.."})
    after = chain_of({"unit takes village": "2015-05-01/2020"})
    rebased = [
        structs.replace(link, assignment=structs.replace(link.assignment, basis=Basis(clause="9.9"), joint="joint:x"))
        for link in after.links
    ]

    found = compare_chains(before, structs.replace(after, links=tuple(rebased)))
    assert found.is_empty
    assert found.same_links == 1


def test_an_assignment_with_another_assignee_is_lost_and_gained() -> None:
    before = chain_of({"mayor leads village": "surely"})
    after = chain_of({"deputy leads village": "surely"})
    (link,) = after.links
    corrected = structs.replace(link, assignment=structs.replace(link.assignment, id=before.links[0].assignment.id))

    found = compare_chains(before, structs.replace(after, links=(corrected,)))
    assert [link.assignee.id for link in found.lost] == ["post:mayor"]
    assert [link.assignee.id for link in found.gained] == ["post:deputy"]
    assert found.changed == ()


def test_a_gap_with_another_cause_or_certainty_has_changed() -> None:
    unassigned, covered = chain_of({}), chain_of({}, covered=True)
    expired = chain_of({"unit takes village": "over"})

    (cause,) = compare_chains(unassigned, expired).gaps_changed
    assert (cause.before.cause.value, cause.after.cause.value) == ("UNASSIGNED", "EXPIRED")
    (certainty,) = compare_chains(unassigned, covered).gaps_changed
    assert (certainty.before.certainty.value, certainty.after.certainty.value) == ("POSSIBLE", "CERTAIN")


def test_a_gap_that_only_speaks_of_another_day_is_the_same() -> None:
    found = compare_chains(chain_of({}), chain_of({}, "2018-01-01"))

    assert found.is_empty


def test_without_a_chain_on_one_side_all_is_gained_or_lost() -> None:
    chain = chain_of({"unit takes village": "surely"})

    appeared, vanished = compare_chains(None, chain), compare_chains(chain, None)
    assert appeared.gained == vanished.lost == chain.links
    assert (appeared.before, appeared.after) == (None, Completeness.COMPLETE)
    assert not appeared.is_empty
    assert compare_chains(None, None).is_empty


# --- random pairs -----------------------------------------------------------------------------------------------------

QUESTIONS = st.integers(0, 2**32 - 1).map(question_of)


def chain_in(question: Question, world: World, day: int) -> Chain:
    around = Neighbourhood(world.nodes, world.claims, world.relations)
    return trace_chain(around, question.target, question.regime, day, coverages=world.coverages, lanes=question.lanes)


def other_world(question: Question, random: Random) -> World:
    """The world with some relations gone, some dated as others are, and a claim or coverage less."""

    def redated(relation: Relation) -> Relation:
        return structs.replace(relation, validity=random.choice(question.world.relations).validity)

    world = question.world
    return replace(
        world,
        claims=[claim for claim in world.claims if random.random() < 0.8],
        coverages=[coverage for coverage in world.coverages if random.random() < 0.8],
        relations=[
            redated(relation) if random.random() < 0.2 else relation
            for relation in world.relations
            if random.random() < 0.8
        ],
    )


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Chain, Chain]:
    question, random = draw(QUESTIONS), Random(draw(st.integers(0, 2**32 - 1)))  # noqa: S311 - a graph, no secret
    before = chain_in(question, question.world, question.day)
    after = chain_in(question, other_world(question, random), random.choice([question.day, *DAYS]))
    return before, after


@settings(max_examples=500, deadline=None)
@given(pairs())
def test_the_other_way_round_is_the_mirror_image(pair: tuple[Chain, Chain]) -> None:
    before, after = pair
    there, back = compare_chains(before, after), compare_chains(after, before)

    assert (there.gained, there.lost) == (back.lost, back.gained)
    assert (there.opened, there.closed) == (back.closed, back.opened)
    assert (there.before, there.after) == (back.after, back.before)
    assert there.same_links == back.same_links
    mirrored = [LinkChange(each.after, each.before, each.holders, each.certainty) for each in back.changed]
    assert sorted(there.changed, key=_link_key) == sorted(mirrored, key=_link_key)
    gaps = [GapChange(each.after, each.before) for each in back.gaps_changed]
    assert sorted(there.gaps_changed, key=_gap_key) == sorted(gaps, key=_gap_key)


def _link_key(change: LinkChange) -> str:
    return change.before.assignment.id


def _gap_key(change: GapChange) -> tuple[str, str]:
    return change.before.target.id, change.before.duty.code


@settings(max_examples=500, deadline=None)
@given(pairs())
def test_the_difference_makes_the_chain_after_out_of_the_chain_before(pair: tuple[Chain, Chain]) -> None:
    before, after = pair
    found = compare_chains(before, after)

    left = [_link(link) for link in before.links if link not in found.lost]
    for change in found.changed:
        left.remove(_link(change.before))
        left.append(_link(change.after))
    assert sorted([*left, *map(_link, found.gained)]) == sorted(map(_link, after.links))
    assert found.same_links == len(before.links) - len(found.lost) - len(found.changed)

    gaps = {_gap(gap) for gap in before.gaps} - {_gap(gap) for gap in found.closed}
    gaps -= {_gap(change.before) for change in found.gaps_changed}
    gaps |= {_gap(change.after) for change in found.gaps_changed} | {_gap(gap) for gap in found.opened}
    assert gaps == {_gap(gap) for gap in after.gaps}


def _link(link: Link) -> tuple[str, str, str, str, tuple[tuple[str, str], ...]]:
    holders = tuple((holder.person.id, holder.certainty.value) for holder in link.holders)
    return link.assignment.id, link.assignee.id, link.target.id, link.certainty.value, holders


def _gap(gap: Gap) -> tuple[str, str, GapCause, Certainty]:
    return gap.target.id, gap.duty.code, gap.cause, gap.certainty


@settings(max_examples=200, deadline=None)
@given(pairs())
def test_a_chain_does_not_differ_from_itself(pair: tuple[Chain, Chain]) -> None:
    for chain in pair:
        found = compare_chains(chain, chain)
        assert found.is_empty
        assert found.same_links == len(chain.links)


def test_the_random_pairs_show_every_sort_of_difference() -> None:
    seen: set[str] = set()
    for seed in range(2000):
        question, random = question_of(seed), Random(seed)  # noqa: S311 - a graph, no secret
        before = chain_in(question, question.world, question.day)
        found = compare_chains(before, chain_in(question, other_world(question, random), question.day))
        for part in ("gained", "lost", "opened", "closed", "gaps_changed"):
            seen |= {part} if getattr(found, part) else set()
        for change in found.changed:
            seen |= {"holders"} if change.holders else set()
            seen |= {"certainty"} if change.certainty else set()
    assert seen == {"gained", "lost", "opened", "closed", "gaps_changed", "holders", "certainty"}
