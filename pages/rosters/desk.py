"""The desk (导入台): sign in, send a file, see what it would do, write it, take it back; forms alone, no scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from graph_model.errors import BadUserInputError, ForbiddenError, StoreError, UnauthenticatedError, ZerenError
from graph_model.graph import ResponsibilityGraph
from graph_model.importing import UndoRefusedError
from graph_model.records import Text
from intake.errors import BodyError, BusyError, CannotWriteError, problem_of
from intake.receiving import MOST_FILES, receive
from intake.service import Imports
from intake.uploads import Editor, Upload
from pages.answering import HEADERS, NotFoundError, Visit, failure_page
from pages.asking import read_ask
from pages.rosters.sessions import FIELD, FindViewer, Session, Sessions, check_site, check_word
from pages.texts import find_text, words
from pages.twins.answering import MEDIA_TYPES

OWN_HEADERS: Final = {
    **HEADERS,
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}
WAIT_SECONDS: Final = 4.0
"""How long a page waits for a preview before it says that it is being worked out."""
AGAIN_SECONDS: Final = 2
FORM_BYTES: Final = 16_384
FORM_SECONDS: Final = 10.0
_log = structlog.get_logger("zeren.pages")

Seated = tuple[Session, Editor]
Work = Callable[[Request, Visit, Seated], Awaitable[Response]]


class Desk:
    """The pages of one server where editors import. ``imports``: None where it takes no writes."""

    def __init__(self, graph: ResponsibilityGraph, imports: Imports | None, find_viewer: FindViewer) -> None:
        self._graph = graph
        self._imports = imports
        self._sessions = Sessions(find_viewer)

    def routes(self) -> list[BaseRoute]:
        """Where the desk is."""
        return [
            Route("/imports/new", self._answering(self._new), methods=["GET"]),
            Route("/imports/new", self._answering(self._send, is_form=True), methods=["POST"]),
            Route("/imports/sign-in", self._sign_in, methods=["POST"]),
            Route("/imports/sign-out", self._answering(self._sign_out, is_form=True), methods=["POST"]),
            Route("/imports/previews/{key}", self._answering(self._preview), methods=["GET"]),
            Route("/imports/previews/{key}/write", self._answering(self._write, is_form=True), methods=["POST"]),
            Route("/imports/previews/{key}/refused.{ending}", self._answering(self._refused), methods=["GET"]),
            Route("/imports/{id}/undo", self._answering(self._ask_undo), methods=["GET"]),
            Route("/imports/{id}/undo", self._answering(self._undo, is_form=True), methods=["POST"]),
        ]

    # --- what all of them do ------------------------------------------------------------------------------------------

    def _answering(self, work: Work, *, is_form: bool = False) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint: for those who have signed in; the others are asked to."""

        async def answered(request: Request) -> Response:
            async def inside() -> Response:
                if is_form:
                    check_site(request)
                visit = await self._visit(request)
                found = self._sessions.find(request)
                if found is None or self._imports is None:
                    return self._sign_in_page(visit, 200 if request.method == "GET" else 401)
                session, viewer = found
                return await work(request, visit, (session, Editor(viewer.author(), viewer.area)))

            return await _guarded(request, inside)

        return answered

    async def _visit(self, request: Request) -> Visit:
        ask = read_ask(request)
        frame = await self._graph.frame(-1)
        return Visit(ask, self._graph, frame, await self._graph.moment(), request.path_params)

    def _service(self) -> Imports:
        if self._imports is None:
            raise ForbiddenError(words("desk.read-only"))
        return self._imports

    def _sign_in_page(self, visit: Visit, status: int, message: str | None = None) -> Response:
        return visit.page(
            "import_sign_in.html", status, is_writable=self._imports is not None, message=message, back=visit.ask.path
        )

    # --- signing in and out -------------------------------------------------------------------------------------------

    async def _sign_in(self, request: Request) -> Response:
        async def inside() -> Response:
            check_site(request)
            visit = await self._visit(request)
            form = await _small_form(request)
            back = form.get("back", "")
            way = back if back.startswith("/imports/") and "//" not in back and "\\" not in back else "/imports/new"
            response = _go(visit, way)
            try:
                self._service()
                self._sessions.begin(request, form.get("token", "").strip(), response)
            except (UnauthenticatedError, ForbiddenError):
                return self._sign_in_page(visit, 401, visit.lang.say(words("desk.unknown")))
            return response

        return await _guarded(request, inside)

    async def _sign_out(self, request: Request, visit: Visit, seated: Seated) -> Response:
        check_word(seated[0], (await _small_form(request)).get(FIELD))
        response = _go(visit, "/imports")
        self._sessions.end(request, response)
        return response

    # --- a file -------------------------------------------------------------------------------------------------------

    async def _new(self, request: Request, visit: Visit, seated: Seated) -> Response:
        del request
        return await self._form(visit, seated)

    async def _form(self, visit: Visit, seated: Seated, message: str | None = None, status: int = 200) -> Response:
        service = self._service()
        mappings = await run_in_threadpool(service.mappings)
        return visit.page(
            "import_new.html",
            status,
            mappings=[(code, visit.lang.say(labels)) for code, labels in mappings],
            most=service.max_bytes >> 20,
            files=MOST_FILES,
            message=message,
            word=seated[0].word,
            editor=seated[1],
            uploads=service.uploads.of(seated[1]),
        )

    async def _send(self, request: Request, visit: Visit, seated: Seated) -> Response:
        session, editor = seated

        def check(form: FormData) -> None:
            check_word(session, form.get(FIELD))

        try:
            upload = await receive(request, self._service(), editor, check)
        except BodyError as error:
            return await self._form(visit, seated, visit.lang.say(error.text), error.status)
        except BusyError as error:
            return await self._form(visit, seated, visit.lang.say(error.text), HTTPStatus.SERVICE_UNAVAILABLE)
        except BadUserInputError as error:
            return await self._form(visit, seated, visit.lang.say(error.text), HTTPStatus.BAD_REQUEST)
        await self._service().settled(upload, WAIT_SECONDS)
        return _go(visit, f"/imports/previews/{upload.key}")

    def _upload(self, visit: Visit, editor: Editor) -> Upload:
        upload = self._service().uploads.find(visit.parameters["key"], editor)
        if upload is None:
            raise NotFoundError(words("desk.gone"))
        return upload

    async def _preview(self, request: Request, visit: Visit, seated: Seated) -> Response:
        del request
        return self._preview_page(visit, seated, self._upload(visit, seated[1]))

    def _preview_page(
        self, visit: Visit, seated: Seated, upload: Upload, message: Text | None = None, status: int = 200
    ) -> Response:
        response = visit.page(
            "import_preview.html",
            status,
            upload=upload,
            state=upload.state.value,
            step=find_text(f"desk.step.{upload.step.text}", upload.step.text, visit.lang),
            plan=upload.plan,
            word=seated[0].word,
            editor=seated[1],
            message=None if message is None else visit.lang.say(message),
        )
        if upload.is_busy:
            response.headers["Refresh"] = str(AGAIN_SECONDS)
        return response

    async def _refused(self, request: Request, visit: Visit, seated: Seated) -> Response:
        del request
        ending, upload = visit.parameters["ending"], self._upload(visit, seated[1])
        name = f"refused.{ending}"
        if upload.plan is None or name not in upload.plan.lists:
            raise NotFoundError(words("desk.gone"))
        content = await run_in_threadpool((upload.folder / name).read_bytes)
        headers = {"Content-Disposition": f'attachment; filename="zeren-refused-{upload.plan.name}.{ending}"'}
        return Response(content, headers=headers, media_type=MEDIA_TYPES[ending])

    async def _write(self, request: Request, visit: Visit, seated: Seated) -> Response:
        session, editor = seated
        form = await _small_form(request)
        check_word(session, form.get(FIELD))
        key = visit.parameters["key"]
        try:
            record, _ = await self._service().commit(
                key, editor, form.get("plan", ""), accept_partial=form.get("partial") == "yes"
            )
        except CannotWriteError as error:
            upload = self._service().uploads.find(key, editor)
            if upload is None:
                raise NotFoundError(words("desk.gone")) from error
            _, said = problem_of(error)
            return self._preview_page(visit, seated, upload, said, HTTPStatus.CONFLICT)
        return _go(visit, f"/imports/{record.id}")

    # --- taking back --------------------------------------------------------------------------------------------------

    async def _ask_undo(self, request: Request, visit: Visit, seated: Seated) -> Response:
        del request
        return await self._undo_page(visit, seated)

    async def _undo_page(
        self, visit: Visit, seated: Seated, message: Text | None = None, status: int = 200
    ) -> Response:
        record = await self._graph.find_import(visit.parameters["id"])
        if record is None:
            raise NotFoundError(words("error.no-page", key=visit.ask.path))
        said = None if message is None else visit.lang.say(message)
        return visit.page(
            "import_undo.html", status, record=record, word=seated[0].word, editor=seated[1], message=said
        )

    async def _undo(self, request: Request, visit: Visit, seated: Seated) -> Response:
        session, editor = seated
        check_word(session, (await _small_form(request)).get(FIELD))
        try:
            record = await self._service().undo(visit.parameters["id"], editor)
        except UndoRefusedError as error:
            _, said = problem_of(error)
            return await self._undo_page(visit, seated, said, HTTPStatus.CONFLICT)
        return _go(visit, f"/imports/{record.id}")


