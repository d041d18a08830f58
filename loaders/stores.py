"""The stores of the commands (存储): opened by their URL, with the password that the settings hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Literal

from pydantic import ValidationError

from graph_model.errors import BadUserInputError
from graph_model.stores import opening
from graph_model.stores.base import Store
from settings import Settings

PATIENCE = opening.Patience(connect=10, read=120, write=300, retry=30)
"""Nobody waits for an answer on a page: a server that just started may plan, and one that is busy may be."""


def open_store(url: str, mode: Literal["reader", "writer"]) -> Store:
    """The store at a URL. Raises what ``stores.opening.open_store`` does, BadUserInputError for a wrong setting."""
    if opening.is_server(url):
        return opening.open_store(url, mode, password=read_settings().read_store_password(), patience=PATIENCE)
    return opening.open_store(url, mode)


def read_settings() -> Settings:
    """The settings. Raises BadUserInputError for one that cannot be understood."""
    try:
        return Settings()
    except ValidationError as error:
        faults = (f"ZEREN_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors())
        raise BadUserInputError("; ".join(faults)) from error


@contextmanager
def made_ready(url: str) -> Iterator[None]:
    """Meanwhile a server makes what it needs to be written to, as it does at the first question; a file needs nothing.

    Raises at the end what ``open_store`` and a first question do.
    """
    if not opening.is_server(url):
        yield
        return
    with ThreadPoolExecutor(1) as aside:
        readied = aside.submit(asyncio.run, _ask_first(url))
        yield
        readied.result()


async def _ask_first(url: str) -> None:
    store = open_store(url, "writer")
    try:
        await store.counts()
    finally:
        await store.close()
