"""Uploads over HTTP and GraphQL: who may, what is told to whom, what is written, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.intake.conftest import BAD, MAX_BYTES, OTHER, TAKEN, csv_of
from tests.intake.serving import Serving, serving_uploads

PREVIEW = """query ($id: ID!) { importPreview(id: $id) {
  id state plan { digest name file mapping rows { created changed unchanged refused } records { created ended }
    changes { recordId outcome fields { path before after } }
    refused { row column value reason chinese: reason(lang: ZH) } outside }
  failure { code message chinese: message(lang: ZH) isRetryable } written { id } } }"""
COMMIT = """mutation ($id: ID!, $plan: String!, $partial: Boolean! = false) {
  commitImport(input: { preview: $id, plan: $plan, acceptPartial: $partial }) {
    userErrors { code message(lang: EN) } isRepeated import { id author file undoneBy { id } }
    preview { id state plan { digest rows { created unchanged } } } } }"""
UNDO = """mutation ($id: ID!) { undoImport(id: $id) {
  userErrors { code message(lang: ZH) } import { id isUndo author undoes } } }"""


@pytest.fixture
def serving(url: str, tmp_path: Path) -> Iterator[Serving]:
    with serving_uploads(url, tmp_path) as found:
        yield found


def previewed(serving: Serving, content: bytes = b"", by: str = "editor", **fields: str) -> dict[str, Any]:
    """What an upload would do, once it was read."""
    response = serving.send(content, by, **fields)
    assert response.status_code == 202, response.text
    key = response.json()["preview"]
    assert response.headers["location"] == f"/imports/previews/{key}"
    deadline = time.monotonic() + 30
    while True:
        found: dict[str, Any] = serving.ask(PREVIEW, by, id=key)["data"]["importPreview"]
        if found["state"] != "READING":
            return found
        assert time.monotonic() < deadline
        time.sleep(0.02)


def commit(serving: Serving, seen: dict[str, Any], by: str = "editor", **more: object) -> dict[str, Any]:
    answer = serving.ask(COMMIT, by, id=seen["id"], plan=seen["plan"]["digest"], **more)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["commitImport"]
    return payload


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer["errors"]]


def test_an_upload_is_previewed_written_and_taken_back(serving: Serving) -> None:
    seen = previewed(serving)
    assert (seen["state"], seen["plan"]["rows"]["created"], seen["plan"]["file"]) == ("READY", 1, "roster.csv")
    assert {each["outcome"] for each in seen["plan"]["changes"]} == {"created"}
    assert serving.ask("{ imports { totalCount } }")["data"]["imports"]["totalCount"] == 0
    payload = commit(serving, seen)
    assert payload["userErrors"] == []
    assert payload["import"] == {"id": f"import:{seen['id']}", "author": "李四", "file": "roster.csv", "undoneBy": None}
    undo = serving.ask(UNDO, id=payload["import"]["id"])["data"]["undoImport"]
    assert undo["userErrors"] == []
    assert undo["import"]["undoes"] == [payload["import"]["id"]]
    again = serving.ask(UNDO, id=payload["import"]["id"])["data"]["undoImport"]
    assert again["userErrors"] == [{"code": "UNDONE_ALREADY", "message": "这次导入已经撤销"}]
    assert again["import"] is None


def test_a_repeated_commit_writes_nothing_more(serving: Serving) -> None:
    seen = previewed(serving)
    first, second = commit(serving, seen), commit(serving, seen)
    assert (first["isRepeated"], second["isRepeated"]) == (False, True)
    assert first["import"]["id"] == second["import"]["id"]
    assert serving.ask("{ imports { totalCount } }")["data"]["imports"]["totalCount"] == 1


def test_a_stale_preview_is_told_with_what_it_would_do_now(serving: Serving) -> None:
    first, second = previewed(serving), previewed(serving, csv_of(TAKEN, OTHER))
    commit(serving, first)
    payload = commit(serving, second)
    assert [error["code"] for error in payload["userErrors"]] == ["STALE"]
    assert payload["import"] is None
    assert payload["preview"]["plan"]["rows"] == {"created": 1, "unchanged": 1}
    assert commit(serving, payload["preview"])["userErrors"] == []


def test_refused_rows_are_told_to_their_author_and_stop_the_write(serving: Serving) -> None:
    seen = previewed(serving, csv_of(TAKEN, BAD))
    assert [(each["row"], each["column"], each["value"]) for each in seen["plan"]["refused"]] == [
        (3, "村", "=1+1"),
        (3, "起始时间", "去年"),
    ]
    last = seen["plan"]["refused"][-1]
    assert (last["reason"][:13], last["chinese"][:8]) == ("'去年' is no da", "“去年”不是日期")
    assert [error["code"] for error in commit(serving, seen)["userErrors"]] == ["ROWS_REFUSED"]
    assert commit(serving, seen, partial=True)["userErrors"] == []


def test_a_file_that_cannot_be_read_is_a_failure_and_not_an_error(serving: Serving) -> None:
    seen = previewed(serving, b"nothing\nof,the,sort")
    assert (seen["state"], seen["plan"], seen["failure"]["code"]) == ("FAILED", None, "INVALID_SOURCE")
    assert "missing:" in seen["failure"]["message"]
    assert "没有一行含有映射所需的全部列" in seen["failure"]["chinese"]


@pytest.mark.parametrize(
    ("by", "status", "code"),
    [
        (None, 401, "UNAUTHENTICATED"),
        ("zrn_" + "a" * 43, 401, "UNAUTHENTICATED"),
        ("expired", 401, "UNAUTHENTICATED"),
        ("reader", 403, "FORBIDDEN"),
    ],
)
def test_only_an_editor_may_send_a_file(serving: Serving, by: str | None, status: int, code: str) -> None:
    response = serving.send(by=by)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (status, code)
    assert serving.service.uploads._uploads == {}


def test_what_others_sent_is_nobody_else_s(serving: Serving) -> None:
    seen = previewed(serving)
    assert serving.ask(PREVIEW, "other", id=seen["id"]) == {
        "data": {"importPreview": None},
        "extensions": serving.ask(PREVIEW, "other", id=seen["id"])["extensions"],
    }
    assert [error["code"] for error in commit(serving, seen, "other")["userErrors"]] == ["NOT_FOUND"]
    for by, code in (("reader", "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        assert codes(serving.ask(PREVIEW, by, id=seen["id"])) == [code]
        assert codes(serving.ask(COMMIT, by, id=seen["id"], plan=seen["plan"]["digest"])) == [code]
    assert serving.ask("{ imports { totalCount } }")["data"]["imports"]["totalCount"] == 0


def test_what_others_wrote_is_not_told_as_one_s_own(serving: Serving) -> None:
    seen = previewed(serving)
    commit(serving, seen)
    assert [error["code"] for error in commit(serving, seen, "other")["userErrors"]] == ["NOT_FOUND"]


def test_an_editor_of_a_town_imports_into_it_alone(serving: Serving) -> None:
    inside, both = previewed(serving, by="town"), previewed(serving, csv_of(TAKEN, OTHER), "town")
    assert inside["plan"]["outside"] == []
    assert both["plan"]["outside"] == ["division:990101102201"]
    assert codes(serving.ask(COMMIT, "town", id=both["id"], plan=both["plan"]["digest"])) == ["FORBIDDEN"]
    written = commit(serving, inside, "town")["import"]["id"]
    assert codes(serving.ask(UNDO, "elsewhere", id=written)) == ["FORBIDDEN"]
    assert codes(serving.ask(UNDO, "reader", id=written)) == ["FORBIDDEN"]
    assert codes(serving.ask(UNDO, None, id=written)) == ["UNAUTHENTICATED"]
    assert serving.ask(UNDO, "town", id=written)["data"]["undoImport"]["userErrors"] == []


def test_another_area_s_list_is_not_replaced_by_one_of_the_same_name(serving: Serving) -> None:
    commit(serving, previewed(serving, by="town"), "town")
    seen = previewed(serving, csv_of(OTHER), "elsewhere")
    assert seen["plan"]["records"]["ended"] > 0
    assert seen["plan"]["outside"] == ["division:990101101201"]
    assert codes(serving.ask(COMMIT, "elsewhere", id=seen["id"], plan=seen["plan"]["digest"])) == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mapping": "../../etc/passwd"}, "does not ship"),
        ({"mapping": ""}, "name one that ships"),
        ({"on": "yesterday"}, "yesterday"),
        ({"name": "x" * 201}, "name: at most 200 characters"),
        ({"sheet": "a\nb"}, "sheet: at most 200 characters, on one line"),
    ],
)
def test_a_field_that_cannot_be_is_told(serving: Serving, fields: dict[str, str], said: str) -> None:
    response = serving.send(b"", "editor", **fields)
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "retryable": False}
    assert said in error["message"]
    assert serving.service.uploads._uploads == {}


def test_a_name_that_is_none_is_a_failure(serving: Serving) -> None:
    assert previewed(serving, name="Not A Name")["failure"]["code"] == "BAD_USER_INPUT"


def test_a_file_that_is_too_large_is_refused_by_its_length(serving: Serving) -> None:
    response = serving.send(b"a" * (MAX_BYTES + 1_000_000))
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")


def test_a_file_a_little_too_large_is_refused_too(serving: Serving) -> None:
    response = serving.send(b"a" * (MAX_BYTES + 1))
    assert response.status_code == 413
    assert serving.service.uploads._uploads == {}


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data", 400),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x", 400),
        (b"--x--\r\n", "multipart/form-data; boundary=x", 400),
        (b"x" * 1000, "multipart/form-data; boundary=" + "y" * 500, 400),
    ],
)
def test_a_body_that_is_no_form_is_refused(serving: Serving, content: bytes, media: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {serving.tokens['editor']}", "Content-Type": media}
    response = serving.client.post("/imports", content=content, headers=headers)
    assert (response.status_code, "errors" in response.json()) == (status, True), response.text


def test_a_form_of_many_fields_is_refused(serving: Serving) -> None:
    response = serving.send(b"", "editor", **{f"field{number}": "x" for number in range(50)})
    assert (response.status_code, "no form" in response.text) == (400, True)


def test_a_server_that_only_reads_takes_no_file(url: str, tmp_path: Path) -> None:
    with serving_uploads(url, tmp_path, is_writable=False) as found:
        assert found.send().status_code in {404, 405}
        assert codes(found.ask(UNDO, id="import:x")) == ["FORBIDDEN"]
        assert codes(found.ask(PREVIEW, id="x")) == ["FORBIDDEN"]
        assert found.ask("{ imports { totalCount } }", None)["data"]["imports"]["totalCount"] == 0
