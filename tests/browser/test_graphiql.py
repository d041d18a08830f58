"""GraphiQL in a real Chromium that reaches nothing but the server: the page of a person without internet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

# One process runs them all: they share a server and a browser.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PROJECT = Path(__file__).resolve().parents[2]
ARTIFACTS = PROJECT / "tests" / "artifacts"
VARIABLES: dict[str, dict[str, object]] = json.loads(
    (PROJECT / "examples" / "operations" / "variables.json").read_text(encoding="utf-8")
)
TAB_NAMES = ["".join(word.capitalize() for word in stem.split("-")) for stem in VARIABLES]
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}

# Monaco draws only the lines in view: its model has the whole text.
EDITOR_TEXT = """(file) => globalThis.__MONACO.editor.getModels()
    .filter((model) => model.uri.path.endsWith(file)).map((model) => model.getValue()).join("")"""


@dataclass(slots=True)
class GraphiQL:
    """The page as a person sees it, and what went on behind it."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> None:
        """Opens the page and waits for its editors."""
        self.page.goto(f"{self.address}{query}")
        expect(self.page.locator(".graphiql-query-editor .view-line").first).to_be_visible(timeout=30_000)

    def tabs(self) -> list[str]:
        """The names of the tabs, in order."""
        return self.page.locator(".graphiql-tab-button").all_inner_texts()

    def active_tab(self) -> str:
        """The name of the tab that is open."""
        return self.page.locator(".graphiql-tab-active .graphiql-tab-button").inner_text()

    def choose_tab(self, name: str) -> None:
        """Opens a tab by its name."""
        self.page.locator(".graphiql-tab-button").get_by_text(name, exact=True).click()

    def text(self, file: str) -> str:
        """The whole text of an editor: operation.graphql, variables.json or response.json."""
        text: str = self.page.evaluate(EDITOR_TEXT, file)
        return text

    def execute(self) -> dict[str, object]:
        """Presses the button and returns the document that the result pane shows then."""
        with self.page.expect_response(lambda response: response.request.method == "POST") as answer:
            self.page.get_by_role("button", name="Execute query").click()
        assert answer.value.status == 200
        expected = answer.value.json()
        # The stop button turns into the execute button again once the pane is filled.
        expect(self.page.get_by_role("button", name="Execute query")).to_be_visible()
        shown: dict[str, object] = json.loads(self.text("response.json"))
        assert shown == expected
        return shown

    def keep_picture(self, name: str) -> None:
        """Saves what the page looks like, for people."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")


@pytest.fixture
def graphiql(browser: Browser, server_url: str) -> Iterator[GraphiQL]:
    """A first visit. At its end: no request went elsewhere, and the browser had nothing to complain about."""
    context = browser.new_context(viewport=WIDE, locale="en-GB")
    page = context.new_page()
    view = GraphiQL(page, f"{server_url}/graphql")
    context.on("request", lambda request: view.requests.append(request.url))
    # Whoever leaves or reloads the page breaks off what was still on its way: that alone is no failure.
    context.on(
        "requestfailed",
        lambda request: (
            view.complaints.append(f"{request.failure}: {request.url}")
            if request.failure != "net::ERR_ABORTED"
            else None
        ),
    )
    # Violations of the page's policy are among the console's errors, those of its workers too.
    context.on(
        "console",
        lambda message: view.complaints.append(message.text) if message.type in {"error", "warning"} else None,
    )
    context.on("weberror", lambda error: view.complaints.append(str(error.error)))
    yield view
    context.close()
    assert {url for url in view.requests if not is_at(url, server_url)} == set()
    assert view.complaints == []


def is_at(url: str, origin: str) -> bool:
    """Whether an address belongs to the server itself; data: addresses belong to nobody and leave no machine."""
    parts = urlsplit(url)
    return parts.scheme == "data" or f"{parts.scheme}://{parts.netloc}" == origin


def test_first_visit_opens_on_the_examples(graphiql: GraphiQL) -> None:
    """One tab an operation, the chain of a village first and open, with its variables."""
    graphiql.open()
    assert graphiql.tabs() == TAB_NAMES
    assert graphiql.active_tab() == "VillageChain"
    assert json.loads(graphiql.text("variables.json")) == VARIABLES["village-chain"]


def test_example_shows_the_chain(graphiql: GraphiQL) -> None:
    """The main job, by hand: press the button, see who answers for the village."""
    graphiql.open()
    shown = json.dumps(graphiql.execute(), ensure_ascii=False)
    assert "errors" not in shown
    assert "市委书记" in shown
    assert "linked-to-county" in shown
    graphiql.keep_picture("graphiql-village-chain")


def test_every_example_runs(graphiql: GraphiQL) -> None:
    """A person goes from tab to tab; each one answers."""
    graphiql.open()
    answers = {}
    for name in TAB_NAMES:
        graphiql.choose_tab(name)
        answers[name] = graphiql.execute()
    assert {name: answer["errors"] for name, answer in answers.items() if "errors" in answer} == {}


def test_tabs_survive_a_reload(graphiql: GraphiQL) -> None:
    """A person's own tabs stay theirs: the open one comes back with its query and its variables."""
    graphiql.open()
    graphiql.choose_tab("CountyLinks")
    graphiql.page.wait_for_function(
        "() => localStorage.getItem('zeren:graphiql:tabState')?.includes('\"activeTabIndex\":1')"
    )
    graphiql.open()
    assert graphiql.tabs() == TAB_NAMES
    assert graphiql.active_tab() == "CountyLinks"
    assert "query CountyLinks" in graphiql.text("operation.graphql")
    assert json.loads(graphiql.text("variables.json")) == VARIABLES["county-links"]