async def _guarded(request: Request, inside: Callable[[], Awaitable[Response]]) -> Response:
    """What ``inside`` answers, or what went wrong as a page that says so."""
    try:
        response = await inside()
    except NotFoundError as error:
        response = failure_page(request, HTTPStatus.NOT_FOUND, "NOT_FOUND", error.message)
    except ForbiddenError as error:
        response = failure_page(request, HTTPStatus.FORBIDDEN, error.code, error.text)
    except BodyError as error:
        response = failure_page(request, HTTPStatus(error.status), error.code, error.text)
    except (BadUserInputError, UnauthenticatedError) as error:
        response = failure_page(request, HTTPStatus.BAD_REQUEST, error.code, error.text)
    except ZerenError as error:
        _log.warning("not answered", code=error.code, error=str(error))
        told = words("error.store") if isinstance(error, StoreError) else error.text
        response = failure_page(request, HTTPStatus.SERVICE_UNAVAILABLE, error.code, told)
    except Exception:
        _log.exception("unexpected error")
        response = failure_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL", words("error.internal"))
    for name, value in OWN_HEADERS.items():
        response.headers[name] = value
    return response


def _go(visit: Visit, path: str) -> Response:
    """To another page, in the same language; by GET, whatever came before."""
    return RedirectResponse(visit.ask.url(path), HTTPStatus.SEE_OTHER)


