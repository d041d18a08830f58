"""What a field costs (计价): the one table of assumed sizes and of work that a field's answer does not show.

Each field of each row costs 1. A list bounded by nature counts with the size assumed here; a connection's ``edges``
with ``first``; some fields do work besides, a walk through the graph for instance, and cost that much more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

ASSUMED_ROWS: Mapping[str, float] = {
    "BrokenRule.remedies": 3,
    "ChangePayload.brokenRules": 2,
    "ChangePayload.changed": 3,
    "ChangePayload.userErrors": 2,
    "ChangedRecord.about": 2,
    "ChangedRecord.fields": 5,
    "Effects.changes": 5,
    "Effects.touchedCounts": 4,
    "AccountabilityChain.gaps": 20,
    "AccountabilityChain.links": 40,
    "AccountabilityChain.way": 5,
    "ChainDifference.gapsChanged": 5,
    "ChainDifference.gapsClosed": 5,
    "ChainDifference.gapsOpened": 5,
    "ChainDifference.linksChanged": 5,
    "ChainDifference.linksGained": 5,
    "ChainDifference.linksLost": 5,
    "Addressee.holders": 1,
    "ConsequenceAnswer.measures": 20,
    "ConsequenceAnswer.rows": 10,
    "ConsequenceRow.missing": 2,
    "ChangeEvent.after": 2,
    "ChangeEvent.before": 2,
    "CodeReading.changeEvents": 2,
    "CodeReading.others": 1,
    "CodeReading.possibleSuccessors": 1,
    "CodeReading.successors": 1,
    "Dataset.counts": 3,
    "Dataset.coverages": 20,
    "Dataset.regimes": 2,
    "Division.ancestors": 4,
    "Division.changeEvents": 3,
    "Division.codes": 2,
    "Division.designations": 2,
    "Division.names": 2,
    "Alternative.kinds": 2,
    "Duty.kinds": 2,
    "Duty.orElse": 1,
    "Explanation.trails": 5,
    "Exposed.gaps": 5,
    "Exposed.lost": 5,
    "Exposed.others": 5,
    "Finding.subjects": 5,
    "Impact.brokenRules": 5,
    "Impact.ended": 10,
    "Import.refusals": 20,
    "ImportPayload.userErrors": 1,
    "ImportPlan.changes": 50,
    "ImportPlan.effects": 20,
    "ImportPlan.notes": 2,
    "ImportPlan.outside": 2,
    "ImportPlan.refused": 20,
    "PlannedRecord.fields": 2,
    "Import.undoes": 1,
    "Link.holders": 1,
    "Measure.by": 2,
    "NamedMeasure.by": 2,
    "Measure.to": 5,
    "Query.facts": 300,
    "Query.gapTotals": 40,
    "Query.loadDistributions": 100,
    "Load.byKind": 2,
    "Load.byLevel": 2,
    "SinglePoint.posts": 1,
    "Span.assignees": 2,
    "Span.below": 3,
    "Deadline.by": 2,
    "Deadline.kinds": 2,
    "Query.handovers": 10,
    "Query.rhythms": 10,
    "Query.nodes": 100,
    "RecordChange.about": 2,
    "RecordChange.fields": 10,
    "Regime.designations": 4,
    "Regime.duties": 20,
    "Regime.kinds": 20,
    "Regime.lanes": 8,
    "Regime.levels": 5,
    "Regime.measures": 10,
    "Regime.deadlines": 5,
    "Regime.rhythms": 10,
    "Regime.stabilityRules": 5,
    "Rhythm.kinds": 2,
    "Rhythm.least": 1,
    "Measure.quantities": 1,
    "RhythmCheck.periods": 24,
    "RhythmPeriod.done": 1,
    "RhythmPeriod.perhaps": 1,
    "StabilityRule.kinds": 5,
    "StabilityRule.levels": 3,
    "Write.origins": 1,
    "Trail.steps": 5,
}
OTHER_ROWS = 10
"""The size of a list that the table does not name; a test asks that it names all."""

_CHANGE = 1_500
EXTRA_COSTS: Mapping[str, int] = {
    "ChangePayload.effects": 500,
    "Effects.touched": 2_000,
    "Effects.touchedCounts": 2_000,
    "TargetEffect.difference": 500,
    "Import.undoneBy": 20,
    "Impact.candidates": 5_000,
    "Impact.effects": 500,
    "Impact.exposed": 500,
    "Mutation.addMember": _CHANGE,
    "Mutation.commitImport": _CHANGE,
    "Mutation.undoImport": _CHANGE,
    "Mutation.appointToPost": _CHANGE,
    "Mutation.applyChanges": _CHANGE,
    "Mutation.correctRecord": _CHANGE,
    "Mutation.createAssignment": _CHANGE,
    "Mutation.endAssignment": _CHANGE,
    "Mutation.endDesignation": _CHANGE,
    "Mutation.endDivision": _CHANGE,
    "Mutation.endExemption": _CHANGE,
    "Mutation.establishDivision": _CHANGE,
    "Mutation.moveDivision": _CHANGE,
    "Mutation.recodeDivision": _CHANGE,
    "Mutation.recordDesignation": _CHANGE,
    "Mutation.recordDocument": _CHANGE,
    "Mutation.recordExemption": _CHANGE,
    "Mutation.removeMember": _CHANGE,
    "Mutation.renameDivision": _CHANGE,
    "Mutation.retractRecord": _CHANGE,
    "Mutation.transferAssignment": _CHANGE,
    "Mutation.vacatePost": _CHANGE,
    "Division.ancestors": 100,
    "Household.village": 100,
    "Query.consequences": 20_000,
    "ChainChanges.targets": 1000,
    "Query.changes": 50_000,
    "Query.compareChains": 1000,
    "Query.dataset": 100,
    "Query.assets": 500,
    "Query.divisions": 500,
    "Query.explain": 2_000,
    "Query.loadDistributions": 50_000,
    "Query.loads": 50_000,
    "Query.singlePoints": 50_000,
    "Query.spans": 50_000,
    "Query.gapPeriods": 50_000,
    "Query.gapTotals": 50_000,
    "Query.impact": 2_000,
    "Query.handovers": 2_000,
    "Query.rhythms": 20_000,
    "Query.search": 500,
    "Query.simulate": _CHANGE,
    "Query.upcoming": 50_000,
    "Subscription.chainChanged": 2_000,
    "Subscription.changes": 50_000,
    "Target.accountabilityChain": 500,
}
"""Work besides the fields: the walk up, the duties of every level, the divisions below a division. Measured over the
data that ship, a cost of 1 takes 3 to 6 microseconds (``docs/limits.md``)."""
COSTS_OF_EACH: Mapping[str, tuple[str, int]] = {
    "Mutation.applyChanges": ("changes", 300),
    "Query.simulate": ("changes", 300),
}
"""Of a field that takes a list: the argument, and what each of its items costs."""
PAGE_COST = 50
"""What the look-up of a page costs besides its rows, where the table names no other."""

EDGES = "edges"


@dataclass(frozen=True)
class Tariff:
    """What a field of a type costs."""

    field: GraphQLField
    extra: int
    rows: float
    is_page: bool
    """Whether it has ``edges``: its argument ``first`` says how many."""
    is_edges: bool
    of_each: tuple[str, int] | None = None
    """The argument that is a list, and what each of its items costs."""


class Pricing:
    """The tariffs of a schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._introspection = introspection_rows(schema)
        self._known: dict[tuple[str, str], Tariff | None] = {}

    def tariff(self, type_name: str, field_name: str) -> Tariff | None:
        """The tariff of a field; None where there is no such field."""
        key = (type_name, field_name)
        if key not in self._known:
            self._known[key] = self._make(type_name, field_name)
        return self._known[key]

    def _make(self, type_name: str, field_name: str) -> Tariff | None:
        parent = self._schema.get_type(type_name)
        field = self._schema.get_field(parent, field_name) if is_composite_type(parent) else None
        if field is None:
            return None
        of = get_named_type(field.type)
        names = [f"{type_name}.{field_name}"]
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            names += [f"{interface.name}.{field_name}" for interface in parent.interfaces]
        is_rows = is_composite_type(of) and is_list(field)
        is_page = isinstance(of, GraphQLObjectType) and EDGES in of.fields and "first" in field.args
        sizes = {**ASSUMED_ROWS, **self._introspection}
        return Tariff(
            field=field,
            extra=next((EXTRA_COSTS[name] for name in names if name in EXTRA_COSTS), PAGE_COST if is_page else 0),
            rows=next((sizes[name] for name in names if name in sizes), OTHER_ROWS if is_rows else 1),
            is_page=is_page,
            is_edges=is_rows and field_name == EDGES,
            of_each=COSTS_OF_EACH.get(names[0]),
        )


