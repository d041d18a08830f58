"""The GraphiQL page, served with everything it needs by this server and no other: it works without internet.

``web/build.py`` builds the page's files; the page opens on the operations of ``examples/operations/``.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PROJECT: Final = Path(__file__).resolve().parent.parent
BUNDLE: Final = PROJECT / "web" / "dist"
EXAMPLES: Final = PROJECT / "examples" / "operations"
MOUNT: Final = "/static/graphiql"

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        # Monaco, the editor, places each line by a style attribute and writes its colours into style elements. Neither
        # can carry a nonce or a hash that is known before, so styles, and only styles, may stand in the page.
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

PAGE: Final = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>GraphiQL · Zeren</title>
    <link rel="icon" href="{files}/favicon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="{files}/graphiql.css">
    <script type="application/json" id="examples">{examples}</script>
    <script type="module" src="{files}/graphiql.js"></script>
  </head>
  <body>
    <div id="graphiql"><p class="starting">Starting GraphiQL …</p></div>
    <noscript>GraphiQL needs JavaScript. <a href="{root}/schema.graphql">The schema</a> can be read without.</noscript>
  </body>
</html>
"""

NOT_BUILT: Final = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>GraphiQL is not built yet · Zeren</title>
    <link rel="icon" href="data:,">
  </head>
  <body style="font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem">
    <h1>GraphiQL is not built yet</h1>
    <p>Run <code>python web/build.py</code> in the project's folder (<code>make serve</code> does it too), then reload
    this page. The server can go on running.</p>
    <p>Queries by POST to this address work all the while.</p>
  </body>
</html>
"""


class BundleFiles(StaticFiles):
    """The built files. Those under ``assets/`` have a hash in their name and are kept; the others are asked again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As the base class, with the headers that say how long a file may be kept, and that its type is its type."""
        response = await super().get_response(path, scope)
        is_kept = path.startswith("assets/") and response.status_code in (200, 304)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_kept else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def read_examples(folder: Path = EXAMPLES) -> list[dict[str, str]]:
    """The example operations with their variables, as GraphiQL shows them: both as text.

    ``variables.json`` gives the variables of each file by its stem, and the order; a file that it does not name comes
    after those, without variables.
    """
    listed = folder / "variables.json"
    variables: dict[str, object] = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else {}
    queries = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.graphql"))}
    stems = [*(stem for stem in variables if stem in queries), *(stem for stem in queries if stem not in variables)]
    return [
        {
            "query": queries[stem],
            "variables": json.dumps(variables[stem], ensure_ascii=False, indent=2) if stem in variables else "",
        }
        for stem in stems
    ]


def graphiql_response(request: Request) -> HTMLResponse:
    """The page, or where its files were not built (status 503) a page that says how to build them.

    A link to a query is this page's own address with ``query``, and if need be ``variables`` (JSON) and
    ``operationName``: the page opens it in a tab.
    """
    if not (BUNDLE / "graphiql.js").is_file():
        return HTMLResponse(NOT_BUILT, status_code=503, headers={**HEADERS, "Cache-Control": "no-store"})
    root = escape(request.scope.get("root_path", ""))
    # In a script element only "<" can end or upset the block; JSON lets it be written otherwise.
    examples = json.dumps(read_examples(), ensure_ascii=False).replace("<", "\\u003c")
    return HTMLResponse(PAGE.format(files=root + MOUNT, root=root, examples=examples), headers=HEADERS)


def graphiql_routes() -> list[BaseRoute]:
    """The routes of the page's own files; a file that was not built is a 404."""
    return [Mount(MOUNT, app=BundleFiles(directory=BUNDLE, check_dir=False), name="graphiql")]
