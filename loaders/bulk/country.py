"""One city made into a country (合成国家): as many copies of all that lies in it as are asked for, all SYNTHETIC.

For measuring alone. The copies' codes begin with 9801, 9802..., which no division of China has, in place of the city's
own four digits; whatever does not name the city (regimes, figures, findings, national documents) stays single. The
files are written city by city: what is made in memory is one city.
"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from graph_model.errors import BadUserInputError
from graph_model.exchange import LOAD, Entry, Stored, Written
from graph_model.records import AnyRecord, Dataset, Provenance, Text, content_hash, decode, encode
from graph_model.stores.base import StoreReader
from loaders.bulk.export import BulkFiles, Counts, Lines, WriteRow, finish
from loaders.bulk.files import ENTITIES, FILES, KEYS, File

CITY_CODES = tuple(str(9801 + number) for number in range(99))
"""The codes of the copies."""
_SINGLE = {"fact", "finding", "dataset", "regime"}
_MOMENT = 1_500_000_000_000_000
_HOLE = b"\x01"
"""A byte that no line and no JSON has."""


class Template(Struct, frozen=True):
    """The lines of one copy, by file, and the JSON of its records; ``_HOLE`` stands where the city's code goes."""

    blocks: tuple[tuple[File, bytes], ...]
    records: tuple[bytes, ...]
    lines: Lines


class Made(Struct, frozen=True):
    """What was made: cities, lines of what, and how many households there are."""

    cities: int
    counts: Counts
    households: int


async def export_country(
    store: StoreReader,
    city: str,
    cities: int,
    folder: Path,
    progress: Callable[[int], None],
    *,
    compress: bool = False,
) -> Made:
    """Write what is current in a store, and copies of its city, into files.

    Raises BadUserInputError, SourceError, StoreError.
    """
    if not 1 <= cities <= len(CITY_CODES) + 1:
        raise BadUserInputError(f"--cities: {cities}; give 1 to {len(CITY_CODES) + 1}")
    own = [Stored(origin, _MOMENT, None, _named(data, cities)) async for origin, data in store.dump()]
    digest = sum(content_hash(version.data) for version in own)
    lines = Lines()
    with BulkFiles(folder, compress=compress) as files:
        for version in own:
            for file, line in lines.of(version):
                files.write(file, line.encode())
        progress(1)
        template = _template([version for version in own if _is_of(version.data, city.encode())], city)
        for copy_code in map(str.encode, CITY_CODES[: cities - 1]):
            for file, block in template.blocks:
                files.write(file, block.replace(_HOLE, copy_code))
            digest += sum(content_hash(data.replace(_HOLE, copy_code)) for data in template.records)
            progress(1)
        for key, changes in template.lines.tallies.items():
            for moment, difference in changes.items():
                lines.tallies[key][moment] += difference * (cities - 1)
        records = len(own) + len(template.records) * (cities - 1)
        origins = tuple(sorted({version.origin for version in own}))
        version_text = f"{digest % (1 << 256):064x}"
        entry = Entry(1, _MOMENT, "export-bulk", LOAD, origins, Written(created=records), version_text)
        lines.touched.clear()
        finish(files, [WriteRow(entry)], lines)
    made = template.lines
    counts = Counts(
        len(lines.entities) + len(made.entities) * (cities - 1),
        records,
        len(lines.keys) + sum(city in key for key in made.keys) * (cities - 1),
    )
    households = sum(b'"type":"household"' in version.data for version in own) * cities
    return Made(cities, counts, households)


async def copies_of(store: StoreReader, city: str, code: str) -> AsyncIterator[AnyRecord]:
    """The records of one copy of a city, with another code."""
    hole = _hole(city)
    async for _, data in store.dump():
        if _is_of(data, city.encode()):
            yield decode(hole.sub(code.encode(), _marked(data)))


def _hole(city: str) -> re.Pattern[bytes]:
    """Where a city's code stands: where it begins a word; within a longer number it is chance."""
    return re.compile(rb"(?<![0-9A-Za-z])" + city.encode())


def _named(data: bytes, cities: int) -> bytes:
    """The data set's own record says what it is now."""
    if not data.startswith(b'{"type":"dataset"'):
        return data
    record = decode(data)
    if not isinstance(record, Dataset):
        return data
    name = Text(zh=f"合成国家：{cities}个城市", en=f"Synthetic country: {cities} cities made of one")
    return encode(msgspec.structs.replace(record, name=name, provenance=Provenance.SYNTHETIC))


def _is_of(data: bytes, code: bytes) -> bool:
    """Whether a record belongs to the city, and is copied with it: its id names the city."""
    words = data.split(b'"', 8)  # canonical JSON begins with the type and the id
    return words[3].decode() not in _SINGLE and code in words[7]


def _template(versions: Sequence[Stored], city: str) -> Template:
    code = _hole(city)
    copies = [msgspec.structs.replace(version, data=_marked(version.data)) for version in versions]
    lines, blocks = Lines(f"{city}n"), {file.name: io.StringIO() for file in FILES}
    for version in copies:
        for file, line in lines.of(version):
            if file in {ENTITIES, KEYS} and city not in line:
                continue  # it has its line already: it does not name the city
            blocks[file.name].write(line)
    return Template(
        tuple((file, code.sub(_HOLE, blocks[file.name].getvalue().encode())) for file in FILES),
        tuple(code.sub(_HOLE, version.data) for version in copies),
        lines,
    )


def _marked(data: bytes) -> bytes:
    """A record of a copy: SYNTHETIC, whatever the city's own is."""
    for stated in (b"SOURCE", b"DERIVED"):
        data = data.replace(b'"provenance":"' + stated + b'"', b'"provenance":"SYNTHETIC"')
    return data
