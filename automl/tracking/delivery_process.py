"""A store that is written to from a separate process.

MLflow's client needs more CPU time than a quick trial, and 3 s to be loaded and to make a database. In the
coordinator's process, the first step and all trials would wait for it; in its own, it uses another core.
"""

from __future__ import annotations

import json
import subprocess
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from automl.core.children import start_module
from automl.tracking.operation import PENDING, Operation
from automl.tracking.store import GoneError, KeptRun, StoreError, temporary

AT_ONCE = 64
"""Operations that are handed over before the first answer is read."""

ASK_SECONDS = 180.0
"""A question may take so long; a new database is made first, on a busy machine in a minute."""


class DeliveryProcess:
    """Implements ``Store`` by a ``Delivery`` in another process, which ends with this one.

    A process that dies is a store that is away: what was not answered is sent again, by a new process.

    Args:
        uri: absolute tracking URI.
    """

    def __init__(self, uri: str) -> None:
        self.session = uuid.uuid4().hex
        self.experiment = self.model_uri = ""
        self.uri = uri
        self._runs: dict[str, str] = {}
        self._turn = threading.Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        with suppress(OSError):  # one that is killed at once is replaced at the first request
            self._start()

    @property
    def pid(self) -> int:
        """The process, 0 when there is none."""
        return 0 if self._process is None else self._process.pid

    def open_experiment(self, name: str) -> str:
        """Find or create the experiment; returns its name, numbered where a deleted one has it."""
        return str(self._ask("open_experiment", name))

    def deliver(self, operations: Sequence[Operation]) -> Iterator[None]:
        """Carry operations out in order, yielding after each; doing one again changes nothing."""
        for start in range(0, len(operations), AT_ONCE):
            yield from self._delivered(operations[start : start + AT_ONCE])

    def resolve(self, run: str) -> str:
        """Return the store's id of a run; of a provisional id, that of the run created for it, or ""."""
        if run.startswith(PENDING) and run not in self._runs:
            return str(self._ask("resolve", run))
        return self.known(run)

    def known(self, run: str) -> str:
        """Return the store's id of a run when it is known by now, else the id itself; asks nothing."""
        return self._runs.get(run, run)

    def adopt(self, run: str) -> KeptRun | None:
        """Look a run up and go on in its experiment; None where it is not."""
        found = self._ask("adopt", run)
        return None if found is None else KeptRun(**found)

    def children(self, parent: str) -> list[KeptRun]:
        """Return the runs of the parent's trials, those that somebody has deleted among them."""
        return [KeptRun(**found) for found in self._ask("children", parent)]

    def answers(self) -> bool:
        """Whether the store answers."""
        try:
            return bool(self._ask("answers"))
        except StoreError:
            return False

    def temporary(self, error: Exception) -> bool:
        """Whether an error says that the store is away, rather than that it refuses what was sent."""
        return temporary(error)

    def close(self) -> None:
        """End the process; nothing is sent after that."""
        self._closed = True
        self._end()

    def _ask(self, call: str, *arguments: str) -> Any:
        if not self._turn.acquire(timeout=ASK_SECONDS):
            raise StoreError(f"it has not answered for {ASK_SECONDS:.0f} s", temporary=True)
        try:
            self._send({"call": call, "arguments": arguments})
            self._await_answer()
            return self._receive()["answer"]
        finally:
            self._turn.release()

    def _await_answer(self) -> None:
        """Give up a question that hangs; uploads, which may take long, are not waited for here."""
        if self._connection is not None and not self._connection.poll(ASK_SECONDS):
            self._end()  # the answer, if it comes, would be taken for that to the next request
            raise StoreError(f"it has not answered for {ASK_SECONDS:.0f} s", temporary=True)

    def _delivered(self, operations: Sequence[Operation]) -> Iterator[None]:
        with self._turn:
            try:
                self._send({"deliver": [operation.to_line() for operation in operations]})
                for operation in operations:
                    found = self._receive()["answer"]
                    if operation.run.startswith(PENDING):
                        self._runs[operation.run] = found
                    yield
            except GeneratorExit:
                self._end()  # the answers left would be taken for those to the next request
                raise

    def _start(self) -> None:
        self._process, self._connection = start_module(
            "automl.tracking.delivery_worker", output=subprocess.DEVNULL, errors=None, environment={}
        )
        opening = {"uri": self.uri, "session": self.session, "experiment": self.experiment}
        self._connection.send_bytes(json.dumps(opening).encode())

    def _end(self) -> None:
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is not None and connection is not None:
            process.kill()
            process.wait()
            connection.close()

    def _send(self, request: Mapping[str, Any]) -> None:
        try:
            if self._connection is None and not self._closed:
                # what the process before may have done is not known
                self.session = uuid.uuid4().hex
                self._start()
            if self._connection is None:
                raise OSError("it was closed")
            self._connection.send_bytes(json.dumps(request).encode())
        except OSError as error:
            raise self._gone(error) from error

    def _receive(self) -> Mapping[str, Any]:
        connection = self._connection
        try:
            if connection is None:
                raise EOFError
            answer: dict[str, Any] = json.loads(connection.recv_bytes())
        except (EOFError, OSError) as error:
            raise self._gone(error) from error
        self.experiment, self.model_uri = answer["experiment"], answer["model_uri"]
        if "error" in answer:
            raise StoreError(answer["error"], temporary=answer["temporary"])
        return answer

    def _gone(self, error: Exception) -> StoreError:
        self._end()
        return GoneError(f"the process that speaks to the store is gone: {error}")
