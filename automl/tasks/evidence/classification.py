"""What predicted classes show: what is taken for what, curves, calibration, and the surest mistakes.

Symbols: n examples, k classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from automl.core.figures import Figure, Matrix, Table, numbers, rounded
from automl.core.mistakes import Asked
from automl.core.names import first_names
from automl.core.protected import GROUP
from automl.core.reports import Remark, Section
from automl.core.targets import TARGET
from automl.tasks.evidence.chances import calibration_chart, ranking_charts, rates, threshold_chart
from automl.tasks.evidence.costs import cost_remark, cost_section
from automl.tasks.imbalance import positive_class
from automl.tasks.shown import MOST_MISTAKES, Evidence, Mistake, Shown

MOST_CLASSES = 20
"""Classes of a matrix that can be read; of more, the most frequent mistakes are listed."""

MOST_LISTED = 30
"""Classes, or pairs of them, of a table."""

ENOUGH = 100
"""Examples from which it is told whether probabilities can be believed."""

FEW = 10
"""Examples of a class below which its figures are chance."""

UNCALIBRATED, CALIBRATED = 0.05, 0.02
"""Expected calibration errors above which probabilities are not believed, and below which they are."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of predictions ``(n, k)``."""
    description = shown.task.describe()
    classes = [str(name) for name in description["classes"]]
    positive = positive_class(tuple(description["shares"]))
    truth = np.asarray(shown.encoded[TARGET]).argmax(axis=1)
    chances = np.asarray(shown.predictions[TARGET], dtype=np.float64)
    answer = cast(Any, shown.task).answers(shown.predictions, shown.encoded.get(GROUP))
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(counts, (truth, answer), 1)
    calibration, error = _calibration(truth, answer, chances, classes)
    costs = _costs(truth, chances, description, positive, shown.inputs)
    figures = [
        _confusion(counts, classes),
        *_curves(truth, chances, classes),
        calibration,
        *_threshold(truth, chances, classes),
        _by_class(counts, classes),
    ]
    return Evidence(
        figures=tuple(figures),
        mistakes=_mistakes(truth, answer, chances, classes),
        measure="probability of the right class",
        remarks=(
            *(_calibrated(error) if len(truth) >= ENOUGH else ()),
            *_rare(counts, classes),
            *costs.remarks,
        ),
        sections=costs.sections,
    )


@dataclass(frozen=True, kw_only=True)
class _Costs:
    """What is shown of costs; nothing where mistakes have none."""

    remarks: tuple[Remark, ...] = ()
    sections: tuple[Section, ...] = ()


def _costs(
    truth: np.ndarray,
    chances: np.ndarray,
    description: Mapping[str, Any],
    positive: int,
    inputs: Mapping[str, np.ndarray],
) -> _Costs:
    asked = Asked.of(description.get("asked", {}))
    costs, amounts = asked.costs, asked.amounts
    hit, chance = truth == positive, chances[:, positive]
    if costs is None or not hit.any():
        return _Costs()
    threshold = description.get("threshold") or costs.threshold
    name = str(description["classes"][positive])
    values = None
    if amounts is not None and amounts.input in inputs:
        values = amounts.factor * np.asarray(inputs[amounts.input], np.float64)
    return _Costs(
        remarks=(cost_remark(hit, chance, costs, threshold),),
        sections=(cost_section(hit, chance, costs, threshold=threshold, positive=name, values=values),),
    )


def _confusion(counts: np.ndarray, classes: list[str]) -> Figure:
    if len(classes) <= MOST_CLASSES:
        return Matrix(
            title="Confusion matrix",
            rows=tuple(classes),
            columns=tuple(classes),
            cells=tuple(numbers(row) for row in counts),
            row_label="true class",
            column_label="predicted class",
            note="Examples; shaded by the share of the true class.",
        )
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_LISTED]
    pairs = [divmod(int(at), len(classes)) for at in order if wrong.flat[at]]
    return Table(
        title="Most frequent mistakes",
        columns=("true class", "predicted", "examples", "of the class"),
        rows=tuple(
            (
                classes[true],
                classes[said],
                int(wrong[true, said]),
                f"{wrong[true, said] / counts[true].sum():.1%}",
            )
            for true, said in pairs
        ),
    )


def _curves(truth: np.ndarray, chances: np.ndarray, classes: list[str]) -> tuple[Figure, ...]:
    shown = range(1, 2) if len(classes) == 2 else range(len(classes))
    hits = truth[:, None] == np.array(shown)
    return ranking_charts(hits, chances[:, list(shown)], [classes[at] for at in shown])


def _calibration(
    truth: np.ndarray, answer: np.ndarray, chances: np.ndarray, classes: list[str]
) -> tuple[Figure, float]:
    if len(classes) == 2:
        return calibration_chart(truth == 1, chances[:, 1], classes[1])
    return calibration_chart(truth == answer, chances.max(axis=1), "the predicted class")


def _threshold(truth: np.ndarray, chances: np.ndarray, classes: list[str]) -> tuple[Figure, ...]:
    if len(classes) != 2 or not (truth == 1).sum() > 0:
        return ()
    return (threshold_chart(truth == 1, chances[:, 1], classes[1]),)


def _by_class(counts: np.ndarray, classes: list[str]) -> Table:
    right, said, true = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    precision, recall, f1 = rates(right, said, true)
    order = np.arange(len(classes))
    note = ""
    if len(classes) > MOST_LISTED:
        order = np.sort(np.argsort(np.nan_to_num(f1, nan=2.0), kind="stable")[:MOST_LISTED])
        note = f"The {MOST_LISTED} of {len(classes)} classes with the lowest F1."
    return Table(
        title="By class",
        columns=("class", "examples", "precision", "recall", "F1"),
        rows=tuple(
            (
                classes[at],
                int(true[at]),
                rounded(precision[at], 3),
                rounded(recall[at], 3),
                rounded(f1[at], 3),
            )
            for at in order
        ),
        note=note,
    )


def _mistakes(
    truth: np.ndarray, answer: np.ndarray, chances: np.ndarray, classes: list[str]
) -> tuple[Mistake, ...]:
    given = chances[np.arange(len(truth)), truth]
    wrong = np.flatnonzero(truth != answer)
    worst = wrong[np.argsort(given[wrong], kind="stable")][:MOST_MISTAKES]
    return tuple(
        Mistake(
            row=int(row),
            truth=classes[truth[row]],
            answer=f"{classes[answer[row]]} ({chances[row, answer[row]]:.1%})",
            size=float(given[row]),
        )
        for row in worst
    )


def _calibrated(error: float) -> tuple[Remark, ...]:
    if error > UNCALIBRATED:
        text = (
            f"Do not take the probabilities at their word: they are off by {error:.3f} on average "
            "(expected calibration error)."
        )
        return (Remark(mood="careful", text=text),)
    if error < CALIBRATED:
        text = f"The probabilities can be believed: they are off by {error:.3f} on average."
        return (Remark(mood="good", text=text),)
    return ()


def _rare(counts: np.ndarray, classes: list[str]) -> tuple[Remark, ...]:
    true = counts.sum(axis=1)
    rare = [name for name, count in zip(classes, true, strict=True) if count < FEW]
    if not rare:
        return ()
    named = first_names(rare, 5)
    text = f"Figures of classes with fewer than {FEW} held-out examples are mostly chance: {named}."
    return (Remark(mood="careful", text=text),)
