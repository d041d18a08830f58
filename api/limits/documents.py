"""Documents (查询文本) that were parsed, held to their bounds and validated, kept while they are asked for again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OverlappingFieldsCanBeMergedRule,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api.limits.bounds import QueryBounds
from api.limits.errors import LimitError
from api.limits.measures import check_document
from api.limits.merging import survey_merging
from api.limits.plan import Plan, Planner
from api.limits.pricing import Pricing
from api.limits.tokens import COUNTED_TIMES, count_tokens
from api.limits.variables import check_variables

KEPT_DOCUMENTS = 1_000
KEPT_TOKENS = 60_000
"""All kept documents together: a token takes about a kilobyte."""
SHOWN_ERRORS = 20
"""How many faults validation looks for: nobody reads more, and each of them takes time."""
COMPARISONS = 5_000
"""How many pairs of fields of one name may be compared where they are not simply the same: some 30 ms."""


@dataclass
class Document:
    """A document that keeps all bounds, with what validation says of it."""

    document: DocumentNode
    tokens: int
    errors: list[GraphQLError]
    planner: Planner
    plans: dict[str | None, Plan] = field(default_factory=dict)

    def plan(self, operation_name: str | None) -> Plan:
        """The plan of an operation; made when it is first asked for."""
        plan = self.plans.get(operation_name)
        if plan is None:
            operation = get_operation_ast(self.document, operation_name)
            plan = Plan(0) if operation is None else self.planner.plan(operation)
            self.plans[operation_name] = plan
        return plan


class Documents:
    """The documents of one schema; the latest ones are kept, if they are valid."""

    def __init__(self, schema: GraphQLSchema, bounds: QueryBounds) -> None:
        self.bounds = bounds
        self._schema = schema
        self._pricing = Pricing(schema)
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._kept_tokens = 0

    def get(self, text: str) -> Document:
        """The document of a text.

        Raises:
            GraphQLError: it cannot be parsed, exceeds a bound, or has a fragment that spreads itself.
        """
        known = self._kept.get(text)
        if known is not None:
            self._kept.move_to_end(text)
            return known
        made = self._make(text)
        if not made.errors:
            self._keep(text, made)
        return made

    def price(self, found: Document, operation_name: str | None, variables: dict[str, Any] | None) -> int:
        """The cost of an operation with its variables.

        Raises:
            LimitError: the variables are too deep.
            BadUserInputError: a page is larger than any may be.
        """
        check_variables(variables, self.bounds.variables_depth)
        return found.plan(operation_name).cost(variables or {})

    def check_cost(self, cost: int) -> None:
        """Raises LimitError for a cost beyond the bound."""
        if cost > self.bounds.cost:
            raise LimitError("QUERY_TOO_COSTLY", "cost", self.bounds.cost, cost)

    def published(self, cost: int) -> dict[str, Any]:
        """A cost, as the ``extensions`` of an answer have it."""
        return {"cost": {"requested": cost, "budget": self.bounds.cost}}

    def _make(self, text: str) -> Document:
        bound = self.bounds.tokens
        try:
            if len(text) > self.bounds.characters:
                raise LimitError("QUERY_TOO_LONG", "characters", self.bounds.characters, len(text))
            tokens = count_tokens(text, bound)
            if tokens > bound:
                raise LimitError("QUERY_TOO_LONG", "tokens", bound, tokens, is_least=tokens > COUNTED_TIMES * bound)
            document = parse(text, max_lexical_tokens=bound, max_comments=bound)
            check_document(document, self.bounds)
            survey = survey_merging(self._schema, document)
            if not survey.is_plain and survey.comparisons > COMPARISONS:
                raise LimitError(
                    "QUERY_TOO_MANY_FIELDS", "pairs of different fields of one name", COMPARISONS, survey.comparisons
                )
        except LimitError as error:
            raise error.located() from error
        rules = [*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule]
        if survey.is_plain:
            rules.remove(OverlappingFieldsCanBeMergedRule)
        errors = validate(self._schema, document, rules, max_errors=SHOWN_ERRORS)
        return Document(document, tokens, errors, Planner(self._schema, self._pricing, document))

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._kept_tokens += document.tokens
        while len(self._kept) > KEPT_DOCUMENTS or (self._kept_tokens > KEPT_TOKENS and len(self._kept) > 1):
            _, oldest = self._kept.popitem(last=False)
            self._kept_tokens -= oldest.tokens
