"""A folder of caches for each test, and a server of the web on this machine."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@pytest.fixture(autouse=True)
def _own_caches(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))


@dataclass
class Page:
    """What the server answers: a status, headers, a body; or a user with a password is asked for."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    length: int | None = None


@dataclass
class Server:
    """A server on this machine, its pages by path, and the paths that it was asked for."""

    root: str
    pages: dict[str, Page]
    asked: list[tuple[str, Mapping[str, str]]]


@pytest.fixture
def web() -> Iterator[Server]:
    pages: dict[str, Page] = {}
    asked: list[tuple[str, Mapping[str, str]]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(pages, asked))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Server(f"http://127.0.0.1:{server.server_port}", pages, asked)
    server.shutdown()
    thread.join()
    server.server_close()


def _handler(pages: dict[str, Page], asked: list) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, dict(self.headers)))
            page = pages.get(self.path.partition("?")[0], Page(status=404))
            wanted = "Basic " + base64.b64encode(page.user.encode()).decode()
            if page.user and self.headers.get("Authorization") != wanted:
                page = Page(status=401)
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(page.body) if page.length is None else page.length))
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    return Handler
