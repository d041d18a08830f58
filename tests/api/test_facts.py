"""Figures beside what the graph counts, and findings of a sort."""

from __future__ import annotations

import pytest

from tests.api.asking import Asker

FINDINGS = """
query ($code: String, $severity: Severity, $first: Int, $after: String) {
  findings(code: $code, severity: $severity, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id severity } }
  }
}
"""


def test_a_figure_shows_what_the_graph_counts(small: Asker) -> None:
    figures = small.data("{ facts { id value counted } }")["facts"]
    assert {figure["id"]: figure["counted"] for figure in figures} == {
        "fact:1": 12.0,
        "fact:2": 1.0,
        "fact:3": None,
        "fact:4": None,
        "fact:5": None,
    }


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, ["3", "1", "4", "2", "5"]),
        ({"code": "doubt"}, ["3", "1", "4", "2", "5"]),
        ({"code": "castle"}, []),
        ({"severity": "WARNING"}, ["1", "4"]),
        ({"severity": "ERROR", "code": "doubt"}, ["3"]),
        ({"severity": "ERROR", "code": "castle"}, []),
    ],
)
def test_findings_of_a_code_and_a_severity(small: Asker, asked: dict[str, str], ids: list[str]) -> None:
    page = small.data(FINDINGS, asked)["findings"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [f"finding:{each}" for each in ids]
    assert page["totalCount"] == len(ids)


def test_findings_of_a_severity_page_by_page(small: Asker) -> None:
    asked = {"severity": "INFO", "first": 1}
    first = small.data(FINDINGS, asked)["findings"]
    rest = small.data(FINDINGS, {**asked, "after": first["pageInfo"]["endCursor"]})["findings"]
    assert [page["edges"][0]["node"]["id"] for page in (first, rest)] == ["finding:2", "finding:5"]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, rest)] == [True, False]
    assert [page["totalCount"] for page in (first, rest)] == [2, 2]


def test_an_unknown_severity_is_refused(small: Asker) -> None:
    assert small.code(FINDINGS, {"severity": "GRAVE"}) == "BAD_USER_INPUT"
