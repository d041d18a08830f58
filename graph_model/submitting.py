"""From a list of changes to a write, or to what it would come to (提交): what to read, how to decide, what came of it.

A write and a dry run take the very same decision: one inside the store's transaction, the other over a reader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec
from msgspec import Struct, structs

from graph_model.change_events import divisions_of
from graph_model.codes import looks_like_code
from graph_model.dates import AFTER_ALL_DAYS, BEFORE_ALL_DAYS, parse_day, parse_partial
from graph_model.editing.changes import (
    AddMember,
    Change,
    CreateAssignment,
    EndDivision,
    EstablishDivision,
    MoveDivision,
    Override,
    RecodeDivision,
    RenameDivision,
    SeenFinding,
    action_of,
)
from graph_model.editing.deciding import Verdict, decide
from graph_model.editing.draft import Rules
from graph_model.editing.effects import days_of
from graph_model.editing.exits import clip
from graph_model.editing.planning import Plan
from graph_model.exchange import EditRequest, End, Entry, Header, RelationPage, Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.questions.authority import authority_day, find_outside, touched
from graph_model.questions.found import ruling_id
from graph_model.questions.succession import events_of
from graph_model.records import (
    DIVISION_LEVELS,
    AnyRecord,
    AnyTarget,
    Asset,
    Basis,
    ChangedBy,
    ChangeEvent,
    Claim,
    Code,
    Division,
    Family,
    Name,
    Node,
    Relation,
    Retraction,
    Ruling,
    Text,
)
from graph_model.regime_file import decode_regime
from graph_model.stores.base import StoreReader

EVER: Final = Window(BEFORE_ALL_DAYS + 1, AFTER_ALL_DAYS - 1)
"""All days: whatever a change touches, it is held against everything that was or will be."""
_ALL: Final = 1 << 30
_OF_DIVISIONS: Final = (RenameDivision, RecodeDivision, MoveDivision, EstablishDivision, EndDivision)
_SEVERAL: Final = Basis(note=Text(zh="依据各不相同，见各条记录", en="on several bases: see the records"))


class Submission(Struct, frozen=True, kw_only=True):
    """A list of changes, and who asks for them (提交).

    ``area``: where alone the author may write (a division's id; None: everywhere). ``key``: the client's own, for
    asking again (see ``EditRequest``). ``seen``: the findings that it decides about, as they are found; no part of what
    is asked.
    """

    changes: tuple[Change, ...]
    author: str
    area: str | None = None
    override: Override | None = None
    key: str | None = None
    seen: tuple[SeenFinding, ...] = ()

    @property
    def digest(self) -> str:
        """What it asks, whoever asks it."""
        asked = json.dumps(
            msgspec.to_builtins((self.changes, self.override)), sort_keys=True
        )  # whatever the texts hold
        return hashlib.blake2b(asked.encode("ascii"), digest_size=16).hexdigest()

    def request(self) -> EditRequest:
        """As the journal has it; several bases are told of by the records themselves."""
        bases = {change.basis for change in self.changes}
        basis = bases.pop() if len(bases) == 1 else _SEVERAL
        return EditRequest(self.author, action_of(self.changes), basis, self.key, self.digest)


class Judgement(Struct, frozen=True):
    """The decision on a submission: the verdict, the rules that it was made by, and what lies outside of the area.

    ``is_whole``: the plan holds all that its effects are told by, too.
    """

    verdict: Verdict
    rules: Rules
    outside: tuple[str, ...] = ()
    is_whole: bool = True

    @property
    def is_allowed(self) -> bool:
        """Whether it may be written."""
        return self.verdict.is_sound and not self.outside


class Submitted(Struct, frozen=True):
    """What came of a submission. ``entry``: its row in the journal, None where nothing was written.

    ``is_repeated``: it had been written before, under the same key; the judgement is the one of then.
    """

    judgement: Judgement
    entry: Entry | None = None
    is_repeated: bool = False


class RefusedError(Exception):
    """What undoes the transaction of a submission that may not be written."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__("a submission that may not be written")
        self.judgement = judgement


async def judge(
    submission: Submission, reader: StoreReader, recorded_as_of: int | None = None, *, is_whole: bool = True
) -> Judgement:
    """Decide on a submission by the state that a reader sees, or saw at a recorded moment.

    Without ``is_whole`` no more is read than the decision needs, which is the same.
    """
    rules = structs.replace(
        rules_of(await reader.header(recorded_as_of)),
        author=submission.author,
        seen={(each.finding, each.asked): each for each in submission.seen},
    )
    around = await gather(submission, reader, rules, recorded_as_of, is_whole=is_whole)
    verdict = decide(submission.changes, submission.override, around, rules)
    return Judgement(verdict, rules, outside_of(submission.area, verdict.plan, rules), is_whole)


def rules_of(header: Header) -> Rules:
    """What holds for the whole data set."""
    regimes = {code: decode_regime(record) for code, record in sorted(header.regimes.items())}
    order = () if header.dataset is None else header.dataset.regimes
    ordered = {code: regimes[code] for code in (*order, *regimes) if code in regimes}
    return Rules(ordered, next(iter(ordered), ""), header.coverages)


async def gather(
    submission: Submission,
    reader: StoreReader,
    rules: Rules,
    recorded_as_of: int | None = None,
    *,
    is_whole: bool = True,
) -> Neighbourhood:
    """All that a decision on some changes looks at, and with ``is_whole`` what their effects do, too."""

    async def related(nodes: Iterable[str], family: Family, end: End) -> list[Relation]:
        wanted = sorted(nodes)
        if not wanted:
            return []
        pages: dict[str, RelationPage] = await reader.relations(
            wanted, family, end, EVER, first=_ALL, recorded_as_of=recorded_as_of
        )
        return [relation for page in pages.values() for relation in page.relations]

    named = await reader.records(sorted(_named(submission)), recorded_as_of)
    nodes = {node for record in named.values() for node in _nodes_of(record)}
    nodes.update(node for each in submission.seen for node in each.subjects)
    posts = {node for node in nodes if node.startswith("post:")}
    members = {change.member for change in submission.changes if isinstance(change, AddMember)}
    answering = await related(posts, Family.RESPONSIBILITY, End.SOURCE)
    holdings = await related(posts, Family.HOLDING, End.TARGET)
    memberships = await related(members, Family.MEMBERSHIP, End.SOURCE)
    nodes.update(relation.target for relation in answering)
    nodes.update(relation.source for relation in holdings)
    ending = {change.division for change in submission.changes if isinstance(change, EndDivision)}
    inside = await related(ending, Family.CONTAINMENT, End.TARGET)
    codes = {change.code for change in submission.changes if isinstance(change, EstablishDivision | RecodeDivision)}
    codes.update(record.text for record in named.values() if isinstance(record, Code))
    codes = {code for code in codes if looks_like_code(code)}
    around = await reader.neighbourhood(sorted({*nodes, *codes}), EVER, recorded_as_of, own_only=not is_whole)
    if any(map(_comes_with_events, (*submission.changes, *named.values()))):
        told = {event for node in nodes for event in events_of(around, node)} - named.keys()
        named.update(await reader.records(sorted(told), recorded_as_of) if told else {})
    dated = [record for record in named.values() if isinstance(record, Claim | Relation)]
    kinds = {each.kind for each in (*answering, *dated) if isinstance(each, Relation)}
    kinds.update(change.kind for change in submission.changes if isinstance(change, CreateAssignment))
    below = [
        await reader.descendants(node, level, EVER, recorded_as_of)
        for node, level in _to_look_below(around, nodes, kinds, rules)
    ]
    if is_whole:
        below += await _served_from_above(reader, around, nodes, kinds, rules, recorded_as_of)
    united = Neighbourhood.united([around, *below]) if below else around
    more = [record for record in named.values() if isinstance(record, Node | Claim | Relation | Ruling)]
    return united.overlaid([*more, *answering, *holdings, *memberships, *inside])


def _named(submission: Submission) -> set[str]:
    """The ids that a submission names."""
    found: set[str | None] = set()
    for change in submission.changes:
        for value in (getattr(change, field) for field in change.refers):
            found.update(value if isinstance(value, tuple) else (value,))
    found.update(ruling_id(each.finding) for each in submission.seen)
    found.update(change.basis.document for change in submission.changes)
    if submission.override is not None:
        found.add(submission.override.basis.document)
    return {each for each in found if each is not None}


def _comes_with_events(asked: Change | AnyRecord) -> bool:
    """Whether a change tells of divisions, or a record that is changed may be told of by a change event."""
    is_containment = isinstance(asked, Relation) and asked.family is Family.CONTAINMENT
    return is_containment or isinstance(asked, (*_OF_DIVISIONS, Name, Code))


def _nodes_of(record: AnyRecord) -> tuple[str, ...]:
    if isinstance(record, Relation):
        return record.source, record.target
    if isinstance(record, ChangeEvent):
        return divisions_of(record)
    if isinstance(record, Ruling):
        return record.subjects
    return (record.subject,) if isinstance(record, Claim) else (record.id,)


async def _served_from_above(
    reader: StoreReader,
    around: Neighbourhood,
    nodes: Iterable[str],
    kinds: set[str],
    rules: Rules,
    recorded_as_of: int | None,
) -> list[Neighbourhood]:
    """All around the targets whose duties may be met by assignments of some kinds to some nodes that they lie in."""
    wanted: set[tuple[str, str]] = set()
    for regime in rules.regimes.values():
        for duty in regime.duties:
            levels = {each.level for each in duty.or_else if not kinds.isdisjoint(each.kinds)}
            for node_id in nodes if levels else ():
                node = around.find_node(node_id)
                level = regime.find_level(node) if isinstance(node, AnyTarget) else None
                if level is not None and level.code in levels:
                    patterns = regime.levels[regime.level_positions[duty.level]].of
                    wanted.update((node_id, pattern) for pattern in patterns)
    found: set[str] = set()
    for node_id, pattern in sorted(wanted):
        found.update(await _reached_downwards(reader, node_id, pattern, recorded_as_of))
    return [await reader.neighbourhood(sorted(found), EVER, recorded_as_of)] if found else []


async def _reached_downwards(reader: StoreReader, node: str, pattern: str, recorded_as_of: int | None) -> Iterable[str]:
    """The nodes of a sort, as a regime writes it, that ever lay in a node."""
    tag, _, kind = pattern.partition(":")
    if tag == "asset":
        below = await reader.assets(node, EVER, recorded_as_of)
        return [each.id for each in below.iter_nodes() if isinstance(each, Asset) and kind in {"", each.kind}]
    if tag == "division":
        found = [
            await reader.descendants(node, level, EVER, recorded_as_of)
            for level in ([kind] if kind else DIVISION_LEVELS)
        ]
        return [each.id for below in found for each in below.iter_nodes()]
    reached, layer = set[str](), {node}
    while layer:
        pages = await reader.relations(
            sorted(layer), Family.CONTAINMENT, End.TARGET, EVER, first=_ALL, recorded_as_of=recorded_as_of
        )
        layer = {relation.source for page in pages.values() for relation in page.relations} - reached
        reached |= layer
    return [each for each in reached if each.startswith(f"{tag}:")]


def _to_look_below(
    around: Neighbourhood, nodes: Iterable[str], kinds: set[str], rules: Rules
) -> Sequence[tuple[str, str]]:
    """The divisions, each with a level of divisions below it, whose exit hangs on those within them."""
    found: dict[tuple[str, str], None] = {}
    for regime in rules.regimes.values():
        for rule in regime.stability_rules:
            if rule.exit_of_all is None or kinds.isdisjoint(rule.kinds):
                continue
            patterns = regime.levels[regime.level_positions[rule.exit_of_all]].of
            levels = [pattern.partition(":")[2] for pattern in patterns if pattern.startswith("division:")]
            for node_id in sorted(nodes):
                node = around.find_node(node_id)
                level = regime.find_level(node) if isinstance(node, Division) else None
                if level is not None and level.code in rule.levels:
                    found.update(((node_id, each), None) for each in levels)
    return list(found)


def outside_of(area: str | None, plan: Plan, rules: Rules) -> tuple[str, ...]:
    """What a plan touches outside of an area, by id; see ``questions.authority``. What is new lies nowhere yet."""
    if area is None:
        return ()
    touching: dict[int, set[str]] = {}
    for changed in plan.changed:
        for record in (changed.before, changed.after):
            if record is None or isinstance(record, Retraction):
                continue
            for day, nodes in _touching(record, days_of(changed.before, changed.after)):
                known = {node for node in nodes if not _is_new(node, plan)}
                touching.setdefault(authority_day(day, rules.coverages), set()).update(known)
    return tuple(
        sorted(
            {
                node
                for day, nodes in touching.items()
                for node in find_outside(plan.before, sorted(nodes), area, day, rules.coverages)
            }
        )
    )


def _touching(record: AnyRecord, days: Sequence[int]) -> Iterator[tuple[int, Sequence[str]]]:
    """What a record touches, and the day about which it speaks of that; those before an event were there until then."""
    if isinstance(record, ChangedBy):
        return  # comes and goes with its event
    if isinstance(record, ChangeEvent):
        on = parse_partial(record.on)
        yield clip(on.earliest - 1), record.before
        yield clip(on.latest), [each for each in record.after if each not in record.before]
    elif isinstance(record, Ruling):
        yield parse_day(record.as_of).toordinal(), touched(record)
    else:
        yield days[0] if days else BEFORE_ALL_DAYS + 1, touched(record)


def _is_new(node: str, plan: Plan) -> bool:
    return plan.before.find_node(node) is None and plan.after.find_node(node) is not None
