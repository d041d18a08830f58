"""Writing an upload, and taking back an import (写入导入与撤销)."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.arguments import Ask
from api.enums import Lang
from api.types.imports import Import, publish_import
from api.types.labels import LangArgument, say
from api.types.previews import ImportPreview, publish_preview
from graph_model.codes import check_id
from graph_model.errors import ForbiddenError
from graph_model.importing import UndoRefusedError
from graph_model.records import Text
from intake.errors import CannotWriteError, Problem, problem_of
from intake.service import Imports
from intake.uploads import Editor


@strawberry.type(description="Why an import was not written, or not taken back.")
class ImportUserError:
    """See the description."""

    code: Problem = strawberry.field(description="What stands in the way.")
    wording: strawberry.Private[Text]

    @strawberry.field(description="What stands in the way, and what would help.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.wording, lang)


@strawberry.type(description="What came of writing an upload, or of taking back an import.")
class ImportPayload:
    """See the description."""

    user_errors: list[ImportUserError] = strawberry.field(
        description="Why nothing was written; empty where it was written."
    )
    import_: Import | None = strawberry.field(
        name="import", description="The record that was written: of the import, or of taking one back."
    )
    is_repeated: bool = strawberry.field(description="Whether it had been written before: it was not written again.")
    preview: ImportPreview | None = strawberry.field(
        description="The upload as it is now: where `STALE`, with what it would do now. Null once it is gone."
    )


@strawberry.input(description="Which upload to write, as it was seen.")
class CommitImportInput:
    """See the description."""

    preview: strawberry.ID = strawberry.field(description="The upload's id, as `POST /imports` answered.")
    plan: str = strawberry.field(
        description="The `digest` of the plan that was seen: this is written, and nothing else."
    )
    accept_partial: bool = strawberry.field(
        default=False, description="Write the rows that were not refused, although some were."
    )


def service_of(info: Ask) -> tuple[Imports, Editor]:
    """The service of imports, and the viewer as an editor. Raises UnauthenticatedError, ForbiddenError."""
    viewer, imports = info.context.viewer, info.context.imports
    editor = Editor(viewer.author(), viewer.area)
    if imports is None:
        raise ForbiddenError("this server takes no uploads: use python -m loaders import")
    return imports, editor


@strawberry.type(description="What can be done with imports.")
class ImportMutations:
    """See the description."""

    @strawberry.mutation(
        description="Write an upload, exactly as its preview said. However often it is asked for, it is written once."
    )
    async def commit_import(
        self,
        info: Ask,
        given: Annotated[CommitImportInput, strawberry.argument(name="input", description="Which, and how.")],
    ) -> ImportPayload:
        imports, editor = service_of(info)
        key, scope = str(given.preview), await info.context.scope()
        try:
            record, is_repeated = await imports.commit(key, editor, given.plan, accept_partial=given.accept_partial)
        except CannotWriteError as error:
            upload = imports.uploads.find(key, editor)
            code, wording = problem_of(error)
            return ImportPayload(
                user_errors=[ImportUserError(code=code, wording=wording)],
                import_=None,
                is_repeated=False,
                preview=None if upload is None else publish_preview(upload, scope),
            )
        upload = imports.uploads.find(key, editor)
        return ImportPayload(
            user_errors=[],
            import_=publish_import(record, scope),
            is_repeated=is_repeated,
            preview=None if upload is None else publish_preview(upload, scope),
        )

    @strawberry.mutation(
        description="Take back an import: what it created ends, what it changed or ended is as it was before. Its "
        "history stays. Only the latest import of a name can be taken back, and only while nothing lies on it."
    )
    async def undo_import(
        self,
        info: Ask,
        id: Annotated[  # noqa: A002 - Relay's name for it
            strawberry.ID, strawberry.argument(description="The import's global id.")
        ],
    ) -> ImportPayload:
        imports, editor = service_of(info)
        check_id(id)
        scope = await info.context.scope()
        try:
            record = await imports.undo(str(id), editor)
        except UndoRefusedError as error:
            code, wording = problem_of(error)
            errors = [ImportUserError(code=code, wording=wording)]
            return ImportPayload(user_errors=errors, import_=None, is_repeated=False, preview=None)
        return ImportPayload(user_errors=[], import_=publish_import(record, scope), is_repeated=False, preview=None)
