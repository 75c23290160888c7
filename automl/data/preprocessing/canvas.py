"""Preprocessing of scenes: pictures of any size on one canvas, proportions kept, then standardised.

Beside the picture goes its frame, the size that it was given in, so that what a model finds on the canvas
can be told in pixels of the picture.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from automl.core.boxes import fitted_sides
from automl.core.tensors import Pixels, TensorSpec
from automl.data.image_scales import Scale
from automl.data.modality import Preprocessing
from automl.data.preprocessing.image import channel_statistics, draw_nearer, usual_values
from automl.data.preprocessing.pieces import Piece, join_pieces

CHUNK = 64
"""Pictures in memory that are drawn at a time."""


def fit_canvas(pixels: np.ndarray, rows: np.ndarray, scale: Scale) -> Preprocessing:
    """Fit a preprocessing of one input ``image`` to the tensors ``image`` and ``frame``.

    Args:
        pixels: ``(n, height, width, channels)`` raw values of pictures on their canvas.
        rows: positions of the training part.
        scale: what they mean.
    """
    height, width, channels = pixels.shape[1:]
    raw = keras.Input((None, None, channels), dtype="float32", name="image")
    usual = None if scale.depth == "8-bit" else usual_values(pixels, rows)
    mean, variance = channel_statistics(pixels, rows, usual)
    drawn = Canvas(height, width, whole=scale.depth == "8-bit", name="canvas")(raw)
    nearer = drawn if usual is None else draw_nearer(drawn, *usual)
    normal = layers.Normalization(axis=-1, mean=mean.tolist(), variance=variance.tolist())(nearer)
    first, last = scale.ends or (scale.low, scale.high)
    per_byte = 255 / ((last - first) or 1.0)
    facts = Pixels(
        mean=tuple(((mean - first) * per_byte).tolist()),
        deviation=tuple((np.sqrt(variance) * per_byte).tolist()),
    )
    specs: list[dict[str, Any]] = [
        {"name": "image", "kind": "image", "shape": (height, width, channels), "facts": facts},
        {"name": "frame", "kind": "frame", "shape": (2,)},
    ]
    image, frame = (TensorSpec(**spec, source="image") for spec in specs)
    given = Frame(name="frame")(raw)
    return join_pieces({"image": raw}, [Piece(tensors=[(image, normal), (frame, given)])])


def on_canvas(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return pictures in memory ``(n, h, w, channels)`` on a canvas, in their own type."""
    if pixels.shape[1:3] == (height, width):
        return pixels
    layer = Canvas(height, width, whole=pixels.dtype == np.uint8)
    parts = [
        ops.convert_to_numpy(layer(pixels[start : start + CHUNK].astype(np.float32)))
        for start in range(0, len(pixels), CHUNK)
    ]
    drawn = np.concatenate(parts)
    return drawn.astype(pixels.dtype)


@keras.saving.register_keras_serializable(package="automl")
class Canvas(layers.Layer):
    """Make pictures as large as fits on a canvas, at its top left; the rest of it is 0.

    Bilinearly, over the whole area of each new pixel when shrinking, and as Pillow, which reads files, does
    it: first along rows, then along columns, each time to whole numbers where pixels are bytes. So a model
    sees what the reader would have shown it, and not nearly that.

    Args:
        height: of the canvas in pixels.
        width: of the canvas.
        whole: whether pixels are whole numbers.
    """

    def __init__(self, height: int, width: int, whole: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.height, self.width, self.whole = height, width, whole

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, h, w, channels)`` to ``(n, height, width, channels)``."""
        count, high, wide, channels = ops.shape(inputs)
        known = isinstance(high, int) and isinstance(wide, int)
        if known and (high, wide) == (self.height, self.width):
            return inputs
        sides = ops.cast(ops.stack([high, wide]), "float32")
        inner = ops.stack(fitted_sides(sides[0], sides[1], (self.height, self.width), ops))
        # sides may be known only when a batch comes, so the size of the result is that of the canvas
        narrow = self._along(inputs, 2, (count, high, self.width, channels), inner / sides)
        return self._along(narrow, 1, (count, self.height, self.width, channels), inner / sides)

    def _along(self, pixels: KerasTensor, axis: int, shape: tuple[Any, ...], scale: Any) -> KerasTensor:
        """Resample along one axis to an array of a shape."""
        made = ops.image.scale_and_translate(
            pixels,
            shape,
            scale=scale[axis - 1 : axis],
            translation=ops.zeros((1,), dtype="float32"),
            spatial_dims=(axis,),
            method="linear",
            antialias=True,
        )
        return ops.floor(made + 0.5) if self.whole else made

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Give the sides of the canvas."""
        return (input_shape[0], self.height, self.width, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Give the arguments."""
        own = {"height": self.height, "width": self.width, "whole": self.whole}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class Frame(layers.Layer):
    """Tell height and width of pictures in pixels."""

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, h, w, channels)`` to ``(n, 2) float32``."""
        count, high, wide = ops.shape(inputs)[:3]
        sides = ops.stack([ops.cast(high, "float32"), ops.cast(wide, "float32")])
        return ops.broadcast_to(sides[None], (count, 2))

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """Two numbers."""
        return KerasTensor((inputs.shape[0], 2), dtype="float32")
