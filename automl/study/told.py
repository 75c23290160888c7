"""Trial records as they are told to a study."""

from __future__ import annotations

import math
from dataclasses import replace

from automl.core.errors import ConfigError
from automl.core.specs import TrialRecord


def checked_record(record: TrialRecord, objectives: int) -> TrialRecord:
    """Return a record that a study can keep: a complete trial without finite scores has failed.

    Args:
        record: a finished trial.
        objectives: how many scores a complete trial has.

    Raises:
        ConfigError: the trial still runs, or has another number of scores.
    """
    if record.state in ("running", "paused"):
        raise ConfigError(f"trial {record.number} is still {record.state}; tell it when it has ended.")
    if record.state != "complete":
        return record
    if len(record.scores) != objectives:
        raise ConfigError(
            f"trial {record.number} has {len(record.scores)} scores; the study has {objectives} objectives."
        )
    if all(math.isfinite(score) for score in record.scores):
        return record
    shown = ", ".join(str(score) for score in record.scores)
    return replace(
        record, state="failed", scores=(), reason=record.reason or f"the score is not finite: {shown}"
    )


def left_behind(record: TrialRecord) -> TrialRecord:
    """Return the record of a paused trial when the search ends without promoting it."""
    return replace(record, state="pruned", reason=f"not promoted beyond epoch {record.epochs}")
