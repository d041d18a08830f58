"""The depth of variables (变量嵌套层数)."""

from __future__ import annotations

from typing import Any

from api.limits.errors import LimitError


def check_variables(variables: dict[str, Any] | None, bound: int) -> None:
    """Raises LimitError for objects and lists nested deeper than the bound. Level by level: no recursion."""
    level: list[Any] = [] if variables is None else list(variables.values())
    depth = 0
    while level := [value for value in level if isinstance(value, dict | list)]:
        depth += 1
        if depth > bound:
            raise LimitError("VARIABLES_TOO_DEEP", "depth of variables", bound, depth, is_least=True)
        level = [inner for value in level for inner in (value.values() if isinstance(value, dict) else value)]
