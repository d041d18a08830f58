"""What comes of it if an assignee leaves (离任影响), as it is published."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass, field

import strawberry

from api.connections import After, Connection, First, check_first, connection, decode_cursor, encode_cursor
from api.scope import Scope
from api.types.afterwards import Afterwards
from api.types.assignees import Post, publish_assignee
from api.types.chain import Gap, Link, publish_gap, publish_link
from api.types.effects import Effects, publish_effects
from api.types.nodes import Assignee, Target
from api.types.publishing import publish_target
from api.types.submitted import BrokenRule, ChangedRecord, publish_breach, publish_changed
from graph_model.editing.draft import Rules
from graph_model.editing.effects import Effect
from graph_model.impact import Impact as Answer
from graph_model.impact import expose, losses, position_of, work_out
from graph_model.questions.candidates import Candidate as Found
from graph_model.views import Moment, View


@strawberry.type(
    description="A target that loses a link or gains a gap, and who else answers for it (失去责任者的对象)."
)
class Exposed:
    """See the description."""

    day: datetime.date = strawberry.field(description="The first day on which it shows.")
    target: Target = strawberry.field(description="The target.")
    gaps: list[Gap] = strawberry.field(
        description="The target's own gaps that open, or have another cause than before: what becomes uncovered."
    )
    lost: list[Link] = strawberry.field(description="The target's own links that are lost.")
    others: list[Link] = strawberry.field(
        description="The target's own links that are left on that day, in the lanes of what is lost or loses its "
        "holder, and of what opens: who else answers. A link whose post stands empty is among them, without holders."
    )


@dataclass
class Trial:
    """The state that the leaving comes to, and the effects, worked out when they are first asked for."""

    afterwards: Afterwards
    rules: Rules
    found: asyncio.Future[tuple[Effect, ...]] | None = field(default=None)

    async def effects(self) -> tuple[Effect, ...]:
        """The effects."""
        if self.found is None:
            self.found = asyncio.ensure_future(work_out(self.afterwards.plan, self.rules))
        return await self.found

    def expose(self, effect: Effect) -> Exposed:
        """The target of an effect, as it is published."""
        exposure = expose(effect, self.afterwards.plan, self.rules)
        scope = self.afterwards.scope(exposure.day)
        before, after = (
            View(around, Moment(exposure.day, scope.moment.recorded_as_of), self.afterwards.frame)
            for around in (self.afterwards.plan.before, self.afterwards.plan.after)
        )
        target = publish_target(exposure.target, after, scope)
        return Exposed(
            day=scope.moment.as_of,
            target=target,
            gaps=[publish_gap(gap, target, exposure.regime) for gap in exposure.gaps],
            lost=[publish_link(link, target, before, scope) for link in exposure.lost],
            others=[publish_link(link, target, after, scope) for link in exposure.others],
        )


@strawberry.type(description="A post of the same kind as one that is left: whoever holds it knows the work (接替人选).")
class Candidate:
    """See the description."""

    post: Post = strawberry.field(description="The post; its `holders` and `assignments` say who, and with what load.")
    shared: Target | None = strawberry.field(
        description="The nearest organisation or division that both lie in; null where there is none."
    )
    steps: int | None = strawberry.field(
        description="How many steps up from the post that is left it is, 1 the next; null where there is none."
    )


@strawberry.type(
    description="What would come of it if an assignee left; nothing is written. A post stands empty from that day on, "
    "and its assignments go on; a person's posts stand empty where nobody else holds them, and its own assignments and "
    "memberships end, as an organisation's do. That something was seen on that day or later is set aside."
)
class Impact:
    """See the description."""

    leaving_on: datetime.date = strawberry.field(description="The first day without.")
    assignee: Assignee = strawberry.field(description="Who would leave.")
    ended: list[ChangedRecord] = strawberry.field(
        description="What would end, or begin (a vacancy), record by record; empty where nothing would."
    )
    broken_rules: list[BrokenRule] = strawberry.field(
        description="The stability rules that forbid it, each with what would be allowed."
    )
    answer: strawberry.Private[Answer]
    trial: strawberry.Private[Trial | None]
    scope: strawberry.Private[Scope]

    @strawberry.field(
        description="What it would do to those who are answered for, as of a dry run; null where nothing would end."
    )
    async def effects(self) -> Effects | None:
        if self.trial is None:
            return None
        afterwards, rules = self.trial.afterwards, self.trial.rules
        return publish_effects(await self.trial.effects(), afterwards.plan, rules, afterwards)

    @strawberry.field(
        description="The targets that lose a link or its holder, or gain a gap of their own, and who else answers for "
        "each: by day, level from the nearest, and id."
    )
    async def exposed(self, first: First = None, after: After = None) -> Connection[Exposed]:
        size, key = check_first(first), decode_cursor(after, "exposed", tuple[int, int, str, str])
        trial = self.trial
        if trial is None:
            return connection((), total=0, has_next=False, after=after)
        rows = [(position_of(effect), effect) for effect in losses(await trial.effects(), self.answer.on)]
        rest = [row for row in rows if key is None or row[0] > key]
        published = [(encode_cursor("exposed", position), trial.expose(effect)) for position, effect in rest[:size]]
        return connection(published, total=len(rows), has_next=len(rest) > size, after=after)

    @strawberry.field(
        description="Posts of the same kind as the post that is left, or as a person's posts: those in the nearest "
        "organisation or division first, then by id. Empty for an organisation. At most 60 posts are looked at for "
        "each: those with the ids most like that of the post that is left, which lie near it."
    )
    async def candidates(self, first: First = None, after: After = None) -> Connection[Candidate]:
        size, key = check_first(first), decode_cursor(after, "candidates", tuple[int, str])
        graph = self.scope.graph
        rows = [(_nearness(found), found) for found in await graph.candidates(self.answer)]
        rest = [row for row in rows if key is None or row[0] > key]
        ids = [found.post.id for _, found in rest[:size]]
        view = await graph.lookup(
            [*ids, *(found.shared.id for _, found in rest[:size] if found.shared is not None)], self.scope.moment
        )
        published = [
            (encode_cursor("candidates", place), _publish_candidate(found, view, self.scope))
            for place, found in rest[:size]
        ]
        return connection(published, total=len(rows), has_next=len(rest) > size, after=after)


def _nearness(found: Found) -> tuple[int, str]:
    return 1 << 30 if found.steps is None else found.steps, found.post.id


def _publish_candidate(found: Found, view: View, scope: Scope) -> Candidate:
    post = publish_assignee(found.post, view, scope)
    if not isinstance(post, Post):
        raise TypeError("a candidate is a post")
    shared = None if found.shared is None else publish_target(found.shared, view, scope)
    return Candidate(post=post, shared=shared, steps=found.steps)


def publish_impact(answer: Answer, view: View, scope: Scope, afterwards: Afterwards | None) -> Impact:
    """The impact; ``view`` must know the assignee."""
    ended: list[ChangedRecord] = []
    broken: list[BrokenRule] = []
    trial = None
    if answer.judgement is not None and afterwards is not None:
        trial = Trial(afterwards, answer.judgement.rules)
        after, told, verdict = afterwards.view(), afterwards.scope(afterwards.first_day), answer.judgement.verdict
        ended = [publish_changed(changed, after, told) for changed in verdict.changed]
        broken = [publish_breach(each, False, after, told) for each in verdict.breaches]
    return Impact(
        leaving_on=answer.on,
        assignee=publish_assignee(answer.assignee, view, scope),
        ended=ended,
        broken_rules=broken,
        answer=answer,
        trial=trial,
        scope=scope,
    )