async def _small_form(request: Request) -> dict[str, str]:
    """The fields of a form without files. Raises BodyError."""
    content = bytearray()
    try:
        async with asyncio.timeout(FORM_SECONDS):
            async for chunk in request.stream():
                content += chunk
                if len(content) > FORM_BYTES:
                    said = Text(f"表单超过 {FORM_BYTES} 字节", f"the form is larger than {FORM_BYTES} bytes")
                    raise BodyError(413, said)
    except TimeoutError as error:
        said = Text(
            f"表单没有在 {FORM_SECONDS:g} 秒内传完", f"the form was not complete within {FORM_SECONDS:g} seconds"
        )
        raise BodyError(408, said) from error
    except ClientDisconnect as error:
        said = Text("表单还没传完，连接就断了", "the connection was closed before the form's end")
        raise BodyError(400, said) from error
    try:
        return dict(parse_qsl(content.decode("utf-8"), max_num_fields=20))
    except ValueError as error:
        raise BodyError(400, Text("表单不能读取", "the form cannot be read")) from error


def import_desk(graph: ResponsibilityGraph, imports: Imports | None, find_viewer: FindViewer) -> list[BaseRoute]:
    """The routes of the desk: they read bodies, and bound them themselves."""
    return Desk(graph, imports, find_viewer).routes()
