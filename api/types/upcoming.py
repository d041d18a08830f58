"""What is coming, as it is published (将到期事项)."""

from __future__ import annotations

import datetime

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.labels import LangArgument, say
from api.types.nodes import Assignee, Node
from api.types.publishing import publish_node
from graph_model.dates import Certainty
from graph_model.questions.upcoming import Upcoming, UpcomingKind
from graph_model.questions.upcoming_words import clause_of, say_upcoming
from graph_model.records import Text
from graph_model.regime import Regime
from graph_model.views import View


@strawberry.type(
    description="Something that is coming (将到期事项): a link or a term that ends, or a report that is due. An end is "
    "the first day without."
)
class UpcomingEvent:
    """See the description."""

    kind: UpcomingKind = strawberry.field(description="What it is.")
    day: datetime.date = strawberry.field(description="The day, or the last one on which it can be.")
    earliest: datetime.date = strawberry.field(description="The first day on which it can be; `day` where it is known.")
    certainty: Certainty = strawberry.field(description="CERTAIN only if it surely comes within the window.")
    code: str = strawberry.field(
        description="The code of the assignment's kind, `holds`, or the code of what must be done again."
    )
    clause: str | None = strawberry.field(description="The clause that the kind, or what is due, rests on.")
    assignee: Assignee | None = strawberry.field(
        description="Who answers, holds the post, or reports; null only where the data name one that nobody loaded."
    )
    about: Node | None = strawberry.field(
        description="What is answered for, or the post; null only where the data name something that nobody loaded."
    )
    wording: strawberry.Private[Text]

    @strawberry.field(description="What is coming, as one sentence.")
    def message(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.wording, lang)


def publish_upcoming(coming: Upcoming, view: View, regime: Regime, scope: Scope) -> UpcomingEvent:
    """One event; ``view`` must know both ends."""
    assignee, about = (
        None if (node := view.around.find_node(each)) is None else publish_node(node, view, scope)
        for each in (coming.assignee, coming.target)
    )
    return UpcomingEvent(
        kind=UpcomingKind(coming.kind),
        day=datetime.date.fromordinal(coming.last),
        earliest=datetime.date.fromordinal(coming.first),
        certainty=Certainty(coming.certainty),
        code=coming.what,
        clause=clause_of(coming, regime),
        assignee=assignee if isinstance(assignee, Assignee) else None,
        about=about,
        wording=say_upcoming(coming, view.around, regime),
    )
