"""A small city to import into: a county with two towns, in each of which lies a village of the same name."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from graph_model.records import AnyRecord, Dataset, Text
from graph_model.regime_file import encode_regime
from graph_model.stores.opening import open_store
from tests.conformance.graphs import SOURCE, code_of, division, household, name_of, part_of, post, since, write
from tests.conformance.small_campaign import REGIME, the_regime

PLACES = {
    "9901": ("city", "南山市", "nan shan shi", None),
    "990101": ("county", "东河县", "dong he xian", "9901"),
    "990101101": ("township", "清水镇", "qing shui zhen", "990101"),
    "990101102": ("township", "白云乡", "bai yun xiang", "990101"),
    "990101101201": ("village", "和平村民委员会", "he ping cun min wei yuan hui", "990101101"),
    "990101101202": ("village", "龙塘村民委员会", "long tang cun min wei yuan hui", "990101101"),
    "990101102201": ("village", "和平村民委员会", "he ping cun min wei yuan hui", "990101102"),
}
HOUSEHOLD = "990101101201-0001"


def city_records() -> list[AnyRecord]:
    """All records of the small city."""
    found: list[AnyRecord] = [
        encode_regime(the_regime()),
        Dataset(
            id="dataset:small",
            provenance=SOURCE,
            name=Text(zh="小", en="small"),
            reference_date="2017-06-30",
            editions=(),
            regimes=(REGIME,),
        ),
        post("9901:party-secretary", "南山市委书记"),
        post("9901:deputy", "副市长"),
        post("9901:other-deputy", "副市长"),
        household(HOUSEHOLD),
        part_of(f"household:{HOUSEHOLD}", "division:990101101201"),
    ]
    for code, (level, name, pinyin, container) in PLACES.items():
        found += [division(code, level), name_of(code, name, pinyin), code_of(code, code)]
        if container is not None:
            found.append(part_of(f"division:{code}", f"division:{container}", since("2000-01-01", "..")))
    return found


class Silence:
    """Progress that nobody looks at."""

    def step(self, text: str, total: int | None = None) -> None:
        """Nothing is shown."""

    def advance(self, records: int) -> None:
        """Nothing is shown."""


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of a store with the small city. Tests take a copy."""
    folder = tmp_path_factory.mktemp("small-city")

    async def fill() -> None:
        store = open_store(f"sqlite:///{(folder / 'store.db').as_posix()}", "writer")
        await write(store, city_records(), "small")
        await store.close()

    asyncio.run(fill())
    return folder


@pytest.fixture
def url(small_city: Path, tmp_path: Path) -> str:
    """The address of a store of the test's own with the small city."""
    for file in small_city.iterdir():
        shutil.copy2(file, tmp_path / file.name)
    return f"sqlite:///{(tmp_path / 'store.db').as_posix()}"


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows to a CSV file."""

    def made(*rows: Sequence[str], name: str = "roster.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join(",".join(row) for row in rows).encode(encoding))
        return path

    return made
