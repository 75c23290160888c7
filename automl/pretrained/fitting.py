"""Pictures of a job as a network that was trained before takes them: values, size, channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from keras import layers

from automl.core.errors import ConfigError
from automl.core.tensors import Pixels

if TYPE_CHECKING:
    from keras import KerasTensor

    from automl.pretrained.network import Network, Values


def fitted(
    image: KerasTensor, facts: Pixels | None, network: Network, model: keras.Model, side: int
) -> KerasTensor:
    """Bring pictures to what a network takes.

    Args:
        image: ``(n, height, width, channels) float32``, normalised.
        facts: what was taken out of them.
        network: says what values it takes.
        model: the copy of it that they are for.
        side: pixels of their longer side; 0 leaves them as they are. A network of a fixed size has its way.

    Raises:
        ConfigError: the network takes another number of channels, and neither is 1.
    """
    return _channels(_sized(_valued(image, facts, network.values), model, side), model, network.name)


def _valued(image: KerasTensor, facts: Pixels | None, values: Values | None) -> KerasTensor:
    """Undo the job's normalisation as far as the network wants other values."""
    if values is None or facts is None:
        return image
    scale = [deviation / values.deviation for deviation in facts.deviation]
    offset = [(mean - values.mean) / values.deviation for mean in facts.mean]
    return layers.Rescaling(scale, offset)(image)


def _sized(image: KerasTensor, model: keras.Model, side: int) -> KerasTensor:
    _, height, width, _ = model.inputs[0].shape
    own = tuple(image.shape[1:3])
    wanted = [round(length * side / max(own)) or 1 if side else length for length in own]
    size = (height or wanted[0], width or wanted[1])
    if size == own:
        return image
    return layers.Resizing(*size, interpolation="bilinear", antialias=True)(image)


def _channels(image: KerasTensor, model: keras.Model, name: str) -> KerasTensor:
    channels = model.inputs[0].shape[-1]
    if channels is None or channels == image.shape[-1]:
        return image
    if image.shape[-1] == 1:
        return layers.Concatenate()([image] * channels)
    raise ConfigError(
        f"pretrained: {name} takes images with {channels} channel(s), these have {image.shape[-1]}."
    )
