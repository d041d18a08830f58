"""What the tests of durability share."""

from __future__ import annotations

import pytest

from tests.durability.showing import Show


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """Prints a line that is seen although the test succeeds."""

    def line(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}")

    return line
