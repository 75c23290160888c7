"""Augmentation of images inside the model: active in training only, and no layer where the strength is 0.

The pictures that families see are normalised: zero mean, unit variance per channel. The layers are set
up for that scale: what is uncovered by an erased rectangle becomes the mean colour, and contrast must not
be clipped at 0 and 255.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import keras
from keras import layers

if TYPE_CHECKING:
    from keras import KerasTensor

UNCLIPPED = (-100.0, 100.0)
"""A value range that normalised pixels never leave, so that clipping to it changes nothing."""

ERASED = 0.5
"""Share of the pictures that lose a rectangle, as in Zhong et al. (2020)."""


@dataclass(frozen=True, kw_only=True)
class AugmentationOptions:
    """How strongly pictures are changed at random while training.

    Attributes:
        flip: ``none``, ``horizontal``, or ``both`` (also upside down); each with probability one half.
        shift: largest shift in both directions, as a share of the side.
        rotation: largest angle in both directions, as a share of a full turn.
        zoom: largest magnification and reduction, as a share.
        contrast: largest change of contrast around the picture's mean, as a share.
        erasing: share of the area that the largest erased rectangle covers (Zhong et al., 2020).
        brightness: largest change of all pixels of a picture, in deviations of the pixels of all.
    """

    flip: str = "none"
    shift: float = 0.0
    rotation: float = 0.0
    zoom: float = 0.0
    contrast: float = 0.0
    erasing: float = 0.0
    brightness: float = 0.0


def augment(image: KerasTensor, options: AugmentationOptions, seed: int | None = None) -> KerasTensor:
    """Put the wanted augmentation behind ``image``.

    Args:
        image: normalised pictures ``(batch, height, width, channels) float32``.
        options: strengths; when all are 0 no layer is added. Fields of subclasses are not looked at.
        seed: seed of all layers together; None takes Keras' global seed.

    Returns:
        changed pictures of the same shape in training, ``image`` unchanged otherwise.
    """
    strengths = {item.name: getattr(options, item.name) for item in fields(AugmentationOptions)}
    own = AugmentationOptions(**strengths)
    return image if own == AugmentationOptions() else ImageAugmentation(own, seed=seed)(image)


@keras.saving.register_keras_serializable(package="automl")
class ImageAugmentation(layers.Layer):
    """Keras' random layers one after another, in training only.

    Called by themselves, Keras' layers change pictures unless told that this is no training; inside this
    one they rest unless told that it is, so that a plain call of an exported model gives predictions.
    They compute in float32 under every policy: in 16 bits positions beyond 256 pixels would be rounded.

    Args:
        options: strengths, as record or as the mapping that ``get_config`` gives.
        seed: seed of all layers together; None takes Keras' global seed.
    """

    dials_of_config = ("options",)
    """Entries of the configuration that a compiled program can turn, by the layers inside this one."""

    def __init__(
        self, options: AugmentationOptions | Mapping[str, Any], *, seed: int | None = None, **names: Any
    ) -> None:
        super().__init__(**{"dtype": "float32", **names})
        given = options if isinstance(options, AugmentationOptions) else AugmentationOptions(**options)
        seeds = [None if seed is None else seed + position for position in range(7)]
        self.options = given
        self.seed = seed
        self.steps = list(_layers(given, seeds))
        for step in self.steps:
            # for TensorFlow's sake Keras keeps some from XLA, without which JAX runs operation by operation
            step.supports_jit = step.supports_jit or keras.backend.backend() == "jax"
        self.supports_jit = all(step.supports_jit for step in self.steps)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Build Keras' layers, which keep the shape."""
        for step in self.steps:
            step.build(input_shape)

    def call(self, image: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Change pictures ``(batch, height, width, channels)`` at random when ``training``."""
        if not training:
            return image
        for step in self.steps:
            image = step(image, training=True)
        return image

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Give the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "options": asdict(self.options), "seed": self.seed}


@keras.saving.register_keras_serializable(package="automl")
class RandomLight(layers.Layer):
    """Pictures made brighter or darker as a whole: Keras' own layer would clip what is not 0 to 255.

    Args:
        strength: largest change in both directions.
        seed: of the draws; None takes Keras' global seed.
    """

    dials = ("strength",)

    def __init__(self, strength: float, *, seed: int | None = None, **names: Any) -> None:
        super().__init__(**names)
        self.strength, self.seed = strength, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, image: KerasTensor, training: bool | None = False) -> KerasTensor:
        """Change pictures ``(batch, height, width, channels)``, each by a number of its own."""
        if not training:
            return image
        shape = (keras.ops.shape(image)[0], 1, 1, 1)
        return image + self.strength * keras.random.uniform(shape, -1.0, 1.0, seed=self.seed_generator)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Give the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer."""
        return {**super().get_config(), "strength": self.strength, "seed": self.seed}


def _layers(options: AugmentationOptions, seeds: list[int | None]) -> Iterator[keras.Layer]:
    if options.flip != "none":
        mode = "horizontal" if options.flip == "horizontal" else "horizontal_and_vertical"
        yield layers.RandomFlip(mode, seed=seeds[0], dtype="float32")
    if options.shift > 0:
        yield layers.RandomTranslation(options.shift, options.shift, seed=seeds[1], dtype="float32")
    if options.rotation > 0:
        yield layers.RandomRotation(options.rotation, seed=seeds[2], dtype="float32")
    if options.zoom > 0:
        yield layers.RandomZoom(options.zoom, seed=seeds[3], dtype="float32")
    if options.contrast > 0:
        yield layers.RandomContrast(options.contrast, value_range=UNCLIPPED, seed=seeds[4], dtype="float32")
    if options.brightness > 0:
        yield RandomLight(options.brightness, seed=seeds[6], dtype="float32")
    if options.erasing > 0:
        yield _erasing(options.erasing, seeds[5])


def _erasing(share: float, seed: int | None) -> keras.Layer:
    return layers.RandomErasing(
        factor=(ERASED, ERASED),
        scale=(min(0.02, share), share),
        fill_value=0.0,
        value_range=UNCLIPPED,
        seed=seed,
        dtype="float32",
    )
