"""A roster in several files, over HTTP and on the page: rows named by file and number; how many files, how large."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

from intake.receiving import MOST_FILES
from tests.intake.conftest import BAD, MAX_BYTES, OTHER, TAKEN, csv_of
from tests.intake.serving import Serving, serving_uploads
from tests.intake.test_desk import HERE, get, sign_in, word_of, write

PREVIEW = """query ($id: ID!) { importPreview(id: $id) { id state failure { code message }
  plan { digest file rows { created refused } refused { file row column } } } }"""
COMMIT = """mutation ($id: ID!, $plan: String!) {
  commitImport(input: { preview: $id, plan: $plan, acceptPartial: true }) {
    userErrors { code } import { file refusals { file row column } } } }"""
Files = Sequence[tuple[str, bytes]]
BOTH: Files = (("a.csv", csv_of(TAKEN)), ("b.csv", csv_of(OTHER, BAD)))


@pytest.fixture
def serving(url: str, tmp_path: Path) -> Iterator[Serving]:
    with serving_uploads(url, tmp_path) as found:
        yield found


def send(serving: Serving, files: Files) -> httpx2.Response:
    return serving.client.post(
        "/imports",
        files=[("file", (name, content, "text/csv")) for name, content in files],
        data={"mapping": "village-units"},
        headers={"Authorization": f"Bearer {serving.tokens['editor']}"},
    )


def previewed(serving: Serving, files: Files) -> dict[str, Any]:
    response = send(serving, files)
    assert response.status_code == 202, response.text
    key = response.json()["preview"]
    while True:
        found: dict[str, Any] = serving.ask(PREVIEW, id=key)["data"]["importPreview"]
        if found["state"] != "READING":
            return found


def error_of(response: httpx2.Response) -> tuple[int, str]:
    (error,) = response.json()["errors"]
    return response.status_code, error["message"]


def test_rows_are_named_by_file_and_number(serving: Serving) -> None:
    seen = previewed(serving, BOTH)
    places = [{"file": "b.csv", "row": 3, "column": column} for column in ("村", "起始时间")]
    assert (seen["plan"]["file"], seen["plan"]["rows"]) == ("a.csv, b.csv", {"created": 2, "refused": 1})
    assert seen["plan"]["refused"] == places
    answer = serving.ask(COMMIT, id=seen["id"], plan=seen["plan"]["digest"])["data"]["commitImport"]
    assert answer == {"userErrors": [], "import": {"file": "a.csv, b.csv", "refusals": places}}


def test_the_page_takes_several_and_gives_back_one_list(serving: Serving) -> None:
    sign_in(serving)
    form = get(serving, "/imports/new?lang=en")
    assert 'type="file" required multiple' in form
    assert f"at most {MOST_FILES}" in form
    files = [("file", (name, content, "text/csv")) for name, content in BOTH]
    data = {"word": word_of(form), "mapping": "village-units"}
    address = serving.client.post("/imports/new?lang=en", files=files, data=data, headers=HERE).headers["location"]
    page = get(serving, address)
    assert "b.csv Row 3" in page
    refused = serving.client.get(f"{address.partition('?')[0]}/refused.csv").content.decode("utf-8-sig")
    (head, row) = csv.reader(io.StringIO(refused))
    assert dict(zip(head, row, strict=True))["place / 位置"] == "b.csv:3"
    written = write(serving, address.partition("?")[0], page, partial="yes").headers["location"]
    assert "b.csv Row 3" in get(serving, written)


def test_the_same_rows_in_one_file_or_in_several_are_the_same_plan_of_records(serving: Serving) -> None:
    one = previewed(serving, [("a.csv", csv_of(TAKEN, OTHER))])
    serving.ask(COMMIT, id=one["id"], plan=one["plan"]["digest"])
    several = previewed(serving, [("b.csv", csv_of(OTHER)), ("a.csv", csv_of(TAKEN))])
    assert several["plan"]["rows"] == {"created": 0, "refused": 0}
    errors = serving.ask(COMMIT, id=several["id"], plan=several["plan"]["digest"])["data"]["commitImport"]
    assert errors["userErrors"] == [{"code": "NOTHING_TO_DO"}]


def test_two_files_of_one_name_are_refused(serving: Serving) -> None:
    status, said = error_of(send(serving, [("x/a.csv", csv_of(TAKEN)), ("A.csv", csv_of(OTHER))]))
    assert (status, said[:32]) == (400, "file: two are called A.csv: give")
    assert serving.service.uploads._uploads == {}


@pytest.mark.parametrize("more", [1, 2, 30])
def test_more_files_than_may_be_are_refused(more: int, serving: Serving) -> None:
    files = [(f"{number}.csv", csv_of(TAKEN)) for number in range(MOST_FILES + more)]
    assert error_of(send(serving, files)) == (413, f"there are more than {MOST_FILES} files: use the command")


def test_as_many_files_as_may_be_are_read(serving: Serving) -> None:
    files = [(str(number), csv_of(TAKEN)) for number in range(MOST_FILES - 1)]
    seen = previewed(serving, [*files, ("last.csv", csv_of(TAKEN))])
    assert "0: is of no kind that can be read" in seen["failure"]["message"]


def test_files_are_bounded_together(serving: Serving) -> None:
    half = b"a" * (MAX_BYTES // 2 + 1)
    status, said = error_of(send(serving, [("a.csv", half), ("b.csv", half)]))
    assert (status, said) == (413, f"the files are larger than {MAX_BYTES:,} bytes together: use the command")


def test_an_empty_one_of_several_is_named(serving: Serving) -> None:
    assert error_of(send(serving, [("a.csv", csv_of(TAKEN)), ("b.csv", b"")])) == (400, "file: b.csv is empty")
