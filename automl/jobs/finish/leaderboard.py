"""The leaderboard: one row per trial and baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from automl.core.specs import COSTS, Objective, TrialRecord, labelled
from automl.jobs.finish.records import Records
from automl.jobs.trial.plan import preference
from automl.spaces.space import family_of

if TYPE_CHECKING:
    import pandas as pd


def leaderboard_frame(records: Records, objectives: tuple[Objective, ...]) -> pd.DataFrame:
    """Return one row per trial and baseline, best first by the first objective, failures last.

    The order is the one in which a search prefers trials, so that the best trial leads.

    Numbers that are whole in every row are integers, also where rows lack them.
    """
    import pandas as pd

    front = {record.number for record in records.front}
    shown, weights = (*records.trials, *records.baselines), records.winner.weights
    rows = [_row(record, objectives, front, weights.get(record.number)) for record in shown]
    order = sorted(range(len(shown)), key=lambda place: preference(shown[place], objectives[0]))
    frame = pd.DataFrame(rows).iloc[order].reset_index(drop=True)
    return frame.astype(dict.fromkeys(_whole(rows), "Int64"))


def _whole(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Columns that hold whole numbers wherever they hold anything, and those that count."""
    kinds: dict[str, set[type]] = {"trial": {int}, "rungs": {int}, "promotions": {int}}
    for row in rows:
        for name, value in row.items():
            if value is not None:
                kinds.setdefault(name, set()).add(type(value))
    return [name for name, found in kinds.items() if found == {int}]


def _row(
    record: TrialRecord, objectives: tuple[Objective, ...], front: set[int], weight: float | None
) -> dict[str, Any]:
    scores = dict(zip([item.label for item in objectives], record.scores, strict=False))
    blank = {item.label: float("nan") for item in objectives}
    metrics = {name: value for name, value in labelled(record.metrics).items() if name not in COSTS}
    return {
        "trial": None if record.baseline else record.number,
        "name": record.baseline or family_of(record.configuration),
        "state": record.state,
        **blank,
        **scores,
        "spread": record.spread,
        "origin": record.origin,
        "rungs": len(record.rungs) or None,
        "promotions": record.promotions if record.rungs else None,
        "best": record.number in front,
        "member_weight": weight,
        "epochs": record.epochs,
        "best_epoch": record.best_epoch,
        "seconds": round(record.seconds, 2),
        "compile_seconds": record.effort.get("compile_seconds"),
        "parameters": _count(record.metrics.get("parameters")),
        "latency_ms": record.metrics.get("latency_ms"),
        "feasible": record.feasible if record.constraints else None,
        **{name: value for name, value in metrics.items() if name not in scores},
        **_parameters(record),
        "reason": record.reason,
    }


def _count(value: float | None) -> int | None:
    return None if value is None else int(value)


def _parameters(record: TrialRecord) -> dict[str, Any]:
    """Parameters by their plain names, so that those of several families share columns."""
    prefix = f"{record.configuration.get('family', '')}."
    named = {name: value for name, value in record.configuration.items() if name != "family"}
    return {name.removeprefix(prefix): value for name, value in named.items()}
