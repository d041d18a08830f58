"""What is given up before it began, because a sibling failed or the request ended, leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Coroutine
from typing import Any

import pytest

from api.execution.executor import Executor
from api.limits.errors import RequestTimeoutError
from api.limits.running import TimedExecutor
from tests.api.execution.odd_schema import schema_with

SHAPES = [
    "{ part { laterFailing(turns: A) next(turns: B) { later x: later(turns: 2) } } }",
    "{ part { laterFailing(turns: A) copies(turns: B) { later x: later } } }",
    "{ part { laterFailing(turns: A) next(turns: B) { copies { copies { later } x: later } } } }",
    "{ part { next(turns: A) { next(turns: B) { later x: later failingAlways } } laterFailing(turns: A) } }",
    "{ part { next { later } x: next(turns: B) { otherMaybeLater { later } maybeLater } laterFailing(turns: A) } }",
    "{ whole { rowsLater parts { later } part { copies { later } laterFailing(turns: A) } } part { laterFailing } }",
    "{ whole { parts { next(turns: B) { copies { later } } } part { later failingAlways } } }",
    "{ wholeLater(turns: B) { parts { later } things { later } lateHoles { later } } part { laterFailing(turns: A) } }",
]


def warned_of(work: Coroutine[Any, Any, object]) -> list[str]:
    """What Python warns of while a loop runs something, up to the last object that it held."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gc.freeze()  # what was there before is not looked through for them
        asyncio.run(work)
        gc.collect()
        gc.unfreeze()
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize("executor", [Executor, TimedExecutor])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_failing_sibling_leaves_no_coroutine_behind(shape: str, executor: type[Executor]) -> None:
    schema = schema_with(executor)

    async def work() -> None:
        for before in range(4):
            for within in range(4):
                query = shape.replace("A", str(before)).replace("B", str(within))
                result = await schema.execute(query)
                assert result.errors

    assert warned_of(work()) == []


@pytest.mark.parametrize("turns", range(8))
def test_a_request_that_ends_early_leaves_no_coroutine_behind(turns: int) -> None:
    schema = schema_with(Executor)
    query = "{ whole { parts { copies { next { later } } later } part { copies { copies { later x: later } } } } }"

    async def work() -> None:
        running = asyncio.ensure_future(schema.execute(query))
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert warned_of(work()) == []


def test_what_is_still_to_come_is_cancelled_after_the_deadline() -> None:
    class Late:
        deadline = float("inf")

    schema, context = schema_with(TimedExecutor), Late()
    query = "{ whole { parts { next(turns: 3) { copies { later } } } part { laterFailing(turns: 2) } } }"

    async def work() -> None:
        running = asyncio.ensure_future(schema.execute(query, None, context))
        for _ in range(3):
            await asyncio.sleep(0)
        context.deadline = float("-inf")
        assert (await running).errors

    assert warned_of(work()) == []


def test_no_row_is_completed_after_the_deadline() -> None:
    class Late:
        deadline = float("-inf")

    result = asyncio.run(schema_with(TimedExecutor).execute("{ whole { parts { name } } }", None, Late()))
    assert [type(error.original_error) for error in result.errors or ()] == [RequestTimeoutError]
