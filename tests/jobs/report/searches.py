"""Searches as reports know them, made up."""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.core.specs import EpochRecord, Objective, Rung, TrialRecord
from automl.jobs.report.facts import Searched

ACCURACY = Objective(name="accuracy", direction="maximize")
RMSE = Objective(name="rmse", direction="minimize")


def trial(number: int, score: float | None, /, state: str = "complete", **facts: Any) -> TrialRecord:
    """A trial of the family ``mlp``, whose parameters are given by their plain names in ``with_``."""
    known = facts.pop("with_", {})
    configuration = {"family": "mlp", **{f"mlp.{name}": value for name, value in known.items()}}
    scores = () if score is None else (score,)
    defaults = {"epochs": 4, "seconds": 2.0, "scores": scores}
    return TrialRecord(number=number, state=state, configuration=configuration, **{**defaults, **facts})


def many(count: int = 30, seed: int = 0) -> tuple[TrialRecord, ...]:
    """Trials whose score rises with the width, is best with ``gelu`` and knows no batch size."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        width, act = int(2 ** random.integers(3, 10)), str(random.choice(["relu", "gelu", "tanh"]))
        score = 0.6 + 0.03 * np.log2(width) + 0.03 * (act == "gelu") + random.normal(0, 0.005)
        known = {
            "width": width,
            "activation": act,
            "batch_size": int(random.choice([32, 64, 128, 256, 512])),
        }
        made.append(trial(number, float(score), with_=known))
    return tuple(made)


def searched(trials: tuple[TrialRecord, ...], **changed: Any) -> Searched:
    """A search that is over; the best trial is the exported model unless ``members`` says otherwise."""
    objective = changed.pop("objective", ACCURACY)
    done = [item for item in trials if item.scores]
    sign = -1 if objective.direction == "maximize" else 1
    best = min(done, key=lambda item: sign * item.scores[0])
    summary = {
        "name": "toy",
        "best_trial": best.number,
        "best_score": best.scores[0],
        "best_metrics": {objective.name: best.scores[0]},
        "members": [{"trial": best.number, "weight": 1.0}],
        "seconds": 61.0,
        "warnings": [],
        **changed.pop("summary", {}),
    }
    front = frozenset({best.number})
    return Searched(
        summary=summary,
        trials=trials,
        **{"objectives": (objective,), "front": front, "rows": 500, **changed},
    )


def rule(name: str, score: float) -> TrialRecord:
    """A baseline."""
    return TrialRecord(
        number=-1,
        state="complete",
        configuration={},
        scores=(score,),
        metrics={"accuracy": score},
        baseline=name,
    )


def curve(number: int, scores: list[float], began: float = 0.0) -> dict[int, list[EpochRecord]]:
    """The epochs of a trial, a second each."""
    return {
        number: [
            EpochRecord(number=at, metrics={"val_accuracy": score}, time=int(1000 * (began + at)))
            for at, score in enumerate(scores, start=1)
        ]
    }


def rungs(*scores: float) -> tuple[Rung, ...]:
    """Rungs at epochs 2, 6, 18, ..., one after another at seconds 10, 20, ..."""
    return tuple(
        Rung(epochs=2 * 3**at, scores=(score,), time=10.0 * (at + 1)) for at, score in enumerate(scores)
    )
