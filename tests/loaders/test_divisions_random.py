"""Random histories: what is found for sure is what truly happened, and whatever happened is found or in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_model.dates import Certainty
from graph_model.records import ChangeEvent, ChangeKind, Finding, encode
from graph_model.validation import check_records
from loaders.divisions.editions import Edition
from loaders.divisions.events import tell_events
from loaders.divisions.history import History
from loaders.divisions.merge import merge
from loaders.divisions.reading import records_of
from loaders.divisions.unsure import find_unsure
from tests.loaders.random_divisions import Truth, random_history

SEEDS = st.integers(0, 2**32 - 1)


def codes(history: History, divisions: Sequence[str], number: int) -> frozenset[str]:
    """The codes of some divisions in an edition."""
    by_id = {lineage.id: lineage for lineage in history.lineages}
    return frozenset(by_id[one].entries[number].code for one in divisions)


def as_truth(history: History, number: int, event: ChangeEvent) -> Truth:
    return Truth(number, event.kind, codes(history, event.before, number - 1), codes(history, event.after, number))


def told(editions: Sequence[Edition]) -> tuple[History, list[tuple[Truth, Certainty]], set[tuple[int, str]]]:
    """The history, what was found with its confidence, and (edition, code before or after) of what is in doubt."""
    history = merge(editions)
    events = tell_events(history, tuple(f"document:{day}" for day in history.days))
    found = [(as_truth(history, one.edition, one.event), one.event.confidence) for one in events]
    by_id = {lineage.id: lineage for lineage in history.lineages}
    doubted = {
        (number, entry.code)
        for number, finding in find_unsure(history, events)
        for subject in finding.subjects
        for place in (number - 1, number)
        if (entry := by_id[subject].entries.get(place)) is not None
    }
    return history, found, doubted


@given(seed=SEEDS)
@settings(max_examples=150, deadline=None)
def test_what_is_found_for_sure_is_what_happened(seed: int) -> None:
    editions, truths = random_history(Random(seed))  # noqa: S311 - no secret
    _, found, _ = told(editions)
    assert {one for one, confidence in found if confidence is Certainty.CERTAIN} <= set(truths)


@given(seed=SEEDS)
@settings(max_examples=150, deadline=None)
def test_what_happened_is_found_or_in_doubt(seed: int) -> None:
    editions, truths = random_history(Random(seed))  # noqa: S311 - no secret
    _, found, doubted = told(editions)
    known = {one for one, _ in found}
    missed = [one for one in truths if one not in known]
    assert [one for one in missed if not any((one.edition, code) in doubted for code in one.before | one.after)] == []


@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_what_is_only_possible_is_a_finding_too(seed: int) -> None:
    editions, _ = random_history(Random(seed))  # noqa: S311 - no secret
    _, found, doubted = told(editions)
    possible = [one for one, confidence in found if confidence is Certainty.POSSIBLE]
    assert [one for one in possible if not any((one.edition, code) in doubted for code in one.before | one.after)] == []


@given(seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_editions_does_not_matter_and_records_are_sound(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    editions, _ = random_history(random)
    records = records_of(merge(editions))
    assert check_records(records) == []
    shuffled = list(editions)
    random.shuffle(shuffled)
    assert [encode(one) for one in records_of(merge(shuffled))] == [encode(one) for one in records]
    assert len({one.id for one in records}) == len(records)


def test_the_histories_hold_every_kind_of_event_and_doubt() -> None:
    """Else the properties above would say little."""
    kinds: set[ChangeKind] = set()
    doubts = 0
    for seed in range(60):
        editions, truths = random_history(Random(seed))  # noqa: S311 - no secret
        kinds |= {one.kind for one in truths}
        doubts += len([one for one in records_of(merge(editions)) if isinstance(one, Finding) and "unsure" in one.code])
    assert kinds == set(ChangeKind)
    assert doubts > 20
