"""The pages in a real Chromium: by mouse, by keyboard alone, without scripts, narrow and wide, in both languages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

# One process runs them all: they share a server and a browser.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 360, "height": 740},
}
VILLAGE = "/places/530521101201"
WUYI = "乌邑社区村民委员会"


class Visitor:
    """Somebody with a browser, and what went on behind the pages."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        context.on("request", lambda request: self.note(request.url))
        # Violations of the policy are among the console's errors.
        context.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in {"error", "warning"} else None,
        )
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def note(self, url: str) -> None:
        """Keeps the address of a request to another server."""
        if not url.startswith(self.url):
            self.elsewhere.append(url)

    def open(self, path: str) -> Page:
        """Goes to a page."""
        self.page.goto(self.url + path)
        return self.page

    def keep_picture(self, name: str) -> None:
        """What it looks like, for people."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"pages-{name}.png", full_page=True)


@pytest.fixture
def visit(browser: Browser, server_url: str) -> Iterator[Visitor]:
    """At the end: no request went elsewhere, and the browser had nothing to complain about."""
    visitor = Visitor(browser.new_context(viewport=SIZES["wide"], locale="zh-CN"), server_url)
    yield visitor
    visitor.context.close()
    assert visitor.elsewhere == []
    assert visitor.complaints == []


@pytest.fixture
def scriptless(browser: Browser, server_url: str) -> Iterator[Visitor]:
    """Somebody whose browser runs no script."""
    context = browser.new_context(viewport=SIZES["wide"], locale="en-GB", java_script_enabled=False)
    visitor = Visitor(context, server_url)
    yield visitor
    visitor.context.close()
    assert visitor.elsewhere == []


def test_a_village_is_found_by_initials_with_the_mouse(visit: Visitor) -> None:
    page = visit.open("/")
    field = page.get_by_role("combobox")
    field.press_sequentially("wysqcm")
    option = page.get_by_role("option").filter(has_text=WUYI)
    expect(option).to_contain_text("施甸县 甸阳镇")
    expect(field).to_have_attribute("aria-expanded", "true")
    option.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(WUYI)


def test_a_village_is_found_by_the_keyboard_alone(visit: Visitor) -> None:
    page = visit.open("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.get_by_role("combobox").focus()
    page.keyboard.type("530521101201")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("combobox")).to_have_attribute("aria-activedescendant", "q-option-0")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(visit.url + VILLAGE)


def test_the_date_moves_by_link_and_by_key(visit: Visitor) -> None:
    page = visit.open(VILLAGE)
    page.get_by_role("link", name="下一变动日 2017-07-01").click()
    expect(page).to_have_url(f"{visit.url}{VILLAGE}?asOf=2017-07-01")
    page.wait_for_load_state()  # the address is the new page's before its script listens to keys
    page.get_by_label("日期").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page).to_have_url(f"{visit.url}{VILLAGE}?asOf=2017-06-30")


def test_two_days_are_compared_and_a_reason_is_read(visit: Visitor) -> None:
    page = visit.open(f"{VILLAGE}?asOf=2017-06-16")
    page.get_by_label("与另一天比较").fill("2017-06-15")
    page.get_by_role("button", name="比较").click()
    expect(page.get_by_role("region", name="与 2017-06-15 相比")).to_contain_text("施甸县动态管理")
    page.get_by_role("link", name="为什么？ 市委书记").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("市委书记")
    expect(page.get_by_role("region", name="答案")).to_be_visible()


@pytest.mark.parametrize("ending", ["CSV", "XLSX"])
def test_the_twins_are_downloaded(visit: Visitor, ending: str) -> None:
    page = visit.open(VILLAGE)
    with page.expect_download() as download:
        page.get_by_role("link", name=ending).click()
    assert download.value.suggested_filename == f"zeren-530521101201-2017-06-30.{ending.lower()}"


def test_the_drawing_breaks_no_policy(visit: Visitor) -> None:
    page = visit.open(f"{VILLAGE}.svg")
    expect(page.locator("svg")).to_be_visible()
    expect(page.locator("svg text").first).to_contain_text(WUYI)


def test_the_citation_is_copied(visit: Visitor) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open(VILLAGE)
    page.get_by_role("button", name="复制引用").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#citation").inner_text()


def test_everything_works_with_scripts_off(scriptless: Visitor) -> None:
    page = scriptless.open("/")
    page.get_by_role("searchbox").fill("乌邑")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=WUYI).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(WUYI)
    page.get_by_label("Day", exact=True).fill("2017-09-01")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(f"{scriptless.url}{VILLAGE}?asOf=2017-09-01")
    page.get_by_role("link", name="Why? 市委书记").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Why 市委书记 answers")
    scriptless.keep_picture("scriptless-why")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "path"), [("search", "/?q=wuyi"), ("ladder", VILLAGE), ("start", "/")])
def test_nothing_is_wider_than_the_screen(visit: Visitor, size: str, lang: str, name: str, path: str) -> None:
    visit.page.set_viewport_size(SIZES[size])
    page = visit.open(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= SIZES[size]["width"]
    visit.keep_picture(f"{name}-{size}-{lang}")


def test_script_and_style_are_small(visit: Visitor) -> None:
    """At most 60 kB in all, as they are sent."""

    parts = [visit.context.request.get(f"{visit.url}/static/graphiql/pages.{kind}").body() for kind in ("js", "css")]
    assert sum(len(gzip.compress(part)) for part in parts) <= 60_000


LONGEST = 10
PAPER = {"a4": (595, 842), "a3": (842, 1191)}
"""Points."""
MARGIN = {"a4": 11, "a3": 15}
"""Millimetres."""
# Whatever has a text of its own, as it is laid out for the printer: none of it may lie outside of the sheet.
CUT = """() => {
    const sheet = document.querySelector(".sheet").getBoundingClientRect();
    const told = [...document.querySelectorAll(".sheet *:not(.sr):not(svg *)")].filter((part) => !part.closest(".sr"));
    const outside = told.map((part) => part.getBoundingClientRect()).filter((box) =>
        box.width > 0 && (box.left < sheet.left - 1 || box.right > sheet.right + 1 || box.bottom > sheet.bottom + 1));
    const hidden = told.filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0
        && getComputedStyle(part).overflow !== "visible");
    return {height: sheet.height, cut: outside.length + hidden.length};
}"""
VILLAGES = '{ divisions(within: "5305", level: "village", first: 1000) { edges { node { code name } } } }'


def list_villages(visit: Visitor) -> list[dict[str, str]]:
    """All villages, those with the longest names first."""
    answer = visit.context.request.post(f"{visit.url}/graphql", data={"query": VILLAGES}).json()
    villages = [edge["node"] for edge in answer["data"]["divisions"]["edges"]]
    return sorted(villages, key=lambda one: (-len(one["name"]), one["code"]))


def check_layout(page: Page, size: str, code: str) -> None:
    """As wide as the paper between its margins, a board is no higher than that, and nothing leaves it."""
    width, height = (points / 72 * 96 - 2 * MARGIN[size] / 25.4 * 96 for points in PAPER[size])
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int(width), "height": int(height)})
    found = page.evaluate(CUT)
    page.emulate_media(media="null")
    assert found["cut"] == 0, (code, size)
    assert found["height"] <= height, (code, size)


def test_a_board_is_one_page_and_nothing_is_cut(visit: Visitor) -> None:
    """The boards of the ten villages with the longest names, as they are printed on A4 and on A3.

    On the reference date in Chinese, and where much is missing in English, which is longer.
    """
    villages = list_villages(visit)
    assert len(villages) >= 921
    for number, village in enumerate(villages[:LONGEST]):
        visit.open(f"/places/{village['code']}/board?lang=en&asOf=2017-09-01")
        check_layout(visit.page, "a4", village["code"])
        for size, paper in PAPER.items():
            page = visit.open(f"/places/{village['code']}/board?size={size}")
            assert village["name"] in page.locator(".sheet h1").inner_text()
            pdf = page.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, (village, size)
            (box,) = set(re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf))
            assert [float(edge) for edge in box.split()[2:]] == pytest.approx(paper, abs=1), village
            check_layout(page, size, village["code"])
            if number == 0:
                visit.page.set_viewport_size(SIZES["wide"])
                visit.keep_picture(f"board-{size}")


@pytest.mark.long
def test_every_board_fits_on_its_sheet(visit: Visitor) -> None:
    """Of all villages, on a day on which much is missing, in the longer language."""
    for village in list_villages(visit):
        page = visit.open(f"/places/{village['code']}/board?lang=en&asOf=2017-09-01")
        check_layout(page, "a4", village["code"])


@pytest.mark.parametrize(
    ("name", "path", "shape"),
    [
        ("ladder", "/places/530581101201?asOf=2017-09-01", (842, 595)),
        ("gaps", "/gaps?asOf=2017-09-01&lang=en", (595, 842)),
        ("calendar", "/gaps?within=530521&from=2017-01-01&to=2017-12-31&first=20&lang=en", (595, 842)),
        ("assignee", "/assignees/post:5305:party-secretary", (595, 842)),
    ],
)
def test_a_printed_page_keeps_its_tables_whole(visit: Visitor, name: str, path: str, shape: tuple[int, int]) -> None:
    """The ladder is a table on paper, too, across the sheet; no table is wider than its paper."""
    page = visit.open(path)
    pdf = page.pdf(prefer_css_page_size=True)
    (box,) = set(re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf))
    assert [float(edge) for edge in box.split()[2:]] == pytest.approx(shape, abs=1)
    width = int(shape[0] / 72 * 96 - 2 * 11 / 25.4 * 96)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    display = page.locator("main table").first.evaluate("(table) => getComputedStyle(table).display")
    assert display == "table"
    visit.keep_picture(f"printed-{name}")


def test_the_code_of_a_board_leads_to_its_check(visit: Visitor) -> None:
    board = visit.context.request.get(f"{visit.url}{VILLAGE}/board.json").json()
    page = visit.open(board["check"].removeprefix(visit.url))
    expect(page.get_by_role("heading", name="此牌仍然有效")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/gaps?asOf=2017-09-01", "/findings", "/sources/2017", "/about", "/assignees/post:5305:party-secretary"]
)
def test_the_other_pages_are_kept_as_pictures(visit: Visitor, path: str) -> None:
    visit.open(path)
    visit.keep_picture(re.sub(r"\W+", "-", path).strip("-"))
