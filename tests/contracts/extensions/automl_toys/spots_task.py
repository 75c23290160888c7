"""The task behind ``spots``: a score and a place for each of as many spots as training has at most."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from automl_toys.spots import SPOTS
from keras import ops

from automl.core.targets import TARGET
from automl.tasks.losses import MappingLoss


@dataclass(frozen=True, kw_only=True)
class SpotsOptions:
    """Searched parameters of the loss.

    Attributes:
        place_weight: weight of places beside scores.
    """

    place_weight: float = 1.0


@keras.saving.register_keras_serializable(package="automl_toys")
class SpotsLoss(MappingLoss):
    """Cross-entropy of the scores, and the squared distance of the places that are taken."""

    dials = ("place_weight",)

    def __init__(self, place_weight: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**{"name": "spots", **kwargs})
        self.place_weight = place_weight

    def call(self, y_true, y_pred):
        """Targets ``taken (n, s)`` and ``places (n, s, 2)`` against one output ``(n, s, 3)``."""
        taken, places, output = y_true["taken"], y_true["places"], y_pred["spots"]
        taken = ops.cast(taken, output.dtype)
        scores = keras.ops.binary_crossentropy(taken, output[..., 0], from_logits=True)
        distance = ops.sum(ops.square(output[..., 1:] - places), axis=-1) * taken
        return ops.mean(scores + self.place_weight * distance, axis=-1)

    def get_config(self):
        """The weight."""
        return {**super().get_config(), "place_weight": self.place_weight}


@keras.saving.register_keras_serializable(package="automl_toys")
class Score(keras.layers.Layer):
    """The first of the last axis becomes a share; the rest stays."""

    def call(self, inputs):
        """``(n, s, 3)`` to the same shape."""
        return ops.concatenate([ops.sigmoid(inputs[..., :1]), inputs[..., 1:]], axis=-1)


class SpotsScorer:
    """Hears of encoded targets and predictions."""

    def __init__(self) -> None:
        self.counts, self.places = [], []

    def update(self, targets, predictions, groups=None):
        """Hear of a batch."""
        found, taken = predictions[TARGET], targets["taken"].astype(bool)
        gone = np.where(np.isnan(found).any(), np.nan, 0.0)
        self.counts.append(np.abs((found[..., 0] > 0.5).sum(1) - taken.sum(1)) + gone)
        self.places.append(np.linalg.norm(found[..., 1:] - targets["places"], axis=-1)[taken])

    def result(self):
        """Both errors."""
        return {
            "count_error": float(np.concatenate(self.counts).mean()),
            "place_error": float(np.concatenate(self.places).mean()),
        }


@dataclass(frozen=True, kw_only=True)
class SpotsTask:
    """At most ``most`` spots; predictions are ``(n, most, 3)``: share, and place."""

    most: int

    kind: ClassVar[str] = SPOTS.name
    declaration: ClassVar = SPOTS
    options: ClassVar = SpotsOptions

    def encode(self, targets):
        """Ragged points to whole numbers ``taken`` and padded ``places``."""
        points = targets[TARGET]
        taken = np.zeros((len(points), self.most), np.int32)
        places = np.zeros((len(points), self.most, 2), np.float32)
        for row, item in enumerate(points):
            taken[row, : len(item)] = 1
            places[row, : len(item)] = item[: self.most]
        return {"taken": taken, "places": places}

    def connect(self, inputs, options):
        """Pass the inputs on."""
        return inputs, None

    def head(self, features, context, options):
        """One output that bears the name of neither target."""
        dense = keras.layers.Dense(3 * self.most, dtype="float32", name="spots")(features)
        return {"spots": keras.layers.Reshape((self.most, 3))(dense)}

    def loss(self, options):
        """Compare all targets with the output."""
        return SpotsLoss(options.place_weight)

    def finish(self, outputs):
        """Scores become shares."""
        return {TARGET: Score(name="shares")(outputs["spots"])}

    def scorer(self):
        """Hears of encoded targets."""
        return SpotsScorer()

    def decode(self, predictions):
        """Ragged again: the places whose share is above a half, as text."""
        found = [item[item[:, 0] > 0.5, 1:].round(3).tolist() for item in predictions[TARGET]]
        return {"prediction": np.array([json.dumps(points) for points in found], object)}

    def baselines(self, train, validation, inputs):
        """The mean of all."""
        mean = np.concatenate([train["taken"].mean(0)[:, None], train["places"].mean(0)], axis=1)
        rows = len(validation["taken"])
        return {"mean": {TARGET: np.tile(mean.astype(np.float32), (rows, 1, 1))}}

    def describe(self):
        """Plain data."""
        return {"kind": self.kind, "most": self.most}


def fit(kind, targets, *, names, facts):
    """Count the spots."""
    return SpotsTask(most=max(map(len, targets[TARGET])))


def restore(description):
    """From ``describe``."""
    return SpotsTask(most=description["most"])
