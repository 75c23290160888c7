"""Features of pictures by comparison with small patches of them, as a linear model can tell classes by.

Coates and Ng, "The importance of encoding versus training with sparse coding and vector quantization",
2011: patches drawn at random and whitened are as good a dictionary as a learned one. Each place of a
picture is compared with each patch; what exceeds a threshold is averaged over each quarter of the picture.

n  pictures, c  channels, s  side of a patch, p = s * s * c  its values, k  patches, f = 8 k  features
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.letterbox import to_size
from automl.data.preprocessing.fixed_features import FixedFeatures, of_each

SIDE = 32
"""Larger pictures are made as small as this: patches show edges, corners and colours, whatever the size."""

MOST_PATCHES = 400
MOST_VALUES, MOST_PRODUCTS = 60_000_000, 400_000_000_000
"""Features of all pictures together, and multiplications that computing them takes (some ten seconds on two
cores): of many pictures fewer patches are taken."""

_PATCH = 6
_SAMPLE, _DRAWN = 400, 40
_CONTRAST, _WHITENING = 0.01, 0.1
_THRESHOLD = 1.0


def patch_side(height: int, width: int) -> int:
    """Return the side of patches for pictures of a size."""
    return max(3, min(_PATCH, min(height, width) // 4))


def patch_count(pictures: int, height: int, width: int, channels: int) -> int:
    """Return how many patches so many pictures of a size are compared with."""
    side = patch_side(height, width)
    places = (min(height, SIDE) - side + 1) * (min(width, SIDE) - side + 1)
    each = places * side * side * channels
    room = min(MOST_VALUES // max(8 * pictures, 1), MOST_PRODUCTS // max(2 * each * pictures, 1))
    return max(8, min(MOST_PATCHES, room))


@keras.saving.register_keras_serializable(package="automl")
class PatchResponses(FixedFeatures):
    """From standardised pictures ``(n, height, width, c)`` to standardised features ``(n, f)``, in float32.

    Args:
        patches: k.
        side: s.
        mirrored: whether the features are the mean of those of a picture and of its mirror image.
    """

    def __init__(self, patches: int, side: int, *, mirrored: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.patches, self.side, self.mirrored = patches, side, mirrored

    @property
    def features(self) -> int:
        """How many there are: both signs of a response, in each quarter."""
        return 8 * self.patches

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make room for what is fitted; see ``fit``."""
        form = (self.side, self.side, input_shape[-1], self.patches)
        self.kernel = self.add_weight(shape=form, initializer="zeros", trainable=False, name="kernel")
        self.shift = self.add_weight(
            shape=(self.patches,), initializer="zeros", trainable=False, name="shift"
        )
        self.make_scales()

    def fit(self, pictures: np.ndarray, random: np.random.Generator) -> None:
        """Draw patches and whiten them.

        Args:
            pictures: ``(n, height, width, c)`` float32, standardised; all of them or a sample.
            random: draws.
        """
        self.build(pictures.shape)
        self.built = True
        some = pictures[np.sort(random.permutation(len(pictures))[:_SAMPLE])]
        small = np.asarray(ops.convert_to_numpy(_reduced(ops.convert_to_tensor(some))))
        drawn = _draw(small, self.side, random)
        centre = drawn.mean(axis=0)
        values, vectors = np.linalg.eigh(
            np.cov(drawn - centre, rowvar=False) + _WHITENING * np.eye(drawn.shape[1])
        )
        whitening = vectors / np.sqrt(values) @ vectors.T
        chosen = (drawn[random.permutation(len(drawn))[: self.patches]] - centre) @ whitening
        chosen /= np.maximum(np.linalg.norm(chosen, axis=1, keepdims=True), 1e-6)
        kernel = whitening @ np.resize(chosen, (self.patches, chosen.shape[1])).T
        self.kernel.assign(kernel.reshape(self.kernel.shape))
        self.shift.assign(-centre @ kernel)

    def call(self, image: KerasTensor) -> KerasTensor:
        """Compute the features."""
        return self.standardised(of_each(self._of_one, _reduced(image)))

    def _of_one(self, picture: KerasTensor) -> KerasTensor:
        """From one picture ``(height, width, c)`` to ``(f,)``."""
        if not self.mirrored:
            return self._responses(picture)
        return (self._responses(picture) + self._responses(ops.flip(picture, axis=1))) / 2

    def _responses(self, picture: KerasTensor) -> KerasTensor:
        values = picture[None]
        each = ops.mean(values, axis=-1, keepdims=True)
        squares = ops.mean(ops.square(values), axis=-1, keepdims=True)
        mean, square = (
            ops.average_pool(item, self.side, strides=1, padding="valid") for item in (each, squares)
        )
        spread = ops.sqrt(ops.maximum(square - ops.square(mean), 0.0) + _CONTRAST)
        total = ops.sum(self.kernel, axis=(0, 1, 2))
        raw = ops.conv(values, self.kernel, padding="valid") - mean * total
        responses = (raw / spread + self.shift)[0]
        signs = ops.concatenate([responses, -responses], axis=-1)
        return _quarters(ops.relu(signs - _THRESHOLD))

    def compute_output_spec(self, image: KerasTensor) -> KerasTensor:
        """``(n, f)`` float32."""
        return KerasTensor((image.shape[0], self.features), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer; what was fitted are its weights."""
        own = {"patches": self.patches, "side": self.side, "mirrored": self.mirrored}
        return {**super().get_config(), **own}


def _reduced(image: KerasTensor) -> KerasTensor:
    """Pictures of at most ``SIDE`` pixels by as many."""
    size = tuple(min(side, SIDE) for side in image.shape[1:3])
    if size == tuple(image.shape[1:3]):
        return image
    return to_size(image, size, ops)


def _quarters(maps: KerasTensor) -> KerasTensor:
    """Means of ``(height, width, m)`` over each quarter ``(4 m,)``."""
    middle = [side // 2 for side in maps.shape[:2]]
    halves = maps[: middle[0]], maps[middle[0] :]
    parts = [part for half in halves for part in (half[:, : middle[1]], half[:, middle[1] :])]
    return ops.concatenate([ops.mean(part, axis=(0, 1)) for part in parts])


def _draw(pictures: np.ndarray, side: int, random: np.random.Generator) -> np.ndarray:
    """Patches of even contrast ``(drawn, p) float64``, as many of each picture."""
    height, width = (size - side + 1 for size in pictures.shape[1:3])
    rows = np.repeat(np.arange(len(pictures)), _DRAWN)
    tops, lefts = random.integers(height, size=len(rows)), random.integers(width, size=len(rows))
    steps = np.arange(side)
    found = pictures[
        rows[:, None, None], (tops[:, None] + steps)[:, :, None], (lefts[:, None] + steps)[:, None, :]
    ].reshape(len(rows), -1)
    even = found.astype(np.float64) - found.mean(axis=1, keepdims=True)
    even /= np.sqrt(np.square(even).mean(axis=1, keepdims=True) + _CONTRAST)
    return np.asarray(even)
