"""Stores that do not answer are refused by a sentence of our own, within seconds."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing, nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from automl.core import databases
from automl.core.errors import ConfigError
from automl.tracking import answering
from automl.tracking.answering import check_store, insist
from automl.tracking.delivery import Delivery
from automl.tracking.store import GoneError


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_locked_database_is_refused(tmp_path, monkeypatch, mode):
    monkeypatch.setattr(answering, "ANSWER_SECONDS", 0.05)
    path = tmp_path / "mlflow.db"

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode={mode}")
        other.execute("CREATE TABLE known (a)")
        check_store(f"sqlite:///{path}")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ConfigError, match="locked by another program"):
            check_store(f"sqlite:///{path}")


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "mlflow.db").write_bytes(b"no database" * 1000)

    with pytest.raises(ConfigError, match="damaged, or no SQLite database"):
        check_store(f"sqlite:///{tmp_path / 'mlflow.db'}")


@pytest.mark.parametrize("uri", ["postgresql://a:b@127.0.0.1:{}/runs", "http://127.0.0.1:{}"])
def test_a_server_that_is_not_there_is_refused_without_its_password(uri):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ConfigError, match=r"answer.*--no-tracking") as caught:
            check_store(uri.format(taken.getsockname()[1]))

    assert "a:b" not in str(caught.value)


@pytest.fixture
def silent_port():
    """Takes connections and never says a word, as a suspended server does."""
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        yield silent.getsockname()[1]


def test_a_data_base_that_never_speaks_is_refused_without_its_password(silent_port, monkeypatch):
    pytest.importorskip("psycopg")
    monkeypatch.setattr(databases, "CONNECT_SECONDS", 2)

    with pytest.raises(ConfigError, match=r"MLflow cannot work with .*--no-tracking") as caught:
        check_store(f"postgresql+psycopg://me:hunter22@127.0.0.1:{silent_port}/runs")

    assert "hunter22" not in str(caught.value)
    # what a new process cannot send while the data base is away waits, and is not given up
    assert Delivery("postgresql+psycopg://host/runs").temporary(caught.value)


@pytest.mark.parametrize(("code", "usable"), [(401, True), (404, True), (500, False), (503, False)])
def test_a_server_that_fails_is_refused_and_one_that_asks_for_a_password_is_not(code, usable):
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(code)

        def log_message(self, *arguments):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.handle_request, daemon=True).start()
        uri = f"http://127.0.0.1:{server.server_port}"
        with (
            nullcontext() if usable else pytest.raises(ConfigError, match=rf"answers {code}.*--no-tracking")
        ):
            check_store(uri)


@pytest.mark.parametrize("deaths", [0, 2])
def test_a_process_that_dies_is_asked_again(deaths):
    answers = [GoneError("killed")] * deaths + ["here"]

    assert insist(lambda: answer_of(answers)) == "here"


def test_one_that_dies_again_and_again_is_not_asked_for_ever():
    with pytest.raises(GoneError):
        insist(lambda: answer_of([GoneError("killed")] * 9))


def answer_of(answers):
    answer = answers.pop(0)
    if isinstance(answer, Exception):
        raise answer
    return answer


@pytest.mark.parametrize("uri", ["http://me:hunter22@[::1", "http://", "https://[]:5000"])
def test_an_address_without_a_host_is_refused_without_its_password(uri):
    with pytest.raises(ConfigError) as told:
        check_store(uri)

    assert "hunter22" not in str(told.value)
