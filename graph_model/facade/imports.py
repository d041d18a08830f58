"""What imports bring, and what takes it back (导入): written with their record in one transaction."""

from __future__ import annotations

import secrets
import time

from graph_model.errors import BatchError, ForbiddenError, StaleWriteError
from graph_model.exchange import Written
from graph_model.facade.framed import Framed
from graph_model.importing import (
    ImportWrite,
    find_outside_of,
    last_moment,
    plan_undo,
    read_imports,
    standing,
)
from graph_model.records import Import
from graph_model.validation import check_records

_ATTEMPTS = 5


def new_import_id() -> str:
    """An id for the record of an import; nobody finds it by guessing."""
    return f"import:{secrets.token_hex(16)}"


class Imports(Framed):
    """The part of the facade that writes imports, and takes them back."""

    async def find_import(self, import_id: str, recorded_as_of: int | None = None) -> Import | None:
        """One import, by its id, as known at a recorded moment."""
        found = (await self._store.records([import_id], recorded_as_of)).get(import_id)
        return found if isinstance(found, Import) else None

    async def undos(self, name: str, recorded_as_of: int | None = None) -> dict[str, Import]:
        """What took back the imports of a name, by their ids, as known at a recorded moment."""
        known = await read_imports(self._store, name, recorded_as_of)
        return {each: record for record in known for each in record.undoes}

    async def latest_import(self, name: str) -> Import | None:
        """Of the imports of a name that were not taken back the latest: it alone can be taken back."""
        return next(iter(standing(await read_imports(self._store, name))), None)

    async def write_import(self, write: ImportWrite, *, upon: int) -> tuple[Import, Written]:
        """Write an import that was planned by the state of a generation, all of it or nothing.

        Raises StaleWriteError where somebody wrote since, BatchError for records that break a rule, StoreError.
        """
        batches, at = write.batches(await last_moment(self._store), time.time_ns() // 1000)
        errors = [error for batch in batches for error in check_records(batch.records)]
        if errors:
            raise BatchError(errors)
        author = write.record.author
        written, _ = await self._store.apply(batches, recorded_at=at, author=author, upon=upon)
        (record,) = batches[1].records
        assert isinstance(record, Import)  # noqa: S101 - see ImportWrite.batches
        return record, written

    async def undo_import(self, import_id: str, *, author: str, area: str | None) -> Import:
        """Take back an import: its origin is again what it was just before it, and its history stays.

        Raises UndoRefusedError with what stands in the way, ForbiddenError for what lies outside of the author's area
        (None: everywhere), StaleWriteError where others write all the time, StoreError.
        """
        for attempt in range(_ATTEMPTS):
            header = await self._store.header()
            write = await plan_undo(self._store, import_id, author, new_import_id())
            outside = await find_outside_of(self._store, header, write, area)
            if outside:
                raise ForbiddenError(f"{', '.join(outside[:5])}: not surely within {area}, where alone they may write")
            try:
                record, _ = await self.write_import(write, upon=header.generation)
            except StaleWriteError:
                if attempt + 1 == _ATTEMPTS:
                    raise
            else:
                return record
        raise AssertionError("the last attempt returns or raises")
