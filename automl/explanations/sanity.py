"""Whether an explanation is one of this model: two tests that stand beside it.

Adebayo et al., "Sanity checks for saliency maps", 2018: with weights at random a map must be another one.
And what it says matters most must matter more than what is chosen at random, see ``deletion``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import numpy as np
from scipy.stats import spearmanr

from automl.core.figures import MUTED, Axis, Chart, Figure, Line, numbers, rounded
from automl.core.seeds import derive
from automl.explanations.attribution import Attribution
from automl.explanations.deletion import Deletion, deletion_of
from automl.explanations.method import Subject
from automl.explanations.pieces import Pieces

Again: TypeAlias = Callable[[keras.Model], Sequence[Attribution]]
"""Explains the same rows of another model."""

ALIKE = 0.7
"""Rank correlation from which two maps count as the same. Attributions grow with the inputs whatever the
weights, so it is above 0 for most models of tables and series."""


@dataclass(frozen=True, kw_only=True)
class Sanity:
    """What both tests found.

    Attributes:
        alike: rank correlation of attributions with those of the same model with weights at random, the
            mean over rows; NaN where all are zero.
        deletion: what is left of answers.
    """

    alike: float
    deletion: Deletion

    @property
    def passed(self) -> bool:
        """Whether both speak for the explanation."""
        return not self.alike >= ALIKE and self.deletion.gain > 0

    @property
    def told(self) -> str:
        """Both in words."""
        gain = rounded(self.deletion.gain, 2)
        other = "other" if not self.alike >= ALIKE else "nearly the same, so they say little of this model,"
        alike = "" if np.isnan(self.alike) else f" (rank correlation {rounded(self.alike, 2)})"
        said = "sooner than" if self.deletion.gain > 0 else "no sooner than"
        return (
            f"Two tests: with weights at random the attributions are {other}{alike}; and without what adds "
            f"most the answers go {said} without as much at random (area between the curves {gain})."
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The curves of deletion."""
        known = self.deletion
        lines = tuple(
            Line(name=name, x=numbers(known.shares), y=numbers(values, 3), tone=tone)
            for name, values, tone in (
                ("at random", known.at_random, MUTED),
                ("what adds most first", known.by_method, 0),
            )
        )
        return (
            Chart(
                title="Test: what is left of answers",
                x=Axis(label="share of the inputs taken away", low=0.0, high=1.0),
                y=Axis(label="share of the answer that is left"),
                lines=lines,
                note="Mean of the rows shown. The sooner the line falls below the grey one, the better.",
            ),
        )

    def plain(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "passed": self.passed,
            "correlation_with_random_weights": rounded(self.alike, 4),
            "deletion": {
                "shares": list(self.deletion.shares),
                "by_method": list(numbers(self.deletion.by_method)),
                "at_random": list(numbers(self.deletion.at_random)),
                "gain": rounded(self.deletion.gain, 4),
            },
        }


def checked(
    subject: Subject, pieces: Mapping[str, Pieces], found: Sequence[Attribution], again: Again
) -> Sanity:
    """Test attributions.

    Args:
        subject: what is explained.
        pieces: how its inputs are taken apart.
        found: attributions of its rows.
        again: finds those of another model.
    """
    deletion = deletion_of(subject, pieces, found)
    model = subject.model()
    with weights_at_random(model, derive(subject.seed, "weights at random")):
        others = again(model)
    alike = [_alike(one, other) for one, other in zip(found, others, strict=True)]
    known = [value for value in alike if not np.isnan(value)]
    return Sanity(alike=float(np.mean(known)) if known else float("nan"), deletion=deletion)


@contextmanager
def weights_at_random(model: keras.Model, seed: int) -> Iterator[None]:
    """Shuffle the values within each weight that was trained; afterwards they are as before."""
    random = np.random.default_rng(seed)
    before = [keras.ops.convert_to_numpy(item.value) for item in model.trainable_variables]
    try:
        for item, values in zip(model.trainable_variables, before, strict=True):
            item.assign(random.permutation(values.reshape(-1)).reshape(values.shape))
        yield
    finally:
        for item, values in zip(model.trainable_variables, before, strict=True):
            item.assign(values)


def _alike(one: Attribution, other: Attribution) -> float:
    """Rank correlation of the sizes; NaN where there is nothing to rank.

    What is 0 with any weights, such as a channel that the network does not read, tells nothing.
    """
    first, second = (
        np.abs(np.concatenate([values.reshape(-1) for values in each.parts.values()]))
        for each in (one, other)
    )
    told = (first > 0) | (second > 0)
    first, second = first[told], second[told]
    if len(first) < 3 or not np.ptp(first) or not np.ptp(second):
        return float("nan")
    return float(spearmanr(first, second).statistic)
