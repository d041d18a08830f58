"""The pages of imports: what everybody sees; and the desk: who may sit there, and whose forms do anything."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx2
import openpyxl
import pytest

from api.access.token_file import read_tokens, write_tokens
from tests.intake.conftest import BAD, OTHER, TAKEN, csv_of
from tests.intake.serving import Serving, serving_uploads

HERE = {"Sec-Fetch-Site": "same-origin"}
CSV = "text/csv"


@pytest.fixture
def serving(url: str, tmp_path: Path) -> Iterator[Serving]:
    with serving_uploads(url, tmp_path) as found:
        yield found


def sign_in(serving: Serving, by: str = "editor") -> httpx2.Response:
    data = {"token": serving.tokens.get(by, by), "back": "/imports/new"}
    return serving.client.post("/imports/sign-in", data=data, headers=HERE)


def word_of(page: str) -> str:
    found = re.search(r'name="word" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def get(serving: Serving, path: str) -> str:
    response = serving.client.get(path)
    assert response.status_code == 200, response.text
    return unescape(response.text)


def send(serving: Serving, content: bytes, name: str = "roster.csv", **fields: str) -> httpx2.Response:
    data = {"word": word_of(get(serving, "/imports/new")), "mapping": "village-units", **fields}
    return serving.client.post("/imports/new?lang=en", files={"file": (name, content, CSV)}, data=data, headers=HERE)


def previewed(serving: Serving, content: bytes, name: str = "roster.csv") -> tuple[str, str]:
    """The address and the page of a preview."""
    response = send(serving, content, name)
    assert response.status_code == 303, response.text
    address = response.headers["location"]
    return address.partition("?")[0], get(serving, address)


def form_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(word|plan)" value="([^"]+)"', page))


def write(serving: Serving, address: str, page: str, **more: str) -> httpx2.Response:
    return serving.client.post(f"{address}/write?lang=en", data={**form_of(page), **more}, headers=HERE)


def test_what_was_imported_is_for_everybody_to_see(serving: Serving) -> None:
    assert "No roster was imported yet" in get(serving, "/imports?lang=en")
    sign_in(serving)
    address, page = previewed(serving, csv_of(TAKEN))
    record = write(serving, address, page).headers["location"].partition("?")[0]
    serving.client.cookies.clear()
    assert "roster.csv" in get(serving, "/imports?lang=zh")
    said = get(serving, f"{record}?lang=en")
    assert "1 new, 0 changed" in said
    assert "李四" in said
    assert serving.client.get("/imports.json").json()["rows"][0]["file"] == "roster.csv"
    assert serving.client.get(f"{record}.json").json()["import"]["author"] == "李四"
    assert serving.client.get("/imports/import:none").status_code == 404


def test_from_sign_in_to_taking_back_by_forms_alone(serving: Serving) -> None:
    assert "Sign in" in get(serving, "/imports/new?lang=en")
    answer = sign_in(serving)
    assert (answer.status_code, answer.headers["location"]) == (303, "/imports/new")
    address, page = previewed(serving, csv_of(TAKEN))
    assert "1 new, 0 changed, 0 unchanged" in page
    assert "organization:village-units:" in page
    written = write(serving, address, page)
    assert written.status_code == 303
    record = written.headers["location"].partition("?")[0]
    asked = get(serving, f"{record}/undo?lang=en")
    undone = serving.client.post(f"{record}/undo?lang=en", data=form_of(asked), headers=HERE)
    assert undone.status_code == 303
    assert "This import was taken back" in get(serving, f"{record}?lang=en")
    again = serving.client.post(f"{record}/undo?lang=en", data=form_of(asked), headers=HERE)
    assert (again.status_code, "was taken back already" in again.text) == (409, True)
    chinese = serving.client.post(f"{record}/undo?lang=zh", data=form_of(asked), headers=HERE)
    assert "这次导入已经撤销" in chinese.text


def test_the_cookie_is_for_the_desk_alone(serving: Serving) -> None:
    cookie = sign_in(serving).headers["set-cookie"]
    assert re.fullmatch(r"zeren-desk=[\w-]{43}; HttpOnly; Max-Age=28800; Path=/imports; SameSite=strict", cookie), (
        cookie
    )
    assert serving.tokens["editor"] not in cookie


@pytest.mark.parametrize("by", ["reader", "expired", "", "zrn_" + "a" * 43, "nonsense"])
def test_only_an_editor_sits_there(serving: Serving, by: str) -> None:
    answer = sign_in(serving, by)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert "Sign in" in get(serving, "/imports/new?lang=en")


def test_a_token_that_is_revoked_ends_the_session(serving: Serving) -> None:
    sign_in(serving)
    page = get(serving, "/imports/new?lang=en")
    assert "You are: 李四" in page
    kept = read_tokens(serving.file)
    write_tokens(serving.file, [token for token in kept if token.name != "李四"])
    assert "Sign in" in get(serving, "/imports/new?lang=en")
    data = {"word": word_of(page), "mapping": "village-units"}
    sent = serving.client.post("/imports/new", files={"file": ("r.csv", b"x", CSV)}, data=data, headers=HERE)
    assert sent.status_code == 401
    assert serving.service.uploads._uploads == {}


def test_who_signs_out_is_out(serving: Serving) -> None:
    sign_in(serving)
    page = get(serving, "/imports/new")
    cookie = serving.client.cookies["zeren-desk"]
    serving.client.post("/imports/sign-out", data=form_of(page), headers=HERE)
    serving.client.cookies.set("zeren-desk", cookie)
    assert "Sign in" in get(serving, "/imports/new?lang=en")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_a_form_of_another_site_does_nothing(serving: Serving, headers: dict[str, str]) -> None:
    refused = serving.client.post("/imports/sign-in", data={"token": serving.tokens["editor"]}, headers=headers)
    assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
    sign_in(serving)
    address, page = previewed(serving, csv_of(TAKEN))
    assert serving.client.post(f"{address}/write", data=form_of(page), headers=headers).status_code == 403
    assert serving.client.get("/imports.json").json()["total"] == 0


def test_an_older_browser_says_its_origin(serving: Serving) -> None:
    headers = {"Origin": "http://testserver"}
    answer = serving.client.post("/imports/sign-in", data={"token": serving.tokens["editor"]}, headers=headers)
    assert answer.status_code == 303


@pytest.mark.parametrize("word", ["", "wrong", None])
def test_a_form_without_the_session_s_word_does_nothing(serving: Serving, word: str | None) -> None:
    sign_in(serving)
    address, page = previewed(serving, csv_of(TAKEN))
    data = {name: value for name, value in {**form_of(page), "word": word}.items() if value is not None}
    assert serving.client.post(f"{address}/write", data=data, headers=HERE).status_code == 403
    assert serving.client.get("/imports.json").json()["total"] == 0
    files = {"file": ("r.csv", csv_of(TAKEN), CSV)}
    before = len(serving.service.uploads._uploads)
    assert serving.client.post("/imports/new", files=files, data=data, headers=HERE).status_code == 403
    assert len(serving.service.uploads._uploads) == before


def test_the_word_of_another_session_is_none(serving: Serving) -> None:
    sign_in(serving, "other")
    foreign = word_of(get(serving, "/imports/new"))
    sign_in(serving)
    address, page = previewed(serving, csv_of(TAKEN))
    data = {**form_of(page), "word": foreign}
    assert serving.client.post(f"{address}/write", data=data, headers=HERE).status_code == 403


def test_what_others_sent_is_not_there(serving: Serving) -> None:
    sign_in(serving)
    address, page = previewed(serving, csv_of(TAKEN, BAD))
    sign_in(serving, "other")
    own = form_of(get(serving, "/imports/new"))
    for path in (address, f"{address}/refused.csv", f"{address}/refused.xlsx"):
        assert serving.client.get(path).status_code == 404
    data = {**form_of(page), **own, "partial": "yes"}
    assert serving.client.post(f"{address}/write", data=data, headers=HERE).status_code == 404
    assert serving.client.get("/imports.json").json()["total"] == 0


def test_refused_rows_come_back_as_files(serving: Serving) -> None:
    sign_in(serving)
    address, page = previewed(serving, csv_of(TAKEN, BAD))
    assert "Row 3" in page
    assert "去年" in page
    assert "'去年' is no date: write 2017" in page
    assert "“去年”不是日期：请写成 2017" in get(serving, f"{address}?lang=zh")
    workbook = serving.client.get(f"{address}/refused.xlsx")
    assert workbook.headers["content-disposition"] == 'attachment; filename="zeren-refused-village-units.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.content)).active
    assert sheet is not None
    assert sheet["C2"].value == "=1+1"
    assert sheet["C2"].data_type != "f"
    assert sheet["E2"].comment is not None
    assert "'=1+1" in serving.client.get(f"{address}/refused.csv").content.decode("utf-8-sig")
    assert serving.client.get(f"{address}/refused.exe").status_code == 404
    refused = write(serving, address, page)
    assert (refused.status_code, "rows were refused" in refused.text) == (409, True)
    assert write(serving, address, page, partial="yes").status_code == 303


def in_english(page: str) -> list[str]:
    """What a page says in English: three words and more in a row."""
    return re.findall(
        r"\b[A-Za-z]+(?: [A-Za-z]+){2,}", re.sub(r"<(style|script).*?</\1>|<[^>]*>", "\n", page, flags=re.DOTALL)
    )


def test_a_chinese_page_is_in_chinese(serving: Serving) -> None:
    sign_in(serving)
    header, *rows = csv_of(TAKEN, BAD).decode().splitlines()
    notes = "\n".join([f"{header},备注", *(f"{row},无" for row in rows)])
    address, page = previewed(serving, notes.encode())
    assert len(in_english(page)) > 10
    page = get(serving, f"{address}?lang=zh")
    assert in_english(page) == []
    assert "没有读的列：备注" in page
    assert "责任链：涉及 1 个对象，其中 1 个有变化" in page
    failed = get(serving, f"{previewed(serving, b'nothing,of', 'a.csv')[0]}?lang=zh")
    assert in_english(failed) == []
    assert "a.csv：没有一行含有映射所需的全部列；缺少：" in failed
    data = {"word": word_of(page), "mapping": "none"}
    sent = serving.client.post("/imports/new?lang=zh", files={"file": ("r.csv", b"x", CSV)}, data=data, headers=HERE)
    assert "mapping：没有随附“none”" in sent.text
    assert in_english(unescape(sent.text)) == []
    refused = serving.client.post(f"{address}/write?lang=zh", data=form_of(page), headers=HERE)
    assert (refused.status_code, in_english(unescape(refused.text))) == (409, [])


def test_a_preview_that_is_out_of_date_is_shown_anew(serving: Serving) -> None:
    sign_in(serving)
    first, second = previewed(serving, csv_of(TAKEN)), previewed(serving, csv_of(TAKEN, OTHER))
    assert write(serving, *first).status_code == 303
    stale = write(serving, *second)
    assert stale.status_code == 409
    assert "others wrote since you saw it" in stale.text
    assert "1 new, 0 changed, 1 unchanged" in stale.text
    assert write(serving, second[0], stale.text).status_code == 303


def test_an_editor_of_a_town_sees_what_lies_outside_and_cannot_write(serving: Serving) -> None:
    sign_in(serving, "town")
    address, page = previewed(serving, csv_of(TAKEN, OTHER))
    assert "Outside of your area" in page
    assert "division:990101102201" in page
    assert 'name="plan"' not in page
    data = {"word": word_of(page), "plan": next(iter(serving.service.uploads._uploads.values())).plan.digest}  # type: ignore[union-attr]
    assert serving.client.post(f"{address}/write", data=data, headers=HERE).status_code == 403
    assert serving.client.get("/imports.json").json()["total"] == 0


def test_names_of_files_are_texts(serving: Serving) -> None:
    sign_in(serving)
    address, _ = previewed(serving, csv_of(TAKEN), "<img src=x onerror=alert(1)>&.csv")
    raw = serving.client.get(address).text
    assert "<img" not in raw
    assert "img src=x onerror=alert(1)&amp;.csv" in raw


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/imports//evil.example", "/\\evil", "x"])
def test_signing_in_leads_nowhere_else(serving: Serving, back: str) -> None:
    data = {"token": serving.tokens["editor"], "back": back}
    answer = serving.client.post("/imports/sign-in", data=data, headers=HERE)
    assert answer.headers["location"] == "/imports/new"


def test_nothing_of_the_desk_is_kept_by_caches(serving: Serving) -> None:
    sign_in(serving)
    for path in ("/imports/new", previewed(serving, csv_of(TAKEN))[0], "/imports/previews/none"):
        headers = serving.client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"


def test_a_large_form_is_refused(serving: Serving) -> None:
    data = {"token": "x" * 20_000}
    assert serving.client.post("/imports/sign-in", data=data, headers=HERE).status_code == 413
    sign_in(serving)
    assert send(serving, b"x" * (2 << 20)).status_code == 413
    assert send(serving, b"").status_code == 400
    assert send(serving, csv_of(TAKEN), mapping="../x").status_code == 400


def test_a_server_that_only_reads_says_so(url: str, tmp_path: Path) -> None:
    with serving_uploads(url, tmp_path, is_writable=False) as found:
        assert "only reads" in get(found, "/imports/new?lang=en")
        assert sign_in(found).status_code == 401
        assert found.client.get("/imports?lang=en").status_code == 200
