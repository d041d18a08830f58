"""What a long test found, in one line that is seen (结果)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Show: TypeAlias = Callable[[str], None]
