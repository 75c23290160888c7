"""Random changes of images by name and strength: all of them, or for each image one that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import keras
from keras import layers

from automl.core.errors import ConfigError, suggest

if TYPE_CHECKING:
    from keras import KerasTensor

TRANSFORMS: Mapping[str, Callable[..., keras.Layer]] = {
    "rotate": layers.RandomRotation,
    "translate_x": lambda strength, **options: layers.RandomTranslation(0.0, strength, **options),
    "translate_y": lambda strength, **options: layers.RandomTranslation(strength, 0.0, **options),
    # a single number would only raise the contrast
    "contrast": lambda strength, **options: layers.RandomContrast((strength, strength), **options),
}
"""From a strength, 0 to 1, to a layer of Keras: a share of a full turn in both directions, of the width, of
the height, of the contrast."""


@keras.saving.register_keras_serializable(package="automl")
class RandomTransforms(layers.Layer):
    """Changes images at random, in training only.

    Args:
        strengths: by name, see ``TRANSFORMS``; 0 leaves images as they are.
        one: draw one of the transforms for each image, as a layer of RandAugment does (Cubuk et al., 2020);
            else all are applied, one after another.
        seed: of the draws; None takes Keras' global seed.

    Raises:
        ConfigError: there is no transform of a name.
    """

    def __init__(
        self, strengths: Mapping[str, float], *, one: bool = False, seed: int | None = None, **names: Any
    ) -> None:
        super().__init__(**{"dtype": "float32", **names})
        self.strengths, self.one, self.seed = dict(strengths), one, seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.places = [place for place, strength in enumerate(strengths.values()) if strength]
        self.steps = [_step(name, strength, seed) for name, strength in strengths.items() if strength]
        self.supports_jit = all(step.supports_jit for step in self.steps)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Build Keras' layers, which keep the shape."""
        for step in self.steps:
            step.build(input_shape)

    def call(self, image: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Change images ``(batch, height, width, channels)`` when ``training``."""
        if not training or not self.steps:
            return image
        if not self.one:
            for step in self.steps:
                image = step(image, training=True)
            return image
        shape = (keras.ops.shape(image)[0], 1, 1, 1)
        drawn = keras.random.randint(shape, 0, len(self.strengths), seed=self.seed_generator)
        changed = image
        for place, step in zip(self.places, self.steps, strict=True):
            changed = keras.ops.where(drawn == place, step(image, training=True), changed)
        return changed

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Give the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        own = {"strengths": dict(self.strengths), "one": self.one, "seed": self.seed}
        return {**super().get_config(), **own}


def _step(name: str, strength: float, seed: int | None) -> keras.Layer:
    if name not in TRANSFORMS:
        raise ConfigError(f"Unknown transform {name!r}. {suggest(name, TRANSFORMS)}")
    step = TRANSFORMS[name](strength, seed=seed, dtype="float32")
    # for TensorFlow's sake Keras keeps some from XLA, without which JAX runs operation by operation
    step.supports_jit = step.supports_jit or keras.backend.backend() == "jax"
    return step
