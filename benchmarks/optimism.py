"""What reports claim of tables in which nothing can be learned.

    python -m benchmarks.optimism [--sets 20] [--trials 3] [--epochs N] [--first 0] [--quick]

Each set is pure noise: 500 to 2,000 rows of ten numbers and a category, with a target that none of them
tells, two classes or an amount by turns. A search is made over it, and its model scored on 20,000 further
rows: the truth. A report claims too much where its interval of the score lies wholly on the better side of
the truth, or where it says that the model beats the trivial rules. At 95% that may happen in one set of
twenty. Beside it stands how often the interval would have been too good without taking off the choice among
trials. One JSON line per set, a table at the end.

``--quick`` has small networks in NumPy in the place of a search: only choice, intervals and comparisons are
those of a report, and the truth is that of chance.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import AutomlError

ROWS = (500, 1000, 2000)
"""Of a set, by turns."""

FURTHER = 20_000
"""Rows that the truth is told by."""

KEPT = 12
"""Trials that are compared, as many as a search keeps."""

CLAIM = "the inputs do predict the target"
"""What a report says of a model that beats the trivial rules."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.optimism")
    parser.add_argument("--sets", type=int, default=20)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=None)
    parser.add_argument("--first", type=int, default=0, help="number of the first set, which is its seed")
    parser.add_argument("--quick", action="store_true", help="small networks in NumPy, no search")
    options = parser.parse_args(arguments)
    try:
        rows = [
            _quick(number, options.trials)
            if options.quick
            else _measured(number, options.trials, options.epochs)
            for number in range(options.first, options.first + options.sets)
        ]
    except AutomlError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(table_of(rows))
    return 0


def noise(rows: int, seed: int, *, classes: bool) -> pd.DataFrame:
    """Return a table whose column ``y`` is told by nothing in it."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(rows, 10)), columns=[f"x{at}" for at in range(10)])
    frame["colour"] = random.choice(["red", "green", "blue"], rows)
    frame["y"] = random.choice(["no", "yes"], rows) if classes else random.normal(size=rows)
    return frame


def judged(report: Mapping[str, Any], truth: float, metric: str, *, larger: bool) -> dict[str, Any]:
    """Return what a report claims of a metric whose true value is known.

    Args:
        report: as JSON.
        truth: what the model scores on further rows.
        metric: that was searched for.
        larger: whether a larger one is better.
    """
    scores = report["scores"][0]
    low, high = scores["intervals"][metric]
    value = scores["metrics"][metric]
    gain = value - scores.get("corrected", {}).get(metric, value)
    worse, sign = (low, 1.0) if larger else (high, -1.0)
    return {
        "score": value,
        "corrected": value - gain,
        "interval": [low, high],
        "truth": truth,
        "too_good": sign * (worse - truth) > 0,
        "too_good_uncorrected": sign * (worse + gain - truth) > 0,
        "held": low <= truth <= high,
        "beats": any(CLAIM in remark["text"] for remark in report["remarks"]),
    }


def table_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return how many sets of each task are claimed too much of, as a Markdown table."""
    lines = [
        "| task | sets | truth in the interval | interval too good | the same uncorrected | rules beaten "
        "| wrong |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in (*dict.fromkeys(row["task"] for row in rows), "all"):
        own = [row for row in rows if name in ("all", row["task"])]
        counts = [
            sum(row[key] for row in own) for key in ("held", "too_good", "too_good_uncorrected", "beats")
        ]
        wrong = sum(row["too_good"] or row["beats"] for row in own)
        lines.append(f"| {name} | {len(own)} | {' | '.join(map(str, counts))} | {wrong} |")
    return "\n".join(lines)


def _measured(number: int, trials: int, epochs: int | None) -> dict[str, Any]:
    import automl

    classes, rows = number % 2 == 0, ROWS[number % len(ROWS)]
    with tempfile.TemporaryDirectory() as folder:
        result = automl.search(
            noise(rows, number, classes=classes),
            target="y",
            trials=trials,
            epochs=epochs,
            seed=number,
            tracking=False,
            verbose=0,
            out=f"{folder}/job",
        )
        summary = result.summary
        metric = str(summary["metric"]).removeprefix("val_")
        further = noise(FURTHER, 10_000 + number, classes=classes)
        truth = float(result.evaluate(further)["metrics"][metric])
        report = json.loads((result.folder / "report.json").read_text(encoding="utf-8"))
    found = judged(report, truth, metric, larger=summary["direction"] == "maximize")
    line = {"set": number, "task": summary["task"], "rows": rows, "metric": metric, **found}
    print(json.dumps(line), flush=True)
    return line


def _quick(number: int, trials: int) -> dict[str, Any]:
    from automl.core.specs import Objective
    from automl.jobs.report.choosing import Rivals, choice_of
    from automl.jobs.report.judging import intervals
    from automl.metrics.scorer import score_at_once
    from automl.tasks.catalog import fit_task
    from benchmarks.noise_learners import out_of_fold

    classes, rows = number % 2 == 0, ROWS[number % len(ROWS)]
    frame = noise(rows, number, classes=classes)
    x, told = frame.filter(like="x").to_numpy(), frame["y"].to_numpy()
    targets = {"target": told if classes else told[:, None]}
    y = (told == "yes").astype(float) if classes else told
    task = fit_task("binary" if classes else "regression", targets, names=("y",), facts={})
    encoded, larger = task.encode(targets), classes
    objective = (
        Objective(name="accuracy", direction="maximize")
        if larger
        else Objective(name="rmse", direction="minimize")
    )

    def formed(values: np.ndarray) -> dict[str, np.ndarray]:
        return {"target": np.stack([1 - values, values], axis=1) if classes else values[:, None]}

    def scored(predictions: Mapping[str, np.ndarray]) -> Mapping[str, float]:
        return score_at_once(task.scorer(), encoded, predictions, None)

    made = [formed(out_of_fold(x, y, 1000 * number + trial, classes=classes)) for trial in range(trials)]
    made.sort(key=lambda item: scored(item)[objective.name], reverse=larger)
    best = made[0]
    rivals = Rivals(
        winner=best,
        trials=dict(enumerate(made[:KEPT])),
        rules={"rule": formed(np.full(rows, y.mean()))},
        alone=0,
    )
    choice = choice_of(task, encoded, None, rivals, objective, seed=number)
    if choice is None:
        raise AssertionError("there are rows enough to compare trials")
    name, metrics = objective.name, scored(best)
    gain = choice.gains.get(name, 0.0)
    low, high = intervals(task, encoded, best, None, metrics, seed=number)[name]
    beats = choice.differences[0].low > 0
    report = {
        "scores": [
            {
                "metrics": {name: metrics[name]},
                "corrected": {name: metrics[name] - gain},
                "intervals": {name: [low - gain, high - gain]},
            }
        ],
        "remarks": [{"text": CLAIM if beats else ""}],
    }
    found = judged(report, 0.5 if classes else 1.0, name, larger=larger)
    line = {"set": number, "task": task.kind, "rows": rows, "metric": name, **found}
    print(json.dumps(line), flush=True)
    return line


if __name__ == "__main__":
    sys.exit(main())
