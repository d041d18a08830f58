"""How far a preview has come: told by its process now and then, shown to its author by GraphQL and on the page."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph_model.records import Text
from intake.files import BODY
from intake.plans import Failed, Ordered, Plan, State, Step
from intake.process import work_out
from intake.service import Imports
from intake.uploads import Sent
from intake.worker import Steps
from tests.intake.conftest import LI, OTHER, TAKEN, csv_of
from tests.intake.serving import Serving, serving_uploads
from tests.intake.test_desk import get, sign_in

PREVIEW = "query ($id: ID!) { importPreview(id: $id) { state step progress { step done total } } }"


class Held:
    """Previews that get as far as they are told, and end when they are let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.steps = [Step("reading the rows", 12_000)]

    async def work_out(
        self, ordered: Ordered, told: Callable[[Step], None], *, password: str | None, seconds: float = 0
    ) -> Plan | Failed:
        for step in self.steps:
            told(step)
        await asyncio.to_thread(self.let_go.wait)
        return Failed("INVALID_SOURCE", Text("坏了", "broken"))


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def serving(url: str, tmp_path: Path, held: Held, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setattr("tests.intake.serving.HERE", type("Apart", (), {"work_out": held.work_out, "check": None}))
    monkeypatch.setattr("pages.rosters.desk.WAIT_SECONDS", 0.0)
    with serving_uploads(url, tmp_path) as found:
        try:
            yield found
        finally:
            held.let_go.set()


def test_its_author_sees_how_many_rows_were_read(serving: Serving, held: Held) -> None:
    key = serving.send().json()["preview"]
    seen = serving.ask(PREVIEW, id=key)["data"]["importPreview"]
    step = "reading the rows"
    assert seen == {"state": "READING", "step": step, "progress": {"step": step, "done": 12_000, "total": None}}
    held.let_go.set()
    while seen["state"] == "READING":
        seen = serving.ask(PREVIEW, id=key)["data"]["importPreview"]
    assert seen == {"state": "FAILED", "step": step, "progress": None}


def test_before_it_is_read_there_is_no_progress(serving: Serving, held: Held) -> None:
    held.steps = []
    key = serving.send().json()["preview"]
    seen = serving.ask(PREVIEW, id=key)["data"]["importPreview"]
    assert seen == {"state": "READING", "step": "", "progress": None}


@pytest.mark.parametrize(
    ("step", "zh", "en"),
    [
        (Step("reading the rows", 12_000), "读各行：12000", "reading the rows: 12000"),
        (Step("making records of them", 5, 20), "成录：5 / 20", "making records of them: 5 of 20"),
        (Step("comparing"), "比对 ", "comparing "),
    ],
)
def test_the_page_shows_it_in_its_language(step: Step, zh: str, en: str, serving: Serving, held: Held) -> None:
    held.steps = [step]
    sign_in(serving)
    key = serving.send().json()["preview"]
    bar = [(str(step.total), str(step.done))] if step.total else []
    for lang, said in (("zh", zh), ("en", en)):
        page = get(serving, f"/imports/previews/{key}?lang={lang}")
        assert said in page
        assert re.findall('<progress max="(.*?)" value="(.*?)" aria-label="[^"]+">', page) == bar


def test_a_process_tells_how_many_rows_it_went_through(url: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_bytes(csv_of(TAKEN, OTHER))
    ordered = Ordered(
        folder=tmp_path.as_posix(), store=url, files=("in/a.csv",), key="a" * 32, author="x", mapping="village-units"
    )
    told: list[Step] = []
    answer = asyncio.run(work_out(ordered, told.append, password=None))
    assert isinstance(answer, Plan)
    assert Step("reading the rows", 2) in told
    assert Step("making records of them", 0, 2) in told
    assert Step("making records of them", 2, 2) in told
    assert told[-1].text == "looking at the chains"


def test_steps_are_told_when_they_begin_when_they_get_on_and_now_and_then() -> None:
    now = 0.0
    told: list[Step] = []
    steps = Steps(told.append, lambda: now)
    steps.step("reading the rows")
    for _ in range(10):
        steps.advance(1_000)
        now += 0.125
    steps.step("comparing", 3)
    assert [(step.done, step.total) for step in told] == [
        (0, None),
        (1_000, None),
        (5_000, None),
        (9_000, None),
        (0, 3),
    ]


async def test_each_preview_begins_anew(service: Imports, tmp_path: Path) -> None:
    async with service.uploads.receiving() as folder:
        (folder / BODY.format(0)).write_bytes(csv_of(TAKEN))
        upload = service.begin(LI, folder, Sent(("a.csv",), "village-units"))
    assert upload.step == Step("")
    await service.settled(upload, 60)
    assert (upload.state, upload.step.text) == (State.READY, "looking at the chains")
