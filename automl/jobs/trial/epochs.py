"""The journal of a job's epochs: what the coordinator has heard, written before it is passed on.

Trackers send in batches, so a coordinator that is killed loses seconds of epochs. The next session sends
them from here, each with its own time, by which a store recognizes those it already has.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from automl.core.files import Journal
from automl.core.specs import EpochRecord


class Epochs:
    """The epochs of one job.

    Args:
        path: the journal, made with the first epoch; None to keep none.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._journal = None if path is None else Journal(path)
        self._glued = path is not None and path.exists()
        self._held: list[str] = []
        self.earlier: Mapping[int, Sequence[EpochRecord]] = read_epochs(path) if path else {}

    def note(self, trial: int, epoch: int, metrics: Mapping[str, float]) -> EpochRecord:
        """Hold an epoch of a trial for the next ``write``; returns it with its time."""
        record = EpochRecord(number=epoch, metrics=dict(metrics), time=int(time.time() * 1000))
        if self._journal is not None:
            line = {"trial": trial, "epoch": epoch, "time": record.time, "metrics": record.metrics}
            self._held.append(f"{json.dumps(line)}\n")
        return record

    def write(self) -> None:
        """Write down what is held, in one call of the system.

        Raises:
            DiskFullError: the disk is full.
        """
        if self._journal is None or not self._held:
            return
        # a killed process may have left a line without an end
        start, self._glued = "\n" if self._glued else "", False
        text, self._held = start + "".join(self._held), []
        self._journal.add(text)

    def close(self) -> None:
        """Write down what is held and let go of the journal."""
        if self._journal is not None:
            self.write()
            self._journal.close()


def read_epochs(path: Path) -> dict[int, list[EpochRecord]]:
    """Return the epochs of a journal by trial, in order.

    Of one that was trained twice it is the first, which may have been told.
    """
    found: dict[int, dict[int, EpochRecord]] = {}
    for text in _text(path).splitlines():
        with suppress(ValueError, TypeError, KeyError, OverflowError, RecursionError):
            trial, record = _record(json.loads(text))
            found.setdefault(trial, {}).setdefault(record.number, record)
    return {trial: [known[number] for number in sorted(known)] for trial, known in found.items()}


def _record(line: Mapping[str, Any]) -> tuple[int, EpochRecord]:
    metrics = {str(name): float(value) for name, value in dict(line["metrics"]).items()}
    told = EpochRecord(number=int(line["epoch"]), metrics=metrics, time=int(line["time"]))
    if told.number < 1 or not 0 <= told.time < 2**53 or not math.isfinite(told.time):
        raise ValueError("no epoch")
    return int(line["trial"]), told


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
