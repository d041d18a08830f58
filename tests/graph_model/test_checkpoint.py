"""Checkpoints: their text, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model.checkpoint import BEGINNING, Checkpoint, parse_checkpoint
from graph_model.errors import BadUserInputError


def test_a_checkpoint_is_its_number_and_its_moment() -> None:
    assert str(Checkpoint(57, 1_577_836_800_000_001)) == "57@2020-01-01T00:00:00.000001Z"


def test_the_beginning_is_nought() -> None:
    assert str(BEGINNING) == "0"
    assert parse_checkpoint("0", "since") == BEGINNING


@given(st.integers(1, 10**17), st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
def test_a_checkpoint_survives_its_text(number: int, recorded_at: int) -> None:
    assert parse_checkpoint(str(Checkpoint(number, recorded_at)), "since") == Checkpoint(number, recorded_at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "57",
        "57@",
        "57@2020",
        "0@2020-01-01T00:00:00Z",
        "-1@2020-01-01T00:00:00Z",
        "00",
        "x" * 999,
        "5٧@x",
        "1@2\ud800",
    ],
)
def test_what_is_none_is_told_with_an_example(text: str) -> None:
    with pytest.raises(BadUserInputError, match=r"^since: .* is no checkpoint; one looks like 57@2026") as caught:
        parse_checkpoint(text, "since")
    assert len(str(caught.value)) < 200
