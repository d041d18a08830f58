"""How a statement and its parameters are sent: as one map (发送).

Neo4j plans a statement anew for each sort and order of magnitude of its parameters: no ids, one, up to ten, up to a
hundred... and the largest statements take seconds to plan. It looks at the parameters themselves, and not into a map.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

Parameters = dict[str, Any]

_NAME = "given"
_PARAMETER: Final = re.compile(r"\$(\w+)")


def as_sent(statement: str, parameters: Parameters) -> tuple[str, Parameters]:
    """The statement that takes its parameters out of one map, and that map."""
    return _taking_a_map(statement), {_NAME: parameters}


@cache
def _taking_a_map(statement: str) -> str:
    return _PARAMETER.sub(rf"${_NAME}.\1", statement)
