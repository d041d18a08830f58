"""The uploads that a server keeps (上传件): each is its author's alone, and is gone with its files in time."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from graph_model.records import Import, Text
from intake.errors import BusyError
from intake.files import IN, make_room
from intake.plans import Failed, Ordered, Plan, State, Step

KEPT_SECONDS: Final = 1_800.0
MOST_KEPT: Final = 32
MOST_OF_ONE: Final = 4
"""Uploads of one author that are kept; the oldest goes for a new one."""
MOST_READ: Final = 4
"""Bodies that are received at the same time."""
_CLEARED_EVERY: Final = 60.0


class Editor(Struct, frozen=True):
    """Who imports: the name that is the author's, and where alone they may write (None: everywhere)."""

    name: str
    area: str | None = None


class Upload:
    """One upload, and how far it has come."""

    def __init__(self, key: str, owner: Editor, ordered: Ordered) -> None:
        self.key = key
        self.owner = owner
        self.ordered = ordered
        self.ends_at = time.monotonic() + KEPT_SECONDS
        self.state = State.READING
        self.step = Step("")
        self.plan: Plan | None = None
        self.failed: Failed | None = None
        self.record: Import | None = None
        self.task: asyncio.Task[None] | None = None
        self.turn = asyncio.Lock()

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return Path(self.ordered.folder)

    @property
    def names(self) -> str:
        """What its files are called."""
        return ", ".join(Path(each).name for each in self.ordered.files)

    @property
    def is_busy(self) -> bool:
        """Whether it is being read or written."""
        return self.state in {State.READING, State.WRITING}


class Sent(Struct, frozen=True):
    """What came with the files of a roster, whose names are ``files``.

    ``mapping``: the code of one that ships; else ``mapping_file`` holds one.
    """

    files: tuple[str, ...]
    mapping: str | None = None
    mapping_file: bytes | None = None
    name: str | None = None
    sheet: str | None = None
    observed: str | None = None


class Uploads:
    """The uploads of one server, by key. For one event loop; ``close`` takes all files away.

    ``start`` begins a task of the server's, which ends it with its others.
    """

    def __init__(self, start: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]) -> None:
        self._start = start
        self._uploads: dict[str, Upload] = {}
        self._room: Path | None = None
        self._receiving = 0
        self._clearing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[Path]:
        """A folder to receive one upload into; it is gone again unless ``keep`` takes it. Raises BusyError."""
        if self._receiving >= MOST_READ:
            raise BusyError(
                Text(
                    f"已有 {MOST_READ} 个文件正在接收：请稍后再试",
                    f"{MOST_READ} files are being received already: try again in a moment",
                )
            )
        self._clear()
        self._receiving += 1
        folder = self._own_room() / secrets.token_hex(16)
        try:
            (folder / IN).mkdir(parents=True, mode=0o700)
            yield folder
        finally:
            self._receiving -= 1
            if folder.name not in self._uploads:
                shutil.rmtree(folder, ignore_errors=True)

    def make_place(self, owner: Editor) -> None:
        """Raises BusyError where too many are kept; of one author's the oldest that is idle goes."""
        own = [upload for upload in self._uploads.values() if upload.owner.name == owner.name]
        idle = sorted((each for each in own if not each.is_busy), key=lambda each: each.ends_at)
        if len(own) >= MOST_OF_ONE:
            if not idle:
                raise BusyError(
                    Text(
                        f"您有 {len(own)} 个文件正在处理：请等其中一个完成",
                        f"{len(own)} files of yours are being worked on: wait for one of them",
                    )
                )
            self.forget(idle[0])
        if len(self._uploads) >= MOST_KEPT:
            raise BusyError(
                Text("正在进行的导入太多：请过几分钟再试", "too many imports are under way: try again in a few minutes")
            )

    def find(self, key: str, owner: Editor) -> Upload | None:
        """An upload of an author; None for one that is another's, or is gone."""
        self._clear()
        upload = self._uploads.get(key)
        return upload if upload is not None and upload.owner.name == owner.name else None

    def of(self, owner: Editor) -> list[Upload]:
        """The uploads of an author, the latest first."""
        self._clear()
        own = [upload for upload in self._uploads.values() if upload.owner.name == owner.name]
        return sorted(own, key=lambda upload: -upload.ends_at)

    def keep(self, upload: Upload) -> Upload:
        """Keep an upload until its time is over, with the folder that it was received into."""
        self._uploads[upload.key] = upload
        return upload

    def _own_room(self) -> Path:
        if self._room is None:
            self._room = make_room()
        return self._room

    def forget(self, upload: Upload) -> None:
        """Take away an upload and its files."""
        del self._uploads[upload.key]
        shutil.rmtree(upload.folder, ignore_errors=True)

    def _clear(self) -> None:
        """Forget what has been kept for long enough, now and from now on."""
        self._forget_old()
        if self._uploads and (self._clearing is None or self._clearing.done()):
            self._clearing = self._start(self._clear_later())

    async def _clear_later(self) -> None:
        while self._uploads:
            await asyncio.sleep(_CLEARED_EVERY)
            self._forget_old()

    def _forget_old(self) -> None:
        now = time.monotonic()
        for upload in [each for each in self._uploads.values() if each.ends_at < now and not each.is_busy]:
            self.forget(upload)

    def close(self) -> None:
        """Forget all, and take their files away."""
        self._uploads.clear()
        if self._room is not None:
            shutil.rmtree(self._room, ignore_errors=True)
            self._room = None