def test_link_opens_its_query(graphiql: GraphiQL) -> None:
    """An address with a query opens it in a tab of its own, before the examples on a first visit."""
    query = "query Linked($text: String!) { search(text: $text, first: 1) { totalCount } }"
    graphiql.open("?" + urlencode({"query": query, "variables": '{"text":"河图"}'}))
    assert graphiql.tabs() == ["Linked", *TAB_NAMES]
    assert graphiql.active_tab() == "Linked"
    assert json.loads(graphiql.text("variables.json")) == {"text": "河图"}
    assert "errors" not in graphiql.execute()


def test_link_chooses_its_operation(graphiql: GraphiQL) -> None:
    """Where the linked document has several operations, the address says which one it means."""
    query = "query First { __typename }\nquery Second { dataset { version } }"
    graphiql.open("?" + urlencode({"query": query, "operationName": "Second"}))
    expect(graphiql.page.locator(".graphiql-tab-active")).to_contain_text("Second")


def test_examples_menu_opens_a_tab(graphiql: GraphiQL) -> None:
    """Who changed or closed an example gets it back."""
    graphiql.open()
    graphiql.page.get_by_role("button", name="Open an example in a new tab").click()
    graphiql.page.get_by_role("menuitem", name="Search").click()
    expect(graphiql.page.locator(".graphiql-tab-active")).to_contain_text("Search")
    assert len(graphiql.tabs()) == len(TAB_NAMES) + 1
    assert json.loads(graphiql.text("variables.json")) == VARIABLES["search"]


def test_explorer_lists_the_fields(graphiql: GraphiQL) -> None:
    """The explorer plugin knows the schema and the query at hand."""
    graphiql.open()
    graphiql.page.get_by_role("button", name="Show GraphiQL Explorer").click()
    expect(graphiql.page.locator(".graphiql-explorer-root")).to_contain_text("accountabilityChain")
    graphiql.keep_picture("graphiql-explorer")


def test_narrow_screen_shows_everything(graphiql: GraphiQL) -> None:
    """At 360 pixels the panes stand one below the other, as wide as the screen."""
    graphiql.page.set_viewport_size(NARROW)
    graphiql.open()
    graphiql.execute()
    response = graphiql.page.locator(".graphiql-response")
    response.scroll_into_view_if_needed()
    box = response.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert 300 < box["width"] <= NARROW["width"]
    assert graphiql.page.evaluate("() => document.documentElement.scrollWidth") <= NARROW["width"]
    graphiql.keep_picture("graphiql-narrow")


def test_page_allows_no_other_host(graphiql: GraphiQL, server_url: str) -> None:
    """The policy of the page itself forbids what the machine's network may not."""
    response = graphiql.page.request.get(graphiql.address, headers={"Accept": "text/html"})
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; worker-src 'self';")
    assert "http" not in policy
    assert "unsafe-eval" not in policy
