"""Which trials are best: one by one objective, a Pareto front by several."""

from __future__ import annotations

from collections.abc import Sequence

from automl.core.specs import Objective, TrialRecord


def best_records(records: Sequence[TrialRecord], objectives: Sequence[Objective]) -> list[TrialRecord]:
    """Return the best complete trial, or with several objectives those that no other dominates.

    Args:
        records: finished trials; of equally good ones the first stays. Those that violate a limit count
            only where none keeps them all.
        objectives: one per score.

    Returns:
        Records in the order of their numbers; empty when none is complete.
    """
    complete = [record for record in records if record.state == "complete" and record.scores]
    complete = [record for record in complete if record.feasible] or complete
    if len(objectives) == 1:
        best = complete[:1]
        for record in complete[1:]:
            best = [record] if _beats(record, best[0], objectives) else best
        return best
    front = [
        record for record in complete if not any(_beats(other, record, objectives) for other in complete)
    ]
    return sorted(front, key=lambda record: record.number)


def _beats(one: TrialRecord, other: TrialRecord, objectives: Sequence[Objective]) -> bool:
    pairs = list(zip(objectives, one.scores, other.scores, strict=True))
    if any(objective.better(right, left) for objective, left, right in pairs):
        return False
    better = any(objective.better(left, right) for objective, left, right in pairs)
    return better or (one.scores == other.scores and one.number < other.number)
