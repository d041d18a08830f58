"""What a load finds when it checks the whole graph: an origin of its own, the same as long as the graph is."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_model.dates import Validity
from graph_model.errors import BatchError
from graph_model.exchange import CHECKS
from graph_model.records import AnyRecord, Division, Family, Finding, Provenance, Relation, Severity, Text
from graph_model.stores.embedded import open_store
from loaders.dump import iter_dump, read_dump
from loaders.reading import Reading
from loaders.report import Report
from loaders.writing import load
from tests.silence import Silence


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path.as_posix()}/store.db"


def division(key: str) -> Division:
    return Division(id=f"division:{key}", provenance=Provenance.SOURCE, level="village")


def part_of(part: str, whole: str) -> Relation:
    return Relation(
        id=f"containment:part-of:division:{part}~division:{whole}",
        provenance=Provenance.SOURCE,
        family=Family.CONTAINMENT,
        kind="part-of",
        source=f"division:{part}",
        target=f"division:{whole}",
        validity=Validity(observed=("2017-06-30",)),
    )


def reading(origin: str, *records: AnyRecord) -> Reading:
    return Reading(origin, (f"{origin}.yaml",), len(records), records)


PLACES = reading("places", division("a"), division("b"), part_of("a", "b"))
CIRCLE = reading("more", part_of("b", "a"))
DANGLING = reading("more", part_of("b", "c"))


async def load_all(url: str, *readings: Reading) -> Report:
    return await load(url, readings, Silence())


async def findings_of(url: str) -> dict[str, tuple[str, ...]]:
    """The ids of the findings, with their places."""
    store = open_store(url, "reader")
    page = await store.list_records("finding", first=99)
    await store.close()
    return {finding.id: finding.places for finding in page.records if isinstance(finding, Finding)}


async def lines_of(url: str) -> list[bytes]:
    store = open_store(url, "reader")
    lines = [line async for line in iter_dump(store)]
    await store.close()
    return lines


def outcome(report: Report) -> tuple[int, int, int, int]:
    """What became of the findings: created, changed, ended, unchanged."""
    assert report.written is not None
    assert report.read[-1].origin == CHECKS
    last = report.written[-1]
    return last.created, last.changed, last.ended, last.unchanged


async def test_a_report_holds_no_records(url: str) -> None:
    """Asyncio prints what a main task gives: with all records in it, that took a quarter of a load."""
    report = await load_all(url, PLACES)
    assert PLACES.records
    assert not any(repr(record) in repr(report) for record in PLACES.records)


async def test_a_sound_graph_has_no_findings(url: str) -> None:
    assert outcome(await load_all(url, PLACES)) == (0, 0, 0, 0)
    assert await findings_of(url) == {}


async def test_what_two_origins_make_together_names_both(url: str) -> None:
    assert outcome(await load_all(url, PLACES, CIRCLE)) == (1, 0, 0, 0)
    assert await findings_of(url) == {
        "finding:cycle:containment~division:a~division:b": (
            "places: containment:part-of:division:a~division:b",
            "more: containment:part-of:division:b~division:a",
        )
    }


async def test_a_second_load_changes_nothing(url: str) -> None:
    first = await load_all(url, PLACES, CIRCLE)
    second = await load_all(url, PLACES, CIRCLE)
    assert outcome(second) == (0, 0, 0, 1)
    assert second.version == first.version


async def test_a_fault_that_is_mended_is_a_finding_no_longer(url: str) -> None:
    await load_all(url, PLACES, CIRCLE)
    assert outcome(await load_all(url, PLACES, reading("more"))) == (0, 0, 1, 0)
    assert await findings_of(url) == {}


async def test_what_an_earlier_load_left_is_checked_too(url: str) -> None:
    await load_all(url, PLACES)
    await load_all(url, CIRCLE)
    assert list(await findings_of(url)) == ["finding:cycle:containment~division:a~division:b"]


async def test_the_order_of_origins_means_nothing(url: str, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path.as_posix()}/other.db"
    one = await load_all(url, PLACES, CIRCLE)
    await load_all(other, CIRCLE)
    two = await load_all(other, PLACES)
    assert two.version == one.version


async def test_a_dump_with_findings_gives_the_same_version(url: str, tmp_path: Path) -> None:
    other, dump = f"sqlite:///{tmp_path.as_posix()}/other.db", tmp_path / "zeren.jsonl"
    first = await load_all(url, PLACES, DANGLING)
    dump.write_bytes(b"".join(await lines_of(url)))
    second = await load_all(other, *read_dump(dump))
    assert outcome(second) == (1, 0, 0, 0)
    assert second.version == first.version
    assert await lines_of(other) == await lines_of(url)


async def test_findings_of_a_dump_are_found_anew(url: str) -> None:
    stale = Finding(
        id="finding:cycle:gone",
        provenance=Provenance.DERIVED,
        code="cycle",
        severity=Severity.ERROR,
        message=Text(zh="已改正", en="mended"),
    )
    await load_all(url, PLACES, Reading(CHECKS, ("dump.jsonl",), 1, (stale,)))
    assert await findings_of(url) == {}


async def test_the_origin_is_for_findings_alone(url: str) -> None:
    with pytest.raises(BatchError, match="division:a: is no finding: choose another origin than 'checks'"):
        await load_all(url, Reading(CHECKS, ("dump.jsonl",), 1, (division("a"),)))


async def test_the_report_shows_the_origin_last(url: str) -> None:
    lines = list((await load_all(url, PLACES, CIRCLE)).lines())
    assert [line.split() for line in lines[2:4]] == [
        ["more", "1", "1", "0", "1", "0", "0", "0", "0"],
        ["checks", "0", "1", "0", "1", "0", "0", "0", "0"],
    ]
