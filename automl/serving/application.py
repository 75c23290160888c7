"""The web application: its addresses, its limits, and errors as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from automl.core.errors import DataError
from automl.core.sizes import size_text
from automl.serving.access import Access
from automl.serving.answered import Answered
from automl.serving.answering import Answering
from automl.serving.description import Description
from automl.serving.further import Further
from automl.serving.page import page_of
from automl.serving.sent import CSV, JSON, UnknownTypeError, opened, parsed

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Work: TypeAlias = Callable[[bytes], Awaitable[Response]]
Given = TypeVar("Given")

MOST_AT_ONCE, MOST_WAITING = 8, 64
"""Requests that are read at the same time, and those whose bodies are there: more are sent away."""

BODY_SECONDS = 60
"""That a body may take to arrive."""

SMALL = 1 << 16
"""Bytes of JSON that are read sooner than another thread wakes."""

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
        arriving: bytes of bodies that are not whole yet.
    """

    answering: Answering
    description: Description
    access: Access
    most_bytes: int
    waiting: int = 0
    arriving: int = 0


def application(service: Service) -> Starlette:
    """Return the application."""
    pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="request")

    async def admitted(request: Request, work: Work) -> Response:
        """Answer a body, unless too many are there; those who are still sending theirs hinder nobody."""
        body = await _body(request, service)
        if service.waiting >= MOST_WAITING:
            raise _too_many()
        service.waiting += 1
        try:
            return await work(body)
        finally:
            service.waiting -= 1

    async def health(request: Request) -> Response:
        return _json({"status": "ok"})

    async def predict(request: Request) -> Response:
        kind, wish = request.headers.get("content-type", ""), request.headers.get("accept", "")

        async def work(body: bytes) -> Response:
            if len(body) <= SMALL and kind.startswith(JSON):
                return await _answer_small(service, pool, body, kind, wish)
            return await _in_thread(pool, _answer, service, body, kind, wish)

        return await admitted(request, work)

    def doing(further: Further) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            return await admitted(request, lambda body: _in_thread(pool, _do, service, further, body))

        return endpoint

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
            *(
                Route(item.path, guarded(doing(item)), methods=["POST"])
                for item in service.answering.further
            ),
            *(Route(path, guarded(page)) for path, page in _pages(service).items()),
        ],
        exception_handlers={HTTPException: _told, Exception: _failed},
    )


def _pages(service: Service) -> dict[str, Endpoint]:
    """What tells of the model, by address."""

    async def docs(request: Request) -> Response:
        page, policy = page_of(service.description)
        return HTMLResponse(page, headers={**_SAFE, "Content-Security-Policy": policy})

    async def openapi(request: Request) -> Response:
        return _json(service.description.openapi())

    async def home(request: Request) -> Response:
        return RedirectResponse("docs")

    return {"/docs": docs, "/openapi.json": openapi, "/": home}


async def _answer_small(
    service: Service, pool: ThreadPoolExecutor, body: bytes, kind: str, wish: str
) -> Response:
    """Answer a small body of JSON: a few rows are read here and wait for the model alone."""
    try:
        with opened(body, kind) as source:
            begun = service.answering.begin(source)
            if begun is not None:
                return _given(await asyncio.wrap_future(begun), wish)
            here = copy_context()  # which files may be named
            answer = await _in_thread(pool, here.run, service.answering.answer, source)
            return _given(answer, wish)
    except DataError as error:
        return _refusal(error)


def _answer(service: Service, body: bytes, kind: str, wish: str) -> Response:
    """Answer a body; in a thread of its own."""
    try:
        with opened(body, kind) as source:
            answer = service.answering.answer(source)
    except DataError as error:
        return _refusal(error)
    return _given(answer, wish)


def _do(service: Service, further: Further, body: bytes) -> Response:
    """Answer what is no prediction; in a thread of its own."""
    try:
        return _json(service.answering.do(further, parsed(body)))
    except DataError as error:
        return _refusal(error)


async def _in_thread(pool: ThreadPoolExecutor, work: Callable[..., Given], *given: Any) -> Given:
    return await asyncio.get_running_loop().run_in_executor(pool, work, *given)


def _given(answer: Answered, wish: str) -> Response:
    if CSV in wish and JSON not in wish:
        return Response(answer.as_csv(), media_type=CSV, headers=_SAFE)
    return _json(answer.as_json())


def _refusal(error: DataError) -> Response:
    return _refused(415 if isinstance(error, UnknownTypeError) else 422, str(error))


async def _body(request: Request, service: Service) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: it is packed, larger than allowed, or too slow, or its sender is gone.
    """
    most = service.most_bytes
    packed = request.headers.get("content-encoding")
    if packed:  # a small body may be a large one
        raise HTTPException(415, f"Expected a plain body, got one with Content-Encoding {packed!r}.")
    declared = request.headers.get("content-length", "")
    too_large = HTTPException(413, f"The body is larger than {size_text(most)} (--max-body).")
    if declared.isdecimal() and int(declared) > most:
        raise too_large
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                content += chunk
                service.arriving += len(chunk)
                if len(content) > most:
                    raise too_large
                if service.arriving > MOST_WAITING * most:
                    raise _too_many()
    except ClientDisconnect:
        raise HTTPException(400, "The connection was closed within the body.") from None
    except TimeoutError:
        raise HTTPException(408, f"The body did not arrive within {BODY_SECONDS} s.") from None
    finally:
        service.arriving -= len(content)
    return bytes(content)


def _too_many() -> HTTPException:
    return HTTPException(503, "Too many requests at once; try again.", {"Retry-After": "1"})


async def _told(request: Request, error: Exception) -> Response:
    """What the application itself refuses: an unknown address, another method, a body too large."""
    if not isinstance(error, HTTPException):
        return await _failed(request, error)
    advice = ". GET /docs tells what there is." if error.status_code in (404, 405) else ""
    return _refused(error.status_code, f"{error.detail}{advice}", dict(error.headers or {}))


async def _failed(request: Request, error: Exception) -> Response:
    """A fault of this program or of the job's files: the server writes it to its log, and tells nobody."""
    return _refused(500, "The model could not answer; the server's log says why.")


def _json(content: object) -> JSONResponse:
    return JSONResponse(content, headers=_SAFE)


def _refused(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": text}, status_code=status, headers={**_SAFE, **(headers or {})})
