"""Receiving an upload (接收): a form with files, read as a stream into the upload's folder, and bounded before."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from graph_model.dates import parse_day
from graph_model.errors import BadUserInputError
from graph_model.records import Text
from intake.errors import BodyError
from intake.files import BODY
from intake.service import MAPPING_BYTES, Imports
from intake.uploads import Editor, Sent, Upload

SECONDS: Final = 60.0
"""How long a client may take to send its files."""
MOST_FILES: Final = 20
"""Files of one roster."""
AROUND: Final = 131_072
"""Bytes of a body besides the files: the other fields, and a mapping."""
MOST_CHARACTERS: Final = 200
_FIELDS: Final = 12
_FIELD_BYTES: Final = 16_384


async def receive(
    request: Request,
    imports: Imports,
    owner: Editor,
    check: Callable[[FormData], None] = lambda _: None,
    *,
    seconds: float = SECONDS,
) -> Upload:
    """Receive a form and begin to work it out; ``check`` is given the form before anything is done with it.

    Raises BodyError for a body that is none, too large or too slow; BadUserInputError for a field; BusyError.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "multipart/form-data":
        said = Text(
            "请发送表单：multipart/form-data，含 file 和 mapping 两个字段",
            "send a form: multipart/form-data with the fields file and mapping",
        )
        raise BodyError(415, said)
    most = imports.max_bytes + AROUND
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise _too_large(imports)
    async with imports.uploads.receiving() as folder:
        form = await _parse(request, most, imports, seconds)
        try:
            check(form)
            sent = await _sent(form, folder, imports)
        finally:
            await form.close()
        return imports.begin(owner, folder, sent)


async def _parse(request: Request, most: int, imports: Imports, seconds: float) -> FormData:
    async def bounded() -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise _too_large(imports)
            yield chunk

    parser = MultiPartParser(
        request.headers,
        bounded(),
        max_files=MOST_FILES + 1,
        max_fields=_FIELDS,
        max_part_size=_FIELD_BYTES,
    )
    try:
        async with asyncio.timeout(seconds):
            return await parser.parse()
    except MultiPartException as error:
        if error.message.startswith("Too many files"):
            raise _too_many() from error
        said = Text(f"内容不是表单：{error.message}", f"the body is no form: {error.message}")
        raise BodyError(400, said) from error
    except ClientDisconnect as error:
        said = Text("内容还没传完，连接就断了", "the connection was closed before the body's end")
        raise BodyError(400, said) from error
    except TimeoutError as error:
        said = Text(f"内容没有在 {seconds:g} 秒内传完", f"the body was not complete within {seconds:g} seconds")
        raise BodyError(408, said, "BODY_TIMEOUT", retryable=True) from error
    except (UnicodeDecodeError, LookupError, AttributeError, KeyError) as error:  # a charset or a boundary that is none
        said = Text("内容不是表单：它的头部不能读取", "the body is no form: its head cannot be read")
        raise BodyError(400, said) from error


async def _sent(form: FormData, folder: Path, imports: Imports) -> Sent:
    files, mapping_file = _files(form, "file"), next(iter(_files(form, "mappingFile")), None)
    if not files:
        raise BadUserInputError(Text("file：请以文件发送名册", "file: send the roster as a file"))
    if len(files) > MOST_FILES:
        raise _too_many()
    if sum(file.size or 0 for file in files) > imports.max_bytes:
        raise _too_large(imports)
    for number, file in enumerate(files):
        if not file.size:
            which = f" {file.filename}" if len(files) > 1 else ""
            raise BadUserInputError(Text(f"file：文件{which}是空的", f"file:{which or ' it'} is empty"))
        with (folder / BODY.format(number)).open("wb") as out:
            await asyncio.to_thread(shutil.copyfileobj, file.file, out)
    own = None if mapping_file is None else await mapping_file.read(MAPPING_BYTES + 1)
    observed = _text(form, "on")
    if observed is not None:
        parse_day(observed)
    return Sent(
        files=tuple(file.filename or "" for file in files),
        mapping=None if own is not None else _text(form, "mapping"),
        mapping_file=own,
        name=_text(form, "name"),
        sheet=_text(form, "sheet"),
        observed=observed,
    )


def _files(form: FormData, name: str) -> list[UploadFile]:
    """The files of a form, without the empty one that browsers send where nobody chose any."""
    given = [each for each in form.getlist(name) if isinstance(each, UploadFile)]
    return [each for each in given if each.filename or each.size]


def _text(form: FormData, name: str) -> str | None:
    """A field that is a text; None where it is empty. Raises BadUserInputError."""
    given = form.get(name)
    if isinstance(given, UploadFile):
        raise BadUserInputError(Text(f"{name}：请给文本，不是文件", f"{name}: give a text, and no file"))
    text = (given or "").strip()
    if len(text) > MOST_CHARACTERS or any(ord(letter) < 32 for letter in text):
        raise BadUserInputError(
            Text(
                f"{name}：最多 {MOST_CHARACTERS} 个字符，写在一行内",
                f"{name}: at most {MOST_CHARACTERS} characters, on one line",
            )
        )
    return text or None


def _too_large(imports: Imports) -> BodyError:
    said = Text(
        f"文件（合计）超过 {imports.max_bytes:,} 字节：请用命令导入",
        f"the files are larger than {imports.max_bytes:,} bytes together: use the command",
    )
    return BodyError(413, said, "BODY_TOO_LARGE")


def _too_many() -> BodyError:
    said = Text(
        f"一次最多 {MOST_FILES} 个文件：请用命令导入",
        f"there are more than {MOST_FILES} files: use the command",
    )
    return BodyError(413, said)
