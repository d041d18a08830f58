"""The root field that tells what follows from assessments (奖惩查询)."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.arguments import Ask, AsOf, RecordedAsOf, RegimeCode
from api.types.consequences import ConsequenceAnswer, publish_outcome
from graph_model.codes import check_key
from graph_model.errors import BadUserInputError
from graph_model.records import Assessment, Provenance, Result

YEARS = range(1949, 2101)
MAX_ASSESSMENTS = 200


@strawberry.input(description="One result of an assessment: a flag or a number, whichever its kind is.")
class ResultInput:
    """See the description."""

    code: str = strawberry.field(description="The result's code, for instance `rank`.")
    number: float | None = strawberry.field(default=None, description="The number; for a number alone.")
    flag: bool | None = strawberry.field(default=None, description="True or false; for a flag alone.")


@strawberry.input(description="An assessment of one subject in one year (考核), assumed for this question alone.")
class AssessmentInput:
    """See the description."""

    kind: str = strawberry.field(description="The assessment's kind in the regime, for instance `county-provincial`.")
    results: list[ResultInput] = strawberry.field(description="What was found.")
    subject: strawberry.ID | None = strawberry.field(
        default=None, description="The global id of who was assessed; the question's own subject if left away."
    )
    year: int | None = strawberry.field(default=None, description="The year; the question's own if left away.")


@strawberry.type(description="What follows from assessments.")
class ConsequenceQueries:
    """See the description."""

    @strawberry.field(
        description="What follows for a subject from the assessments of a year: the recorded ones, and those given "
        "here, which count before them. Null for an unknown subject."
    )
    async def consequences(
        self,
        info: Ask,
        subject: Annotated[
            str, strawberry.argument(description="A division's code, or a global id: of a county, a department...")
        ],
        year: Annotated[int, strawberry.argument(description="The year that was assessed.")],
        assessments: Annotated[
            list[AssessmentInput] | None,
            strawberry.argument(description=f"Assessments to assume, at most {MAX_ASSESSMENTS}."),
        ] = None,
        regime: RegimeCode = None,
        as_of: AsOf = None,
        recorded_as_of: RecordedAsOf = None,
    ) -> ConsequenceAnswer | None:
        check_key(subject, "subject")
        _check_year(year, "year")
        given = assessments or []
        if len(given) > MAX_ASSESSMENTS:
            raise BadUserInputError(f"assessments: give at most {MAX_ASSESSMENTS}; these are {len(given)}")
        scope = await info.context.scope(as_of, recorded_as_of)
        frame = await scope.frame()
        chosen = frame.regime(regime).code
        own = await scope.graph.find_id(subject, scope.moment)
        if own is None:
            return None
        answer = await scope.graph.consequences(
            own,
            year,
            scope.moment,
            given=[_assumed(one, index, own, year, chosen) for index, one in enumerate(given)],
            regime=chosen,
        )
        if answer is None:
            return None
        view, outcome = answer
        return publish_outcome(outcome, view, scope)


def _assumed(given: AssessmentInput, index: int, own: str, year: int, regime: str) -> Assessment:
    at = f"assessments[{index}]"
    subject = own if given.subject is None else str(given.subject)
    check_key(subject, f"{at}.subject")
    one_year = year if given.year is None else given.year
    _check_year(one_year, f"{at}.year")
    return Assessment(
        id=f"assessment:{given.kind}:{subject}~{one_year}",
        provenance=Provenance.DERIVED,
        subject=subject,
        kind=given.kind,
        year=one_year,
        regime=regime,
        results=tuple(_result(one, f"{at}.results[{number}]") for number, one in enumerate(given.results)),
    )


def _result(given: ResultInput, at: str) -> Result:
    if given.number is not None and given.flag is None:
        return Result(given.code, given.number)
    if given.flag is not None and given.number is None:
        return Result(given.code, given.flag)
    raise BadUserInputError(f"{at}: give a number or a flag, one of both")


def _check_year(year: int, at: str) -> None:
    if year not in YEARS:
        raise BadUserInputError(f"{at}: {year} is no year between {YEARS[0]} and {YEARS[-1]}")
