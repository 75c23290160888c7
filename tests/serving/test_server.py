"""A real server process over a real job: its answers, its limits, its end."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pandas as pd
import pytest
from sklearn.datasets import load_wine

from automl.cli.app import run
from automl.serving.access import VARIABLE

TOKEN = "token-of-the-tests-of-serving"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
JSON = {"Content-Type": "application/json", **BEARER}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self):
        return json.loads(self.text)


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]
    port: int

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, headers: Mapping[str, str] = BEARER
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers))
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read().decode())
        finally:
            connection.close()

    def predict(self, body: object, headers: Mapping[str, str] = JSON) -> Reply:
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.ask("POST", "/predict", content, headers)


@pytest.fixture(scope="module")
def server(wine_job):
    command = [
        sys.executable,
        "-m",
        "automl",
        "serve",
        str(wine_job.folder),
        "--port",
        "0",
        "--max-body",
        "200kB",
    ]
    environment = {**os.environ, VARIABLE: TOKEN}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        told = process.stdout.readline()
        found = re.match(r"Serving wine on http://127\.0\.0\.1:(\d+), see ", told)
        assert found, told + process.stderr.read()
        yield Server(process, int(found[1]))
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def wine() -> pd.DataFrame:
    return load_wine(as_frame=True).data


def records(frame: pd.DataFrame):
    return json.loads(frame.to_json(orient="records"))


def same(reply: Reply, expected: pd.DataFrame) -> bool:
    assert reply.status == 200, reply.text
    pd.testing.assert_frame_equal(
        pd.DataFrame(reply.json["predictions"]), expected, check_dtype=False, rtol=1e-4, atol=1e-6
    )
    return True


def test_every_form_of_a_table_has_the_answers_of_predict(server, wine, wine_job, tmp_path):
    part = wine.iloc[[3, 80, 170]]
    part.to_csv(tmp_path / "part.csv", index=False)
    assert (
        run(
            [
                "predict",
                str(wine_job.folder),
                str(tmp_path / "part.csv"),
                "--output",
                str(tmp_path / "p.csv"),
            ]
        )
        == 0
    )
    expected, text = pd.read_csv(tmp_path / "p.csv"), (tmp_path / "part.csv").read_bytes()
    form = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n' + text + b"\r\n--x--"
    )

    assert same(server.predict({"rows": records(part)}), expected)
    assert same(server.predict({"columns": part.to_dict(orient="list")}), expected)
    assert same(server.predict(text, {**BEARER, "Content-Type": "text/csv"}), expected)
    assert same(
        server.predict(form, {**BEARER, "Content-Type": "multipart/form-data; boundary=x"}), expected
    )
    as_csv = server.predict({"rows": records(part)}, {**JSON, "Accept": "text/csv"})
    assert as_csv.text.splitlines()[0] == (tmp_path / "p.csv").read_text().splitlines()[0]


def test_many_clients_get_each_their_own_answers(server, wine, wine_job):
    expected = wine_job.predict(wine)

    def asked(place: int) -> bool:
        rows = wine.iloc[[place, (place * 7 + 1) % len(wine)]]
        answer = (
            expected.iloc[[place, (place * 7 + 1) % len(wine)]].assign(row=[0, 1]).reset_index(drop=True)
        )
        return same(server.predict(records(rows)), answer)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(asked, range(48)))


def test_notes_tell_what_could_not_be_read(server, wine):
    odd = wine.iloc[:2].astype(object).assign(extra=1)
    odd.iloc[0, 0] = "strong"

    answer = server.predict(odd.to_dict(orient="records")).json

    assert answer["warnings"] == [note for note in answer["notes"] if "'alcohol': 1 of 2 cells" in note]
    assert any("'extra'" in note for note in answer["notes"])
    assert not any("/" in note for note in answer["notes"])
    assert len(answer["predictions"]) == 2


@pytest.mark.parametrize(
    ("body", "headers", "status", "message"),
    [
        ([{"alcohol": 1}], JSON, 422, "missing columns that the model was trained on: 'malic_acid'"),
        ("{", JSON, 422, "no JSON"),
        ('[{"\\ud800": 1}]', JSON, 422, "half of a surrogate pair"),
        ("alcohol\n", {**BEARER, "Content-Type": "text/csv"}, 422, "holds only a header row"),
        ("x", {**BEARER, "Content-Type": "text/html"}, 415, "got 'text/html'"),
        ("[]", {**JSON, "Content-Encoding": "gzip"}, 415, "Content-Encoding 'gzip'"),
        ('[{"alcohol": 1, "alcohol": 2}]', JSON, 422, "'alcohol' twice"),
        ("x" * 300_000, JSON, 413, "larger than 200.0 kB"),
        ("{}", {"Content-Type": "application/json"}, 401, "token"),
        ("{}", {**JSON, "Authorization": "Bearer token-of-somebody-else"}, 401, "token"),
    ],
)
def test_errors_are_json_with_their_status(server, body, headers, status, message):
    reply = server.predict(body, headers)

    assert reply.status == status
    assert message in reply.json["error"]
    assert tempfile.gettempdir() not in reply.text


def test_addresses_beside_predict(server):
    assert server.ask("GET", "/health", headers={}).json == {"status": "ok"}
    assert server.ask("GET", "/nosuch").status == 404
    assert server.ask("GET", "/predict").status == 405
    document = server.ask("GET", "/openapi.json").json
    assert document["openapi"] == "3.1.0"
    body = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    assert set(body["example"]["rows"][0]) == set(load_wine().feature_names)
    assert server.predict(body["example"]).status == 200


def test_the_page_has_no_script_and_needs_no_network(server):
    password = base64.b64encode(f"any:{TOKEN}".encode()).decode()

    reply = server.ask("GET", "/docs", headers={"Authorization": f"Basic {password}"})

    assert "flavanoids" in reply.text
    assert "<script" not in reply.text
    assert not re.search(r'(src|href)="(https?:)?//', reply.text)
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert server.ask("GET", "/docs", headers={}).headers["WWW-Authenticate"].startswith("Bearer")


def test_open_connections_keep_nobody_from_asking(server, wine):
    open_ones = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
    try:
        head = f"POST /predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        for connection in open_ones[:100]:
            connection.sendall(f"{head}Content-Length: 9\r\n\r\n[".encode())
        assert server.predict(records(wine.head(1))).status == 200
    finally:
        for connection in open_ones:
            connection.close()


@pytest.mark.parametrize(
    "request_line", [b"\x16\x03\x01\r\n\r\n", b"POST /predict HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
)
def test_what_is_no_request_is_told_so(server, request_line):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request_line)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    assert server.ask("GET", "/health").status == 200


def test_a_port_that_is_taken_is_refused(server, wine_job, capsys):
    assert run(["serve", str(wine_job.folder), "--port", str(server.port)]) == 2
    assert "Choose another with --port" in capsys.readouterr().err


def test_ctrl_c_ends_it_cleanly(server):
    server.process.send_signal(signal.SIGINT)

    _, told = server.process.communicate(timeout=30)

    assert server.process.returncode == 0
    assert told == "Stopped.\n"
