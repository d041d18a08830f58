"""Popolo as JSON (Popolo 数据): organisations, posts and memberships of people, joined into rows of seats.

Source: the Popolo specification (popoloproject.com). Names of people are left behind: a person is a code here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeGuard

from graph_model.errors import Place, SourceError
from graph_model.records import Text
from loaders.sheets.seats import Seat, code_of, seats_table
from loaders.sheets.tables import Table

_LISTS: Final = frozenset({"persons", "organizations", "posts", "memberships", "areas", "events", "meta"})
NO_RECORD: Final = Text("不是记录：记录是有具名字段的对象", "is no record: an object with named fields is")
_Records = Mapping[str, Mapping[str, object]]


def is_popolo(content: object) -> TypeGuard[Mapping[str, object]]:
    """Whether a JSON file is Popolo: an object with Popolo's lists and no others, memberships or posts among them."""
    return isinstance(content, dict) and bool(content.keys() & {"memberships", "posts"}) and content.keys() <= _LISTS


def read_popolo(content: Mapping[str, object], name: str) -> Table:
    """One row a membership, a post without one, an organisation with neither. Raises SourceError."""
    organizations, posts = _by_id(content, "organizations", name), _by_id(content, "posts", name)
    people, memberships = _by_id(content, "persons", name), _list(content, "memberships", name)
    seats: list[Seat] = []
    named: set[str] = set()
    for index, membership in enumerate(memberships):
        place = Place(name, at=f"/memberships/{index}")
        post = _known(membership, "post_id", posts, place)
        organization = _known(membership, "organization_id", organizations, place) or _text(
            posts.get(post, {}), "organization_id", place
        )
        person = _known(membership, "person_id", people, place)
        if not person:
            said = Text(
                "没有 person_id：单位之间的隶属成员关系不读",
                "has no person_id: a membership of an organisation in another one is not read",
            )
            raise SourceError(place, said)
        named |= {post, organization}
        seats.append(
            Seat(
                at=place.at or "",
                person_id=code_of(person),
                role=_text(membership, "role", place),
                since=_text(membership, "start_date", place),
                last_day=_text(membership, "end_date", place),
                **_seat(organization, organizations, post, posts, place),
            )
        )
    for index, (key, post_record) in enumerate(posts.items()):
        place = Place(name, at=f"/posts/{index}")
        organization = _known(post_record, "organization_id", organizations, place)
        if key not in named:
            named.add(organization)
            seats.append(Seat(at=place.at or "", **_seat(organization, organizations, key, posts, place)))
    for index, key in enumerate(organizations):
        place = Place(name, at=f"/organizations/{index}")
        if key not in named:
            seats.append(Seat(at=place.at or "", **_seat(key, organizations, "", posts, place)))
    return seats_table(name, seats)


def _seat(organization: str, organizations: _Records, post: str, posts: _Records, place: Place) -> dict[str, str]:
    whole, seat = organizations.get(organization, {}), posts.get(post, {})
    parent = _known(whole, "parent_id", organizations, place)
    return {
        "organization": _text(whole, "name", place),
        "organization_id": code_of(organization) if organization else "",
        "parent_id": code_of(parent) if parent else "",
        "post": _text(seat, "label", place) or _text(seat, "role", place),
        "post_id": code_of(post) if post else "",
    }


def _known(record: Mapping[str, object], field: str, known: _Records, place: Place) -> str:
    """The id that a field gives. Raises SourceError for one that no record of the file has."""
    found = _text(record, field, place)
    if found and found not in known:
        raise SourceError(
            Place(place.file, None, field, found, place.at),
            Text("本文件里没有这个标识：请改正", "is the id of nothing in this file: mend the reference"),
        )
    return found


def _text(record: Mapping[str, object], field: str, place: Place) -> str:
    value = record.get(field)
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise SourceError(Place(place.file, None, field, str(value), place.at), Text("必须是文本", "must be a text"))


def _list(content: Mapping[str, object], part: str, name: str) -> list[Mapping[str, object]]:
    return list(_iter(content, part, name))


def _iter(content: Mapping[str, object], part: str, name: str) -> Iterator[Mapping[str, object]]:
    records = content.get(part, [])
    if not isinstance(records, list):
        raise SourceError(Place(name, at=f"/{part}"), Text("必须是列表", "must be a list"))
    for index, record in enumerate(records):
        if not isinstance(record, dict):
            raise SourceError(Place(name, at=f"/{part}/{index}"), NO_RECORD)
        yield record


def _by_id(content: Mapping[str, object], part: str, name: str) -> _Records:
    found: dict[str, Mapping[str, object]] = {}
    for index, record in enumerate(_iter(content, part, name)):
        place = Place(name, at=f"/{part}/{index}")
        key = _text(record, "id", place)
        if not key:
            raise SourceError(place, Text("没有标识 id", "has no id"))
        if key in found:
            raise SourceError(Place(name, None, "id", key, place.at), Text("出现了两次", "stands here twice"))
        found[key] = record
    return found
