"""The start page (首页): what this is, and where to go. A few lines of HTML without script."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse

_PAGE = """<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>责任 Zeren</title>
<style>
body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
a { color: #0b57d0 } code { background: #8882; padding: 0 .25em }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } a { color: #8ab4f8 } }
</style>
</head>
<body>
<h1>责任 <span lang="en">Zeren</span></h1>
<p>对任何村、户、乡镇、县，在任何一天：谁负责，凭什么关系，依据何在，责任链断在哪里。</p>
<p lang="en">For any village, household, township or county, on any day: who answers for it, by what assignment, on what
basis, and where the chain is broken.</p>
<ul>
<li><a href="/graphql">GraphiQL</a>: 提问，附示例 <span lang="en">(ask, with examples)</span></li>
<li><a href="/schema.graphql">schema.graphql</a>: 接口说明 <span lang="en">(the interface)</span></li>
<li><a href="/ready">/ready</a>, <a href="/health">/health</a>: 状态 <span lang="en">(the server's state)</span></li>
</ul>
</body>
</html>
"""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


async def start_page(request: Request) -> HTMLResponse:
    """The page."""
    del request  # it is the same for everybody
    return HTMLResponse(_PAGE, headers=_HEADERS)
