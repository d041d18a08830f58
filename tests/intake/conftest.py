"""A service over the small city of the rosters, which it may write to; and files to send it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from graph_model.graph import ResponsibilityGraph
from graph_model.stores.opening import open_store
from intake.files import BODY
from intake.plans import Checked, Failed, Ordered, Plan, State, Step
from intake.process import Apart
from intake.service import Imports
from intake.uploads import Editor, Sent, Upload
from intake.worker import Steps, check, plan
from tests.loaders.rosters.conftest import small_city, url  # noqa: F401 - fixtures

MAX_BYTES = 1 << 20
LI = Editor("李四")
HEADER = ("县", "乡镇", "村", "包村单位", "起始时间", "结束时间")
TAKEN = ("东河县", "清水镇", "和平", "县水务局", "2017年3月", "至今")
OTHER = ("东河县", "白云乡", "和平村", "县教育局", "2016.3", "2017年6月30日")
BAD = ("东河县", "清水镇", "=1+1", "甲", "去年", "")


def csv_of(*rows: Sequence[str]) -> bytes:
    return "\n".join(",".join(row) for row in (HEADER, *rows)).encode()


@pytest.fixture
async def graph(url: str) -> AsyncIterator[ResponsibilityGraph]:  # noqa: F811
    found = ResponsibilityGraph(open_store(url, "writer"))
    yield found
    await found.close()


async def work_out_here(
    ordered: Ordered, told: Callable[[Step], None], *, password: str | None, seconds: float = 0
) -> Plan | Failed:
    return await plan(ordered, Path(ordered.folder), Steps(told))


async def check_here(store: str, *, password: str | None, seconds: float = 0) -> Checked:
    return await check(store)


HERE = Apart(work_out_here, check_here)
"""In the process of the test: a process of its own takes a second to begin."""


@pytest.fixture
async def apart(graph: ResponsibilityGraph, url: str) -> AsyncIterator[Imports]:  # noqa: F811
    """A service that reads files in processes of their own, as a server does."""
    found = Imports(graph, url, max_bytes=MAX_BYTES)
    yield found
    await found.close()


@pytest.fixture
async def service(graph: ResponsibilityGraph, url: str) -> AsyncIterator[Imports]:  # noqa: F811
    found = Imports(graph, url, max_bytes=MAX_BYTES, apart=HERE)
    yield found
    await found.close()


async def begun(
    service: Imports,
    content: bytes,
    *,
    by: Editor = LI,
    file: str = "roster.csv",
    mapping: str | None = "village-units",
    mapping_file: bytes | None = None,
    name: str | None = None,
) -> Upload:
    """An upload that is being worked out."""
    async with service.uploads.receiving() as folder:
        (folder / BODY.format(0)).write_bytes(content)
        return service.begin(by, folder, Sent((file,), mapping, mapping_file, name))


async def sent(service: Imports, content: bytes, **more: object) -> Upload:
    """An upload that has been worked out."""
    upload = await begun(service, content, **more)  # type: ignore[arg-type]
    await service.settled(upload, 60)
    assert upload.state in {State.READY, State.FAILED}
    return upload


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
