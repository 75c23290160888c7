"""What a server answers, without one: the way of a body from its bytes to JSON."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import automl
from automl.cli.app import run
from automl.serving.answering import Answering
from automl.serving.sent import MULTIPART, opened


def served(result: automl.Result, body: Any) -> dict[str, Any]:
    """Return the answer to a body of JSON."""
    return _served(result, json.dumps(body).encode(), "application/json")


def served_files(result: automl.Result, files: Iterable[Path]) -> dict[str, Any]:
    """Return the answer to files, which is the same in base64 and as multipart."""
    named = {path.name: path.read_bytes() for path in files}
    texts = {name: base64.b64encode(content).decode() for name, content in named.items()}
    head = 'Content-Disposition: form-data; name="file"; filename='
    parts = [f'--b\r\n{head}"{name}"\r\n\r\n'.encode() + content for name, content in named.items()]
    body = b"\r\n".join([*parts, b"--b--\r\n"])

    answer = served(result, {"files": texts})

    assert same(_served(result, body, f"{MULTIPART}; boundary=b")["predictions"], answer["predictions"])
    return answer


def predicted(folder: Path, data: Path, output: Path) -> list[dict[str, Any]]:
    """Return what ``automl predict`` writes as JSON."""
    assert run(["predict", str(folder), str(data), "--output", str(output)]) == 0
    records: list[dict[str, Any]] = json.loads(output.read_text())
    return records


def same(one: Any, other: Any) -> bool:
    """Whether plain data is the same but for the rounding of numbers."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-3, abs_tol=1e-5)
    return bool(one == other)


def done(result: automl.Result, path: str, body: Any) -> dict[str, Any]:
    """Return the answer of another address than that of predictions."""
    answering = Answering(result)
    try:
        return answering.do(next(item for item in answering.further if item.path == path), body)
    finally:
        answering.close()


def _served(result: automl.Result, content: bytes, kind: str) -> dict[str, Any]:
    answering = Answering(result)
    try:
        with opened(content, kind) as source:
            return answering.answer(source).as_json()
    finally:
        answering.close()
