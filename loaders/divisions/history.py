"""What the editions tell of each division (沿革): its entries and parents in each edition, and what was in doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from msgspec import Struct

from loaders.divisions.editions import LEVELS, Entry

CITY, COUNTY, TOWNSHIP, VILLAGE = LEVELS

_COMMITTEE = re.compile(r"(社区|村|社)?(村民委员会|居民委员会|村委会|居委会)$")
_OFFICE = "办事处"
_VIRTUAL = "虚拟"


def base_name(level: str, name: str) -> str:
    """The name by which a division is known from one edition to the next.

    A village's without its committee (村民委员会, 居民委员会, or their short forms, with 社区, 村 or 社 before it), a
    township's without 办事处; 河图镇 and 河图街道 are two names. Never empty.
    """
    if level == VILLAGE:
        return _COMMITTEE.sub("", name) or name
    return (name.removesuffix(_OFFICE) or name) if level == TOWNSHIP else name


@dataclass
class Lineage:
    """One division through the editions; ``entries`` and ``parents`` (ids) by the number of the edition."""

    id: str
    level: str
    entries: dict[int, Entry] = field(default_factory=dict)
    parents: dict[int, str | None] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The number of the last edition that has it."""
        return max(self.entries)

    @property
    def last_entry(self) -> Entry:
        """Its entry there."""
        return self.entries[self.last]

    def entry_before(self, number: int) -> Entry:
        """Its entry in the last edition before one; it must have been in one."""
        return self.entries[max(each for each in self.entries if each < number)]


def is_placeholder(village: Lineage) -> bool:
    """Whether it is called virtual (虚拟) in every edition: a statistical entry without people."""
    return all(_VIRTUAL in entry.name for entry in village.entries.values())


class Renamed(Struct, frozen=True):
    """A name replaced under the same code (更名), between an edition and the one before."""

    edition: int
    division: str
    before: Entry
    after: Entry


class DoubtKind(Enum):
    """What could not be told for sure."""

    SAME_NAME = "division-ambiguous"
    SETTLED_BY_CODE = "division-same-name"
    RENAME = "rename-unsure"
    MOVE = "move-unsure"


class Doubt(Struct, frozen=True):
    """Divisions and entries of which it is not sure which is which (存疑); ``within`` is the id of what holds them."""

    kind: DoubtKind
    edition: int
    within: str
    before: tuple[Lineage, ...]
    after: tuple[Entry, ...]


class History(Struct, frozen=True):
    """All divisions of some editions, whose days are ``days``; the renames and the doubts on the way."""

    city: str
    days: tuple[str, ...]
    lineages: tuple[Lineage, ...]
    renames: tuple[Renamed, ...]
    doubts: tuple[Doubt, ...]
