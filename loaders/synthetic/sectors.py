"""Sector departments, special plans, documents and supervision groups (行业部门、规划、文件、督查组).

Clauses 1.3, 2, 5 and 7.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph_model.keys import node_id
from graph_model.records import AnyRecord, Document, Family
from loaders.synthetic.making import POST_IN, UNIT_OF, WORD
from loaders.synthetic.seats import Persons, hold
from loaders.synthetic.world import HOLDERS, World

DEPARTMENT_KIND, HEAD_KIND, PLAN_KIND, DOCUMENT_KIND = "sector-department", "sector-head", "special-plan", "policy"
_OLD_POLICY = "policy-system"
_COLLECTIVE = "sector-departments"
_CONTRACT_SINCE = "2017-02"
_FIRST = HOLDERS + 40_000


def make_departments(world: World) -> Iterator[AnyRecord]:
    """The departments, what they answer for, their contract of 2017, and their heads.

    Towards the city they answer as the source's collective; what is single is broken down below it, so that the chain
    of every village does not list 38 departments twice.
    """
    make, persons, chance = world.make, Persons(world, _FIRST), world.chance("departments")
    collective = node_id("organization", make.city, _COLLECTIVE)
    for number in range(1, world.fill.totals.departments.value + 1):
        department = node_id("organization", make.city, f"{DEPARTMENT_KIND}-{number:02d}")
        head = node_id("post", make.city, f"{DEPARTMENT_KIND}-{number:02d}-head")
        name, english = f"市级行业部门第{number:02d}号", f"Sector department {number} of the city"
        yield make.organization(department, DEPARTMENT_KIND, name, english, "2")
        yield make.edge(Family.CONTAINMENT, UNIT_OF, department, collective, world.over(), "2")
        yield make.post(head, HEAD_KIND, f"{name}主要负责人", f"Head of sector department {number}", "2")
        yield make.edge(Family.CONTAINMENT, POST_IN, head, department, world.over(), "2")
        since = chance.date(world.fill.dates.rosters)
        yield make.assignment("sector-duty", department, collective, world.over(since), "2")
        yield make.assignment("sector-head", head, department, world.over(since), "2")
        yield make.assignment("responsibility-contract", department, collective, world.over(_CONTRACT_SINCE), "1.3")
        yield from hold(world, persons, head, chance.date(world.fill.dates.leaders), "2")
    yield from persons.records


def make_documents(world: World, named: Sequence[Document]) -> Iterator[Document]:
    """What is missing in number beside the documents that the source names.

    The two that clause 5 names by title are counted among the newly issued ones; a finding says so.
    """
    make, totals = world.make, world.fill.totals
    plans = sum(document.kind == PLAN_KIND for document in named)
    for number in range(plans + 1, totals.special_plans.value + 1):
        title, english = f"行业专项规划第{number:02d}号（合成）", f"Special plan {number} (synthetic)"
        yield make.document_of(f"{WORD}:{PLAN_KIND}-{number:02d}", PLAN_KIND, title, english, "2")
    new = sum(document.basis.clause == "5" and document.kind != _OLD_POLICY for document in named)
    for number in range(new + 1, totals.new_documents.value + 1):
        title, english = f"精准扶贫文件第{number:02d}号（合成）", f"Poverty document {number} (synthetic)"
        yield make.document_of(f"{WORD}:{DOCUMENT_KIND}-{number:02d}", DOCUMENT_KIND, title, english, "5")


def make_supervision(world: World) -> Iterator[AnyRecord]:
    """Which county each of the source's supervision groups serves; those that are left serve the departments."""
    make, clause = world.make, "7.2"
    counties = [county.id for county in world.places.counties]
    departments = node_id("organization", make.city, _COLLECTIVE)
    for number in range(1, world.fill.totals.supervision_groups.value + 1):
        group = node_id("organization", make.city, f"supervision-group-{number}")
        target = counties[number - 1] if number <= len(counties) else departments
        yield make.assignment("supervises", group, target, world.over(), clause)
