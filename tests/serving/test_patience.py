"""Clients that send slowly, or nothing, are told so or let go."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
import uvicorn
from uvicorn.server import ServerState

from automl.serving import server
from automl.serving.access import Access
from automl.serving.application import Service, application


def app(monkeypatch, seconds: float):
    monkeypatch.setattr("automl.serving.application.BODY_SECONDS", seconds)
    answering = SimpleNamespace(further=())
    return application(Service(answering=answering, description=None, access=Access(), most_bytes=100))


async def asked(application, receive):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/predict",
        "headers": [(b"host", b"localhost")],
        "query_string": b"",
    }
    await application(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def test_a_body_that_does_not_arrive_is_given_up(monkeypatch):
    async def receive():
        await asyncio.sleep(60)

    status, body = asyncio.run(asked(app(monkeypatch, 0.01), receive))

    assert status == 408
    assert b"did not arrive within 0.01 s" in body


def test_who_leaves_within_a_body_holds_no_place(monkeypatch):
    async def receive():
        return {"type": "http.disconnect"}

    made = app(monkeypatch, 60)

    assert [asyncio.run(asked(made, receive))[0] for _ in range(70)] == [400] * 70


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"GET /hea", b""),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET", b"HTTP/1.1 200 OK"),
    ],
)
def test_a_connection_that_asks_nothing_more_is_closed(monkeypatch, sent, answer):
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.05)

    async def talk() -> bytes:
        config = uvicorn.Config(app(monkeypatch, 60), lifespan="off", log_config=None)
        config.load()
        state = ServerState()
        listening = await asyncio.get_running_loop().create_server(
            lambda: server.Patience(config, state, {}), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        writer.write(sent)
        told = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        listening.close()
        return told

    assert asyncio.run(talk()).startswith(answer)
