"""A neighbourhood with changes laid over it, and several as one."""

from __future__ import annotations

from msgspec import structs

from graph_model.neighbourhood import Neighbourhood
from graph_model.records import AnyRecord, Family, Name, Retraction
from tests.conformance.graphs import (
    SOURCE,
    assignment,
    claims_of,
    division,
    name_of,
    nodes_of,
    person,
    post,
    relations_of,
    since,
)

LINK = assignment("post:a", "division:1")
NAME = name_of("1", "甲", "jia")
AROUND = Neighbourhood([division("1"), post("a")], [NAME], [LINK], seeds={"1": ("division:1",)}, generation=7)


def contents(around: Neighbourhood) -> tuple[list[str], list[str], list[str]]:
    return nodes_of(around), claims_of(around), relations_of(around)


def test_what_is_put_is_there() -> None:
    new: list[AnyRecord] = [post("b"), assignment("post:b", "division:1"), name_of("1", "乙", "yi", word="2")]
    over = AROUND.overlaid(new)
    assert [relation.source for relation in over.iter_to("division:1", Family.RESPONSIBILITY)] == ["post:a", "post:b"]
    assert [claim.text for claim in over.iter_claims("division:1", Name)] == ["甲", "乙"]
    assert over.find_record("post:b") == post("b")


def test_what_is_put_stands_in_place_of_what_has_its_id() -> None:
    ended = structs.replace(LINK, validity=since(None, "2017"))
    over = AROUND.overlaid([ended])
    assert list(over.iter_from("post:a", Family.RESPONSIBILITY)) == [ended]
    assert list(over.iter_to("division:1", Family.RESPONSIBILITY)) == [ended]
    assert over.find_record(LINK.id) == ended


def test_what_is_put_twice_is_there_once() -> None:
    ended = structs.replace(LINK, validity=since(None, "2017"))
    over = AROUND.overlaid([LINK, ended])
    assert list(over.iter_from("post:a", Family.RESPONSIBILITY)) == [ended]
    assert list(over.iter_to("division:1", Family.RESPONSIBILITY)) == [ended]


def test_a_relation_may_get_other_ends() -> None:
    over = AROUND.overlaid([structs.replace(LINK, target="division:2")])
    assert not list(over.iter_to("division:1", Family.RESPONSIBILITY))
    assert len(list(over.iter_to("division:2", Family.RESPONSIBILITY))) == 1


def test_what_is_removed_is_gone() -> None:
    over = AROUND.overlaid([], [LINK.id, NAME.id, "post:a", "post:none"])
    assert contents(over) == (["division:1"], [], [])


def test_the_neighbourhood_below_stays_as_it_is() -> None:
    before = contents(AROUND)
    AROUND.overlaid([post("b"), assignment("post:b", "division:1")], [LINK.id, NAME.id])
    assert contents(AROUND) == before


def test_overlays_lie_over_each_other() -> None:
    new = assignment("post:b", "division:1")
    over = AROUND.overlaid([new]).overlaid([], [LINK.id]).overlaid([], [new.id])
    assert relations_of(over) == []


def test_what_is_no_part_of_the_graph_changes_nothing() -> None:
    retraction = Retraction(id="retraction:x", provenance=SOURCE, record="x")
    assert contents(AROUND.overlaid([retraction])) == contents(AROUND)


def test_seeds_and_generation_are_kept() -> None:
    over = AROUND.overlaid([person("p")])
    assert (over.seeds, over.generation) == ({"1": ("division:1",)}, 7)


def test_several_neighbourhoods_as_one_hold_each_record_once() -> None:
    other = Neighbourhood([division("1"), person("p")], [NAME], [LINK, assignment("post:a", "division:2")])
    one = Neighbourhood.united([AROUND, other])
    assert (nodes_of(one), claims_of(one)) == (["division:1", "person:p", "post:a"], [NAME.id])
    assert len(list(one.iter_from("post:a", Family.RESPONSIBILITY))) == 2
    assert (one.seeds, one.generation) == (AROUND.seeds, 7)
