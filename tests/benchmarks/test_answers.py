"""What is wrong is found out before it counts."""

from __future__ import annotations

import json

import pytest

from benchmarks.answers import KNOWN_VILLAGE, WrongAnswerError, check_known_answer


def answer(**changes: object) -> bytes:
    link = {
        "assignee": {"id": "post:5305:party-secretary"},
        "target": {"id": "division:530521"},
        "lane": {"code": "linkage"},
        "certainty": "CERTAIN",
    }
    links = [{**link, **changes}]
    return json.dumps({"data": {"village": {"accountabilityChain": {"links": links}}}}).encode()


def test_the_leader_whom_the_source_names_is_right() -> None:
    check_known_answer(answer())


@pytest.mark.parametrize(
    "body",
    [
        answer(assignee={"id": "post:5305:government-head"}),
        answer(target={"id": "division:530523"}),
        answer(lane={"code": "office"}),
        answer(certainty="POSSIBLE"),
        b'{"data": {"village": null}}',
        b'{"data": null, "errors": [{"message": "no"}]}',
    ],
)
def test_anything_else_is_wrong(body: bytes) -> None:
    with pytest.raises(WrongAnswerError, match=KNOWN_VILLAGE):
        check_known_answer(body)
