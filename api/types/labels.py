"""What a regime brings (制度词汇): objects with a code and labels, so that another regime brings its own."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.enums import Lang
from graph_model.records import Text

LangArgument = Annotated[Lang, strawberry.argument(description="The language of the text; Chinese if left away.")]

EnglishArgument = Annotated[
    Lang, strawberry.argument(description="The language of the text; English if left away, as it was before.")
]
"""Of texts that were English alone when they were first published."""


def say(text: Text, lang: Lang) -> str:
    """A text in one language."""
    return text.en if lang is Lang.EN else text.zh


@strawberry.interface(description="A word of a regime: a code for programs, a label for people.")
class Term:
    """See the description."""

    code: str = strawberry.field(description="The code, unique among the words of its sort in the regime.")
    labels: strawberry.Private[Text]

    @strawberry.field(description="The word as people read it.")
    def label(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.labels, lang)


@strawberry.type(description="A level of a regime (层级): household, village, township, county, city here.")
class Level(Term):
    """See the description."""


@strawberry.type(description="A lane of responsibility (条线): territorial, linkage, pairing and so on here.")
class Lane(Term):
    """See the description."""


@strawberry.type(description="A kind of assignment (责任类型), for instance `linked-to-county` (挂县).")
class Kind(Term):
    """See the description."""

    lane: Lane | None = strawberry.field(
        description="The lane that it belongs to; null where the regime is not loaded."
    )
    clause: str | None = strawberry.field(description="The clause of the source that it rests on.")


@strawberry.type(description="What a division may be registered as (认定): `poor`, `has-task`, `exited` here.")
class DesignationKind(Term):
    """See the description."""


@strawberry.type(description="A kind of measure (措施类型), for instance `formal-talk` (约谈).")
class MeasureKind(Term):
    """See the description."""


@strawberry.type(description="What meets a duty too (替代): an assignment to what the target lies in.")
class Alternative:
    """See the description."""

    level: Level = strawberry.field(description="The level of what the target lies in.")
    kinds: list[Kind] = strawberry.field(description="An assignment of any of these kinds counts.")


@strawberry.type(description="A duty (责任要求): what each target of a level, or each with a designation, must have.")
class Duty(Term):
    """See the description."""

    clause: str = strawberry.field(description="The clause of the source that it rests on.")
    level: Level = strawberry.field(description="The level whose targets have the duty.")
    kinds: list[Kind] = strawberry.field(description="An assignment of any of these kinds meets it.")
    designation: DesignationKind | None = strawberry.field(
        description="Only targets with this designation have the duty; null: all of the level."
    )
    at_least: int = strawberry.field(description="How many assignments it takes, each of another assignee.")
    or_else: list[Alternative] = strawberry.field(
        description="Assignments to what the target lies in that meet the duty too; empty: only its own count."
    )
    area: strawberry.ID | None = strawberry.field(
        description="The global id of the place within which alone it holds; null: everywhere."
    )
    rule: str | None = strawberry.field(
        description="A word shared by duties of which, at one target, only those of the nearest area hold; null: it "
        "holds beside all others."
    )


@strawberry.type(description="How much there must be of a quantity for something to count (最低要求).")
class Least:
    """See the description."""

    quantity: str = strawberry.field(description="The code of what is counted: `metres`, `minutes`.")
    at_least: float = strawberry.field(description="How much there must be.")


@strawberry.type(
    description="A rhythm (履职频次): what those who answer must do so often in each period; a chief's patrol."
)
class Rhythm(Term):
    """See the description."""

    clause: str = strawberry.field(description="The clause that it rests on.")
    level: Level = strawberry.field(description="The level whose targets it speaks of.")
    kinds: list[Kind] = strawberry.field(description="Whoever answers by any of these kinds is bound.")
    evidence: MeasureKind = strawberry.field(description="What is done.")
    every: str = strawberry.field(
        description="The period: `week` (from Monday), `xun` (a third of a month), `month`, `quarter`, `half-year`, "
        "`year`."
    )
    at_least: int = strawberry.field(description="How often in each period.")
    per: str = strawberry.field(description="`target`: for each target; `assignee`: for whatever target.")
    season: str | None = strawberry.field(
        description="Only in periods that lie wholly in this part of each year, as `03/12`; null: always."
    )
    least: list[Least] = strawberry.field(
        description="How much there must be for it to count; what is not recorded leaves it unknown."
    )
    area: strawberry.ID | None = strawberry.field(description="Where alone it holds; null: everywhere.")
    rule: str | None = strawberry.field(
        description="A word shared by rhythms of which, at one target, only those of the nearest area hold."
    )


@strawberry.type(description="By when a successor must be there (接任时限), after an assignment ended.")
class Deadline(Term):
    """See the description."""

    clause: str = strawberry.field(description="The clause that it rests on.")
    level: Level = strawberry.field(description="The level whose targets it speaks of.")
    kinds: list[Kind] = strawberry.field(description="After an assignment of any of these kinds ended ...")
    after: str = strawberry.field(description="`end`: after it ended; `begin`: after it began.")
    by: list[Kind] = strawberry.field(description="... one of any of these must be there ...")
    done: MeasureKind | None = strawberry.field(
        description="... or this must have been done at the target; null where a successor is asked for."
    )
    within: int = strawberry.field(description="... within so many ...")
    unit: str = strawberry.field(description="... `days`, `working-days` or `months`, not counting the day of the end.")
    area: strawberry.ID | None = strawberry.field(description="Where alone it holds; null: everywhere.")
    rule: str | None = strawberry.field(
        description="A word shared by deadlines of which, at one target, only those of the nearest area hold."
    )


@strawberry.type(description="A rule that forbids ending assignments before the target's exit from poverty (稳定规则).")
class StabilityRule(Term):
    """See the description."""

    clause: str = strawberry.field(description="The clause of the source that it rests on.")
    kinds: list[Kind] = strawberry.field(description="The kinds of assignment that it protects.")
    levels: list[Level] = strawberry.field(description="The levels of the targets that it protects.")
    successor_allowed: bool = strawberry.field(
        description="Whether an end is allowed if a successor starts on the same day."
    )
    holders_stay: bool = strawberry.field(
        description="Whether those who hold the posts that are assigned so must stay too."
    )
