"""Recorded moments: what is read, what is refused and how it is told, and that texts keep the order of moments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model.errors import BadDateError
from graph_model.instants import instant_of, instant_text, microseconds_of, parse_instant

MOMENTS = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-25T13:51:36Z", "2026-11-25T13:51:36.000000Z"),
        ("2026-11-25t13:51:36z", "2026-11-25T13:51:36.000000Z"),
        ("2026-11-25 13:51:36Z", "2026-11-25T13:51:36.000000Z"),
        ("2026-11-25T21:51:36.5+08:00", "2026-11-25T13:51:36.500000Z"),
        ("2026-01-01T00:00:00.000001+08:00", "2025-12-31T16:00:00.000001Z"),
        ("2026-11-25T13:51:36.123456-00:00", "2026-11-25T13:51:36.123456Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_a_moment_is_told_in_utc(text: str, told: str) -> None:
    assert instant_text(parse_instant(text)) == told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-11-25T13:51:36", "names no zone: add Z for UTC, or an offset"),
        ("2026-11-25", "is no moment: write it as 2026-11-25T13:51:36Z"),
        ("2026-11-25T13:51Z", "is no moment"),
        ("2026-W48-3T13:51:36Z", "is no moment"),
        ("20261125T135136Z", "is no moment"),
        ("２026-11-25T13:51:36Z", "is no moment"),
        ("2026-11-25T13:51:36Z\n", "is no moment"),
        ("", "is no moment"),
        ("2026-11-25T13:51:36.1234567Z", "is finer than a microsecond"),
        ("2026-11-31T13:51:36Z", "is not in the calendar"),
        ("2026-11-25T13:51:60Z", "is not in the calendar"),
        ("2026-11-25T13:51:36+99:00", "is not in the calendar"),
        ("0000-01-01T00:00:00Z", "is not in the calendar"),
        ("0001-01-01T00:00:00+08:00", "is not in the calendar"),
        ("9999-12-31T23:59:59-08:00", "is not in the calendar"),
    ],
)
def test_what_is_refused_and_why(text: str, reason: str) -> None:
    with pytest.raises(BadDateError) as caught:
        parse_instant(text)
    assert reason in str(caught.value)


@given(MOMENTS)
def test_a_moment_survives_its_text_and_its_number(moment: datetime) -> None:
    assert parse_instant(instant_text(moment)) == moment
    assert instant_of(microseconds_of(moment)) == moment


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_moments_do(one: datetime, other: datetime) -> None:
    assert (one < other) == (instant_text(one) < instant_text(other))
    assert (one < other) == (microseconds_of(one) < microseconds_of(other))
