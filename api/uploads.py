"""``POST /imports`` (上传名册): a file for a preview, from those who may write; nothing is written by it."""

from __future__ import annotations

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from api.access.token_file import TokenFileError
from api.access.viewer import CHALLENGE, Access
from graph_model.errors import ForbiddenError, UnauthenticatedError, ZerenError
from intake.errors import BodyError, BusyError
from intake.receiving import receive
from intake.service import Imports
from intake.uploads import Editor

_log = structlog.get_logger("zeren.api")


class UploadEndpoint:
    """Receives one roster. Who sends it is asked first, and its size, before any of it is read."""

    def __init__(self, imports: Imports, access: Access) -> None:
        self._imports = imports
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            viewer = self._access.viewer(request.headers.getlist("authorization"))
            upload = await receive(request, self._imports, Editor(viewer.author(), viewer.area))
        except UnauthenticatedError as error:
            return _refused(401, error, {"WWW-Authenticate": CHALLENGE})
        except ForbiddenError as error:
            return _refused(403, error)
        except TokenFileError as error:
            _log.error("tokens unavailable", error=str(error))
            told = TokenFileError("the tokens cannot be read now; the server's log says why")
            return _refused(503, told, {"Retry-After": "1"})
        except BodyError as error:
            return _refused(error.status, error, {"Connection": "close"})
        except BusyError as error:
            return _refused(503, error, {"Retry-After": "5"})
        except ZerenError as error:
            return _refused(400, error)
        headers = {"Location": f"/imports/previews/{upload.key}", "Cache-Control": "no-store"}
        return JSONResponse({"preview": upload.key}, 202, headers)


def _refused(status: int, error: ZerenError, headers: dict[str, str] | None = None) -> Response:
    extensions = {"code": error.code, "retryable": error.retryable}
    body = {"errors": [{"message": str(error), "extensions": extensions}]}
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})})
