"""The exported model: loaded as a user would load it, and compared with the leaderboard.

Symbols: n examples.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import is_zipfile

from automl.core.errors import ConfigError
from automl.core.saved_classes import import_classes_of
from automl.core.specs import COSTS, Objective
from automl.core.targets import count_rows, held_rows, joined_rows, named, take_rows
from automl.jobs.assembly import Prepared
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.parity import compared
from automl.metrics.scorer import score_at_once
from automl.training.precision import FULL, policy

if TYPE_CHECKING:
    import keras
    import numpy as np

    from automl.tasks.task import Task

BATCH, LEAST_BATCH = 256, 8
"""Examples at once, and of the dearest ones."""

BATCH_VALUES = 1 << 31
"""Most numbers that all layers make of a batch, about a second's work: a batch is never cut short."""

SHARE = 0.5
"""Share of the time left that the check may take, loading and compiling included."""

SECONDS = 5.0
"""Most seconds that predicting for the check takes by the file, behind its first batch, and in memory."""

PREDICTION_DRIFT = 1e-3
"""Largest difference of predictions that counts as rounding, in the units of ``jobs.parity``."""

HALF_DRIFT = 0.05
"""The same where layers compute in 16 bits."""

COMPARED = 4 * BATCH
"""Examples of which the predictions are compared where they are not scored."""

SCORE_DRIFT = 0.01
"""Largest difference of scores that does, as a share of the larger; two examples may turn, too."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """What the file of the exported model is worth.

    Attributes:
        score: its score by the first metric on the validation part; None with folds, where it was trained
            on the examples.
        examples: how many were scored, or compared.
        fault: what is wrong with it, empty where nothing is.
        note: what a user should know of the check itself.
    """

    score: float | None = None
    examples: int = 0
    fault: str = ""
    note: str = ""


def load_model(path: Path) -> keras.Model:
    """Load an exported model by plain Keras, with the layers of this package and of others registered."""
    import keras

    import automl.layers  # noqa: F401  registers the layers that the file names

    import_classes_of(path)
    try:
        with policy(FULL):
            return keras.models.load_model(path, safe_mode=True)
    except Exception as error:  # whatever is in the file, Keras, h5py and zipfile each have their own
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        # what Keras does not know for its own it calls a file that is not there
        reason = reason if is_zipfile(path) or not path.exists() else "it is damaged"
        raise ConfigError(
            f"{path} cannot be loaded as a Keras model: {reason}. `automl resume` of a search that is cut "
            "short writes it again; otherwise use an intact copy of the folder."
        ) from error


def check_exported(
    path: Path,
    winner: TrainedWinner,
    *,
    objective: Objective,
    expected: float | None,
    seconds: float,
) -> Check:
    """Load the file and score it on the validation part.

    With folds its predictions are only compared with those in memory: it was trained on these examples, so
    a score would say nothing.

    Args:
        path: the exported model.
        winner: what was exported.
        objective: the metric; of a cost the task's own is taken.
        expected: what the winner is worth in memory.
        seconds: time for it, loading and compiling included; a part of the examples is scored when all of
            them would take longer, and a first batch always.
    """
    began, compares = time.monotonic(), _compares(winner.prepared.task)
    # in memory they are predicted once more, which takes as long
    until = began + (seconds / 2 if compares else seconds)
    prepared, most = winner.prepared, COMPARED if winner.parts else None
    try:
        model = load_model(path)
        rows, predictions = _predict(model, prepared, until, most)
    except Exception as error:
        return _told(f"The exported model {path} cannot be used: {type(error).__name__}: {error}")
    fault = _drift(winner, predictions, rows) if compares else ""
    if winner.parts:
        return _failed(path, fault, examples=len(rows)) if fault else Check(examples=len(rows))
    task, total = prepared.task, count_rows(prepared.targets)
    metric = task.declaration.default_metric.name if objective.name in COSTS else objective.name
    targets = take_rows(prepared.targets, rows)
    groups = prepared.validation.groups
    groups = None if groups is None else groups[rows]
    score = score_at_once(task.scorer(), targets, predictions, groups)[metric]
    whole = len(rows) == total and objective.name not in COSTS
    if not fault and whole and expected is not None and _differs(score, expected, total):
        fault = f"it scores {objective.label} {score:.6g}, the leaderboard says {expected:.6g}"
    if fault:
        return _failed(path, fault, score, len(rows))
    note = f"The exported model was scored on {len(rows)} of {total} examples." if len(rows) < total else ""
    return Check(score=score, examples=len(rows), note=note)


def _failed(path: Path, fault: str, score: float | None = None, examples: int = 0) -> Check:
    said = f"The exported model {path} is not the one that was scored: {fault}."
    return _told(said, score, examples)


def _told(fault: str, score: float | None = None, examples: int = 0) -> Check:
    logging.getLogger("automl").error(fault)
    return Check(score=score, examples=examples, fault=fault)


def _predict(
    model: keras.Model, prepared: Prepared, until: float, most: int | None
) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
    """Predict as many examples ``(n,)``, evenly spread, as there is time for, or at most so many.

    The first batch is predicted whatever the time is.
    """
    import numpy as np

    from automl.data.raw_model import batch_size, predict, values_per_example  # loads Keras

    cheap = max(LEAST_BATCH, int(BATCH_VALUES / max(1.0, values_per_example(model))))
    size = min(BATCH, batch_size(model), cheap)
    total = count_rows(prepared.targets)
    rows = np.argsort(np.arange(total) % max(1, total // size), kind="stable")
    inputs = prepared.validation.inputs
    done: list[dict[str, np.ndarray]] = []
    for first in range(0, min(total, most or total), size):
        some = rows[first : first + size]
        full = np.resize(some, min(size, total))
        found = named(predict(model, held_rows(inputs, full), batch_size=size))
        done.append({name: np.asarray(values)[: len(some)] for name, values in found.items()})
        now = time.monotonic()
        until = min(until, now + SECONDS) if first == 0 else until
        if now >= until:
            break
    predictions = joined_rows(done)
    return rows[: count_rows(predictions)], predictions


def _compares(task: Task) -> bool:
    """Whether predictions are compared: rounding may swap two items of lists, or let one cover another."""
    return not task.declaration.lists


def _drift(winner: TrainedWinner, found: Mapping[str, np.ndarray], rows: np.ndarray) -> str:
    trained = winner.predictions(rows, batch_size=BATCH)
    # a whole number that turns, such as a class, shows in the score
    amounts = {name: values for name, values in trained.items() if values.dtype.kind == "f"}
    if not amounts:
        return ""
    halves = any(_has_halves(item.core) for item in winner.members)
    parity = compared(
        winner.prepared.task, found, amounts, limit=HALF_DRIFT if halves else PREDICTION_DRIFT
    )
    if parity.holds:
        return ""
    return f"its predictions differ by up to {parity.largest_difference:.3g} ({parity.unit})"


def _has_halves(core: keras.Model) -> bool:
    """Whether some layers compute in 16 bits, where each order of additions gives another rounding."""
    return any("16" in str(layer.compute_dtype) for layer in core.layers)


def _differs(score: float, expected: float, examples: int) -> bool:
    rounding = SCORE_DRIFT * max(abs(score), abs(expected)) + (2 / examples if abs(expected) <= 1 else 0)
    return not abs(score - expected) <= rounding
