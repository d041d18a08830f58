"""Cutting a city out of the package: the files that ship can be made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_model.errors import SourceError
from loaders.divisions.editions import read_edition
from loaders.divisions.extract import extract, write_edition


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two cities, its files as the real ones are written."""
    files = {
        "cities.csv": 'code,name,provinceCode\n5305,"保山市",53\n5306,"昭通市",53\n',
        "areas.csv": 'code,name,cityCode,provinceCode\n530521,"施甸县",5305,53\n530602,"昭阳区",5306,53\n'
        '530599,"某某自治县",5305,53\n',
        "streets.csv": "code,name,areaCode,provinceCode,cityCode\n"
        '530521101,"由旺镇",530521,53,5305\n530521100,"甸阳镇",530521,53,5305\n',
        "villages.csv": "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        '530521100201,"沙坝村民委员会",530521100,53,5305,530521\n',
    }
    dist = tmp_path / "package" / "dist"
    dist.mkdir(parents=True)
    for name, text in files.items():
        (dist / name).write_text(text, encoding="utf-8")
    return dist.parent


def test_a_city_and_all_below_it_by_level_and_code(package: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "2016-07-31.csv"
    write_edition(extract(package, "5305"), out)
    assert out.read_text(encoding="utf-8") == (
        "code,name,parent,level,name_en\n"
        "5305,保山市,,city,Baoshan City\n"
        "530521,施甸县,5305,county,Shidian County\n"
        "530599,某某自治县,5305,county,\n"
        "530521100,甸阳镇,530521,township,\n"
        "530521101,由旺镇,530521,township,\n"
        "530521100201,沙坝村民委员会,530521100,village,\n"
    )
    assert list(out.parent.iterdir()) == [out]


def test_what_is_extracted_can_be_read(package: Path, tmp_path: Path) -> None:
    write_edition(extract(package, "5305"), tmp_path / "2016-07-31.csv")
    file = read_edition(tmp_path / "2016-07-31.csv")
    assert file.refused == ()
    assert file.rows == 6


def test_a_city_that_is_not_there(package: Path) -> None:
    with pytest.raises(
        SourceError, match=r"cities\.csv, code = '5399': this city is not in the package: give the four"
    ):
        extract(package, "5399")


def test_a_folder_that_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"No such file or directory; give the folder of the unpacked package"):
        extract(tmp_path, "5305")


def test_a_file_without_its_columns(package: Path) -> None:
    (package / "dist" / "cities.csv").write_text("id,label\n", encoding="utf-8")
    with pytest.raises(
        SourceError, match=r"cities\.csv:1: has no column code, name, provinceCode: is this the package"
    ):
        extract(package, "5305")
