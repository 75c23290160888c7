"""What a server tells of its model: what it takes, what it gives, as an OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from automl._version import __version__
from automl.core.errors import understood
from automl.data.catalog import KINDS
from automl.data.columns import columns_of
from automl.data.forecast_table import channels_of
from automl.data.interactions.dealt import example_of_dealt
from automl.jobs.result import Result
from automl.serving.further import Further
from automl.serving.sent import CSV, JSON, MULTIPART
from automl.tasks.catalog import TASKS

_EXAMPLES: dict[str, Any] = {"float64": 1.5, "int64": "2026-01-31"}
"""A cell, by the type of its raw array; texts for all else."""

_ERRORS = {
    "401": "no token, or another one",
    "408": "the body took too long to arrive",
    "413": "the body is too large",
    "415": "another content type",
    "422": "the data: `error` says what was expected, what came, and where",
    "503": "too many requests at once",
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """A column that the model reads.

    Attributes:
        name: of the column.
        words: what it holds, in the plural.
        example: of a cell.
        file: whether its cells name files, which are sent with the table.
    """

    name: str
    words: str
    example: Any
    file: bool = False


@dataclass(frozen=True, kw_only=True)
class Description:
    """A model as its users see it.

    Attributes:
        name: of the job.
        task: in words.
        target: what is predicted.
        columns: that it reads; none where its data have other forms, such as files alone.
        most_bytes: of a body.
        file: an example of the name of a file that is sent.
        further: what the model does besides predicting.
    """

    name: str
    task: str
    target: str
    columns: tuple[Item, ...]
    most_bytes: int
    file: str = "a.bin"
    further: tuple[Further, ...] = ()

    @property
    def takes_rows(self) -> bool:
        """Whether it may read tables, and not files alone."""
        return not self.columns or any(not item.file for item in self.columns)

    @property
    def takes_files(self) -> bool:
        """Whether it may read files, alone or named by a table."""
        return not self.columns or any(item.file for item in self.columns)

    @property
    def example(self) -> dict[str, Any]:
        """A body as JSON."""
        row = {item.name: item.example for item in self.columns}
        files = {"files": {self.file: "aGVsbG8="}} if self.takes_files else {}
        return {**files, **({"rows": [row]} if row and self.takes_rows else {})}

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return {
            "openapi": "3.1.0",
            "info": {
                "title": f"{self.name}: {self.task} of {self.target}",
                "version": __version__,
                "description": "A Keras model found by automl; its answers are those of `automl predict`.",
            },
            "security": [{"bearer": []}, {"basic": []}, {}],
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "basic": {"type": "http", "scheme": "basic", "description": "the token as password"},
                },
                "schemas": {"Error": _object({"error": {"type": "string"}})},
            },
            "paths": {
                "/predict": {"post": self._predict()},
                **{item.path: {"post": _other(item)} for item in self.further},
                "/health": {"get": _health()},
            },
        }

    def _predict(self) -> dict[str, Any]:
        return {
            "summary": f"Predict {self.target}",
            "requestBody": {"required": True, "content": dict(self._bodies())},
            "responses": {"200": _predictions(), **_problems()},
        }

    def _bodies(self) -> Iterator[tuple[str, Any]]:
        cell: dict[str, Any] = {"type": ["number", "string", "boolean", "null"]}
        cells = {item.name: {**cell, "description": item.words} for item in self.columns}
        files = {"type": "object", "additionalProperties": {"type": "string", "contentEncoding": "base64"}}
        shapes = {
            "rows": {"type": "array", "items": {"type": "object", "properties": cells}},
            "columns": {"type": "object", "additionalProperties": {"type": "array", "items": cell}},
            "files": files,
        }
        yield JSON, {"schema": {"type": "object", "properties": shapes}, "example": self.example}
        if self.takes_rows:
            yield CSV, {"schema": {"type": "string"}}
        binary = {
            "type": "array",
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
        }
        yield MULTIPART, {"schema": _object({"file": binary})}


def describe(result: Result, most_bytes: int, further: tuple[Further, ...] = ()) -> Description:
    """Return the description of a job's model.

    Args:
        result: the job.
        most_bytes: of a body.
        further: what it does besides predicting.
    """
    summary, schema = result.summary, result.opened.schema
    with understood(result.opened.files.result):
        name, task = str(summary["name"]), TASKS[summary["task"]]
    targets = _targets(schema) or result.opened.task.describe().get("names", ())
    return Description(
        name=name,
        task=task.words,
        target=", ".join(map(str, targets)) or "each example",
        columns=(*_columns(schema), *_channels(schema), *_dealt(schema)),
        most_bytes=most_bytes,
        file="a.txt" if task.continues else "a.bin",
        further=further,
    )


def _targets(schema: Any) -> Any:
    """Names of the targets; of a forecast, whose schema counts them, the first channels."""
    found = schema.get("targets")
    return channels_of(schema)[:found] if isinstance(found, int) else found


def _channels(schema: Any) -> Iterator[Item]:
    """The columns that a forecast reads."""
    channels = channels_of(schema)
    if channels and schema.get("time"):
        steps = schema.get("lookback")
        words = f"times, of the last {steps} steps of each series at least" if steps else "times"
        yield Item(name=schema["time"], words=words, example="2026-01-31")
    if channels and schema.get("series"):
        yield Item(name=schema["series"], words="series", example="a")
    for name in channels:
        yield Item(name=name, words="numbers", example=1.5)


def _dealt(schema: Any) -> Iterator[Item]:
    """The columns of users and items."""
    example = example_of_dealt(schema, 1)
    if example is not None:
        for name, words in zip(example.columns, ("users", "items"), strict=True):
            yield Item(name=str(name), words=words, example=example[name].iloc[0])


def _columns(schema: Any) -> Iterator[Item]:
    for column in columns_of(schema):
        kind = KINDS[column.kind]
        shape, dtype = kind.raw(column)
        file = shape != ()
        example = "a.bin" if file else _EXAMPLES.get(dtype, "text")
        yield Item(name=column.name, words=kind.words, example=example, file=file)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _predictions() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string"}}
    schema = _object(
        {
            "predictions": {"type": "array", "items": {"type": "object"}},
            "notes": {**texts, "description": "how the data was read"},
            "warnings": {**texts, "description": "notes on more than 1 % of it"},
            "files": {"type": "object", "description": "predictions that are files, such as masks: base64"},
        }
    )
    content = {JSON: {"schema": schema}, CSV: {"schema": {"type": "string"}}}
    return {"description": "an object per row, as `automl predict` writes it", "content": content}


def _problems() -> dict[str, Any]:
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": text, "content": content} for status, text in _ERRORS.items()}


def _other(item: Further) -> dict[str, Any]:
    body = {JSON: {"schema": {"type": "object"}, "example": dict(item.example)}}
    return {
        "summary": f"{item.words[:1].upper()}{item.words[1:]}",
        "requestBody": {"required": True, "content": body},
        "responses": {
            "200": {"description": item.words, "content": {JSON: {"schema": {"type": "object"}}}},
            **_problems(),
        },
    }


def _health() -> dict[str, Any]:
    content = {JSON: {"schema": _object({"status": {"const": "ok"}})}}
    return {
        "summary": "Whether the model answers; needs no token",
        "security": [],
        "responses": {"200": {"description": "it does", "content": content}},
    }
