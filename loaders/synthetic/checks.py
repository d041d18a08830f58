"""What must agree within ``fill.yaml`` (参数核对): sums, dates, and that nothing counted is in doubt on its day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from graph_model.dates import parse_day, parse_partial
from graph_model.errors import BadDateError, SourceError
from graph_model.yaml_file import YamlFile
from loaders.synthetic.parameters import (
    Arrives,
    Background,
    Begins,
    Dates,
    Ends,
    Exits,
    Fill,
    Leaves,
    Registered,
)

Steps: TypeAlias = tuple[str | int, ...]

EARLIER = ("secretaries_replaced", "helpers_replaced", "village_heads_changed", "village_heads_vacant")
"""The changes of the background that are over by the reference date; all others come after it."""


def check_fill(file: YamlFile[Fill], reference_date: str) -> Iterator[SourceError]:
    """What types cannot say: sums that must agree, dates, and that nothing counted is in doubt on the reference day."""
    dates = [(path, text, whole) for path, text, whole, _ in _dates(file.content)]
    faults = list(_date_faults(file, dates))
    yield from faults
    if not faults:
        yield from _sum_faults(file)
        day = parse_day(reference_date).toordinal()
        for path, text, _, is_earlier in _dates(file.content):
            bound = parse_partial(text)
            if is_earlier is True and bound.latest > day:
                yield file.error(f"must be over by {reference_date}, on which all is counted", *path, value=text)
            elif is_earlier is False and bound.earliest <= day:
                yield file.error(f"must come after {reference_date}, on which all is counted", *path, value=text)


def _sum_faults(file: YamlFile[Fill]) -> Iterator[SourceError]:
    fill, totals = file.content, file.content.totals
    units = fill.units
    sums = [
        (
            ("units",),
            units.city + sum(units.counties.values()) + units.each_township * totals.townships.value,
            totals.units,
        ),
        (("units", "households-of-cadres"), sum(units.households_of_cadres.values()), totals.cadres),
        (("villages", "poor"), sum(fill.villages.poor.values()), totals.poor_villages),
        (("deputies", "counties"), len(fill.deputies.counties), totals.county_deputies),
        (("deputies", "townships"), sum(fill.deputies.townships.values()), totals.township_deputies),
    ]
    for path, found, total in sums:
        if found != total.value:
            yield file.error(f"adds up to {found}, not to {total.value} ({total.counted}): correct it", *path)
    if sum(units.cadres_percent.values()) != 100 or set(units.cadres_percent) != {"city", "county", "township"}:
        yield file.error("must give the shares of city, county and township, 100 in all", "units", "cadres-percent")
    helps = sum(households * cadres for households, cadres in units.households_of_cadres.items())
    if not totals.households.value <= helps <= 2 * totals.households.value:
        reason = f"makes {helps} helpers for {totals.households.value} households: each needs one or two"
        yield file.error(reason, "units", "households-of-cadres")


def _date_faults(file: YamlFile[Fill], dates: list[tuple[Steps, str, bool]]) -> Iterator[SourceError]:
    for path, text, is_whole in dates:
        try:
            parse_day(text) if is_whole else parse_partial(text)
        except BadDateError as error:
            yield file.error(str(error), *path, value=text)


def _dates(fill: Fill) -> Iterator[tuple[Steps, str, bool, bool | None]]:
    """Where a date stands, the date, whether it must be a whole day, and whether it must be before the reference date.

    None: before or after.
    """
    yield ("rosters", "since"), fill.rosters.since, True, True
    yield ("rosters", "until"), fill.rosters.until, True, False
    for index, day in enumerate(fill.rosters.seen):
        yield ("rosters", "seen", index), day, True, None
    for name in Dates.__struct_fields__:
        mix = getattr(fill.dates, name)
        path = ("dates", name.replace("_", "-"))
        yield (*path, "first"), mix.first, False, True
        yield (*path, "last"), mix.last, False, True
    for name in Background.__struct_fields__:
        part = getattr(fill.background, name)
        for day in [part] if isinstance(part, str) else part if isinstance(part, dict) else ():
            yield ("background", name.replace("_", "-"), day), day, False, name in EARLIER
    for county, day in fill.deputies.later_counties.items():
        yield ("deputies", "later-counties", county), day, False, False
    for day in fill.deputies.later_townships:
        yield ("deputies", "later-townships", day), day, False, False
    for index, row in enumerate(fill.troubles):
        is_earlier: bool | None
        if isinstance(row, Ends | Exits):
            is_earlier = False
        elif isinstance(row, Begins | Arrives | Registered):
            is_earlier = True
        else:
            is_earlier = False if isinstance(row, Leaves) and row.successor is None else None
        yield ("troubles", index, "day"), row.day, False, is_earlier
        for column in ("until", "successor"):
            text = getattr(row, column, None)
            if text is not None:
                yield ("troubles", index, column), text, False, None
