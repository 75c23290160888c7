"""What is sent to a tracking store: small records of plain JSON that can wait in a file."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["create", "reopen", "batch", "inputs", "text", "files", "model", "end"]
PENDING = "pending-"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing to do in the store.

    Attributes:
        kind: what to do.
        run: the run it is about: an id of the store, or a provisional one.
        content: what the kind needs, as JSON.
    """

    kind: Kind
    run: str
    content: Mapping[str, Any] = field(default_factory=dict)

    def to_line(self) -> str:
        """Return the record as one line of JSON."""
        return json.dumps({"kind": self.kind, "run": self.run, "content": dict(self.content)})

    @classmethod
    def from_line(cls, line: str) -> Operation:
        """Read a record back from its line."""
        return cls(**json.loads(line))


def provisional_id() -> str:
    """Return a new id for a run that the store has not created yet."""
    return PENDING + uuid.uuid4().hex


def now() -> int:
    """Return the time in milliseconds since 1970, as the store counts it."""
    return int(time.time() * 1000)


def merge(operations: Iterable[Operation]) -> list[Operation]:
    """Join the batches of each run that nothing else of the run stands between.

    Runs are independent, so what was said of several at once costs one request for each. Tags of a run
    that is still to be created are given to it then: later, a store looks for each before it writes it.
    """
    merged: list[Operation] = []
    places: dict[str, int] = {}
    created: dict[str, int] = {}
    for operation in operations:
        if operation.kind == "batch" and operation.run in created:
            operation = _tagged(merged, created[operation.run], operation)
            if not operation.content:
                continue
        place = places.get(operation.run)
        last = None if place is None else merged[place]
        if place is not None and last and last.kind == operation.kind == "batch":
            joined = _joined(last.content, operation.content)
            merged[place] = Operation(kind="batch", run=last.run, content=joined)
            continue
        places[operation.run] = len(merged)
        if operation.kind == "create":
            created[operation.run] = len(merged)
        merged.append(operation)
    return merged


def _tagged(merged: list[Operation], place: int, batch: Operation) -> Operation:
    """Give a batch's tags to the creation of its run; returns what is left of the batch."""
    create = merged[place]
    tags = {**create.content["tags"], **dict(batch.content.get("tags", ()))}
    merged[place] = replace(create, content={**create.content, "tags": tags})
    rest = {name: items for name, items in batch.content.items() if name != "tags"}
    return replace(batch, content=rest)


def _joined(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    joined = {name: [*first.get(name, ()), *second.get(name, ())] for name in {**first, **second}}
    # a store takes each tag once in a request: the later word counts
    return {name: items if name == "metrics" else _latest(items) for name, items in joined.items()}


def _latest(pairs: Iterable[Any]) -> list[list[Any]]:
    return [list(pair) for pair in {key: (key, value) for key, value in pairs}.values()]
