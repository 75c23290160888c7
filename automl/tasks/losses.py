"""Losses between mappings: of encoded targets and of raw outputs, by name.

Keras casts targets to float32 on their way into any loss, which whole numbers above 16 million do not
survive; the losses here hand them on as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import keras
from keras import KerasTensor, ops

from automl.core.targets import TARGET, WEIGHT
from automl.tasks.prefixes import outputs_of


class MappingLoss(keras.losses.Loss):  # type: ignore[misc]
    """A loss that sees all targets and all outputs at once, to be derived from.

    ``call(y_true, y_pred)`` takes two dictionaries of tensors by name and gives the loss of each example
    ``(batch,)``; the reduction makes one number of them.
    """

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> KerasTensor:
        """Return the reduced loss; targets keep their types."""
        return _reduced(self.call(y_true, y_pred), self.reduction, sample_weight)


@keras.saving.register_keras_serializable(package="automl")
class JoinedLoss(MappingLoss):
    """One loss per target, each by itself, added up by weight.

    Args:
        losses: by name of target and output; one between mappings sees the target as the only one, and all
            outputs of that target.
        weights: by the same names, 1 where none is given; they are dials. A single loss has none.
    """

    dials = ("weights",)

    def __init__(
        self,
        losses: Mapping[str, keras.losses.Loss],
        weights: Mapping[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"name": "joined", **kwargs})
        self.losses = dict(losses)
        known = weights or {}
        self.weights = tuple(float(known.get(name, 1.0)) for name in losses) if len(losses) > 1 else ()

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> KerasTensor:
        """Return the sum over the targets, each loss reduced in its own way."""
        parts = [
            loss({TARGET: y_true[name]}, outputs_of(name, y_pred, self.losses), sample_weight)
            if isinstance(loss, MappingLoss)
            else _of_one(loss, y_true[name], y_pred[name], sample_weight)
            for name, loss in self.losses.items()
        ]
        if not self.weights:
            return parts[0]
        return sum(weight * part for weight, part in zip(self.weights, parts, strict=True))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        serialize = keras.saving.serialize_keras_object
        losses = {name: serialize(loss) for name, loss in self.losses.items()}
        weights = dict(zip(self.losses, self.weights, strict=True)) if self.weights else None
        return {**super().get_config(), "losses": losses, "weights": weights}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the loss again from what ``get_config`` gave."""
        restore = keras.saving.deserialize_keras_object
        losses = {name: restore(loss) for name, loss in config["losses"].items()}
        return cls(**{**config, "losses": losses})


class WrappedLoss(MappingLoss):
    """A loss between mappings that is made from one between tensors, to be derived from.

    Args:
        loss: the one within.
    """

    def __init__(self, loss: keras.losses.Loss, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loss = loss

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "loss": keras.saving.serialize_keras_object(self.loss)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the loss again from what ``get_config`` gave."""
        return cls(**{**config, "loss": keras.saving.deserialize_keras_object(config["loss"])})


@keras.saving.register_keras_serializable(package="automl")
class WeighedLoss(MappingLoss):
    """A loss in which each example counts with a weight that comes with the targets.

    Weights are 1 on average over the training part, so the loss of a batch keeps its size.

    Args:
        loss: between mappings, without weights.
    """

    def __init__(self, loss: keras.losses.Loss, **kwargs: Any) -> None:
        super().__init__(**{"name": "weighed", **kwargs})
        # in a mapping, as losses that join others keep them: numbers in it are then found as dials
        self.losses = {TARGET: loss}

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> KerasTensor:
        """Return the reduced loss; a weight that is given counts, too."""
        weight = y_true[WEIGHT]
        targets = {name: values for name, values in y_true.items() if name != WEIGHT}
        every = weight if sample_weight is None else weight * sample_weight
        return self.losses[TARGET](targets, y_pred, every)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "loss": keras.saving.serialize_keras_object(self.losses[TARGET])}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the loss again from what ``get_config`` gave."""
        return cls(**{**config, "loss": keras.saving.deserialize_keras_object(config["loss"])})


UNIT = "unit"
"""Name of the output that ``InUnits`` divides errors by."""


@keras.saving.register_keras_serializable(package="automl")
class InUnits(WrappedLoss):
    """A loss of the single target in a unit of each example's own, which comes as the output ``unit``.

    Args:
        loss: of values ``(batch, h, k)``.
    """

    def __init__(self, loss: keras.losses.Loss, **kwargs: Any) -> None:
        super().__init__(loss, **{"name": "in_units", **kwargs})

    def call(self, y_true: Any, y_pred: Any) -> KerasTensor:
        """Divide target and output by the unit ``(batch, 1, k)``; gives ``(batch,)``."""
        unit = y_pred[UNIT]
        return ops.mean(self.loss.call(y_true[TARGET] / unit, y_pred[TARGET] / unit), axis=1)


def _of_one(loss: keras.losses.Loss, y_true: Any, y_pred: Any, sample_weight: Any) -> KerasTensor:
    if "float" in keras.backend.standardize_dtype(y_true.dtype):
        return loss(y_true, y_pred, sample_weight)
    values = loss.call(y_true, ops.convert_to_tensor(y_pred, loss.dtype))
    return _reduced(values, loss.reduction, sample_weight)


def _reduced(values: KerasTensor, reduction: str | None, sample_weight: Any) -> KerasTensor:
    """The values of examples as one number, by Keras' own rules: replicas of a batch share it."""
    # named, as TensorFlow takes no scope that begins with the underscore of the class
    return _AsGiven(name="as_given", reduction=reduction)(values, values, sample_weight)


class _AsGiven(keras.losses.Loss):  # type: ignore[misc]
    """Values that are losses already."""

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        return y_pred
