"""A queue before a store that may be unavailable: one thread sends, a file keeps what cannot be sent.

    put ──> memory ──thread, at most every 2 s──> deliver
                          │ store away                 ▲
                          └──────> spool file ─────────┘  in order, when it answers again

The callers never wait longer than they ask to.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

from automl.core.errors import DiskFullError
from automl.tracking.operation import Operation, merge
from automl.tracking.spool import Spool

PERIOD_SECONDS = 2.0
RETRY_SECONDS = (1.0, 30.0)
PATIENCE = 5
"""How often a store that answers may refuse an operation for passing reasons before it is given up."""


class Outbox:
    """Sends operations in order from a thread of its own.

    Args:
        deliver: sends operations in order and yields after each, or raises.
        temporary: whether an exception of ``deliver`` says that the store is away.
        answers: whether the store answers at all.
        spool: where unsent operations are kept.
    """

    def __init__(
        self,
        deliver: Callable[[Sequence[Operation]], Iterator[None]],
        *,
        temporary: Callable[[Exception], bool],
        answers: Callable[[], bool],
        spool: Spool,
    ) -> None:
        self.spool = spool
        self.away = False
        self.outages = 0
        self.refused: list[str] = []
        self.progress = 0
        self._deliver, self._temporary, self._answers = deliver, temporary, answers
        self._queue: list[Operation] = []
        self._sending: Sequence[Operation] = ()
        self._waiting: dict[int, threading.Event] = {}
        self._condition = threading.Condition()
        self._urgent = self._closing = self._abandoned = self._idle = False
        self._next_try, self._pause, self._failures = 0.0, RETRY_SECONDS[0], 0
        self._thread = threading.Thread(target=self._work, name="tracking", daemon=True)

    def start(self) -> None:
        """Begin to send, what waits in the spool first."""
        self._urgent = bool(self.spool)
        self._thread.start()

    def put(self, operation: Operation, *, urgent: bool = True, wait: float = 0.0) -> bool:
        """Hand over an operation.

        Args:
            operation: what to send.
            urgent: send now rather than with the next period's batch.
            wait: seconds to wait until it is sent; not waited while the store is away.

        Returns:
            whether it was seen to be sent.
        """
        done = threading.Event()
        with self._condition:
            waits = wait > 0 and not self.away
            if waits:
                self._waiting[id(operation)] = done
            self._queue.append(operation)
            self._urgent = self._urgent or urgent
            if urgent:
                self._condition.notify_all()
        sent = done.wait(wait) if waits else False
        self._waiting.pop(id(operation), None)
        return sent and not self.away

    def flush(self, timeout: float) -> bool:
        """Send now; return whether everything was sent within ``timeout`` seconds without progress."""
        with self._condition:
            self._urgent, self._idle, self._next_try = True, False, 0.0
            self._condition.notify_all()
        return self._settle(lambda: self._idle, timeout) and not self.spool

    def close(self, timeout: float) -> int:
        """Send what waits and stop.

        Args:
            timeout: seconds without any progress after which the rest is left in the spool.

        Returns:
            the number of operations left in the spool.
        """
        with self._condition:
            self._closing, self._next_try = True, 0.0
            self._condition.notify_all()
        if not self._settle(lambda: not self._thread.is_alive(), timeout):
            self._abandon()
        return len(self.spool.read()) + len(self._queue)

    def _settle(self, done: Callable[[], bool], timeout: float) -> bool:
        seen, since = self.progress, time.monotonic()
        while not done():
            if self.progress != seen:
                seen, since = self.progress, time.monotonic()
            if time.monotonic() - since > timeout:
                return False
            time.sleep(0.02)
        return True

    def _abandon(self) -> None:
        """Keep in the spool what a hanging request holds up; sending twice does no harm."""
        with self._condition:
            self._abandoned = True
            waiting = [*self._sending, *self._queue]
        kept = {operation.to_line() for operation in self.spool.read()}
        try:
            self.spool.append(operation for operation in waiting if operation.to_line() not in kept)
            self._queue = []
        except (OSError, DiskFullError) as error:
            self._told_once(f"spool: {error}")

    def _work(self) -> None:
        while not self._abandoned:
            with self._condition:
                self._condition.wait_for(lambda: self._urgent or self._closing, timeout=PERIOD_SECONDS)
                fresh, self._queue, self._urgent = self._queue, [], False
                closing = self._closing
            kept = self._send_or_keep(merge(fresh))
            with self._condition:
                self._idle = not self._queue
                if closing and (kept or not self._queue):
                    return

    def _send_or_keep(self, fresh: list[Operation]) -> bool:
        """Send; return whether some had to be kept in memory."""
        self._sending = fresh
        try:
            self._send(fresh)
            return False
        except (OSError, DiskFullError) as error:
            # the spool cannot be written: what waits stays in memory
            self._told_once(f"spool: {error}")
            self.away, self._next_try = True, time.monotonic() + RETRY_SECONDS[1]
            self._release(self._sending)
            with self._condition:
                self._queue = [*self._sending, *self._queue]
            return True

    def _told_once(self, reason: str) -> None:
        if reason not in self.refused:
            self.refused.append(reason)

    def _send(self, fresh: list[Operation]) -> None:
        if not fresh and not self.spool:
            return
        if self.away and time.monotonic() < self._next_try:
            self.spool.append(fresh)
            self._release(fresh)
            return
        self._sending = [*merge(self.spool.read()), *fresh]
        while self._sending and not self._abandoned:
            if not self._send_waiting():
                return
        if not self._abandoned:
            self.spool.replace(())
            self.away, self._pause = False, RETRY_SECONDS[0]

    def _send_waiting(self) -> bool:
        """Send up to the first error; return whether to go on behind it."""
        try:
            for _ in self._deliver(self._sending):
                self._done_with_first()
                if self._abandoned:
                    return False
        except Exception as error:  # whatever the store or its client raises, the search goes on
            if self._temporary(error) and not self._hopeless():
                self._retreat()
                return False
            self._told_once(f"{self._sending[0].kind}: {_first_line(error)}")
            self._done_with_first()
        return True

    def _done_with_first(self) -> None:
        first, *self._sending = self._sending
        self.progress, self._failures = self.progress + 1, 0
        self._release([first])

    def _hopeless(self) -> bool:
        self._failures += 1
        return self._failures > PATIENCE and self._answers()

    def _retreat(self) -> None:
        if self._abandoned:
            return
        self.spool.replace(self._sending)
        self.outages += not self.away
        self.away = True
        self._next_try = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, RETRY_SECONDS[1])
        self._release(self._sending)
        self._sending = ()

    def _release(self, operations: Sequence[Operation]) -> None:
        for operation in operations:
            if event := self._waiting.get(id(operation)):
                event.set()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
