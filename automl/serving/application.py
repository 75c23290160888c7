"""The web application: its addresses, its limits, and errors as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from automl.core.errors import DataError
from automl.core.sizes import size_text
from automl.serving.access import Access
from automl.serving.answering import Answering
from automl.serving.description import Description
from automl.serving.page import page_of
from automl.serving.sent import CSV, JSON, UnknownTypeError, opened

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

MOST_AT_ONCE, MOST_WAITING = 8, 64
"""Requests that are read at the same time, and those that are there in all: more are sent away."""

_CHALLENGE = {"WWW-Authenticate": 'Bearer, Basic realm="automl"'}
_SAFE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


@dataclass
class Service:
    """What the application works with.

    Attributes:
        answering: answers requests.
        description: of the model.
        access: who may ask.
        most_bytes: of a body.
        waiting: requests that are being answered.
    """

    answering: Answering
    description: Description
    access: Access
    most_bytes: int
    waiting: int = 0


def application(service: Service) -> Starlette:
    """Return the application."""
    pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="request")

    async def health(request: Request) -> Response:
        return _json({"status": "ok"})

    async def predict(request: Request) -> Response:
        if service.waiting >= MOST_WAITING:
            return _refused(503, "Too many requests at once; try again.", {"Retry-After": "1"})
        service.waiting += 1
        try:
            body = await _body(request, service.most_bytes)
            loop = asyncio.get_running_loop()
            kind, wish = request.headers.get("content-type", ""), request.headers.get("accept", "")
            return await loop.run_in_executor(pool, _answer, service, body, kind, wish)
        finally:
            service.waiting -= 1

    async def docs(request: Request) -> Response:
        page, policy = page_of(service.description)
        return HTMLResponse(page, headers={**_SAFE, "Content-Security-Policy": policy})

    async def openapi(request: Request) -> Response:
        return _json(service.description.openapi())

    async def home(request: Request) -> Response:
        return RedirectResponse("docs")

    def guarded(endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            refusal = service.access.refusal(request.headers)
            if not refusal:
                return await endpoint(request)
            token = service.access.token is not None
            return _refused(401 if token else 403, refusal, _CHALLENGE if token else {})

        return checked

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/predict", guarded(predict), methods=["POST"]),
            Route("/docs", guarded(docs)),
            Route("/openapi.json", guarded(openapi)),
            Route("/", guarded(home)),
        ],
        exception_handlers={HTTPException: _told, Exception: _failed},
    )


def _answer(service: Service, body: bytes, kind: str, wish: str) -> Response:
    """Answer a body; in a thread of its own."""
    try:
        with opened(body, kind) as source:
            answer = service.answering.answer(source)
    except UnknownTypeError as error:
        return _refused(415, str(error))
    except DataError as error:
        return _refused(422, str(error))
    if CSV in wish and JSON not in wish:
        return Response(answer.as_csv(), media_type=CSV, headers=_SAFE)
    return _json(answer.as_json())


async def _body(request: Request, most: int) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: it is larger than allowed, or its sender is gone.
    """
    declared = request.headers.get("content-length", "")
    too_large = HTTPException(413, f"The body is larger than {size_text(most)} (--max-body).")
    if declared.isdecimal() and int(declared) > most:
        raise too_large
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > most:
                raise too_large
    except ClientDisconnect:
        raise HTTPException(400, "The connection was closed within the body.") from None
    return bytes(content)


async def _told(request: Request, error: Exception) -> Response:
    """What the application itself refuses: an unknown address, another method, a body too large."""
    if not isinstance(error, HTTPException):
        return await _failed(request, error)
    advice = " Known: POST /predict, GET /health, /docs, /openapi.json." if error.status_code == 404 else ""
    return _refused(error.status_code, f"{error.detail}{advice}", dict(error.headers or {}))


async def _failed(request: Request, error: Exception) -> Response:
    """A fault of this program or of the job's files: the server writes it to its log, and tells nobody."""
    return _refused(500, "The model could not answer; the server's log says why.")


def _json(content: object) -> JSONResponse:
    return JSONResponse(content, headers=_SAFE)


def _refused(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": text}, status_code=status, headers={**_SAFE, **(headers or {})})
