"""The other way round: what an assignee answers for, from a store and from a server."""

from __future__ import annotations

import json

import pytest

from scripts.answers_for import main, through
from scripts.trace_chain import main as trace
from tests.serving import Server


def test_a_post_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["市委书记", "--as-of", "2017-06-30"]) == 0
    out = capsys.readouterr().out
    assert "post:5305:party-secretary" in out
    assert "530521        施甸县" in out


def test_id_name_and_pinyin_give_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    answers = []
    for assignee in ("post:5305:party-secretary", "市委书记", "shi wei shu ji"):
        assert main([assignee, "--json"]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1] == answers[2]
    document = json.loads(answers[0])
    assert len(document["assignments"]) == document["assignee"]["totalCount"] > 0


def test_a_server_gives_the_same_json_as_the_store(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    local = main(["市委书记", "--json"]), capsys.readouterr().out
    remote = main(["市委书记", "--json", "--url", server.url]), capsys.readouterr().out
    assert remote == local


def test_an_ambiguous_name_lists_the_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["县长"]) == 2
    assert "post:530521:government-head" in capsys.readouterr().err


@pytest.mark.parametrize("assignee", ["nobody at all", "post:none", "division:5305"])
def test_an_unknown_assignee_is_not_found(capsys: pytest.CaptureFixture[str], assignee: str) -> None:
    assert main([assignee]) == 3
    assert assignee in capsys.readouterr().err


def test_an_id_with_odd_characters_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["post:市"]) == 2
    assert "no id" in capsys.readouterr().err


def test_a_person_answers_for_what_its_posts_answer_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert trace(["530521101203", "--json", "--lane", "resident"]) in {0, 4}
    links = json.loads(capsys.readouterr().out)["place"]["accountabilityChain"]["links"]
    (person,) = {holder["person"]["id"] for link in links for holder in link["holders"]}
    assert main([person, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["assignments"]
    assert row["kind"]["code"] == "first-secretary"
    assert row["through"]["id"].startswith("post:")


@pytest.mark.parametrize(
    ("assignment", "holding", "together"),
    [
        ("CERTAIN", "CERTAIN", "CERTAIN"),
        ("CERTAIN", "POSSIBLE", "POSSIBLE"),
        ("POSSIBLE", "CERTAIN", "POSSIBLE"),
    ],
)
def test_what_goes_through_a_post_is_no_surer_than_its_holding(assignment: str, holding: str, together: str) -> None:
    row = through({"id": "a", "certainty": assignment}, {"id": "post:a", "name": "a"}, holding)
    assert row["certainty"] == together
