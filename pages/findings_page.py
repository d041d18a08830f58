"""``/findings``: all that an auditor should see of a day, on record and found anew, the gravest first (发现页).

Other than the query ``findings``, the page always has what is found anew: the first one after a write waits for it, as
a query with ``within`` does (docs/findings.md).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final, TypeVar

from msgspec import Struct
from starlette.responses import Response

from graph_model.dates import Certainty, certainty_on
from graph_model.errors import BadUserInputError
from graph_model.facade.findings import Listed, Standing
from graph_model.questions.found import DUTY_CODES, Found
from graph_model.questions.naming import called_on
from graph_model.records import AnyAssignee, AnyTarget, Basis, Code, Division, Document, FindingState, Severity
from graph_model.search_keys import order_key
from graph_model.views import View
from pages.answering import Visit
from pages.gap_calendar_page import read_size
from pages.places import code_of, find_areas, name_place
from pages.texts import find_text
from pages.twins.answering import rows_twin

ENDINGS: Final = ("json", "csv", "xlsx")
SHOWN: Final = 100
TARGETS_SHOWN: Final = 3
MOST_IN_TWIN: Final = 3_000
"""How many findings a twin takes: what can be named well within the ten seconds of a request."""
_AT_A_TIME: Final = 500
_CODE: Final = re.compile(r"[\w.-]{1,64}")
_PLACE_IN_LIST: Final = re.compile(r"[0-2] [\w.-]+ finding:\S+")
_Word = TypeVar("_Word", bound=Enum)


class Concerned(Struct, frozen=True):
    """Something that a finding is about: ``key`` is what its page is found by, empty where it has none."""

    id: str
    key: str
    name: str
    sort: str

    @property
    def path(self) -> str | None:
        """The path of its page, a ladder or an assignee's; None where it has none."""
        return f"/{self.sort}/{self.key}" if self.key else None


class FindingRow(Struct, frozen=True):
    """One finding.

    ``place``: where it is, the code (or id) of its page; empty of what is on record and concerns no one thing alone.
    ``targets`` are the names of the first few of those it is true of, ``target_keys`` what their pages are found by (or
    their ids), ``target_count`` how many there are. ``places`` are the files and rows it was seen in. ``by``, ``as_of``
    and ``basis`` are of the last ruling.
    """

    severity: str
    code: str
    message: str
    clauses: tuple[str, ...]
    places: tuple[str, ...]
    id: str
    state: str
    by: str
    as_of: str
    basis: str
    remedy: str
    is_on_record: bool
    regime: str
    cause: str
    certainty: str
    place: str
    place_name: str
    target_count: int
    target_keys: tuple[str, ...]
    targets: tuple[str, ...]


class Shown(Struct, frozen=True):
    """A finding with what the page links to: ``more`` are the parameters of ``/gaps`` that list all its targets."""

    row: FindingRow
    place: Concerned | None
    targets: tuple[Concerned, ...]
    more: Mapping[str, str] | None


class CountRow(Struct, frozen=True):
    """How many findings of a code there are, in the area and the state that were asked for."""

    severity: str
    code: str
    label: str
    count: int


async def findings_page(visit: Visit) -> Response:
    """The page, or its twins, which have all that it pages through, up to MOST_IN_TWIN.

    Raises BadUserInputError for a severity, a state, a code, a size or a place in the list that there is not;
    NotFoundError for an unknown division.
    """
    ask, graph = visit.ask, visit.graph
    severity = _read_word("severity", ask.value("severity"), Severity)
    state = _read_word("state", ask.value("state"), FindingState)
    code, after = _read_code(ask.value("code")), _read_place(ask.value("after"))
    size = SHOWN if ask.value("first") is None else read_size(ask.value("first"))
    within = ask.value("within")
    areas = None if within is None else await find_areas(visit, within)
    survey = await graph.survey_findings(
        visit.moment,
        first=size if ask.twin is None else MOST_IN_TWIN,
        after=after if ask.twin is None else None,
        code=code,
        severity=severity,
        within=areas,
        state=state,
    )
    page = survey.page
    counts = [
        CountRow(each.value, word, find_text(f"finding.{word}", "", visit.lang), count)
        for (each, word), count in sorted(survey.counts.items(), key=lambda item: (_GRAVITY[item[0][0]], item[0][1]))
    ]
    if ask.twin is not None:
        if page.has_next:
            raise BadUserInputError(
                f"within: {page.total:,} findings, and a .{ask.twin} takes at most {MOST_IN_TWIN:,}: ask for a smaller "
                "division, a code or a severity"
            )
        rows = [shown.row for shown in await _name_all(visit, page.rows)]
        more = {"total": page.total, "counts": counts}
        return await asyncio.to_thread(rows_twin, visit, "findings", rows, FindingRow, ENDINGS, **more)
    return visit.page(
        "findings.html",
        rows=await _name_all(visit, page.rows),
        total=page.total,
        counts=counts,
        severities=[(each.value, sum(row.count for row in counts if row.severity == each.value)) for each in Severity],
        codes=[
            (each, find_text(f"finding.{each}", "", visit.lang))
            for each in sorted({row.code for row in counts} | ({code} if code else set()))
        ],
        states=[each.value for each in FindingState],
        counties=await _counties(visit),
        area=None if areas is None else await _call(visit, areas),
        following=order_key(page.rows[-1].record) if page.has_next and page.rows else None,
        endings=ENDINGS if page.total <= MOST_IN_TWIN else (),
    )


