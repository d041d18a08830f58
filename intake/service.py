"""Imports of a server (导入服务): what an upload would do, writing it once, taking it back.

Nothing is written until an author asks for a certain plan. It is written upon the very state that it was made by; where
others wrote since it is worked out again, and where it would do something else now it is refused, and shown anew.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import structlog
from msgspec import structs

from graph_model.errors import BadUserInputError, ForbiddenError, StaleWriteError, ZerenError
from graph_model.exchange import CHECKS, Batch
from graph_model.graph import ResponsibilityGraph
from graph_model.importing import ImportWrite
from graph_model.records import Import, Text
from graph_model.texts import quoted
from intake.errors import CannotWriteError, Reason
from intake.files import BODY, IN, safe_name
from intake.plans import INTERNAL, WANTED, Ordered, Plan, State, Step, Wanted
from intake.process import APART, SECONDS, Apart
from intake.uploads import Editor, Sent, Upload, Uploads
from loaders.rosters.mapping import list_shipped, read_mapping

MAPPING_BYTES: Final = 65_536
"""How long a mapping of one's own may be."""
MOST_PROCESSES: Final = 2
MOST_UNDONE: Final = 300_000
"""Records of an import that a server takes back."""
AUTHOR: Final = "imports"
"""The author of what the checks of the whole graph find after an import."""
_ATTEMPTS: Final = 3
T = TypeVar("T")
_log = structlog.get_logger("zeren.imports")


