"""A process that writes with sixteen writers at a time until it is killed, and says what was acknowledged.

``python -m tests.durability.killed_writer URL NAME``: a line ``key number`` for each edit, ``key !CODE`` for one that
was refused, each in one write to the pipe.
"""

from __future__ import annotations

import asyncio
import os
import sys

from graph_model.errors import StoreError
from graph_model.stores.base import Store
from graph_model.stores.opening import Patience, open_store
from tests.durability.edits import put_pair

WRITERS = 16
_HASTY = Patience(connect=1.0, read=1.0, write=10.0)
"""A server that was killed is given up soon."""


async def _write_on(store: Store, name: str) -> None:
    for number in range(1_000_000):
        key = f"{name}-{number}"
        try:
            edited = await put_pair(store, key)
            assert edited.entry is not None
            os.write(1, f"{key} {edited.entry.number}\n".encode())
            if number % 10 == 0:  # as who did not hear the answer
                again = await put_pair(store, key)
                assert again.is_repeated
                assert again.entry == edited.entry
        except StoreError as error:
            os.write(1, f"{key} !{error.code}\n".encode())
            return


async def _main(url: str, name: str) -> None:
    store = open_store(url, "writer", password=os.environ.get("ZEREN_STORE_PASSWORD"), patience=_HASTY)
    await asyncio.gather(*(_write_on(store, f"{name}-{writer}") for writer in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
