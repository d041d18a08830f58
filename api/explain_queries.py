"""The root field that tells why somebody answers, or why not (解释查询)."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.arguments import Ask, AsOf, RecordedAsOf, RegimeCode
from api.types.explanations import Explanation, publish_explanation
from graph_model.codes import check_id, check_key
from graph_model.questions.explain import Subject


@strawberry.input(one_of=True, description="Whom or what an explanation is asked about: exactly one of these.")
class ExplainAbout:
    """See the description."""

    assignee: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The global id of an organisation, a post or a person; a person also answers through its posts.",
    )
    post: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The global id of a post.")
    lane: str | None = strawberry.field(
        default=strawberry.UNSET, description="The code of a lane: whether anybody answers in it."
    )
    duty: str | None = strawberry.field(
        default=strawberry.UNSET, description="The code of a duty: whether it is met, as the chain has it."
    )

    def given(self) -> tuple[Subject, str]:
        """Which of them was given, and what."""
        for subject in Subject:
            key = getattr(self, subject.value)
            if key is not strawberry.UNSET and key is not None:
                return subject, str(key)
        raise TypeError("GraphQL's own rules let none through that gives nothing")


@strawberry.type(description="Why, and why not.")
class ExplainQueries:
    """See the description."""

    @strawberry.field(
        description="Why somebody answers for a target on the day: the way up, the assignment, the holding, each with "
        "its basis. Or why not: the nearest misses, told apart. Null for an unknown target."
    )
    async def explain(
        self,
        info: Ask,
        target: Annotated[
            str, strawberry.argument(description="A division's or household's code, or the global id of any target.")
        ],
        about: Annotated[ExplainAbout, strawberry.argument(description="Who, or what, is asked about.")],
        regime: RegimeCode = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> Explanation | None:
        check_key(target, "target")
        subject, key = about.given()
        if subject in {Subject.ASSIGNEE, Subject.POST}:
            check_id(key, f"about.{subject.value}")
        scope = await info.context.scope(as_of, recorded_as_of)
        answer = await scope.graph.explain(target, subject, key, scope.moment, regime=regime)
        if answer is None:
            return None
        view, explanation = answer
        return publish_explanation(explanation, view, scope)
