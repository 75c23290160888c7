"""Random changes of images whose strengths are searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import keras

from automl.kerastuner.applications.entrance import ImageSpace
from automl.kerastuner.engine.hyperparameters import HyperParameters
from automl.models.layers.random_transforms import RandomTransforms

Strength: TypeAlias = float | Sequence[float] | None

STEP = 0.05
"""Between two strengths where all transforms are applied, as in KerasTuner."""


class HyperImageAugment(ImageSpace):
    """A space of augmentations, as a model from images to images.

    Hyperparameters: ``factor_rotate``, ``factor_translate_x``, ``factor_translate_y``, ``factor_contrast``,
    and ``augment_layers``, how often one of the transforms is drawn for each image and applied (a simple
    RandAugment; Cubuk et al., 2020).

    Args:
        input_shape: of one image ``(height, width, channels)``.
        input_tensor: of Keras, instead of a shape.
        rotate: largest strength of that transform (see ``RandomTransforms``), or the least and the largest
            one, within 0 and 1; None or 0 leaves it out.
        translate_x: the same for shifts along the width.
        translate_y: the same for shifts along the height.
        contrast: the same for contrast.
        augment_layers: largest number of draws, or the least and the largest; 0 applies all transforms, one
            after another.
        kwargs: see ``HyperModel``.

    Raises:
        ValueError: neither shape nor tensor, or a range that is none.
    """

    def __init__(
        self,
        input_shape: Sequence[int | None] | None = None,
        input_tensor: Any = None,
        rotate: Strength = 0.5,
        translate_x: Strength = 0.4,
        translate_y: Strength = 0.4,
        contrast: Strength = 0.3,
        augment_layers: int | Sequence[int] | None = 3,
        **kwargs: Any,
    ) -> None:
        super().__init__(input_shape, input_tensor, **kwargs)
        given = {
            "rotate": rotate,
            "translate_x": translate_x,
            "translate_y": translate_y,
            "contrast": contrast,
        }
        self.transforms = [(name, _range(name, value)) for name, value in given.items() if value]
        self._draws = _range("augment_layers", augment_layers, whole=True) if augment_layers else None

    def build(self, hp: HyperParameters) -> keras.Model:
        """See ``HyperModel``."""
        inputs, x = self.opened()
        if self._draws is None:
            return keras.Model(inputs, _changed(x, self._strengths(hp, STEP)), name="image_augment")
        least, most = self._draws
        for _ in range(hp.Int("augment_layers", least, most, default=least)):
            x = _changed(x, self._strengths(hp), one=True)
        return keras.Model(inputs, x, name="image_rand_augment")

    def _strengths(self, hp: HyperParameters, step: float | None = None) -> dict[str, float]:
        return {
            name: hp.Float(f"factor_{name}", least, most, step=step, default=least)
            for name, (least, most) in self.transforms
        }


def _changed(x: Any, strengths: dict[str, float], *, one: bool = False) -> Any:
    return RandomTransforms(strengths, one=one)(x) if any(strengths.values()) else x


def _range(name: str, value: Any, *, whole: bool = False) -> tuple[Any, Any]:
    """The least and the largest number of an argument."""
    ends = tuple(value) if isinstance(value, list | tuple) else (0, value)
    if len(ends) != 2:
        raise ValueError(f"{name}: its length must not exceed 2, the least and the largest, got {value}.")
    if not all(isinstance(end, int if whole else int | float) for end in ends):
        wanted = "int" if whole else "int or float"
        raise ValueError(f"{name} must be {wanted}, or two of these, got {value}.")
    return ends
