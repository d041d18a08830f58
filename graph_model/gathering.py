"""What a question needs that lies further off than one neighbourhood (取数): several look-ups of a store, joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from graph_model.consequence_rules import Party
from graph_model.exchange import End, Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import Assessment, Family, Organization
from graph_model.regime import Regime
from graph_model.stores.base import StoreReader

_MOST = 10_000


class ConsequenceGround(Struct, frozen=True):
    """What the table of consequences is read on: a neighbourhood, and the recorded assessments of its kinds."""

    around: Neighbourhood
    assessments: tuple[Assessment, ...]


async def gather_for_consequences(
    store: StoreReader,
    subjects: Sequence[str],
    regime: Regime,
    window: Window,
    recorded_as_of: int | None,
    *,
    given: Sequence[Assessment] = (),
) -> ConsequenceGround:
    """All that the rows of a regime may speak of: the subjects, those assessed with them, posts and organisations.

    A handful of look-ups, whatever the size of the graph; memberships only of organisations that answer for a subject.
    """
    assessments: list[Assessment] = []
    for kind in regime.assessments:
        page = await store.list_records("assessment", first=_MOST, kind=kind.code, recorded_as_of=recorded_as_of)
        assessments += [record for record in page.records if isinstance(record, Assessment)]
    keys = {*subjects, *(one.subject for one in (*assessments, *given))}
    parties = list(_parties(regime))
    for record_type, kinds in (
        ("post", {kind for party in parties for kind in party.posts}),
        ("organization", {kind for party in parties for kind in party.organizations}),
    ):
        for code in sorted(kinds):
            page = await store.list_records(record_type, first=_MOST, kind=code, recorded_as_of=recorded_as_of)
            keys |= {record.id for record in page.records}
    around = await store.neighbourhood(sorted(keys), window, recorded_as_of)
    return ConsequenceGround(await _with_members(store, around, subjects, window, recorded_as_of), tuple(assessments))


async def _with_members(
    store: StoreReader,
    around: Neighbourhood,
    subjects: Sequence[str],
    window: Window,
    recorded_as_of: int | None,
) -> Neighbourhood:
    """The neighbourhood with the members of the organisations that answer for a subject."""
    organizations = sorted(
        {
            relation.source
            for subject in subjects
            for seed in around.seeds.get(subject, ())
            for relation in around.iter_to(seed, Family.RESPONSIBILITY)
            if isinstance(around.find_node(relation.source), Organization)
        }
    )
    if not organizations:
        return around
    pages = await store.relations(
        organizations, Family.MEMBERSHIP, End.TARGET, window, first=_MOST, recorded_as_of=recorded_as_of
    )
    memberships = [relation for page in pages.values() for relation in page.relations]
    people = await store.lookup(sorted({relation.source for relation in memberships}), recorded_as_of)
    return around.overlaid([*people.iter_nodes(), *memberships])


def _parties(regime: Regime) -> Iterator[Party]:
    for consequence in regime.consequences:
        for rule in consequence.measures:
            for party in (*rule.to, *rule.by):
                next_party: Party | None = party
                while next_party is not None:
                    yield next_party
                    next_party = next_party.then
