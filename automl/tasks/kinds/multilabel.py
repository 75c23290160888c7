"""Several yes/no labels for each example, independent of each other.

Symbols: n examples, k labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.errors import DataError
from automl.core.names import free_name
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.classification import FlagScorer
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.multilabel import MULTILABEL
from automl.tasks.kinds.classification import ClassificationOptions
from automl.tasks.layers import WeightedCrossentropy, head, sigmoid
from automl.tasks.losses import JoinedLoss
from automl.tasks.scoring import SingleTarget


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Multilabel:
    """Learn the share of positives of each label from raw targets of the training part.

    Args:
        kind: ``multilabel``.
        targets: ``(n, k)`` of 0 and 1; a single target.
        names: name of each label column.
        facts: unused; nothing beyond the targets is needed.
    """
    shares = np.asarray(targets[TARGET]).mean(axis=0)
    return Multilabel(names=names, shares=tuple(float(share) for share in shares))


def restore(description: Mapping[str, Any]) -> Multilabel:
    """Bring a task back from what its ``describe`` gave."""
    return Multilabel(names=tuple(description["names"]), shares=tuple(description["shares"]))


@dataclass(frozen=True, kw_only=True)
class Multilabel:
    """k independent yes/no labels; raw outputs are logits ``(n, k)``, predictions probabilities.

    Attributes:
        names: name of each label column.
        shares: share of positive examples of each in the training part.
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]

    kind: ClassVar[TaskKind] = MULTILABEL.name
    declaration: ClassVar[TaskDeclaration] = MULTILABEL
    options: ClassVar[type[Any]] = ClassificationOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """0 and 1 ``(n, k)`` to float32.

        Raises:
            DataError: another number of columns, or another value than 0 and 1.
        """
        given = np.asarray(targets[TARGET])
        if given.ndim != 2 or given.shape[1] != len(self.names):
            raise DataError(
                f"Expected {len(self.names)} label columns ({', '.join(self.names)}), "
                f"got an array of shape {given.shape}."
            )
        wrong = ~np.isin(given, (0, 1))
        if wrong.any():
            name = self.names[int(np.flatnonzero(wrong.any(axis=0))[0])]
            raise DataError(
                f"Label column {name!r}: expected 0 or 1 in every row, "
                f"{int(wrong.sum())} values are neither."
            )
        return {TARGET: given.astype(np.float32)}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on."""
        return inputs, None

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """Features ``(n, f)`` to logits ``(n, k)``."""
        balanced = options.class_weight == "balanced"
        shares = np.clip([0.5] * len(self.names) if balanced else self.shares, 1e-3, 1 - 1e-3)
        prior = np.log(shares / (1 - shares)).tolist() if options.head_start == "prior" else None
        return {TARGET: head(len(self.names), prior, name="logits")(features)}

    def loss(self, options: ClassificationOptions) -> keras.losses.Loss:
        """Binary cross-entropy of logits; balanced weights are those of negatives per positive."""
        if options.class_weight == "balanced":
            weights = [min(100.0, (1 - share) / max(share, 1e-3)) for share in self.shares]
            weighted = WeightedCrossentropy(weights, options.label_smoothing, exclusive=False)
            return JoinedLoss({TARGET: weighted})
        crossentropy = keras.losses.BinaryCrossentropy(
            from_logits=True, label_smoothing=options.label_smoothing
        )
        return JoinedLoss({TARGET: crossentropy})

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Logits to probabilities."""
        return {TARGET: sigmoid(outputs[TARGET], name="probabilities")}

    def lesson(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Probabilities are labels that are not certain."""
        return {TARGET: np.asarray(predictions[TARGET], np.float32)}

    def taught(self, options: ClassificationOptions) -> ClassificationOptions:
        """Neither smoothing nor weights."""
        return replace(options, label_smoothing=0.0, class_weight="none")

    def scorer(self) -> SingleTarget:
        """Hears of labels and probabilities."""
        return SingleTarget(FlagScorer())

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns ``<name>`` of 0 and 1 and ``probability_<name>``."""
        chances = predictions[TARGET]
        labels: dict[str, np.ndarray] = {
            name: (chances[:, at] > 0.5).astype(np.int64) for at, name in enumerate(self.names)
        }
        for at, name in enumerate(self.names):
            labels[free_name(f"probability_{name}", labels)] = chances[:, at]
        return labels

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``majority``: the share of positives of each label in training, for every example."""
        rows = len(validation[TARGET])
        return {"majority": {TARGET: np.tile(train[TARGET].mean(axis=0), (rows, 1))}}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {"kind": self.kind, "names": list(self.names), "shares": list(self.shares)}