_GRAVITY: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def _read_word(name: str, text: str | None, words: type[_Word]) -> _Word | None:
    if text is not None and text not in words.__members__:
        raise BadUserInputError(f"{name}: {text[:20]!r} is none; there are: {', '.join(words.__members__)}")
    return None if text is None else words[text]


def _read_code(text: str | None) -> str | None:
    """The code of findings: which there are is up to loads and sources, so that an unknown one has none."""
    if text is not None and _CODE.fullmatch(text) is None:
        raise BadUserInputError(f"code: {text[:20]!r} is no code of findings: write it like 'duty-unmet'")
    return text


def _read_place(text: str | None) -> str | None:
    """The place after which a page begins. Raises BadUserInputError."""
    if text is not None and _PLACE_IN_LIST.fullmatch(text) is None:
        raise BadUserInputError(f"after: {text[:40]!r} is no place in this list; leave it away for the first page")
    return text


async def _counties(visit: Visit) -> list[tuple[str, str]]:
    """The counties, by code, as they are called on the day."""
    overview = await visit.graph.overview(visit.moment.recorded_as_of)
    view = await visit.graph.lookup(overview.groups, visit.moment)
    nodes = [view.around.find_node(group) for group in overview.groups]
    return [(code_of(view, node), called_on(view.around, node, visit.moment.day)) for node in nodes if node is not None]


async def _call(visit: Visit, areas: Sequence[str]) -> str:
    view = await visit.graph.view(areas, visit.moment)
    return ", ".join(name_place(view, view.around.get_node(area)).full for area in areas)


async def _name_all(visit: Visit, rows: Sequence[Listed]) -> list[Shown]:
    standings = await visit.graph.standings(rows, visit.moment)
    found: list[Shown] = []
    for start in range(0, len(rows), _AT_A_TIME):
        some = list(zip(rows[start : start + _AT_A_TIME], standings[start : start + _AT_A_TIME], strict=True))
        named = sorted({node for listed, _ in some for node in _named_in(listed)})
        papers = sorted({paper for _, standing in some if (paper := _basis_of(standing).document) is not None})
        view, known = await visit.graph.view(named, visit.moment), await visit.graph.lookup(papers, visit.moment)
        found += [_show(visit, listed, standing, view, known) for listed, standing in some]
        await asyncio.sleep(0)
    return found


def _named_in(listed: Listed) -> Iterator[str]:
    yield from sorted(listed.targets)[:TARGETS_SHOWN]
    yield from listed.record.subjects[:1]


def _basis_of(standing: Standing) -> Basis:
    return Basis() if standing.ruling is None else standing.ruling.basis


def _show(visit: Visit, listed: Listed, standing: Standing, view: View, known: View) -> Shown:
    record, ruling, found = listed.record, standing.ruling, listed.found
    place = _concerned(view, record.subjects[0]) if len(record.subjects) == 1 else None
    targets = tuple(_concerned(view, target) for target in sorted(listed.targets)[:TARGETS_SHOWN])
    row = FindingRow(
        severity=record.severity.value,
        code=record.code,
        message=visit.lang.say(record.message),
        clauses=record.clauses,
        places=record.places,
        id=record.id,
        state=standing.state.value,
        by="" if ruling is None else ruling.by,
        as_of="" if ruling is None else ruling.as_of,
        basis=_tell_basis(visit, _basis_of(standing), known),
        remedy=visit.lang.say(listed.remedy),
        is_on_record=found is None,
        regime="" if found is None else found.regime or "",
        cause="" if found is None or found.cause is None else found.cause.value,
        certainty="" if found is None or found.cause is None else found.certainty.value,
        place="" if place is None else place.key or place.id,
        place_name="" if place is None else place.name,
        target_count=len(listed.targets),
        target_keys=tuple(target.key or target.id for target in targets),
        targets=tuple(target.name for target in targets),
    )
    shown = () if listed.targets == record.subjects[:1] else targets
    return Shown(row, place, shown, _where_listed(row, found))


def _where_listed(row: FindingRow, found: Found | None) -> Mapping[str, str] | None:
    """The parameters of ``/gaps`` that list all targets among others: of a duty, where the place has a code."""
    if found is None or found.code not in DUTY_CODES or not row.place.isdigit():
        return None
    return {"within": row.place, "regime": row.regime, "cause": row.cause, "certainty": row.certainty}


def _tell_basis(visit: Visit, basis: Basis, known: View) -> str:
    paper = None if basis.document is None else known.around.find_node(basis.document)
    document = paper.title if isinstance(paper, Document) else basis.document
    note = None if basis.note is None else visit.lang.say(basis.note)
    return ", ".join(filter(None, (document, basis.clause, note)))


def _concerned(view: View, key: str) -> Concerned:
    """A node as it is called on the day; a record that is none by its id."""
    node = view.around.find_node(key)
    if isinstance(node, AnyAssignee) and not isinstance(node, AnyTarget):
        return Concerned(key, key, name_place(view, node).full, "assignees")
    if not isinstance(node, AnyTarget):
        return Concerned(key, "", key if node is None else called_on(view.around, node, view.moment.day), "")
    name = name_place(view, node)
    # A code that may mean another on the day is no way to one: the id is.
    codes = view.around.iter_claims(key, Code) if isinstance(node, Division) else ()
    is_sure = not isinstance(node, Division) or any(
        claim.text == name.code and certainty_on(claim.validity, view.moment.day) is Certainty.CERTAIN
        for claim in codes
    )
    return Concerned(key, name.code if is_sure else key, name.full, "places")
