"""The register of a store (登记): all that names and codes of a roster may mean there, and what there is now."""

from __future__ import annotations

from graph_model.dates import AFTER_ALL_DAYS, BEFORE_ALL_DAYS, limits, parse_day
from graph_model.exchange import Window
from graph_model.neighbourhood import Neighbourhood
from graph_model.records import Code, Division, Family, Name, Organization, Post
from graph_model.stores.base import StoreReader
from loaders.rosters.register import ALL_LEVELS, Known, Register

_ALL_DAYS = Window(BEFORE_ALL_DAYS + 1, AFTER_ALL_DAYS - 1)
_CITY, *_LEVELS = ALL_LEVELS
_PAGE = 1_000


async def read_live(store: StoreReader) -> set[str]:
    """The ids of all divisions that there may be on the day of the last edition. Raises StoreError."""
    dataset = (await store.header()).dataset
    days = () if dataset is None else (*dataset.editions, dataset.reference_date)
    day = parse_day(max(days)).toordinal() if days else None
    window = _ALL_DAYS if day is None else Window(day, day)
    found: set[str] = set()
    for city in await _all(store, "division", _CITY):
        if isinstance(city, Division):
            found.add(city.id)
            for level in _LEVELS:
                around = await store.descendants(city.id, level, window)
                found |= {node.id for node in around.iter_nodes() if isinstance(node, Division)}
    return found


async def read_register(store: StoreReader) -> Register:
    """All divisions, organisations and posts of a store. Raises StoreError."""
    divisions: dict[str, Known] = {}
    cities = [record for record in await _all(store, "division", _CITY) if isinstance(record, Division)]
    for city in cities:
        for level in _LEVELS:
            around = await store.descendants(city.id, level, _ALL_DAYS)
            for node in around.iter_nodes():
                if isinstance(node, Division):
                    divisions[node.id] = _known(around, node)
        if city.id not in divisions:
            around = await store.lookup([city.id])
            divisions[city.id] = _known(around, city)
    return Register(
        divisions.values(),
        [record for record in await _all(store, "organization", None) if isinstance(record, Organization)],
        [record for record in await _all(store, "post", None) if isinstance(record, Post)],
    )


def _known(around: Neighbourhood, node: Division) -> Known:
    names = sorted(around.iter_claims(node.id, Name), key=lambda claim: claim.validity.observed, reverse=True)
    codes = sorted(around.iter_claims(node.id, Code), key=lambda claim: claim.validity.observed, reverse=True)
    above: set[str] = set()
    waiting = [node.id]
    while waiting:
        for relation in around.iter_from(waiting.pop(), Family.CONTAINMENT):
            if relation.target not in above:
                above.add(relation.target)
                waiting.append(relation.target)
    return Known(
        node.id,
        node.level,
        tuple(dict.fromkeys(claim.text for claim in names)) or (node.id,),
        tuple(dict.fromkeys(claim.text for claim in codes)) or (node.id,),
        frozenset(above),
        tuple((claim.text, limits(claim.validity)) for claim in codes),
    )


async def _all(store: StoreReader, record_type: str, kind: str | None) -> list[object]:
    found: list[object] = []
    after: str | None = None
    while True:
        page = await store.list_records(record_type, first=_PAGE, after=after, kind=kind)
        found += page.records
        if not page.has_next:
            return found
        after = page.records[-1].id
