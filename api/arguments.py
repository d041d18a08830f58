"""The arguments that root fields share (共用参数)."""

from __future__ import annotations

import datetime
from typing import Annotated

import strawberry
from strawberry.types import Info

from api.scope import Request

Ask = Info[Request, None]

AsOf = Annotated[
    datetime.date | None,
    strawberry.argument(
        description="The day that the question and all below it speak of; left away: the data set's reference date, or "
        "today, as the server is set."
    ),
]
RecordedAsOf = Annotated[
    datetime.datetime | None,
    strawberry.argument(
        description="The recorded moment: the question and all below it are answered as they would have been answered "
        "then. With a zone; left away: now."
    ),
]
Code = Annotated[
    str,
    strawberry.argument(
        description="The code. One that was replaced finds what bore it, and where that has ended by the day what took "
        "its place; `askedAs` says so."
    ),
]
Level = Annotated[str, strawberry.argument(description="The level's code: `city`, `county`, `township`, `village`.")]
KindArgument = Annotated[
    str | None,
    strawberry.argument(description="The kind, for instance `leading-group` or `formal-talk`; all if left away."),
]
Lanes = Annotated[
    list[str] | None,
    strawberry.argument(description="Only links and gaps of these lanes (codes); all if left away, none if empty."),
]
RegimeCode = Annotated[
    str | None, strawberry.argument(description="The regime's code; the data set's first if left away.")
]
RegimeCodes = Annotated[
    list[str] | None,
    strawberry.argument(description="Only those of these regimes (codes); the data set's first if left away."),
]
