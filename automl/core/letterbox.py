"""Pictures of any size on a canvas of one size, their proportions kept, and the way back.

A picture is made as large as the canvas allows and lies in its upper left corner; what is left over is
empty. Resampling is bilinear, over the whole area of each new pixel where the picture shrinks, and is
written as a product with a matrix for either axis: the same lines serve NumPy and every backend, also where
a graph does not know sizes beforehand.

Symbols: n pictures, H x W pixels of a picture, h x w of them on a canvas of ch x cw, c channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def fitted(height: int, width: int, canvas: tuple[int, int]) -> tuple[int, int]:
    """Return height and width of a picture on a canvas of so many rows and columns, at least 1 each."""
    rows, columns = canvas
    if height * columns > width * rows:
        return rows, max(1, _scaled(width, rows, height))
    return max(1, _scaled(height, columns, width)), columns


def fitted_sides(height: Any, width: Any, canvas: Sequence[int], space: Any) -> tuple[Any, Any]:
    """Return what ``fitted`` does, as whole numbers, of one picture or of many at once.

    Args:
        height: in pixels; a number, or an array or a tensor of any shape.
        width: the same.
        canvas: rows and columns.
        space: NumPy, or ``keras.ops`` for tensors.
    """
    rows, columns = canvas
    if isinstance(height, int) and isinstance(width, int):
        return fitted(height, width, (rows, columns))
    high, wide = (space.maximum(_whole(side, space), 1) for side in (height, width))
    tall = high * columns > wide * rows
    down = space.where(tall, rows, space.maximum(_scaled(high, columns, wide), 1))
    across = space.where(tall, space.maximum(_scaled(wide, rows, high), 1), columns)
    return down, across


def to_canvas(pictures: Any, canvas: tuple[int, int], space: Any, *, whole: bool = False) -> Any:
    """Bring pictures ``(n, H, W, c) float32`` to a canvas ``(n, ch, cw, c)``, zeros where it is empty.

    Args:
        pictures: all of one size.
        canvas: rows and columns.
        space: NumPy, or ``keras.ops`` for tensors.
        whole: whether pixels are bytes, which Pillow, the reader of files, rounds along either axis.
    """
    height, width = space.shape(pictures)[1:3]
    down, across = fitted_sides(height, width, canvas, space)
    rows = _weights(canvas[0], down, height, height, space)
    columns = _weights(canvas[1], across, width, width, space)
    return _resampled(pictures, rows, columns, space, whole=whole)


def to_size(pictures: Any, size: tuple[int, int], space: Any, *, whole: bool = False) -> Any:
    """Bring pictures ``(n, H, W, c) float32`` to a size ``(n, h, w, c)``, whatever their proportions.

    Args:
        pictures: all of one size.
        size: rows and columns.
        space: see ``to_canvas``.
        whole: see ``to_canvas``.
    """
    height, width = space.shape(pictures)[1:3]
    rows = _weights(size[0], size[0], height, height, space)
    columns = _weights(size[1], size[1], width, width, space)
    return _resampled(pictures, rows, columns, space, whole=whole)


def from_canvas(values: Any, height: Any, width: Any, space: Any) -> Any:
    """Bring values on a canvas ``(n, ch, cw, c) float32`` back to the picture's size ``(n, H, W, c)``.

    Args:
        values: one vector for each pixel of the canvas.
        height: H, a number or a scalar tensor.
        width: W.
        space: NumPy, or ``keras.ops`` for tensors.
    """
    canvas = (values.shape[1], values.shape[2])
    down, across = fitted_sides(height, width, canvas, space)
    rows = _weights(height, height, canvas[0], down, space)
    columns = _weights(width, width, canvas[1], across, space)
    return _resampled(values, rows, columns, space)


def nearest(values: np.ndarray, canvas: tuple[int, int], empty: int) -> np.ndarray:
    """Bring whole numbers ``(H, W)`` to a canvas ``(ch, cw)``, each pixel that of the nearest middle.

    Args:
        values: such as the classes of pixels.
        canvas: rows and columns.
        empty: what stands where the canvas is empty.
    """
    import numpy as np

    height, width = values.shape
    down, across = fitted(height, width, canvas)
    rows = (2 * np.arange(down) + 1) * height // (2 * down)
    columns = (2 * np.arange(across) + 1) * width // (2 * across)
    filled = np.full(canvas, empty, values.dtype)
    filled[:down, :across] = values[rows[:, None], columns]
    return filled


def _scaled(side: Any, other: Any, whole: Any) -> Any:
    """``side * other / whole``, rounded, in whole numbers: readers and layers must agree to the pixel."""
    return (2 * side * other + whole) // (2 * whole)


def _weights(length: Any, filled: Any, source: Any, used: Any, space: Any) -> Any:
    """What each of ``length`` new pixels takes of each of ``source`` old ones ``(length, source) float32``.

    The first ``filled`` new ones are made of the first ``used`` old ones, the others stay empty.
    """
    to, of = (_float(value, space) for value in (filled, used))
    new, old = (space.arange(count, dtype="float32") for count in (length, source))
    scale = of / to
    middle = (new + 0.5) * scale - 0.5
    distance = abs(old[None, :] - middle[:, None]) / space.maximum(scale, 1.0)
    weights = space.maximum(1.0 - distance, 0.0) * _float(old < of, space)[None, :]
    weights = weights / space.maximum(space.sum(weights, axis=1, keepdims=True), 1e-6)
    return weights * _float(new < to, space)[:, None]


def _resampled(values: Any, rows: Any, columns: Any, space: Any, *, whole: bool = False) -> Any:
    lines = space.tensordot(columns, values, axes=((1,), (2,)))
    both = space.tensordot(rows, space.floor(lines + 0.5) if whole else lines, axes=((1,), (2,)))
    return space.transpose(space.floor(both + 0.5) if whole else both, (2, 0, 1, 3))


def _whole(value: Any, space: Any) -> Any:
    return space.cast(value, "int32") if hasattr(space, "cast") else space.asarray(value).astype("int64")


def _float(value: Any, space: Any) -> Any:
    if hasattr(value, "astype"):
        return value.astype("float32")
    return space.cast(value, "float32") if hasattr(space, "cast") else space.float32(value)
