"""What earlier sessions of a job have logged of its trials. No framework."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from automl.tracking.store import KeptRun

TRIAL_TAG = "trial"


@dataclass(frozen=True, kw_only=True)
class EarlierTrials:
    """The runs of a job's trials.

    Attributes:
        numbers: of the trials that have one.
        cut: by number the runs that were left open, interrupted or paused, and that nobody has deleted.
    """

    numbers: set[int] = field(default_factory=set)
    cut: dict[int, KeptRun] = field(default_factory=dict)


def trials_of(runs: Iterable[KeptRun]) -> EarlierTrials:
    """Sort the runs below a job's run."""
    numbered = [(run.tags.get(TRIAL_TAG, ""), run) for run in runs]
    known = {int(number): run for number, run in numbered if number.isdigit()}
    return EarlierTrials(
        numbers=set(known),
        cut={number: run for number, run in known.items() if _cut(run) and not run.deleted},
    )


def _cut(run: KeptRun) -> bool:
    return run.running or run.tags.get("state") in ("interrupted", "paused")
