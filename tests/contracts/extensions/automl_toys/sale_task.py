"""The task behind ``sale``: a head and a loss for each target, weighted; the score joins both errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from automl_toys.sale import SALE

from automl.core.targets import TARGET
from automl.tasks.losses import JoinedLoss


@dataclass(frozen=True, kw_only=True)
class SaleOptions:
    """Searched parameters of the loss.

    Attributes:
        sold_weight: weight of yes or no beside the number.
    """

    sold_weight: float = 1.0


class SaleScorer:
    """Hears of encoded targets and predictions."""

    def __init__(self, mean: float, scale: float) -> None:
        self.mean, self.scale = mean, scale
        self.prices, self.sold = [], []

    def update(self, targets, predictions, groups=None):
        """Hear of a batch."""
        price = targets["price"] * self.scale + self.mean
        wrong = (predictions["sold"] > 0.5) != (targets["sold"] > 0.5)
        self.prices.append(np.abs(price - predictions["price"]))
        self.sold.append(np.where(np.isnan(predictions["sold"]), np.nan, wrong))

    def result(self):
        """Both errors, and their mean on one scale."""
        price, sold = float(np.concatenate(self.prices).mean()), float(np.concatenate(self.sold).mean())
        return {"sale_error": 0.5 * (price / self.scale + sold), "price.mae": price, "sold.error": sold}


@dataclass(frozen=True, kw_only=True)
class SaleTask:
    """Targets, outputs and predictions are ``price`` and ``sold``, both ``(n, 1)``."""

    mean: float
    scale: float

    kind: ClassVar[str] = SALE.name
    declaration: ClassVar = SALE
    options: ClassVar = SaleOptions

    def encode(self, targets):
        """A standardised number, and 0 or 1."""
        values = np.asarray(targets[TARGET], np.float64)
        price = (values[:, :1] - self.mean) / self.scale
        return {"price": price.astype(np.float32), "sold": values[:, 1:].astype(np.float32)}

    def connect(self, inputs, options):
        """Pass the inputs on."""
        return inputs, None

    def head(self, features, context, options):
        """One head each."""
        return {
            name: keras.layers.Dense(1, dtype="float32", name=name)(features) for name in ("price", "sold")
        }

    def loss(self, options):
        """One loss each."""
        losses = {
            "price": keras.losses.MeanSquaredError(),
            "sold": keras.losses.BinaryCrossentropy(from_logits=True),
        }
        return JoinedLoss(losses, {"sold": options.sold_weight})

    def finish(self, outputs):
        """The number in its unit, and a probability."""
        price = keras.layers.Rescaling(self.scale, offset=self.mean, dtype="float32", name="in_unit")
        sold = keras.layers.Activation("sigmoid", dtype="float32", name="probability")
        return {"price": price(outputs["price"]), "sold": sold(outputs["sold"])}

    def scorer(self):
        """Hears of encoded targets."""
        return SaleScorer(self.mean, self.scale)

    def decode(self, predictions):
        """A column for each target."""
        words = np.where(predictions["sold"][:, 0] > 0.5, "yes", "no").astype(object)
        return {"price": predictions["price"][:, 0], "sold": words}

    def baselines(self, train, validation, inputs):
        """The mean of both."""
        means = {"price": np.array([[self.mean]]), "sold": train["sold"].mean(0, keepdims=True)}
        rows = len(validation["price"])
        return {"mean": {name: np.tile(value, (rows, 1)) for name, value in means.items()}}

    def describe(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": self.kind, "mean": self.mean, "scale": self.scale}


def fit(kind, targets, *, names, facts):
    """Learn mean and spread of the number."""
    price = np.asarray(targets[TARGET], np.float64)[:, 0]
    return SaleTask(mean=float(price.mean()), scale=float(price.std()) or 1.0)


def restore(description):
    """From ``describe``."""
    return SaleTask(mean=description["mean"], scale=description["scale"])
