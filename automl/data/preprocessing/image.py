"""Preprocessing of images: any size to the job's size, then zero mean and unit variance per channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from automl.core.targets import spread_rows
from automl.core.tensors import Pixels, TensorSpec
from automl.data.image_scales import BYTES, Scale
from automl.data.kinds.part import Part
from automl.data.modality import Examples, Preprocessing
from automl.data.preprocessing.fixed_features import with_features
from automl.data.preprocessing.image_patches import PatchResponses, patch_count, patch_side
from automl.data.preprocessing.letterboxed import Frame, Letterbox, Stretched
from automl.data.preprocessing.pieces import Numbers, Piece, join_pieces, tensor_name
from automl.data.preprocessing.pretrained_features import pretrained_features, view_of
from automl.data.preprocessing.wide import cast, space_of
from automl.pretrained.opening import network_of
from automl.pretrained.wish import Pretrained
from automl.private_keras import take_arrays

STANDARDISED = 1_000
"""Pictures that features are standardised on."""

CHUNK = 4 << 20
"""Values summed at a time, so that statistics need little memory: 32 MiB as 64-bit floats."""

SAMPLE = 4 << 20
"""Pixels that quantiles are taken of."""


def fit_images(
    pixels: np.ndarray,
    rows: np.ndarray,
    scale: Scale = BYTES,
    *,
    letterbox: bool = False,
    framed: bool = False,
) -> Preprocessing:
    """Fit a preprocessing of one input ``image`` to one tensor ``image``; see ``fit_pictures``.

    Args:
        pixels: ``(n, height, width, channels)`` raw values.
        rows: positions of the training part.
        scale: what they mean.
        letterbox: whether raw pictures keep their proportions.
        framed: whether the size that each is given in goes along, as a tensor ``frame``.
    """
    raw = keras.Input((None, None, pixels.shape[-1]), dtype="float32", name="image")
    tensors = [_fit(raw, pixels, rows, scale, alone=True, letterbox=letterbox)]
    if framed:
        spec = TensorSpec(name="frame", kind="frame", shape=(2,), source=raw.name)
        tensors.append((spec, Frame(name="frame")(raw)))
    return join_pieces({"image": raw}, [Piece(tensors=tensors)])


def with_patches(
    preprocessing: Preprocessing, pixels: np.ndarray, rows: np.ndarray, seed: int, *, mirrored: bool
) -> Preprocessing:
    """Add ``patches``, features by comparison with small patches, fitted on some pictures.

    Args:
        preprocessing: gives ``image``.
        pixels: ``(n, height, width, channels)`` raw values.
        rows: positions of the training part.
        seed: of what is chosen at random.
        mirrored: whether mirror images show the same.
    """
    some = _some(pixels, rows, seed)
    height, width, channels = pixels.shape[1:]
    layer = PatchResponses(
        patch_count(len(rows), height, width, channels),
        patch_side(height, width),
        mirrored=mirrored,
        name="patch_responses",
    )
    layer.fit(preprocessing.transform(some)["image"], np.random.default_rng(seed))
    return with_features(preprocessing, layer, kind="patches", made_of="image", source="image", sample=some)


def with_embedding(
    preprocessing: Preprocessing,
    wish: Pretrained,
    pixels: np.ndarray,
    rows: np.ndarray,
    seed: int,
    *,
    mirrored: bool,
) -> Preprocessing:
    """Add ``embedding``, the features that a network that was trained before gives.

    Args:
        preprocessing: gives ``image``, its first tensor.
        wish: names the network.
        pixels: ``(n, height, width, channels)`` raw values.
        rows: positions of the training part.
        seed: of what is chosen at random.
        mirrored: whether mirror images show the same.

    Raises:
        ConfigError: the network takes other pictures.
    """
    network = network_of(wish.name, wish.values)
    layer = pretrained_features(network, preprocessing.inputs[0], view_of(len(rows), mirrored=mirrored))
    some = _some(pixels, rows, seed)
    return with_features(
        preprocessing, layer, kind="embedding", made_of="image", source="image", sample=some
    )


def _some(pixels: np.ndarray, rows: np.ndarray, seed: int) -> Examples:
    """Pictures to standardise features on."""
    chosen = np.sort(np.random.default_rng(seed).permutation(rows)[:STANDARDISED])
    return Examples(inputs={"image": pixels[chosen]})


def fit_pictures(part: Part) -> Piece:
    """Fit the statistics of the channels of every column of pictures by itself.

    Raw pictures of any size are resized bilinearly, over the whole area of each new pixel when shrinking,
    as the reader of files does; pictures of the job's size pass unchanged. Values of more than 8 bits that
    lie far outside of what is usual, such as pixels of a sensor that always shine, are drawn nearer by a
    logarithm, so that they take no contrast from the others and still differ.

    A picture of zeros is missing: it becomes one of the mean colour, and statistics leave it out.

    Returns:
        a tensor ``image`` ``(height, width, channels) float32`` for each, and a number for each column that
        lacks pictures in the training data, 1 where one is missing.
    """
    tensors, flags, values = [], [], []
    for column in part.columns:
        raw, pixels = part.inputs[column.input], part.raw[column.input]
        flag = MissingImages(name=f"{column.input}__missing")(raw)
        gaps = _gaps(pixels, part.rows) if column.facts.get("missing") else None
        rows = part.rows if gaps is None or gaps.all() else part.rows[~gaps]
        scale = Scale(**column.facts["scale"])
        spec, tensor = _fit(raw, pixels, rows, scale, alone=part.is_alone)
        tensors.append((spec, tensor * (1 - ops.reshape(flag, (-1, 1, 1, 1)))))
        if gaps is not None:
            flags.append(flag)
            values.append(gaps.astype(np.float64))
    if not flags:
        return Piece(tensors=tensors)
    told = flags[0] if len(flags) == 1 else layers.Concatenate(axis=1)(flags)
    return Piece(tensors=tensors, numbers=Numbers(tensor=told, values=np.stack(values, axis=1)))


@keras.saving.register_keras_serializable(package="automl")
class MissingImages(keras.layers.Layer):
    """Tell which images are missing: those of zeros."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        take_arrays(self)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, height, width, channels)`` to ``(n, 1) float32``."""
        space = space_of(inputs)
        return cast(space.all(inputs == 0, axis=(1, 2, 3))[:, None], "float32")

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((inputs.shape[0], 1), dtype="float32")


