"""Whether a successor was there in time, as it is published (接任核查)."""

from __future__ import annotations

import datetime

import strawberry

from api.scope import Scope
from api.types.assignees import publish_assignee
from api.types.labels import Deadline
from api.types.measures import Measure, publish_measure
from api.types.nodes import Assignee, Target
from api.types.publishing import publish_target
from api.types.regimes import publish_deadline
from api.types.relations import Assignment, publish_assignment
from graph_model import regime as model
from graph_model.dates import Certainty
from graph_model.questions.handovers import Handover as HandoverAnswer
from graph_model.questions.handovers import Timeliness
from graph_model.records import AnyAssignee
from graph_model.views import View


@strawberry.type(
    description="An assignment that ended, or began, and whether another followed in time (接任), or what must be "
    "done was done."
)
class Handover:
    """See the description."""

    deadline: Deadline = strawberry.field(description="By which rule a successor must be there.")
    target: Target = strawberry.field(description="What was answered for.")
    assignee: Assignee = strawberry.field(description="Who answered until then.")
    assignment: Assignment = strawberry.field(description="The assignment that ended.")
    ended_earliest: datetime.date = strawberry.field(
        description="The first day that may be the first one without it; or with it, of a deadline after a beginning."
    )
    ended_latest: datetime.date = strawberry.field(
        description="The last day that may be the first one without it; or with it."
    )
    due_earliest: datetime.date = strawberry.field(description="The deadline, if it ended on the first of these days.")
    due_latest: datetime.date = strawberry.field(description="The deadline, if it ended on the last of these days.")
    verdict: Timeliness = strawberry.field(description="Whether a successor was there in time.")
    certainty: Certainty = strawberry.field(description="Whether the rule holds there and then, or only may.")
    done: Measure | None = strawberry.field(
        description="Of a deadline for something that must be done: what surely was first; null where nothing was."
    )
    successor: Assignment | None = strawberry.field(
        description="The assignment of who surely was there first, by the last day that was asked about; also one who "
        "answered beside the one who left, and stayed."
    )


def publish_handover(answer: HandoverAnswer, regime: model.Regime, view: View, scope: Scope) -> Handover:
    """One handover."""
    assignee = view.around.get_node(answer.assignment.source)
    assert isinstance(assignee, AnyAssignee)  # noqa: S101 - the checker takes no other
    successor = answer.successor
    return Handover(
        deadline=publish_deadline(regime, answer.deadline),
        target=publish_target(answer.target, view, scope),
        assignee=publish_assignee(assignee, view, scope),
        assignment=publish_assignment(answer.assignment, scope, view.frame, view.around),
        ended_earliest=datetime.date.fromordinal(answer.ended[0]),
        ended_latest=datetime.date.fromordinal(answer.ended[1]),
        due_earliest=datetime.date.fromordinal(answer.due[0]),
        due_latest=datetime.date.fromordinal(answer.due[1]),
        verdict=answer.verdict,
        certainty=answer.certainty,
        done=None if answer.done is None else publish_measure(answer.done, view, scope),
        successor=None if successor is None else publish_assignment(successor, scope, view.frame, view.around),
    )
