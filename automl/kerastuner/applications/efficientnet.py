"""EfficientNets of Keras (Tan and Le, 2019) with a pooling and a head that are searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import layers

from automl.kerastuner.applications.entrance import ImageSpace, check_classes, pooled
from automl.kerastuner.engine.hypermodel import HyperModel
from automl.kerastuner.engine.hyperparameters import HyperParameters

SIDES: Mapping[str, int] = {
    "B0": 224,
    "B1": 240,
    "B2": 260,
    "B3": 300,
    "B4": 380,
    "B5": 456,
    "B6": 528,
    "B7": 600,
}
"""Of the images that each version was made for, in pixels; others are brought to that size."""


class HyperEfficientNet(ImageSpace):
    """A space of EfficientNets that go on from weights of ImageNet.

    Hyperparameters: ``version`` (``B0`` to ``B7``), ``pooling``, ``top_dropout_rate`` and
    ``learning_rate``, and those of the augmentation.

    Args:
        input_shape: of one image ``(height, width, 3)``, values 0 to 255.
        input_tensor: of Keras, instead of a shape.
        classes: how many; targets are one-hot.
        augmentation_model: a Keras model or a ``HyperModel`` that changes images, or None.
        weights: ``imagenet``, which Keras downloads once, a file, or None for random ones; an option that
            KerasTuner does not have.
        kwargs: see ``HyperModel``.

    Raises:
        ValueError: neither shape nor tensor, no number of classes, or an augmentation that is no model.
    """

    def __init__(
        self,
        input_shape: Sequence[int | None] | None = None,
        input_tensor: Any = None,
        classes: int | None = None,
        augmentation_model: Any = None,
        weights: str | None = "imagenet",
        **kwargs: Any,
    ) -> None:
        if not isinstance(augmentation_model, HyperModel | keras.Model | None):
            raise ValueError(
                "augmentation_model: expected a HyperModel, a Keras model or None, got "
                f"{augmentation_model!r:.60}."
            )
        check_classes(classes)
        super().__init__(input_shape, input_tensor, **kwargs)
        self.classes = classes
        self.augmentation_model = augmentation_model
        self.weights = weights

    def build(self, hp: HyperParameters) -> keras.Model:
        """See ``HyperModel``."""
        inputs, x = self.opened()
        change = self.augmentation_model
        if isinstance(change, HyperModel):
            change = change.build(hp)
        x = x if change is None else change(x)
        version = hp.Choice("version", list(SIDES), default="B0")
        x = layers.Resizing(SIDES[version], SIDES[version])(x)
        make = getattr(keras.applications, f"EfficientNet{version}")
        x = make(include_top=False, weights=self.weights, input_tensor=x).output
        x = pooled(x, hp.Choice("pooling", ["avg", "max"], default="avg"))
        dropout = hp.Float("top_dropout_rate", 0.2, 0.8, step=0.2, default=0.2)
        x = layers.Dropout(dropout, name="top_dropout")(x)
        x = layers.Dense(self.classes, activation="softmax", name="probs")(x)
        model = keras.Model(inputs, x, name="EfficientNet")
        self._compile(model, hp)
        return model

    def _compile(self, model: keras.Model, hp: HyperParameters) -> None:
        """Compile a model; programs override this, as KerasTuner tells them to."""
        rate = hp.Choice("learning_rate", [0.1, 0.01, 0.001], default=0.01)
        optimizer = keras.optimizers.SGD(rate, momentum=0.1)
        model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
