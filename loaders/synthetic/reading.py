"""The synthetic fill as one reading (合成数据读取): everything in it is generated, and SYNTHETIC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from graph_model.errors import Place, SourceError
from graph_model.keys import key_of
from graph_model.records import AnyRecord, Dataset, Document, Fact, Post
from graph_model.yaml_file import YamlFile, read_yaml
from loaders.reading import Reading, Refused
from loaders.synthetic.calendar import Calendar
from loaders.synthetic.checks import check_fill
from loaders.synthetic.covered import make_coverages, make_exemptions, make_findings
from loaders.synthetic.groups import make_deputies
from loaders.synthetic.helping import count_by_unit, plan_helps
from loaders.synthetic.holders import make_holders
from loaders.synthetic.households import make_households
from loaders.synthetic.making import Maker
from loaders.synthetic.offices import make_offices, make_staff
from loaders.synthetic.pairing import choose_units, make_links, make_pairing
from loaders.synthetic.parameters import Fill, Totals
from loaders.synthetic.places import Places, read_places
from loaders.synthetic.residents import make_secretaries, make_teams, plan_teams
from loaders.synthetic.sectors import make_departments, make_documents, make_supervision
from loaders.synthetic.units import make_units, plan_units
from loaders.synthetic.villages import make_villages, may_be_poor, plan_villages
from loaders.synthetic.world import Troubles, World

ORIGIN = "synthetic-2017"
_FILE = "fill.yaml"


def read_synthetic(folder: Path, divisions: Reading, source: Reading) -> Reading:
    """Generate the fill that ``fill.yaml`` in a folder asks for, for the divisions and beside the facts of the source.

    The same parameters give the same records, whatever the order of the readings' records. All or nothing: what is
    wrong with the parameters, or does not go with the divisions or the source, is in ``refused``. Takes some seconds.
    """
    path = folder / _FILE
    files = (path.as_posix(),)
    try:
        file = read_yaml(path, Fill)
    except SourceError as error:
        return Reading(ORIGIN, files, 0, (), (Refused(error.place, error.reason),))
    rows = file.content.count_rows()
    dataset = next((record for record in source.records if isinstance(record, Dataset)), None)
    if dataset is None:
        reason = "needs the facts of the source, which have no data set: load with --facts-only, or mend them"
        return Reading(ORIGIN, files, rows, (), (Refused(Place(file.name), reason),))
    area = f"division:{_city(source)}"
    places = read_places(divisions.records, area, dataset.reference_date, dataset.editions[0])
    faults = [*check_fill(file, dataset.reference_date), *_misfits(file, places, source)]
    if faults:
        return Reading(ORIGIN, files, rows, (), tuple(Refused(fault.place, fault.reason) for fault in faults))
    world = World(
        fill=file.content,
        make=Maker(dataset.basis.document or "", dataset.regimes[0], area),
        places=places,
        calendar=Calendar(dataset.reference_date, file.content.rosters.seen),
        troubles=Troubles(file.content.troubles),
        posts={record.id: record for record in source.records if isinstance(record, Post)},
    )
    named = [record for record in source.records if isinstance(record, Document)]
    records = sorted(_records(world, named), key=lambda record: record.id)
    return Reading(ORIGIN, files, rows, records, ())


def _city(source: Reading) -> str:
    """The code of the city that the source speaks of: the shortest key of its posts."""
    keys = (key_of(record.id).partition(":")[0] for record in source.records if isinstance(record, Post))
    return min(keys, key=lambda key: (len(key), key), default="")


def _records(world: World, named: Sequence[Document]) -> Iterator[AnyRecord]:
    units = plan_units(world)
    planned = plan_villages(world)
    helps = plan_helps(world, units, planned)
    senders = choose_units(units, planned, count_by_unit(helps))
    teams = plan_teams(world, planned, senders)
    yield from make_units(world, units)
    yield from make_villages(world, planned)
    yield from make_households(world, units, planned, helps)
    yield from make_pairing(world, planned, senders)
    yield from make_links(world, planned)
    yield from make_teams(world, teams)
    yield from make_secretaries(world, teams)
    yield from make_offices(world)
    yield from make_staff(world)
    yield from make_deputies(world)
    yield from make_departments(world)
    yield from make_documents(world, named)
    yield from make_supervision(world)
    yield from make_holders(world)
    yield from make_coverages(world)
    yield from make_exemptions(world)
    yield from make_findings(world)


def _misfits(file: YamlFile[Fill], places: Places, source: Reading) -> Iterator[SourceError]:
    """Where the parameters do not go with the source's figures, or with the divisions."""
    fill = file.content
    facts = {record.id: record.value for record in source.records if isinstance(record, Fact)}
    for name in Totals.__struct_fields__:
        total = getattr(fill.totals, name)
        value = facts.get(total.fact_id)
        if value != total.value:
            reason = f"is not the figure of the source: {total.fact_id} is {value}"
            yield file.error(reason, "totals", name.replace("_", "-"), "value", value=str(total.value))
    number = len(places.townships)
    if number != fill.totals.townships.value:
        reason = f"the first edition has {number} townships that are no parks: load other divisions with --facts-only"
        yield file.error(reason, "totals", "townships", value=str(fill.totals.townships.value))
    counties = {county.key for county in places.counties}
    for part, keys in (("units", fill.units.counties), ("villages", fill.villages.poor)):
        for key in keys:
            if key not in counties:
                yield file.error("is no county of these divisions", part, key, value=key)
    yield from _misplaced(file, places)


def _misplaced(file: YamlFile[Fill], places: Places) -> Iterator[SourceError]:
    """Troubles at places where none can be planted."""
    towns = file.content.villages.towns
    known = {county.key for county in places.counties}
    known.update(township.key for township in places.townships if township.is_stable)
    known.update(village.key for village in places.villages if may_be_poor(village, towns))
    for index, row in enumerate(file.content.troubles):
        if row.place.partition("-")[0] not in known:
            reason = "is no county, unchanged township or village in one: no trouble can be planted there"
            yield file.error(reason, "troubles", index, "place", value=row.place)
