"""Running the process that works out a preview (子进程): its order, its steps, its end in good time."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import msgspec
import structlog
from msgspec import Struct

from graph_model.errors import StoreTimeoutError, StoreUnavailableError
from graph_model.records import Text
from intake.plans import FAILED, INTERNAL, PLAN, WANTED, Checked, CheckOrdered, Failed, Ordered, Plan, Step

SECONDS: Final = 120.0
"""How long working out a preview may take."""
PASSWORD: Final = "ZEREN_STORE_PASSWORD"  # noqa: S105 - the name of a setting
_LONGEST_LINE: Final = 64 << 20
_PROJECT: Final = Path(__file__).resolve().parents[1]
_log = structlog.get_logger("zeren.imports")


async def work_out(
    ordered: Ordered, told: Callable[[Step], None], *, password: str | None, seconds: float = SECONDS
) -> Plan | Failed:
    """The plan of an import, or why there is none; ``told`` is given how far it is. The process has ended then."""
    folder = Path(ordered.folder)
    for name in (PLAN, FAILED, WANTED):
        (folder / name).unlink(missing_ok=True)
    try:
        code, said = await _run(ordered, lambda line: _tell(line, told), password, seconds)
    except TimeoutError:
        return Failed(
            "TOO_SLOW",
            Text(
                f"{seconds:g} 秒内没有完成：请减少行数，或用命令导入",
                f"not done after {seconds:g} seconds: give fewer rows, or use the command",
            ),
        )
    return _answer(folder, code, said)


async def check_apart(store: str, *, password: str | None, seconds: float = SECONDS) -> Checked:
    """What the checks of the whole graph find. Raises ZerenError where they do not end well."""
    lines: list[str] = []
    try:
        code, said = await _run(CheckOrdered(store=store), lines.append, password, seconds)
    except TimeoutError:
        raise StoreTimeoutError(f"checking the whole graph was not done after {seconds:g} seconds") from None
    if code or not lines:
        raise StoreUnavailableError(f"checking the whole graph failed: {said[-2000:].decode('utf-8', 'replace')}")
    return msgspec.json.decode(lines[-1], type=Checked)


class WorkOut(Protocol):
    """As ``work_out``."""

    async def __call__(
        self, ordered: Ordered, told: Callable[[Step], None], *, password: str | None, seconds: float = SECONDS
    ) -> Plan | Failed:
        """As ``work_out``."""
        ...


class Check(Protocol):
    """As ``check_apart``."""

    async def __call__(self, store: str, *, password: str | None, seconds: float = SECONDS) -> Checked:
        """As ``check_apart``."""
        ...


class Apart(Struct, frozen=True):
    """What is done apart from the server."""

    work_out: WorkOut
    check: Check


APART: Final = Apart(work_out, check_apart)
"""In processes of their own."""


def _tell(line: str, told: Callable[[Step], None]) -> None:
    """Tell of a step; what else is said on stdout is a library's, and for the log."""
    try:
        step = msgspec.json.decode(line, type=Step)
    except msgspec.DecodeError:
        _log.warning("a preview's process said something that is no step", said=line[:200])
        return
    told(step)


async def _run(
    ordered: Ordered | CheckOrdered, told: Callable[[str], None], password: str | None, seconds: float
) -> tuple[int, bytes]:
    """Run the process with an order; its exit code, and what it complained of. Raises TimeoutError."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZEREN_")}
    if password is not None:
        environment[PASSWORD] = password
    # The store's address may be relative to where the server was started: only the modules are looked for elsewhere.
    environment["PYTHONPATH"] = str(_PROJECT)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "intake.worker",
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )
    try:
        async with asyncio.timeout(seconds):
            said = await _attend(process, ordered, told)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode or 0, said


async def _attend(
    process: asyncio.subprocess.Process, ordered: Ordered | CheckOrdered, told: Callable[[str], None]
) -> bytes:
    """Hand over the order, tell of each line; what it complained of."""
    if process.stdin is None or process.stdout is None or process.stderr is None:  # they were asked for
        raise AssertionError("a process without pipes")
    complaints = asyncio.ensure_future(process.stderr.read())
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(msgspec.json.encode(ordered))
            await process.stdin.drain()
        process.stdin.close()
        async for line in process.stdout:
            told(line.decode("utf-8", "replace").strip())
        await process.wait()
        return await complaints
    finally:
        complaints.cancel()


def _answer(folder: Path, code: int, said: bytes) -> Plan | Failed:
    plan, failed = folder / PLAN, folder / FAILED
    if plan.exists():
        return msgspec.json.decode(plan.read_bytes(), type=Plan)
    if failed.exists():
        return msgspec.json.decode(failed.read_bytes(), type=Failed)
    _log.error("a preview's process ended without an answer", code=code, said=said[-4000:].decode("utf-8", "replace"))
    if code < 0:
        return Failed(
            "TOO_LARGE",
            Text(
                "读此文件所用的内存或时间超出上限：请减少行数",
                "reading the file took more memory or time than it may: give fewer rows",
            ),
        )
    return INTERNAL
