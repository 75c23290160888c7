"""Rating: what a user thinks of an item, learned standardised and answered in the unit of the ratings.

It is regression of one number, with simple rules of its own, and with scores that families make of users
and items in the place of a dense layer over features.

n  ratings
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.errors import ConfigError, suggest
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.tasks.biases import bias_of, biases
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.rating import RATING
from automl.tasks.kinds import regression
from automl.tasks.kinds.regression import LOSSES, Regression
from automl.tasks.layers import Offset
from automl.tasks.losses import JoinedLoss
from automl.tasks.scoring import SingleTarget

USER, ITEM = "user", "item"
"""Preprocessed inputs: numbers of users and items."""


@dataclass(frozen=True, kw_only=True)
class RatingOptions:
    """Searched parameters of the loss.

    Attributes:
        loss: ``mse``, ``mae`` or ``huber``.
    """

    loss: str = "mse"

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise ConfigError(f"Unknown loss {self.loss!r}. {suggest(self.loss, LOSSES)}")


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Rating:
    """Learn mean, spread and range of the ratings from the training part; see ``regression.fit``."""
    return Rating(amount=regression.fit(kind, targets, names=names, facts=facts))


def restore(description: Mapping[str, Any]) -> Rating:
    """Bring a task back from what its ``describe`` gave."""
    return Rating(amount=regression.restore(description))


@dataclass(frozen=True, kw_only=True)
class Rating:
    """A number for each user and item.

    Attributes:
        amount: how such numbers are encoded, scored and decoded.
    """

    amount: Regression

    kind: ClassVar[TaskKind] = RATING.name
    declaration: ClassVar[TaskDeclaration] = RATING
    options: ClassVar[type[Any]] = RatingOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Ratings ``(n, 1)`` to standardised float32."""
        return self.amount.encode(targets)

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on."""
        return inputs, None

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """Scores ``(n, 1)`` to standardised ratings: what all have in common is added."""
        return {TARGET: Offset(dtype="float32", name="standardised")(features)}

    def loss(self, options: RatingOptions) -> keras.losses.Loss:
        """The chosen loss on standardised ratings."""
        return JoinedLoss({TARGET: LOSSES[options.loss]()})

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Standardised ratings to their unit, within the range of the training part."""
        return self.amount.finish(outputs)

    def spread(self) -> dict[str, np.ndarray]:
        """Of the ratings."""
        return self.amount.spread()

    def scorer(self) -> SingleTarget:
        """Hears of standardised ratings, and of predictions in their unit."""
        return self.amount.scorer()

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Column ``prediction``."""
        return self.amount.decode(predictions)

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``mean`` and ``median`` of the training part, for every user and item."""
        return self.amount.baselines(train, validation, inputs)

    def learned_baselines(
        self,
        train: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``user and item bias``: the mean, and how far the user and the item lie from it."""
        mean = float(np.mean(targets[TARGET]))
        users, items = (np.asarray(train[name])[:, 0] for name in (USER, ITEM))
        of_users, of_items = biases(users, items, np.asarray(targets[TARGET], np.float64)[:, 0] - mean)
        users, items = (np.asarray(inputs[name])[:, 0] for name in (USER, ITEM))
        found = mean + bias_of(of_users, users) + bias_of(of_items, items)
        return {"user and item bias": self.finish({TARGET: found[:, None]})}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {**self.amount.describe(), "kind": self.kind}
