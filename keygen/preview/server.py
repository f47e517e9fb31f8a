"""The page, served to the browsers of this machine alone."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from keygen.errors import KeygenError
from keygen.preview.live import Live

HERE = "127.0.0.1"
HOSTS = [HERE, "localhost"]
"""What a browser may call this machine: any other name leads here from a stranger's page (DNS rebinding)."""
GLANCE = 0.02  # seconds after which it is looked whether the page has changed
GRACE = 5  # seconds in which the server may end
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def application(live: Live) -> Starlette:
    """The page at `/`, its pieces at `/pieces?id=...`, and at `/events` a word whenever it has changed."""

    async def page(request: Request) -> Response:
        return HTMLResponse(live.state.page(), headers=HEADERS)

    async def pieces(request: Request) -> Response:
        known = live.state.pieces
        asked = (id for id in request.query_params.getlist("id") if id in known)
        return JSONResponse({id: known[id].html for id in asked}, headers=HEADERS)

    async def events(request: Request) -> Response:
        return StreamingResponse(changes(live), media_type="text/event-stream", headers=HEADERS)

    routes = [Route("/", page), Route("/pieces", pieces), Route("/events", events)]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)])


async def changes(live: Live) -> AsyncIterator[str]:
    """What a page is to know of each state, as server-sent events; of states that come quickly the last."""
    yield "retry: 500\n\n"
    told = None
    while not (state := live.state).closed:
        if state is not told:
            told = state
            yield f"data: {json.dumps(state.summary)}\n\n"
        await asyncio.sleep(GLANCE)


def bound(port: int) -> socket.socket:
    """A socket of this machine alone; 0 is any port that is free. Raises KeygenError for one that is taken."""
    found = socket.socket(socket.AF_INET)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HERE, port))
        found.listen()  # whoever opens the address as soon as it is told waits for the server, and is not refused
    except OSError as error:
        found.close()
        raise KeygenError(
            f"the port {port} cannot be had", found=error.strerror or str(error),
            repair="leave out --port, and a free one is taken",
        ) from error  # fmt: skip
    return found


@contextmanager
def serving(live: Live, port: int) -> Iterator[str]:
    """Serve the page as long as the context lasts; its address."""
    with bound(port) as at:
        config = uvicorn.Config(
            application(live), loop="asyncio", http="h11", ws="none", lifespan="off", log_config=None,
            log_level="critical", timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([at],), daemon=True)
        thread.start()
        try:
            yield f"http://{HERE}:{at.getsockname()[1]}/"
        finally:
            live.set(closed=True)
            server.should_exit = True
            thread.join(GRACE)
