"""The routes of the pages (路由); ``server.py`` joins them to the API's."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from graph_model.graph import ResponsibilityGraph
from pages.answering import Answer, NotFoundError, Visit, endpoint
from pages.assignee_page import assignee_page
from pages.board_pages import board_page, book_page, check_page
from pages.findings_page import findings_page
from pages.gaps_page import gaps_page
from pages.ladder_page import ladder_page
from pages.rendering import compile_templates
from pages.rosters.records import import_page, imports_page
from pages.search_page import search_page
from pages.source_pages import about_page, source_page
from pages.texts import words
from pages.upcoming_page import upcoming_page
from pages.why_page import why_page

PAGES: Final[tuple[tuple[str, Answer], ...]] = (
    ("/findings", findings_page),
    ("/sources/2017", source_page),
    ("/about", about_page),
    ("/gaps", gaps_page),
    ("/upcoming", upcoming_page),
    ("/assignees/{id}", assignee_page),
    ("/imports", imports_page),
    ("/imports/{id}", import_page),
    ("/", search_page),
    ("/search", search_page),
    ("/places/{code}", ladder_page),
    ("/places/{code}/why", why_page),
    ("/places/{code}/board", board_page),
    ("/places/{code}/book", book_page),
    ("/places/{code}/check", check_page),
)


async def no_page(visit: Visit) -> Response:
    """Whatever is at no address."""
    raise NotFoundError(words("error.no-page", key=f"{visit.ask.path}"))


async def no_icon(request: Request) -> Response:
    """What browsers ask for beside a drawing, which can name no icon."""
    del request
    return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})


def page_routes(graph: ResponsibilityGraph, public_url: str | None = None) -> list[BaseRoute]:
    """All pages over a facade; the last answers what is no page, with status 404.

    A page whose path ends in a parameter has its twins under the same route, the others under one of their own.
    ``public_url``: the origin of addresses that leave the screen, a board's code for instance; None: the request's.
    """

    def at(path: str, answer: Answer) -> Route:
        return Route(path, endpoint(graph, answer, public_url), methods=["GET"])

    compile_templates()
    routes: list[BaseRoute] = [Route("/favicon.ico", no_icon)]
    for path, answer in PAGES:
        routes.append(at(path, answer))
        if not path.endswith(("}", "/")):
            routes.append(at(f"{path}.{{twin}}", answer))
    routes.append(at("/{path:path}", no_page))
    return routes
