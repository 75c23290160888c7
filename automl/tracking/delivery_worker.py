"""The process that writes to a store for a coordinator.

Started by ``automl.tracking.delivery_process`` as ``python -m automl.tracking.delivery_worker FD`` with one
end of a socket pair, which nobody else can reach. All messages are JSON.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from automl.core.children import take_line
from automl.tracking.client_settings import configure, quiet
from automl.tracking.delivery import Delivery
from automl.tracking.operation import Operation


def main(descriptor: int) -> None:
    """Carry out what the coordinator says until it closes the line or is gone."""
    connection = take_line(descriptor)
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, requests), daemon=True).start()
    configure()
    quiet()
    delivery = Delivery(**requests.get())
    delivery.prepare()
    while True:
        for answer in _answers(delivery, requests.get()):
            kept = {"experiment": delivery.experiment, "model_uri": delivery.model_uri}
            connection.send_bytes(json.dumps({**answer, **kept}).encode())


def _listen(connection: Connection, requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Hear at any time, so that the coordinator's end is the end here, in mid-request too."""
    while True:
        try:
            requests.put(json.loads(connection.recv_bytes()))
        except (EOFError, OSError):
            os._exit(0)


def _answers(delivery: Delivery, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what to say of a request; operations are answered one by one, up to the first error."""
    try:
        if "deliver" in request:
            operations = [Operation.from_line(line) for line in request["deliver"]]
            for operation, _ in zip(operations, delivery.deliver(operations), strict=True):
                yield {"answer": delivery.known(operation.run)}
        else:
            yield {"answer": _CALLS[request["call"]](delivery, *request["arguments"])}
    except Exception as error:  # SQLAlchemy, urllib3 and MLflow each have their own
        yield {"error": str(error) or type(error).__name__, "temporary": delivery.temporary(error)}


def _adopt(delivery: Delivery, run: str) -> dict[str, Any] | None:
    found = delivery.adopt(run)
    return None if found is None else asdict(found)


def _children(delivery: Delivery, parent: str) -> list[dict[str, Any]]:
    return [asdict(run) for run in delivery.children(parent)]


_CALLS: Mapping[str, Callable[..., Any]] = {
    "open_experiment": Delivery.open_experiment,
    "resolve": Delivery.resolve,
    "adopt": _adopt,
    "children": _children,
    "answers": Delivery.answers,
}


if __name__ == "__main__":
    main(int(sys.argv[1]))
