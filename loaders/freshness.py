"""Whether a load could change anything (是否需要装载): so that starting a server again need not read everything again.

Beside a store lies ``<store>.loaded``: a digest over all that a load depends on (the data, the regimes, the code that
reads them, the libraries' lock), the version of the data set that it gave, and whether it was of the facts only. Where
the first two are still so, loading again would change nothing. A store that was written since, or put there by other
means, has another version or no such file. Whoever chose the facts only keeps them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from graph_model.errors import StoreError
from graph_model.stores.opening import file_of
from loaders.stores import open_store

_INPUTS = ("data/**/*", "regimes/**/*", "loaders/**/*.py", "graph_model/**/*.py", "requirements.lock")
_FACTS_ONLY = "facts-only"


def inputs_digest(root: Path) -> str:
    """A digest over the names and contents of all that a load of what ships depends on."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted({path for pattern in _INPUTS for path in root.glob(pattern) if path.is_file()}):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


async def is_loaded(url: str, digest: str) -> bool:
    """Whether the store holds exactly what the last load of these inputs gave."""
    note = _note(url)
    if note is None or not note.is_file():
        return False
    try:
        store = open_store(url, "reader")
    except StoreError:
        return False  # the load itself says what is wrong with it
    try:
        version = (await store.header()).version
    finally:
        await store.close()
    return note.read_text(encoding="utf-8").split()[:2] == [digest, version]


def is_of_facts_only(url: str) -> bool:
    """Whether the last load of what ships was of the facts only."""
    note = _note(url)
    return note is not None and note.is_file() and note.read_text(encoding="utf-8").split()[2:] == [_FACTS_ONLY]


def remember(url: str, digest: str, version: str, *, facts_only: bool = False) -> None:
    """Note what a load of these inputs gave."""
    note = _note(url)
    if note is not None:
        note.write_text(f"{digest} {version} {_FACTS_ONLY if facts_only else 'everything'}\n", encoding="utf-8")


def _note(url: str) -> Path | None:
    path = file_of(url)
    return None if path is None else path.with_name(path.name + ".loaded")