def is_list(field: GraphQLField) -> bool:
    """Whether a field gives a list."""
    of = field.type.of_type if is_non_null_type(field.type) else field.type
    return is_list_type(of)


def introspection_rows(schema: GraphQLSchema) -> dict[str, float]:
    """The sizes of the introspection's lists, on average over the schema as it is."""
    types = list(schema.type_map.values())
    fields = [field for each in types for field in getattr(each, "fields", {}).values()]
    arguments = sum(len(field.args) for field in fields if isinstance(field, GraphQLField))
    values = sum(len(getattr(each, "values", {})) for each in types)
    interfaces = sum(len(getattr(each, "interfaces", ())) for each in types)

    def mean(total: int, over: int) -> int:
        return max(1, math.ceil(total / max(1, over)))

    return {
        "__Schema.types": len(types),
        "__Schema.directives": len(schema.directives),
        "__Type.fields": mean(len(fields), len(types)),
        "__Type.inputFields": 1,
        "__Type.interfaces": mean(interfaces, len(types)),
        "__Type.possibleTypes": mean(interfaces, len(types)),
        "__Type.enumValues": mean(values, len(types)),
        "__Field.args": mean(arguments, len(fields)),
        "__Directive.args": 2,
        "__Type.ofType": 0.5,  # a type that wraps none has none
    }
