"""From a mutation's arguments to its payload (提交): who asks, what is decided, what is told of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from api.arguments import Ask
from api.types.afterwards import Afterwards
from api.types.history import publish_write
from api.types.submitted import ChangePayload, publish_breach, publish_changed, publish_fault
from api.writing.change_input import ChangeInput
from api.writing.converting import change_of, override_of
from api.writing.inputs import OverrideInput
from graph_model.editing.effects import days_of
from graph_model.editing.faults import Fault
from graph_model.errors import BadUserInputError
from graph_model.submitting import Submission, Submitted

ANONYMOUS = "anonymous"
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_WORD_BREAK = re.compile(r"_([a-z])")


async def submit_one(
    info: Ask, given: object, dry_run: bool, key: str | None, override: OverrideInput | None
) -> ChangePayload:
    """What comes of one change; faults are told of as ``input.until``."""
    return await _submit(info, [given], ["input"], dry_run, key, override)


async def submit_many(
    info: Ask, given: Sequence[ChangeInput], dry_run: bool, key: str | None, override: OverrideInput | None
) -> ChangePayload:
    """What comes of a list of changes; faults are told of as ``changes[3].endAssignment.until``."""
    named = [each.given() for each in given]
    places = [f"changes[{index}].{_camel(name)}" for index, (name, _) in enumerate(named)]
    return await _submit(info, [value for _, value in named], places, dry_run, key, override)


async def _submit(
    info: Ask,
    given: Sequence[object],
    places: Sequence[str],
    dry_run: bool,
    key: str | None,
    override: OverrideInput | None,
) -> ChangePayload:
    """Write, or try out. Whoever may read may try out; an editor's area counts for both.

    Raises UnauthenticatedError and ForbiddenError for those who may not write, or not there.
    """
    viewer, graph = info.context.viewer, info.context.graph
    if key is not None and not _KEY.fullmatch(key):
        raise BadUserInputError("clientMutationId: give 1 to 100 printable ASCII characters without spaces")
    submission = Submission(
        changes=tuple(change_of(each) for each in given),
        author=viewer.name or ANONYMOUS if dry_run else viewer.author(),
        area=viewer.area if viewer.may_write else None,
        override=None if override is None else override_of(override),
        key=key,
    )
    submitted = await (graph.try_out(submission) if dry_run else graph.submit(submission))
    viewer.check_area(submitted.judgement.outside)
    return await _publish(info, submission, submitted, places, dry_run)


async def _publish(
    info: Ask, submission: Submission, submitted: Submitted, places: Sequence[str], dry_run: bool
) -> ChangePayload:
    scope, graph = await info.context.scope(), info.context.graph
    verdict, entry = submitted.judgement.verdict, submitted.entry
    plan = verdict.plan
    days = [day for changed in plan.changed for day in days_of(changed.before, changed.after)]
    after = Afterwards(
        plan=plan,
        frame=await graph.frame(),
        graph=graph,
        first_day=min(days, default=scope.moment.day),
        is_written=entry is not None,
        recorded_as_of=entry.recorded_at if entry is not None and submitted.is_repeated else None,
    )
    view, told = after.view(), after.scope(after.first_day)
    return ChangePayload(
        client_mutation_id=submission.key,
        user_errors=[publish_fault(fault, path_of(fault, places)) for fault in verdict.faults],
        written=None if entry is None else publish_write(entry, scope),
        is_dry_run=dry_run,
        is_repeated=submitted.is_repeated,
        changed=[publish_changed(changed, view, told) for changed in verdict.changed],
        broken_rules=[publish_breach(each, each in verdict.overridden, view, told) for each in verdict.breaches],
        judge=partial(graph.judge_whole, submission, submitted),
        afterwards=after,
    )


def path_of(fault: Fault, places: Sequence[str]) -> str:
    """The argument that a fault is at."""
    steps = [_camel(str(step)) for step in fault.path]
    if fault.index is not None:
        steps.insert(0, places[fault.index])
    return ".".join(steps) or "changes"


def _camel(name: str) -> str:
    return _WORD_BREAK.sub(lambda match: match[1].upper(), name)
