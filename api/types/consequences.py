"""What follows from assessments, as it is published (奖惩)."""

from __future__ import annotations

import strawberry

from api.enums import Lang
from api.scope import Scope
from api.types.chain import Holder, publish_holder
from api.types.labels import LangArgument, MeasureKind, Term, say
from api.types.nodes import Node
from api.types.publishing import publish_node
from graph_model import records
from graph_model.consequence_rules import Consequence as ConsequenceRule
from graph_model.dates import Certainty
from graph_model.questions import consequences as model
from graph_model.questions.consequences import Standing, Verdict
from graph_model.questions.naming import called_on
from graph_model.records import Text
from graph_model.views import View


@strawberry.type(description="What would have to be recorded to tell whether a row applies (缺少的结果).")
class MissingResult:
    """See the description."""

    year: int = strawberry.field(description="The year that it is missing for.")
    result: str | None = strawberry.field(description="The result's code; null: the whole assessment of that year.")


@strawberry.type(description="A row of a regime's table of consequences (奖惩条目).")
class Consequence(Term):
    """See the description."""

    clause: str = strawberry.field(description="The clause of the source that it rests on.")
    years_running: int = strawberry.field(description="How many years running its conditions must be met.")
    rule: strawberry.Private[ConsequenceRule]

    @strawberry.field(description="A note on how it is read.")
    def note(self, lang: LangArgument = Lang.ZH) -> str | None:
        return None if self.rule.note is None else say(self.rule.note, lang)


@strawberry.type(description="A row of the table, and whether it applies to the subject in the year.")
class ConsequenceRow:
    """See the description."""

    consequence: Consequence = strawberry.field(description="The row.")
    verdict: Verdict = strawberry.field(description="Whether it applies.")
    certainty: Certainty = strawberry.field(
        description="How sure the verdict is: the subject's designation, and the regime, on the day."
    )
    missing: list[MissingResult] = strawberry.field(description="What is missing to tell; empty unless UNKNOWN.")


@strawberry.type(description="Who is meant by a measure (对象): named where the graph can, else in the rule's words.")
class Addressee:
    """See the description."""

    node: Node | None = strawberry.field(description="Who it is; null where the graph can name nobody.")
    of: Node | None = strawberry.field(description="Whose it is, where nobody can be named: a department, a unit.")
    holders: list[Holder] = strawberry.field(description="Of a post: who holds it on the day.")
    certainty: Certainty = strawberry.field(description="Whether it is surely the one meant.")
    labels: strawberry.Private[Text]
    called: strawberry.Private[str | None]
    called_of: strawberry.Private[str | None]

    @strawberry.field(description="What the rule calls it.")
    def label(self, lang: LangArgument = Lang.ZH) -> str:
        return say(self.labels, lang)

    def said(self, lang: Lang) -> str:
        """Its name, or what the rule calls it and whose it is."""
        if self.called is not None:
            return self.called
        return say(self.labels, lang) + (f"（{self.called_of}）" if self.called_of else "")


@strawberry.type(description="One measure for one addressee (措施): what follows, for whom, by whom, on what clause.")
class NamedMeasure:
    """See the description."""

    consequence: Consequence = strawberry.field(description="The row of the table that brings it.")
    kind: MeasureKind = strawberry.field(description="What kind of measure it is.")
    to: Addressee = strawberry.field(description="For whom.")
    by: list[Addressee] = strawberry.field(description="By whom; empty where the source does not say.")
    amount: float | None = strawberry.field(description="Yuan; null where it is not about money.")
    certainty: Certainty = strawberry.field(description="How sure it is: the row's and the addressee's, the weaker.")
    standing: Standing = strawberry.field(
        description="Of several sanctions for one addressee the gravest holds and includes the others."
    )
    included_in: str | None = strawberry.field(
        description="The code of the row whose measure includes this one; null where it holds."
    )
    purpose_text: strawberry.Private[Text | None]

    @strawberry.field(description="What an amount is for; null where nothing is said.")
    def purpose(self, lang: LangArgument = Lang.ZH) -> str | None:
        return None if self.purpose_text is None else say(self.purpose_text, lang)

    @strawberry.field(description="The measure as one sentence.")
    def sentence(self, lang: LangArgument = Lang.ZH) -> str:
        to, clause = self.to.said(lang), self.consequence.clause
        label = self.kind.label(lang)
        if lang is Lang.EN:
            by = f" by {', '.join(one.said(lang) for one in self.by)}" if self.by else ""
            amount = f", {self.amount:,.0f} yuan" if self.amount is not None else ""
            return f"{label}: {to}{amount}{by} (clause {clause})."
        by = f"由{'、'.join(one.said(lang) for one in self.by)}" if self.by else ""
        amount = f"{self.amount:,.0f}元" if self.amount is not None else ""
        return f"{by}对{to}{label}{amount}（第{clause}条）。"


@strawberry.type(description="What follows for one subject from the assessments of a year (考核结果的运用).")
class ConsequenceAnswer:
    """See the description."""

    subject: Node = strawberry.field(description="Who was assessed.")
    year: int = strawberry.field(description="The year.")
    rows: list[ConsequenceRow] = strawberry.field(description="The rows that speak of such a subject, in their order.")
    measures: list[NamedMeasure] = strawberry.field(
        description="The measures of the rows that apply, in the rows' order; none where no row applies."
    )


def publish_outcome(outcome: model.Outcome, view: View, scope: Scope) -> ConsequenceAnswer:
    """The answer as seen at the view's moment."""
    kinds = {row.consequence.code: _publish_rule(row.consequence) for row in outcome.rows}
    return ConsequenceAnswer(
        subject=publish_node(outcome.subject, view, scope),
        year=outcome.year,
        rows=[
            ConsequenceRow(
                consequence=kinds[row.consequence.code],
                verdict=row.verdict,
                certainty=row.certainty,
                missing=[MissingResult(year=one.year, result=one.result) for one in row.missing],
            )
            for row in outcome.rows
        ],
        measures=[
            NamedMeasure(
                consequence=kinds[measure.consequence.code],
                kind=MeasureKind(code=measure.measure.code, labels=measure.measure.labels),
                to=_publish_addressee(measure.to, view, scope),
                by=[_publish_addressee(one, view, scope) for one in measure.by],
                amount=measure.amount,
                certainty=measure.certainty,
                standing=measure.standing,
                included_in=measure.included_in,
                purpose_text=measure.purpose,
            )
            for measure in outcome.measures
        ],
    )


def _publish_rule(rule: ConsequenceRule) -> Consequence:
    return Consequence(
        code=rule.code, labels=rule.labels, clause=rule.clause, years_running=rule.years_running, rule=rule
    )


def _publish_addressee(addressee: model.Addressee, view: View, scope: Scope) -> Addressee:
    return Addressee(
        node=None if addressee.node is None else publish_node(addressee.node, view, scope),
        of=None if addressee.of is None else publish_node(addressee.of, view, scope),
        holders=[publish_holder(holder, scope) for holder in addressee.holders],
        certainty=addressee.certainty,
        labels=addressee.labels,
        called=_called(addressee.node, view),
        called_of=_called(addressee.of, view),
    )


def _called(node: records.AnyNode | None, view: View) -> str | None:
    return None if node is None else called_on(view.around, node, view.moment.day)