def _gaps(pixels: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Which pictures of the training part are missing ``(rows,) bool``."""
    return np.concatenate([~part.any(axis=(1, 2, 3)) for part in _chunks(pixels, rows)])


def _chunks(pixels: np.ndarray, rows: np.ndarray) -> Iterator[np.ndarray]:
    """The pictures at some rows, a few at a time."""
    each = max(1, CHUNK // int(np.prod(pixels.shape[1:])))
    for start in range(0, len(rows), each):
        yield pixels[rows[start : start + each]]


def _fit(
    raw: keras.KerasTensor,
    pixels: np.ndarray,
    rows: np.ndarray,
    scale: Scale,
    *,
    alone: bool,
    letterbox: bool = False,
) -> tuple[TensorSpec, keras.KerasTensor]:
    height, width, channels = pixels.shape[1:]
    usual = None if scale.depth == "8-bit" else usual_values(pixels, rows)
    mean, variance = channel_statistics(pixels, rows, usual)
    resized = _resizing(height, width, whole=scale.depth == "8-bit", letterbox=letterbox)(raw)
    drawn = resized if usual is None else draw_nearer(resized, *usual)
    normal = layers.Normalization(axis=-1, mean=mean.tolist(), variance=variance.tolist())(drawn)
    first, last = scale.ends or (scale.low, scale.high)
    per_byte = 255 / ((last - first) or 1.0)
    facts = Pixels(
        mean=tuple(((mean - first) * per_byte).tolist()),
        deviation=tuple((np.sqrt(variance) * per_byte).tolist()),
    )
    spec = TensorSpec(
        name=tensor_name("image", raw.name, alone=alone),
        kind="image",
        shape=(height, width, channels),
        facts=facts,
        source=raw.name,
    )
    return spec, normal


def _resizing(height: int, width: int, *, whole: bool, letterbox: bool) -> keras.Layer:
    """What brings raw pictures to the size of the job; bytes to the very ones that files are read as."""
    if letterbox:
        return Letterbox(height, width, whole)
    if whole:
        return Stretched(height, width)
    return layers.Resizing(height, width, interpolation="bilinear", antialias=True)


def usual_values(pixels: np.ndarray, rows: np.ndarray) -> tuple[float, float] | None:
    """Ends of the usual values: the middle 98 % of the training part, and as much on either side.

    None where nothing lies outside, or where nearly all pixels are one value.
    """
    sample = rows[spread_rows(len(rows), max(1, SAMPLE // int(np.prod(pixels.shape[1:]))))]
    low, high = np.quantile(pixels[sample], (0.01, 0.99)).tolist()
    ends = [(float(part.min()), float(part.max())) for part in _chunks(pixels, rows)]
    lowest, highest = min(low for low, _ in ends), max(high for _, high in ends)
    first, last = 2 * low - high, 2 * high - low
    return (first, last) if low < high and (lowest < first or highest > last) else None


def draw_nearer(values: Any, first: float, last: float) -> Any:
    """Let values beyond ``first`` and ``last`` grow as the logarithm does, smoothly."""
    width = (last - first) / 3
    inside = ops.clip(values, first, last)
    beyond = (values - inside) / width
    return inside + width * ops.sign(beyond) * ops.log1p(ops.abs(beyond))


def channel_statistics(
    pixels: np.ndarray, rows: np.ndarray, usual: tuple[float, float] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance per channel ``(channels,) float64``; 1 for a constant one.

    Values outside of ``usual`` are drawn nearer first.
    """
    total = np.zeros(pixels.shape[-1])
    squares = np.zeros(pixels.shape[-1])
    for chunk in _chunks(pixels, rows):
        part = chunk.astype(np.float64)
        if usual is not None:
            part = ops.convert_to_numpy(draw_nearer(part.astype(np.float32), *usual)).astype(np.float64)
        total += part.sum(axis=(0, 1, 2))
        squares += np.square(part).sum(axis=(0, 1, 2))
    count = len(rows) * pixels.shape[1] * pixels.shape[2]
    mean = total / count
    variance = squares / count - np.square(mean)
    return mean, np.where(variance > 1e-12 * np.maximum(1, np.square(mean)), variance, 1.0)
