"""How many configurations of one structure are tried together.

A structure is compiled once. Configurations that share it are worth trying together as long as they train
in less time than it takes to compile, and where the engine trains them at once, which costs little more
than to train one.
"""

from __future__ import annotations

import statistics
from collections import defaultdict

from automl.core.specs import TrialRecord
from automl.jobs.search.budget import KNOWN_SHARE
from automl.study.proposer import Horizon

MOST = 8
"""Configurations together at most: those of a larger group would learn too little from each other."""

TRIALS_SHARE = 0.1
"""Share of a limited number of trials that have one structure at most."""


class Companions:
    """What trials of each family took, and how many of them are begun together.

    Args:
        trials: of the whole search, or None.
    """

    def __init__(self, trials: int | None) -> None:
        self._most = MOST if trials is None else max(1, min(MOST, int(TRIALS_SHARE * trials)))
        self._compiled: defaultdict[str, dict[int, float]] = defaultdict(dict)
        self._trained: defaultdict[str, list[float]] = defaultdict(list)
        self._gains: dict[str, bool] = {}

    def note(self, family: str, group: int, record: TrialRecord) -> None:
        """Hear what a trial took from its beginning to its first pause, or to its end.

        Args:
            family: of its model.
            group: number of the first of those that were begun together.
            record: of the trial.
        """
        if not record.epochs:
            return
        compiled = self._compiled[family]
        compiled[group] = compiled.get(group, 0.0) + record.compile_seconds
        self._trained[family].append(record.seconds - record.compile_seconds)
        self._gains[family] = record.effort.get("gains_together", 0.0) > 0

    def count(self, family: str, horizon: Horizon) -> int:
        """Return how many configurations are to be begun now, a power of two: programs serve again.

        One where nothing is known of the family yet. Together they take no larger share of the time left
        than one of them may.
        """
        trained = self._trained[family]
        if not trained:
            return 1
        each = max(statistics.median(trained), 1e-3)
        compiling = statistics.median([item for item in self._compiled[family].values() if item] or [0.0])
        wanted = self._most if self._gains[family] else min(self._most, 1 + int(compiling / each))
        if horizon.trials is not None:
            wanted = min(wanted, horizon.trials)
        if horizon.seconds is not None:
            wanted = min(wanted, int((KNOWN_SHARE * horizon.seconds - compiling) / each))
        return 1 << (max(wanted, 1).bit_length() - 1)
