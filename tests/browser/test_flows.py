"""The whole way through the pages, in a real Chromium: by mouse, by keyboard alone, without scripts.

Each way at 360 and at 1,440 pixels, in both languages; of each step a picture is kept under tests/artifacts.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from pages.languages import Lang
from pages.texts import say

# One process runs them all: they share a server and a browser.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"
SIZES: dict[str, ViewportSize] = {
    "1440": {"width": 1440, "height": 900},
    "360": {"width": 360, "height": 740},
}
CODE, NAME, INITIALS = "530581101201", "洞山社区村民委员会", "dssqcm"
DAY, NEXT_DAY, OTHER_DAY = "2017-06-30", "2017-07-01", "2017-06-15"
MOST_TABS = 150
WRITTEN = ("%m%d%Y", "%Y%m%d", "%d%m%Y")
"""How a date is typed, by the language of the browser itself."""


class Walker:
    """Somebody who goes through the pages in one way; ``keys`` alone, or with the mouse."""

    def __init__(self, context: BrowserContext, url: str, lang: Lang, *, keys: bool, name: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.lang = lang
        self.keys = keys
        self.name = name
        self.steps = 0
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.note(request.url))
        context.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in {"error", "warning"} else None,
        )
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def note(self, url: str) -> None:
        """Keeps the address of a request to another server."""
        if not url.startswith(self.url):
            self.elsewhere.append(url)

    def say(self, key: str, **values: object) -> str:
        """A text of the pages, in the language of this walk."""
        return say(key, self.lang, **values)

    def reach(self, target: Locator, key: str = "Tab") -> None:
        """Goes to something with the Tab key, as often as it takes; backwards from the top to what is at the end."""
        element = target.element_handle()
        for _ in range(MOST_TABS):
            if self.page.evaluate("(element) => document.activeElement === element", element):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{key} does not lead to {target}")

    def follow(self, target: Locator, key: str = "Tab") -> None:
        """Follows a link, or presses a button."""
        if self.keys:
            self.reach(target, key)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def give_day(self, field: Locator, day: str) -> None:
        """Puts a day into a field."""
        if not self.keys:
            field.fill(day)
            return
        self.reach(field)
        year, month, of_month = day.split("-")
        for form in WRITTEN:
            text = form.replace("%Y", year).replace("%m", month).replace("%d", of_month)
            field.press("Control+a")
            self.page.keyboard.type(text)
            if field.input_value() == day:
                return
            self.page.keyboard.press("Shift+Tab")
            self.reach(field)
        raise AssertionError(f"no way to type {day}")

    def keep(self, step: str, shown: Locator) -> None:
        """A picture of a step, with what it is about on the screen; nothing is wider than that."""
        expect(shown).to_be_visible()
        shown.scroll_into_view_if_needed()
        self.steps += 1
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"flow-{self.name}-{self.steps}-{step}.png")


@pytest.fixture(params=["mouse", "keyboard", "no-script"])
def way(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=Lang)
def lang(request: pytest.FixtureRequest) -> Lang:
    chosen: Lang = request.param
    return chosen


@pytest.fixture
def walker(browser: Browser, server_url: str, way: str, size: str, lang: Lang) -> Iterator[Walker]:
    """At the end: no request went elsewhere, and the browser had nothing to complain about."""
    context = browser.new_context(
        viewport=SIZES[size], locale=lang.tag, java_script_enabled=way != "no-script", accept_downloads=True
    )
    walker = Walker(context, server_url, lang, keys=way == "keyboard", name=f"{way}-{size}-{lang.value}")
    yield walker
    context.close()
    assert walker.elsewhere == []
    assert walker.complaints == []


def test_from_initials_to_a_table(walker: Walker, way: str) -> None:
    page = walker.page
    page.goto(f"{walker.url}/?lang={walker.lang.value}")
    find(walker, scripts=way != "no-script")
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    state = page.get_by_role("region").filter(has=page.locator("#state"))
    expect(state).to_contain_text(walker.say("ladder.BROKEN"))
    # The cause stands in the break, and in its place in the ladder.
    cause = walker.say("cause.UNASSIGNED")
    expect(state.get_by_text(cause).first).to_be_visible()
    walker.keep("gap", page.locator(".ladder .gap.unmet").filter(has_text=cause).first)

    walker.follow(page.get_by_role("link", name=walker.say("date.next", day=NEXT_DAY)))
    expect(page.locator("#state .day")).to_have_text(NEXT_DAY)
    walker.keep("moved", page.locator("#state"))

    walker.follow(
        page.locator(".state").get_by_role("link", name=re.compile(re.escape(walker.say("ladder.why-not")))).first
    )
    expect(page.locator("#answer")).to_contain_text(walker.say("why.NO"))
    expect(page.locator(".steps li.no").first).to_contain_text(walker.say("why.step.no"))
    walker.keep("why-not", page.locator("#answer"))
    walker.follow(page.get_by_role("link", name=re.compile(re.escape(walker.say("why.back")))).first)

    walker.give_day(page.locator("#against"), OTHER_DAY)
    walker.follow(page.get_by_role("button", name=walker.say("compare.go")))
    compared = page.get_by_role("region", name=walker.say("compare.title", day=OTHER_DAY))
    expect(compared).to_contain_text(walker.say("compare.gained"))
    walker.keep("compared", compared)
    download_all(walker)


def find(walker: Walker, *, scripts: bool) -> None:
    """By initials: from the suggestions, or without scripts from the list."""
    page = walker.page
    if not scripts:
        page.get_by_role("searchbox").fill(INITIALS)
        page.get_by_role("button", name=walker.say("search.button")).click()
        walker.keep("found", page.get_by_role("link", name=NAME))
        page.get_by_role("link", name=NAME).click()
        return
    field = page.get_by_role("combobox")
    if walker.keys:
        walker.reach(field)
    else:
        field.click()
    page.keyboard.type(INITIALS)
    option = page.get_by_role("option").filter(has_text=NAME)
    walker.keep("found", option)
    if walker.keys:
        page.keyboard.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
    else:
        option.click()


def download_all(walker: Walker) -> None:
    """The twins by their links: two are saved, and two shown; all have the day and the version."""
    page = walker.page
    twins = page.locator(".twins")
    walker.keep("twins", twins)
    day = re.search(r"asOf=([0-9-]+)", page.url)
    shown_day = day.group(1) if day else DAY
    saved: dict[str, bytes] = {}
    for ending, key in (("CSV", "Shift+Tab"), ("XLSX", "Tab")):
        with page.expect_download() as download:
            walker.follow(twins.get_by_role("link", name=ending, exact=True), key)
        path = Path(download.value.path())
        saved[ending] = path.read_bytes()
        assert download.value.suggested_filename == f"zeren-{CODE}-{shown_day}.{ending.lower()}"
    rows = list(csv.DictReader(io.StringIO(saved["CSV"].decode("utf-8-sig"))))
    assert {row["asOf"] for row in rows} == {shown_day}
    assert load_workbook(io.BytesIO(saved["XLSX"])).sheetnames == ["links", "gaps", "comparison", "about"]
    address = page.url
    walker.follow(twins.get_by_role("link", name="JSON", exact=True), "Shift+Tab")
    expect(page).to_have_url(re.compile(rf"/places/{CODE}\.json\?"))
    content = json.loads(page.locator("body").inner_text())
    assert content["version"] == rows[0]["version"]
    assert len(content["links"]) == sum(row["row"] == "link" for row in rows)
    assert content["comparison"]["day"] == OTHER_DAY
    assert {row["against"] for row in rows if row["row"] == "change"} == {OTHER_DAY}
    page.goto(address)
    walker.follow(page.locator(".twins").get_by_role("link", name="SVG", exact=True), "Shift+Tab")
    expect(page).to_have_url(re.compile(rf"/places/{CODE}\.svg\?"))
    walker.keep("drawing", page.locator("svg").first)
