"""Imports in a real Chromium: sign in, send, preview, refused rows, write, take back; no scripts, narrow, axe-core."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from api.access.token_file import write_tokens
from api.access.tokens import Role, make_token
from tests.browser.test_accessibility import AXE, RUN
from tests.npm import installed
from tests.serving import serving

# One process runs them all: they share a server and a browser.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}
ROSTER = "村编码,包村单位,起始时间,结束时间\n530521101201,示例单位甲,2017年3月,至今\n530521101201,=cmd(),去年,\n"


@pytest.fixture(scope="module")
def desk(
    facts_store: Path, graphiql_bundle: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The address of a server that takes writes, and an editor's token."""
    folder = tmp_path_factory.mktemp("desk")
    store = folder / "own.db"
    for path in facts_store.parent.glob(f"{facts_store.name}*"):
        shutil.copy(path, folder / path.name.replace(facts_store.name, store.name))
    text, token = make_token("李四", Role.EDITOR)
    write_tokens(folder / "tokens.json", [token])
    with serving(store, tokens=str(folder / "tokens.json"), writable="true") as server:
        yield server.url, text


@pytest.fixture(scope="module")
def rules() -> str:
    """The source of axe-core."""
    installed(AXE)
    return (AXE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def keep_picture(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"imports-{name}.png", full_page=True)


def check(page: Page, rules: str, name: str) -> None:
    """No rule of accessibility is broken, nothing reaches beyond the screen; and a picture for people."""
    page.evaluate(rules)
    assert page.evaluate(RUN) == [], name
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), name
    keep_picture(page, name)


@pytest.mark.parametrize(("lang", "size"), [("zh", WIDE), ("en", NARROW)], ids=["zh-wide", "en-narrow"])
def test_a_roster_is_sent_seen_written_and_taken_back(
    browser: Browser, desk: tuple[str, str], rules: str, lang: str, size: ViewportSize, tmp_path: Path
) -> None:
    url, token = desk
    roster = tmp_path / "名册.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    context = browser.new_context(viewport=size, accept_downloads=True)
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page = context.new_page()
    page.goto(f"{url}/imports?lang={lang}")
    check(page, rules, f"{lang}-1-list")
    page.goto(f"{url}/imports/new?lang={lang}")
    check(page, rules, f"{lang}-2-sign-in")
    page.locator("#token").fill(token)
    page.keyboard.press("Enter")
    expect(page.locator("#file")).to_be_visible()
    check(page, rules, f"{lang}-3-new")
    page.locator("#file").set_input_files(roster)
    page.locator("#mapping").select_option("village-units")
    page.locator("form[enctype] button").click()
    expect(page.locator("#refused")).to_be_visible(timeout=60_000)
    check(page, rules, f"{lang}-4-preview")
    with page.expect_download() as waited:
        page.get_by_role("link", name="XLSX").click()
    workbook = tmp_path / "refused.xlsx"
    waited.value.save_as(workbook)
    sheet = openpyxl.load_workbook(workbook).active
    assert sheet is not None
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=cmd()", "s")
    assert sheet["C2"].comment is not None
    page.locator("#partial").check()
    page.locator("form:has(#partial) button").click()
    expect(page.locator("h1")).to_contain_text("名册.csv", timeout=60_000)
    check(page, rules, f"{lang}-5-record")
    page.locator("main .tools a").click()
    check(page, rules, f"{lang}-6-undo")
    page.locator("form.desk button").first.click()
    expect(page.locator("h1")).to_contain_text("撤销" if lang == "zh" else "Taking back", timeout=60_000)
    check(page, rules, f"{lang}-7-undone")
    assert complaints == []
    context.close()


def test_it_works_without_scripts_and_by_keyboard(browser: Browser, desk: tuple[str, str], tmp_path: Path) -> None:
    url, token = desk
    roster = tmp_path / "none.csv"
    roster.write_text("甲,乙\n1,2\n", encoding="utf-8")
    context = browser.new_context(java_script_enabled=False, viewport=NARROW)
    page = context.new_page()
    page.goto(f"{url}/imports/new?lang=en")
    page.locator("#token").focus()
    page.keyboard.type(token)
    page.keyboard.press("Enter")
    page.locator("#file").set_input_files(roster)
    page.locator("form[enctype] button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="This file cannot be imported")).to_be_visible(timeout=60_000)
    expect(page.locator(".state")).to_contain_text("none.csv")
    page.get_by_role("button", name="Sign out").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{url}/imports/new?lang=en")
    expect(page.locator("#token")).to_be_visible()
    context.close()


def test_no_other_site_sends_a_form(browser: Browser, desk: tuple[str, str]) -> None:
    """A page of another origin posts to the desk in the visitor's name: nothing comes of it."""
    url, token = desk
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/imports/new?lang=en")
    page.locator("#token").fill(token)
    page.keyboard.press("Enter")
    expect(page.locator("#file")).to_be_visible()
    foreign = context.new_page()
    foreign.set_content(f'<form method="post" action="{url}/imports/import:x/undo"><button>go</button></form>')
    with foreign.expect_navigation() as navigated:
        foreign.locator("button").click()
    response = navigated.value
    assert response is not None
    assert response.status == 403
    context.close()
