"""The chain of a journal (日志链): each entry's checksum covers its content and the checksum of the entry before.

An entry that is changed, dropped, inserted or moved breaks the link after it. The content holds the digest of the whole
data set after the write, so that the chain vouches for the states between, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

Value: TypeAlias = "int | str | bytes | None"

BEGINNING: Final = bytes(32)
"""The checksum before the first entry."""


def link(before: bytes, content: Sequence[Value]) -> bytes:
    """The checksum of an entry with this content, in the order that its store has for good."""
    return hashlib.blake2b(before + msgspec.json.encode(content), digest_size=32).digest()
