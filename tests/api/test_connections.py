"""Pages and their cursors."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.connections import decode_cursor, encode_cursor
from graph_model.errors import BadUserInputError
from tests.api.asking import Asker
from tests.api.small_world import FIRST_VILLAGE

LISTS = {
    "findings": "{ list: findings(first: $first, after: $after) { ...page } }",
    "documents": "{ list: documents(first: $first, after: $after) { ...page } }",
    "organizations": "{ list: organizations(first: $first, after: $after) { ...page } }",
    "posts": "{ list: posts(first: $first, after: $after) { ...page } }",
    "measures": "{ list: measures(first: $first, after: $after) { ...page } }",
    "search": '{ list: search(text: "第", first: $first, after: $after) { ...page } }',
    "divisions": '{ list: divisions(within: "5305", level: "village", first: $first, after: $after) { ...page } }',
    "households": f"""{{ at: village(code: "{FIRST_VILLAGE}") {{
      list: households(first: $first, after: $after) {{ ...page }} }} }}""",
    "assignments": """{ at: node(id: "post:secretary") { ... on Post {
      list: assignments(first: $first, after: $after) { ...page } } } }""",
    "members": """{ at: node(id: "organization:group") { ... on Organization {
      list: members(first: $first, after: $after) { ...page } } } }""",
    "reports": """{ at: node(id: "organization:office") { ... on Organization {
      list: reports(first: $first, after: $after) { ...page } } } }""",
}
NODE_TYPES = {
    "findings": "Finding",
    "documents": "Document",
    "organizations": "Organization",
    "posts": "Post",
    "measures": "Measure",
    "search": "Node",
    "divisions": "Division",
    "households": "Household",
    "assignments": "Assignment",
    "members": "Relation",
    "reports": "Relation",
}


def operation(name: str) -> str:
    page = f"""fragment page on {NODE_TYPES[name]}Connection {{
      totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ id }} }} }}"""
    return f"query($first: Int, $after: String) {LISTS[name]} {page}"


def page(small: Asker, name: str, first: int | None, after: str | None) -> dict[str, object]:
    data = small.data(operation(name), {"first": first, "after": after})
    found = data["list"] if "list" in data else data["at"]["list"]
    assert isinstance(found, dict)
    return found


def ids(found: dict[str, object]) -> list[str]:
    edges = found["edges"]
    assert isinstance(edges, list)
    return [edge["node"]["id"] for edge in edges]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", [1, 5])
def test_pages_together_are_the_list(small: Asker, name: str, size: int) -> None:
    whole = ids(page(small, name, 1000, None))
    seen: list[str] = []
    after: str | None = None
    while True:
        found = page(small, name, size, after)
        info = found["pageInfo"]
        assert isinstance(info, dict)
        seen += ids(found)
        after = info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert seen == whole


@pytest.mark.parametrize("name", LISTS)
def test_total_does_not_hang_on_the_page(small: Asker, name: str) -> None:
    first = page(small, name, 1, None)
    info = first["pageInfo"]
    assert isinstance(info, dict)
    second = page(small, name, 1, info["endCursor"])
    assert first["totalCount"] == second["totalCount"] == len(ids(page(small, name, 1000, None)))


@pytest.mark.parametrize("name", LISTS)
def test_cursors_of_a_page_are_those_of_its_ends(small: Asker, name: str) -> None:
    found = page(small, name, 3, None)
    info, edges = found["pageInfo"], found["edges"]
    assert isinstance(info, dict)
    assert isinstance(edges, list)
    assert (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "garbage!",
        "村",
        "\u0000",
        "W" * 10_000,
        base64.urlsafe_b64encode(b"[" * 5_000).decode(),
        base64.urlsafe_b64encode(b'["other",["a","b","c"]]').decode(),
        base64.urlsafe_b64encode(b'["search",[9999999999999999999999,0,"a","b"]]').decode(),
        base64.urlsafe_b64encode(b'["search",[0,99999999999999999999,"a","b"]]').decode(),
        base64.urlsafe_b64encode(b'["assignments",["a"]]').decode(),
        base64.urlsafe_b64encode(b'["finding",null]').decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_malformed_cursor_is_refused(small: Asker, name: str, after: str) -> None:
    error = small.error(operation(name), {"first": 1, "after": after})
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "retryable": False}
    assert "endCursor" in error["message"]
    assert len(error["message"]) < 300


@pytest.mark.parametrize("name", LISTS)
def test_the_cursor_of_another_list_is_refused(small: Asker, name: str) -> None:
    other = "findings" if name != "findings" else "divisions"
    info = page(small, other, 1, None)["pageInfo"]
    assert isinstance(info, dict)
    assert small.code(operation(name), {"first": 1, "after": info["endCursor"]}) == "BAD_USER_INPUT"


@pytest.mark.parametrize("name", LISTS)
def test_half_a_cursor_is_refused(small: Asker, name: str) -> None:
    info = page(small, name, 1, None)["pageInfo"]
    assert isinstance(info, dict)
    assert small.code(operation(name), {"first": 1, "after": info["endCursor"][:-3]}) == "BAD_USER_INPUT"


@given(st.tuples(st.text(), st.text(), st.text()))
def test_a_cursor_decodes_to_its_key(key: tuple[str, str, str]) -> None:
    assert decode_cursor(encode_cursor("list", key), "list", tuple[str, str, str]) == key


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with contextlib.suppress(BadUserInputError):
        decode_cursor(text, "list", str)
