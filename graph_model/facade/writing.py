"""What writes, and what would come of a write (写入): batches, edits, submissions, trials, leavings."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import structs

from graph_model.dates import parse_day
from graph_model.editing.changes import JudgeFinding, SeenFinding
from graph_model.errors import (
    BadDateError,
    BatchError,
)
from graph_model.exchange import (
    Batch,
    Edit,
    Edited,
    EditRequest,
    Written,
)
from graph_model.facade.findings import Findings
from graph_model.impact import Impact, find_impact, find_successors
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.candidates import Candidate
from graph_model.records import (
    AnyTarget,
)
from graph_model.stores.base import Decide, StoreReader
from graph_model.submitting import Judgement, RefusedError, Submission, Submitted, judge
from graph_model.touching import Touched, gather_touched
from graph_model.validation import check_records
from graph_model.views import Moment, View


class Writing(Findings):
    """The part of the facade that changes the graph, or tells what a change would do."""

    async def apply(
        self,
        batches: Sequence[Batch],
        *,
        author: str,
        progress: Callable[[int], None] | None = None,
        upon: int | None = None,
        recorded_at: int | None = None,
    ) -> tuple[Written, ...]:
        """Write some batches, all or nothing, at a recorded moment (None: now).

        ``upon``: the generation that they were decided by. Raises BatchError with every record that breaks a rule,
        StaleWriteError where another write came between.
        """
        errors = [error for batch in batches for error in check_records(batch.records)]
        if errors:
            raise BatchError(errors)
        at = time.time_ns() // 1000 if recorded_at is None else recorded_at
        return await self._store.apply(batches, recorded_at=at, author=author, progress=progress, upon=upon)

    async def edit(self, decide: Decide, request: EditRequest) -> Edited:
        """Decide on an edit and write it, in one transaction. Raises BatchError for records that break a rule.

        See ``StoreWriter.edit``; ``decide`` may raise what it likes, and nothing is written then.
        """

        async def checked(reader: StoreReader) -> Edit:
            edit = await decide(reader)
            errors = check_records(edit.puts)
            if errors:
                raise BatchError(errors)
            return edit

        return await self._store.edit(checked, request, recorded_at=time.time_ns() // 1000)

    async def submit(self, submission: Submission) -> Submitted:
        """Decide on a list of changes and write it, in one transaction, or nothing of it.

        What was wrong with it, and what it changed, is in the outcome. Raises StoreError where it cannot be written,
        and KeyReusedError for a key that was used for other changes.
        """
        judged: list[Judgement] = []
        submission = await self._with_findings(submission)

        async def decide(reader: StoreReader) -> Edit:
            judged.append(await judge(submission, reader, is_whole=False))
            if not judged[-1].is_allowed:
                raise RefusedError(await judge(submission, reader))
            verdict = judged[-1].verdict
            return Edit(verdict.puts, verdict.plan.removes)

        try:
            edited = await self.edit(decide, submission.request())
        except RefusedError as refused:
            return Submitted(refused.judgement)
        if edited.is_repeated and edited.entry is not None:
            before = edited.entry.recorded_at - 1
            then = await self._with_findings(submission, before)
            return Submitted(await judge(then, self._store, before, is_whole=False), edited.entry, True)
        return Submitted(judged[-1], edited.entry)

    async def _with_findings(self, submission: Submission, recorded_as_of: int | None = None) -> Submission:
        """The submission with the findings that it decides about, as they are found.

        They are looked for before the transaction, for that may take the whole graph. Whoever writes in between makes
        another finding of it, which the ruling then is not about: it says what was seen.
        """
        seen: dict[tuple[str, str | None], SeenFinding] = {}
        for change in submission.changes:
            if not isinstance(change, JudgeFinding):
                continue
            try:
                day = None if change.as_of is None else parse_day(change.as_of)
            except BadDateError:
                continue  # a fault of the change: its planner tells it
            moment = await self.moment(day, recorded_as_of)
            found = await self.find_finding(change.finding, moment)
            if found is not None:
                key, subjects = (change.finding, change.as_of), found.record.subjects
                seen[key] = SeenFinding(*key, found.version, moment.as_of.isoformat(), subjects)
        return structs.replace(submission, seen=tuple(seen.values()))

    async def judge_whole(self, submission: Submission, submitted: Submitted) -> Judgement:
        """The judgement of what came of a submission, with all that its effects are told by."""
        if submitted.judgement.is_whole or submitted.entry is None:
            return submitted.judgement
        return await judge(submission, self._store, submitted.entry.recorded_at - 1)

    async def try_out(self, submission: Submission) -> Submitted:
        """What a submission would come to; the same decision as ``submit``, and nothing is written."""
        before = (await self._store.header()).generation
        submission = await self._with_findings(submission)
        judgement = await judge(submission, self._store)
        if (await self._store.header()).generation != before:
            # Somebody wrote meanwhile: the state after a certain write is one and the same, whoever goes on writing.
            (last,) = (await self._store.journal(first=1)).entries
            judgement = await judge(submission, self._store, last.recorded_at)
        return Submitted(judgement)

    async def impact(self, assignee: str, on: date, recorded_as_of: int | None = None) -> Impact | None:
        """What would come of it if an assignee (an id) left on a day; None for an unknown one.

        Asked of the state after the last write, or the last before a recorded moment: one and the same throughout.
        """
        header = await self._store.header(recorded_as_of)
        entry = (await self._store.entries([header.generation])).get(header.generation)
        return None if entry is None else await find_impact(self._store, assignee, on, entry.recorded_at)

    async def candidates(self, impact: Impact) -> tuple[Candidate, ...]:
        """Who could take over what an assignee leaves, the nearest first."""
        coverages = (await self.frame(None, impact.recorded_as_of)).header.coverages
        day = impact.on.toordinal()
        return await find_successors(self._store, impact.posts, day, coverages, impact.recorded_as_of)

    async def touched(
        self, targets: Sequence[AnyTarget], own: Neighbourhood, moment: Moment
    ) -> tuple[tuple[View, Touched], ...]:
        """The targets, whose claims are in ``own``, and all divisions within them: by level, code and id."""
        frame = await self.frame(None, moment.recorded_as_of)
        found = await gather_touched(
            self._store, targets, own, moment.day, frame.header.coverages, moment.recorded_as_of
        )
        return tuple((View(each.around, moment, frame), each) for each in found)
