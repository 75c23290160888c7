"""What requests ask at the same time is answered at once, by one thread.

Nobody waits for others to come: what arrives while the thread is busy is its next batch. So one request
alone is answered as soon as ever, and many cost little more than one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")


@dataclass(frozen=True)
class _Waiting(Generic[Asked, Given]):
    """What a request asks, and the promise of its answer."""

    asked: Asked
    future: Future[Given] = field(default_factory=Future)


class Batcher(Generic[Asked, Given]):
    """Answers in a thread of its own, as frameworks expect of whoever built their functions.

    Args:
        answer: from what several ask to what each is given, in that order.
        size: rows of what is asked.
        alike: whether two can be answered at once.
        most: rows from which no more are joined.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Asked]], Sequence[Given]],
        *,
        size: Callable[[Asked], int],
        alike: Callable[[Asked, Asked], bool],
        most: int,
    ) -> None:
        self._answer, self._size, self._alike, self._most = answer, size, alike, most
        self._waiting: deque[_Waiting[Asked, Given]] = deque()
        self._changed = Condition()
        self._closed = False
        self._thread = Thread(target=self._work, name="batches", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many wait for the next batch."""
        return len(self._waiting)

    def submit(self, asked: Asked) -> Future[Given]:
        """Return what will hold the answer, perhaps of one batch with others, or what was raised."""
        item: _Waiting[Asked, Given] = _Waiting(asked)
        with self._changed:
            if self._closed:
                raise RuntimeError("the server is stopping")
            self._waiting.append(item)
            self._changed.notify()
        return item.future

    def ask(self, asked: Asked) -> Given:
        """Return the answer; waits for it.

        Raises:
            Exception: what answering it raised.
        """
        return self.submit(asked).result()

    def close(self) -> None:
        """End the thread behind what waits."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while group := self._next():
            self._tell(group)

    def _next(self) -> list[_Waiting[Asked, Given]]:
        """The next batch in the order of arrival, without those who are gone; empty at the end."""
        group: list[_Waiting[Asked, Given]] = []
        with self._changed:
            while not group and (self._waiting or not self._closed):
                while not self._waiting and not self._closed:
                    self._changed.wait()
                self._take_into(group)
        return group

    def _take_into(self, group: list[_Waiting[Asked, Given]]) -> None:
        rows = 0
        while self._waiting and rows < self._most:
            if group and not self._alike(group[0].asked, self._waiting[0].asked):
                break
            item = self._waiting.popleft()
            if item.future.set_running_or_notify_cancel():
                group.append(item)
                rows += self._size(item.asked)

    def _tell(self, group: Sequence[_Waiting[Asked, Given]]) -> None:
        try:
            given = self._answer([item.asked for item in group])
        except Exception as error:
            if len(group) == 1:
                group[0].future.set_exception(error)
                return
            for item in group:  # the fault of one is not that of the others
                self._tell([item])
            return
        for item, answer in zip(group, given, strict=True):
            item.future.set_result(answer)
