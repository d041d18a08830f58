"""What a code means that went from one division to another, in the course of the editions."""

from __future__ import annotations

import pytest

from graph_model.dates import Validity, limits, parse_day
from loaders.rosters.register import Known, NoMatchError, Register

CODE = "530502002007"
CHANGED = "[2017-11-01..2018-10-31]"
"""Between two editions, nobody knows when."""
EARLIER = Known(
    "division:old",
    "village",
    ("南坝社区居民委员会",),
    ("530502002107", CODE),
    frozenset(),
    ((CODE, limits(Validity(until=CHANGED, observed=("2016-07-31", "2017-10-31")))),),
)
LATER = Known(
    "division:new",
    "village",
    ("中村社区居民委员会",),
    (CODE,),
    frozenset(),
    ((CODE, limits(Validity(since=CHANGED, observed=("2018-10-31", "2023-06-30")))),),
)
REGISTER = Register([EARLIER, LATER], [], [])


def found(name: str = "", on: str | None = None) -> str:
    day = None if on is None else parse_day(on).toordinal()
    return REGISTER.find_division(("village",), CODE, name, (), day)


@pytest.mark.parametrize(
    ("on", "division"),
    [
        ("2017-06-30", "division:old"),
        ("2017-10-31", "division:old"),
        ("2018-10-31", "division:new"),
        ("2023-06-30", "division:new"),
    ],
)
def test_the_day_tells_which(on: str, division: str) -> None:
    assert found(on=on) == division


@pytest.mark.parametrize("on", [None, "2018-03-01"])
def test_without_a_day_or_where_it_may_be_either_it_is_refused(on: str | None) -> None:
    with pytest.raises(NoMatchError, match="one after the other: give the name, too, or say of which day") as refused:
        found(on=on)
    assert "先后是" in refused.value.text.zh
    for name in ("南坝社区居民委员会", "中村社区居民委员会"):
        assert name in refused.value.text.zh
        assert name in refused.value.text.en


def test_the_name_tells_which_on_whatever_day() -> None:
    assert found("南坝", "2023-06-30") == "division:old"
    assert found("中村") == "division:new"
