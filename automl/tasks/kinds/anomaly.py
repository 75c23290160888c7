"""Anomaly detection: how unusual each row is, learned from rows alone.

A model says of each cell of a row how much it surprises, given the other cells; their sum is the score.
Symbols: n rows, c cells of a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.errors import ConfigError
from automl.core.mistakes import Asked
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.anomalies import AnomalyScorer
from automl.metrics.metric import PR_AUC, ROC_AUC
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.anomaly import ANOMALY
from automl.tasks.independent_columns import surprise_of_columns
from automl.tasks.normality import Normality, normality_of
from automl.tasks.scoring import SingleTarget
from automl.tasks.surprise import MeanSurprise, TotalSurprise


@dataclass(frozen=True, kw_only=True)
class AnomalyOptions:
    """Searched parameters of head and loss: none so far."""


@dataclass(frozen=True, kw_only=True)
class Anomaly:
    """A fitted task; see ``Task`` for the meaning of each method.

    Attributes:
        names: name of the column of labels; empty where there is none.
        normality: what labels say.
    """

    names: tuple[str, ...]
    normality: Normality

    kind: ClassVar[TaskKind] = ANOMALY.name
    declaration: ClassVar[TaskDeclaration] = ANOMALY
    options: ClassVar[type[Any]] = AnomalyOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Labels ``(n,)`` to 1, 0 or NaN ``(n, 1) float32``."""
        return {TARGET: self.normality.encode(targets[TARGET])}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on."""
        return inputs, None

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """From the surprise of each cell ``(n, c)`` to that of the row ``(n, 1)``."""
        return {TARGET: TotalSurprise(dtype="float32", name="surprise")(features)}

    def loss(self, options: Any) -> keras.losses.Loss:
        """The mean surprise of rows that are not known to be anomalies."""
        return MeanSurprise()

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """They are scores already."""
        values = outputs[TARGET]
        if isinstance(values, np.ndarray):
            return {TARGET: values}
        return {TARGET: keras.layers.Identity(dtype="float32", name="anomaly_score")(values)}

    def scorer(self) -> SingleTarget:
        """Hears of what is known and of scores."""
        return SingleTarget(AnomalyScorer())

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Column ``anomaly_score``: the higher, the more unusual."""
        return {"anomaly_score": np.asarray(predictions[TARGET])[:, 0]}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``chance``: the same for every row, where labels say what that is worth."""
        known = np.asarray(validation[TARGET])
        if not ((known == 1).any() and (known == 0).any()):
            return {}
        return {"chance": {TARGET: np.zeros_like(known)}}

    def learned_baselines(
        self,
        train: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``columns``: each column by itself, as if it had nothing to do with the others."""
        usual = np.asarray(targets[TARGET])[:, 0] != 1
        return {"columns": {TARGET: surprise_of_columns(train, usual, inputs)}}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "anomaly": self.normality.anomaly,
            "others_normal": self.normality.others_normal,
        }


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Anomaly:
    """Learn from raw labels which of them are anomalies.

    Args:
        kind: ``anomaly``.
        targets: labels ``(n,)``, empty where nothing is known; a single target.
        names: name of the column of labels, if there is one.
        facts: ``asked``: what the user asks for, an ``Asked``; or nothing.

    Raises:
        ConfigError: what needs labelled anomalies is to be measured, and there are none.
    """
    normality = normality_of(targets[TARGET])
    needing = {PR_AUC.name, ROC_AUC.name}.intersection(facts.get("asked", Asked()).metrics)
    if normality.anomaly is None and needing:
        raise ConfigError(
            f"Metric {min(needing)!r} needs labelled anomalies, and no label tells them: name a column of "
            "labels with --target, or leave the metric out."
        )
    return Anomaly(names=names, normality=normality)


def restore(description: Mapping[str, Any]) -> Anomaly:
    """Bring a task back from what its ``describe`` gave."""
    known = Normality(anomaly=description["anomaly"], others_normal=description["others_normal"])
    return Anomaly(names=tuple(description["names"]), normality=known)