class Imports:
    """The imports of one server. For one event loop; ``close`` takes all files away."""

    def __init__(
        self,
        graph: ResponsibilityGraph,
        store: str,
        *,
        password: str | None = None,
        max_bytes: int,
        seconds: float = SECONDS,
        apart: Apart = APART,
    ) -> None:
        """``apart``: how a preview is worked out, and the graph checked; in processes of their own by default."""
        self._graph = graph
        self._store = store
        self._password = password
        self.max_bytes = max_bytes
        self._seconds = seconds
        self._apart = apart
        self._processes = asyncio.Semaphore(MOST_PROCESSES)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.uploads = Uploads(self._start)
        self._writing: set[asyncio.Task[Any]] = set()
        """Those of the tasks that write: they are never cancelled."""
        self._checking: asyncio.Task[None] | None = None
        self._is_unchecked = False

    # --- uploads ------------------------------------------------------------------------------------------------------

    def mappings(self) -> tuple[tuple[str, Text], ...]:
        """The mappings that ship, by code, with what people call them."""
        return tuple((code, read_mapping(code).content.labels) for code in list_shipped())

    def begin(self, owner: Editor, folder: Path, sent: Sent) -> Upload:
        """Work out what was received into a folder, as ``body-0``, ... Raises BadUserInputError, BusyError."""
        names = [safe_name(each) for each in sent.files]
        self._check(sent, names)
        self.uploads.make_place(owner)
        for number, name in enumerate(names):
            (folder / BODY.format(number)).rename(folder / IN / name)
        if sent.mapping_file is not None:
            (folder / "mapping.yaml").write_bytes(sent.mapping_file)
        ordered = Ordered(
            folder=folder.as_posix(),
            store=self._store,
            files=tuple(f"{IN}/{name}" for name in names),
            key=folder.name,
            author=owner.name,
            mapping=sent.mapping,
            name=sent.name or None,
            sheet=sent.sheet or None,
            observed=sent.observed or None,
            area=owner.area,
        )
        upload = self.uploads.keep(Upload(folder.name, owner, ordered))
        upload.task = self._start(self._read(upload))
        return upload

    def _check(self, sent: Sent, names: Sequence[str]) -> None:
        again = next((name for at, name in enumerate(names) if name.casefold() in map(str.casefold, names[:at])), None)
        if again is not None:
            raise BadUserInputError(
                Text(
                    f"file：有两个文件都叫 {again}：请给其中一个改名，否则分不清是哪一行",
                    f"file: two are called {again}: give one another name, so that each row has a place of its own",
                )
            )
        if (sent.mapping is None) == (sent.mapping_file is None):
            raise BadUserInputError(
                Text(
                    "mapping：请选随附的一个，或发送自己的，二者取一",
                    "mapping: name one that ships, or send one of your own: one of the two",
                )
            )
        if sent.mapping is not None and sent.mapping not in list_shipped():
            raise BadUserInputError(
                Text(
                    f"mapping：没有随附{quoted(sent.mapping[:60])}，现有：{'、'.join(list_shipped())}",
                    f"mapping: {sent.mapping[:60]!r} does not ship; there are: {', '.join(list_shipped())}",
                )
            )
        if sent.mapping_file is not None and len(sent.mapping_file) > MAPPING_BYTES:
            raise BadUserInputError(
                Text(f"mapping：映射最多 {MAPPING_BYTES} 字节", f"mapping: a mapping may have {MAPPING_BYTES} bytes")
            )

    async def settled(self, upload: Upload, seconds: float) -> None:
        """Wait until an upload is no longer being read, and no longer than so many seconds."""
        if upload.task is not None and not upload.task.done():
            await asyncio.wait([upload.task], timeout=seconds)

    async def _read(self, upload: Upload) -> None:
        async with upload.turn:
            await self._work_out(upload)

    async def _work_out(self, upload: Upload) -> None:
        """Make the plan of an upload by the present state; READY or FAILED afterwards."""
        upload.state, upload.plan, upload.failed = State.READING, None, None
        upload.step = Step("")

        def told(step: Step) -> None:
            upload.step = step

        try:
            async with self._processes:
                answer = await self._apart.work_out(
                    upload.ordered, told, password=self._password, seconds=self._seconds
                )
        except Exception:
            _log.exception("a preview failed")
            answer = INTERNAL
        if isinstance(answer, Plan):
            upload.plan, upload.state = answer, State.READY
        else:
            upload.failed, upload.state = answer, State.FAILED

    # --- writing ------------------------------------------------------------------------------------------------------

    async def commit(self, key: str, owner: Editor, plan: str, *, accept_partial: bool) -> tuple[Import, bool]:
        """Write an upload by the plan that its author saw; with True where it had been written before.

        It goes on where whoever asked for it is gone: who asks again is told of what came of it.

        Raises:
            CannotWriteError: with the reason; STALE where others wrote since and it would do something else now.
            ForbiddenError: it touches what does not lie in the author's area.
            ZerenError: what the store says.
        """
        upload = self.uploads.find(key, owner)
        if upload is None:
            record = await self._graph.find_import(f"import:{key}") if key.isalnum() and key.isascii() else None
            if record is None or record.author != owner.name:
                said = Text(
                    "没有这个上传，或者已经过期：请重新上传文件",
                    "there is no such upload, or no longer: send the file again",
                )
                raise CannotWriteError(Reason.NOT_FOUND, said)
            return record, True
        if upload.record is not None:
            return upload.record, True
        return await self._to_the_end(self._commit(upload, owner, plan, accept_partial))

    async def _commit(self, upload: Upload, owner: Editor, plan: str, accept_partial: bool) -> tuple[Import, bool]:
        async with upload.turn:
            if upload.record is not None:
                return upload.record, True
            if upload.plan is None:
                said = Text(
                    "此文件不能导入：请先看它有什么问题", "this file cannot be imported: see what is wrong with it"
                )
                raise CannotWriteError(Reason.NOT_READY, said)
            if upload.ordered.area != owner.area:
                upload.ordered = structs.replace(upload.ordered, area=owner.area)
                await self._work_out(upload)
            for _ in range(_ATTEMPTS):
                self._check_plan(upload, plan, accept_partial)
                try:
                    return await self._write(upload), False
                except StaleWriteError:
                    await self._work_out(upload)
            raise StaleWriteError(Text("别人一直在写入：请再试一次", "others write all the time: try again"))

    def _check_plan(self, upload: Upload, plan: str, accept_partial: bool) -> None:
        """Raises CannotWriteError and ForbiddenError for what may not be written."""
        present = upload.plan
        if present is None:
            said = Text(
                "您看过之后有人改动了数据，这个文件现在不能导入了：请再看一遍",
                "others wrote since you saw it, and the file cannot be imported any more: look again",
            )
            raise CannotWriteError(Reason.STALE, said)
        if present.digest != plan:
            said = Text(
                "预览之后有人改动了数据，现在写入的结果会与所见不同：请再看一遍预览，然后写入",
                "this is not what it would do now: others wrote since you saw it; look again, then write",
            )
            raise CannotWriteError(Reason.STALE, said)
        if present.outside:
            some = ", ".join(present.outside[:5])
            area = upload.ordered.area
            raise ForbiddenError(
                Text(
                    f"{some}：不能确定在 {area} 以内，而您只能写入那里",
                    f"{some}: not surely within {area}, where alone you may write",
                )
            )
        if present.rows.refused and not accept_partial:
            said = Text(
                f"有 {present.rows.refused} 行被拒收：请改正，或者选择只写入其余各行",
                f"{present.rows.refused} rows were refused: mend them, or accept the others alone",
            )
            raise CannotWriteError(Reason.ROWS_REFUSED, said)
        if not present.writes:
            said = Text("不会有任何变化：没有写入", "it would change nothing: nothing was written")
            raise CannotWriteError(Reason.NOTHING_TO_DO, said)

    async def _write(self, upload: Upload) -> Import:
        plan = upload.plan
        if plan is None:
            raise AssertionError("checked before")
        upload.state = State.WRITING
        try:
            wanted = await asyncio.to_thread(_read_wanted, upload.folder)
            write = ImportWrite(wanted.records, wanted.record, {})
            record, _ = await self._graph.write_import(write, upon=plan.generation)
        except BaseException:
            upload.state = State.READY
            raise
        upload.record, upload.state = record, State.WRITTEN
        _log.info("imported", name=record.name, author=record.author, id=record.id)
        shutil.rmtree(upload.folder / IN, ignore_errors=True)
        (upload.folder / WANTED).unlink(missing_ok=True)
        self._check_soon()
        return record

    async def undo(self, import_id: str, owner: Editor) -> Import:
        """Take back an import. Raises what ``ResponsibilityGraph.undo_import`` does.

        Also BadUserInputError for one of more records than a server goes through while others wait.
        """
        known = await self._graph.find_import(import_id)
        written = 0 if known is None else known.records.created + known.records.changed + known.records.unchanged
        if written > MOST_UNDONE:
            raise BadUserInputError(
                Text(
                    f"{import_id} 有 {written:,} 条记录，页面最多撤销 {MOST_UNDONE:,} 条：请用命令撤销",
                    f"{import_id} has {written:,} records, and a server takes back {MOST_UNDONE:,} at most: use the"
                    " command",
                )
            )
        undoing = self._graph.undo_import(import_id, author=owner.name, area=owner.area)
        record = await self._to_the_end(undoing)
        _log.info("import taken back", name=record.name, author=record.author, id=record.id)
        self._check_soon()
        return record

    # --- what goes on by itself ---------------------------------------------------------------------------------------

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        """What work gives; it goes on where whoever waits for it is cancelled."""
        task = self._start(work)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # raised where it is waited for; nobody may wait any more

    def _check_soon(self) -> None:
        """Check the whole graph anew, as a load does at its end; once for all that is written meanwhile."""
        self._is_unchecked = True
        if self._checking is None or self._checking.done():
            self._checking = self._start(self._check_graph())

    async def _check_graph(self) -> None:
        while self._is_unchecked:
            self._is_unchecked = False
            try:
                async with self._processes:
                    checked = await self._apart.check(self._store, password=self._password)
                batch = Batch(CHECKS, checked.findings)
                await self._graph.apply([batch], author=AUTHOR, upon=checked.generation)
            except StaleWriteError:
                self._is_unchecked = True
            except ZerenError as error:
                _log.warning("the graph was not checked", code=error.code, error=str(error))

    async def close(self) -> None:
        """End what is under way, but for what is being written, and take all files away."""
        if self._writing:
            await asyncio.wait(self._writing)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self.uploads.close()


def _read_wanted(folder: Path) -> Wanted:
    return msgspec.json.decode((folder / WANTED).read_bytes(), type=Wanted)
