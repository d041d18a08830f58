"""axe-core over every page, in both languages, light and dark, narrow and wide: no violation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.npm import installed

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE = Path(__file__).resolve().parents[1] / "axe"
VILLAGE = "/places/530521101201"
PAGES = {
    "start": "/",
    "search": "/?q=wuyi",
    "nothing-found": "/?q=zzz",
    "ladder": VILLAGE,
    "list": f"{VILLAGE}?view=list",
    "compared": f"{VILLAGE}?asOf=2017-09-01&against=2017-06-30",
    "county": "/places/530502?asOf=2017-09-01",
    "why": f"{VILLAGE}/why?duty=village-link",
    "board": f"{VILLAGE}/board",
    "check": f"{VILLAGE}/check?asOf=2017-06-30&digest=0123456789abcdef",
    "assignee": "/assignees/post:5305:party-secretary",
    "person": "/assignees/person:5305:P002681",
    "reach": "/places/asset:longchuan-530581107?asOf=2021-09-09",
    "bad-address": f"{VILLAGE}?asOf=2017-02-30",
    "gaps": "/gaps?asOf=2017-09-01",
    "gap-calendar": "/gaps?within=530521&from=2017-01-01&to=2017-12-31&first=40",
    "upcoming": "/upcoming?within=530521&from=2017-07-01&days=92",
    "findings": "/findings",
    "findings-of-a-county": "/findings?within=530521&asOf=2018-01-01&first=20",
    "source": "/sources/2017",
    "about": "/about",
    "not-found": "/places/530521101299",
}
# All rules but those that only ask a person to look.
RUN = """() => axe.run(document, {resultTypes: ["violations"]}).then((found) =>
    found.violations.map((one) => `${one.id}: ${one.help} ` + one.nodes.slice(0, 3).map((node) => node.html)))"""


@pytest.fixture(scope="module")
def rules() -> str:
    """The source of axe-core."""
    installed(AXE)
    return (AXE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One page for all."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_no_rule_of_accessibility_is_broken(
    page: Page, server_url: str, rules: str, name: str, lang: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360 if lang == "en" else 1440, "height": 800})
    path = PAGES[name]
    page.goto(f"{server_url}{path}{'&' if '?' in path else '?'}lang={lang}")
    page.evaluate(rules)
    assert page.evaluate(RUN) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
