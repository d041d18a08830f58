"""Many random graphs side by side in one store: each with ids of its own, some written twice, nothing shared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar, cast

from graph_model.dates import Validity
from graph_model.exchange import Batch
from graph_model.records import AnyNode, AnyRecord, Code, Division, Name, Record, decode, encode
from tests.graph_model.questions.naive_chain import World
from tests.graph_model.questions.random_worlds import SOURCE, Question, question_of

R = TypeVar("R", bound=Record)
_ID = re.compile(r'"([a-z]+):([^"]+)"')
_CODE = re.compile(r'"code":"([^"]+)"')
_NAMES = ("平地", "平地", "平坝", "大地")
_DATES = [
    Validity(since=since, until=until, observed=observed)
    for since, until, observed in (
        ("2015-11-29", "..", ()),
        (None, "..", ("2017-06-30",)),
        ("2016", "2017-07", ()),
        (None, "2017", ()),
        ("2017-07-01", None, ()),
        (None, None, ("2016-07-31",)),
        ("[2016-08-01..2017-10-31]", None, ("2017-10-31",)),
    )
]


@dataclass(frozen=True)
class Graph:
    """A question's world under ids that begin with the graph's own word, as it was first and as it is now."""

    word: str
    question: Question
    before: World
    after: World

    @property
    def nodes(self) -> list[str]:
        """All ids that something may be asked about, some of which nobody loaded."""
        loaded = {node.id for node in self.before.nodes}
        ends = {end for relation in self.before.relations for end in (relation.source, relation.target)}
        return sorted(loaded | ends)

    @property
    def codes(self) -> list[str]:
        """The codes that divisions of it have or had; one may mean several."""
        return sorted({claim.text for claim in self.before.claims if isinstance(claim, Code)})

    def records(self, world: World) -> list[AnyRecord]:
        """All records of one of its worlds."""
        return [*world.nodes, *world.claims, *world.relations, *world.coverages]


def graph_of(seed: int) -> Graph:
    """The same graph for the same seed."""
    random, question, word = Random(seed), question_of(seed), f"g{seed}"  # noqa: S311 - a graph, no secret
    world = question.world
    claims = [*world.claims, *(claim for node in world.nodes for claim in _called(random, node))]
    before = World(
        _renamed(world.nodes, word),
        _renamed(claims, word),
        _renamed(world.relations, word),
        _renamed(world.coverages, word),
    )
    kept = [relation for relation in before.relations if random.random() < 0.7]
    told = [claim for claim in before.claims if random.random() < 0.9]
    return Graph(word, question, before, World(before.nodes, told, kept, before.coverages))


def batch_of(graphs: Sequence[Graph], *, is_after: bool) -> Batch:
    """All graphs as one batch, as they were first, or as they are now."""
    records = (record for graph in graphs for record in graph.records(graph.after if is_after else graph.before))
    return Batch(f"graphs:{graphs[0].word}", tuple(records))


def _called(random: Random, node: AnyNode) -> list[Name | Code]:
    if not isinstance(node, Division):
        return []
    key = node.id.partition(":")[2]
    name = Name(
        id=f"name:{key}",
        provenance=SOURCE,
        subject=node.id,
        text=random.choice(_NAMES),
        pinyin="ping di",
        validity=random.choice(_DATES),
    )
    codes = [
        Code(
            id=f"code:{key}~{number}",
            provenance=SOURCE,
            subject=node.id,
            text=f"CODE{random.randint(1, 4)}",
            scheme="statistical",
            validity=random.choice(_DATES),
        )
        for number in range(random.randint(0, 2))
    ]
    return [name, *codes]


def _renamed(records: Sequence[R], word: str) -> list[R]:
    """Records whose ids, and what else must be of one graph only, begin with its word."""
    return [cast("R", decode(_renamed_text(encode(cast("AnyRecord", record)).decode(), word))) for record in records]


def _renamed_text(text: str, word: str) -> str:
    text = _ID.sub(rf'"\1:{word}.\2"', text)
    text = _CODE.sub(rf'"code":"{word}.\1"', text)
    return text.replace('"CODE', f'"{word}.CODE')
