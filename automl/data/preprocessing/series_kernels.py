"""Features of whole series by convolution with fixed kernels, as a linear model can tell classes by.

Dempster, Schmidt and Webb, "MiniRocket: a very fast (almost) deterministic transform for time series
classification", 2021: 84 kernels of nine steps at several dilations, and of each response the share of
steps at which it exceeds thresholds. These are quantiles of the responses to training series.

n  series, t  steps, d  dimensions, k  kernels (84), q  thresholds of a kernel, f  features in all
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.data.preprocessing.fixed_features import FixedFeatures, of_each

STEPS, HIGH = 9, 3
"""Steps of a kernel, and how many of them have the weight 2; the others have -1, so each sums to 0."""

PLACES = tuple(combinations(range(STEPS), HIGH))
"""Steps of weight 2, one entry for each kernel."""

MOST_FEATURES = 9_996
"""As many as in the paper, of 84 kernels."""

MOST_VALUES, MOST_COMPARISONS = 60_000_000, 15_000_000_000
"""Features of all series together, and comparisons with thresholds that computing them takes (some ten
seconds on two cores): of many or long series fewer features are taken."""

_DILATIONS = 32
_SAMPLE = 64
_GOLDEN = (5**0.5 + 1) / 2


@dataclass(frozen=True, kw_only=True)
class Dilation:
    """The kernels at one dilation.

    Attributes:
        step: distance between two steps of a kernel.
        thresholds: how many each kernel has.
    """

    step: int
    thresholds: int


def plan(series: int, steps: int) -> tuple[Dilation, ...]:
    """Return the dilations for so many series of a length, most thresholds where kernels are short."""
    room = min(MOST_VALUES // max(series, 1), MOST_COMPARISONS // max(series * steps, 1), MOST_FEATURES)
    each = max(1, room // len(PLACES))
    widest = max(0.0, np.log2(max(steps - 1, 1) / (STEPS - 1)))
    exponents = np.linspace(0.0, widest, min(_DILATIONS, each))
    found, counts = np.unique(np.exp2(exponents).astype(int), return_counts=True)
    ends = np.round(np.cumsum(counts) / counts.sum() * each).astype(int)
    shares = np.maximum(np.diff(ends, prepend=0), 1)
    return tuple(
        Dilation(step=int(step), thresholds=int(share)) for step, share in zip(found, shares, strict=True)
    )


@keras.saving.register_keras_serializable(package="automl")
class KernelShares(FixedFeatures):
    """From standardised series ``(n, t, d)`` to standardised features ``(n, f)``, in float32.

    Steps that are NaN throughout are padding: they count as 0 where a kernel reaches over the end of a
    series, and have no share. Of several dimensions each kernel sees a random subset, as in the paper.

    Args:
        dilations: pairs of a dilation and its number of thresholds.
    """

    def __init__(self, dilations: Sequence[tuple[int, int]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dilations = [(int(step), int(count)) for step, count in dilations]

    @property
    def features(self) -> int:
        """How many there are."""
        return len(PLACES) * sum(count for _, count in self.dilations)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make room for what is fitted; see ``fit``."""
        k, sizes = len(PLACES), [count for _, count in self.dilations]
        seen, table = (len(sizes), input_shape[-1], k), (k, sum(sizes))
        self.seen = self.add_weight(shape=seen, initializer="ones", trainable=False, name="seen")
        self.thresholds = self.add_weight(
            shape=table, initializer="zeros", trainable=False, name="thresholds"
        )
        self.make_scales()

    def fit(self, series: np.ndarray, random: np.random.Generator) -> None:
        """Choose dimensions and thresholds.

        Args:
            series: ``(n, t, d)`` float32, standardised, padding NaN; all of them or a sample.
            random: chooses.
        """
        self.build(series.shape)
        self.built = True
        self.seen.assign(_subsets(self.seen.shape, random))
        some = series[random.permutation(len(series))[:_SAMPLE]]
        real = ~np.isnan(some).all(axis=-1)
        columns = []
        for place, (_, count) in enumerate(self.dilations):
            responses = np.asarray(
                ops.convert_to_numpy(self._responses(ops.convert_to_tensor(np.nan_to_num(some)), place))
            )
            columns.append(_quantiles(responses, real, count, random))
        self.thresholds.assign(np.concatenate(columns, axis=1))

    def call(self, sequence: KerasTensor) -> KerasTensor:
        """Compute the features."""
        missing = ops.isnan(sequence)
        real = ops.cast(ops.logical_not(ops.all(missing, axis=-1)), "float32")
        values = ops.where(missing, ops.zeros_like(sequence), sequence)
        return self.standardised(of_each(self._shares, (values, real)))

    def _shares(self, one: tuple[KerasTensor, KerasTensor]) -> KerasTensor:
        """From one series ``(t, d)`` and ``(t,)`` to ``(f,)``."""
        values, real = one
        weights = real / ops.maximum(ops.sum(real), 1.0)
        found, first = [], 0
        for place, (_, count) in enumerate(self.dilations):
            thresholds = ops.transpose(self.thresholds[:, first : first + count])
            responses = self._responses(values[None], place)[0]
            above = ops.cast(responses[:, None, :] > thresholds, "float32")
            flat = ops.reshape(above, (-1, count * len(PLACES)))
            # LiteRT's converter takes no product of a vector and a matrix
            found.append(ops.matmul(weights[None], flat)[0])
            first += count
        return ops.concatenate(found)

    def _responses(self, values: KerasTensor, place: int) -> KerasTensor:
        """``(n, t, d)`` without NaN to responses ``(n, t, k)`` at one dilation."""
        kernel = ops.convert_to_tensor(_kernels()[:, None, :]) * self.seen[place][None]
        return ops.conv(values, kernel, padding="same", dilation_rate=self.dilations[place][0])

    def compute_output_spec(self, sequence: KerasTensor) -> KerasTensor:
        """``(n, f)`` float32."""
        return KerasTensor((sequence.shape[0], self.features), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Give what rebuilds the layer; what was fitted are its weights."""
        return {**super().get_config(), "dilations": self.dilations}


def _kernels() -> np.ndarray:
    """``(9, k)`` float32."""
    kernels = np.full((STEPS, len(PLACES)), -1.0, np.float32)
    for column, high in enumerate(PLACES):
        kernels[list(high), column] = 2.0
    return kernels


def _subsets(shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Which dimensions each kernel sees ``(dilations, d, k)``: small subsets as often as large ones."""
    dilations, d, k = shape
    most = min(d, STEPS)
    sizes = np.floor(np.exp2(random.uniform(0.0, np.log2(most + 1), (dilations, 1, k)))).astype(int)
    ranks = random.permuted(np.broadcast_to(np.arange(d)[:, None], shape), axis=1)
    return (ranks < sizes).astype(np.float32)


def _quantiles(
    responses: np.ndarray, real: np.ndarray, count: int, random: np.random.Generator
) -> np.ndarray:
    """Thresholds ``(k, count)``, for each kernel quantiles of the responses to one series."""
    kernels = responses.shape[-1]
    shares = np.arange(1, kernels * count + 1) * _GOLDEN % 1
    usable = np.flatnonzero(real.any(axis=1))
    if not len(usable):
        return np.zeros((kernels, count), np.float32)
    chosen = random.choice(usable, kernels)
    return np.stack(
        [
            np.quantile(responses[row, real[row], kernel], shares[kernel * count : (kernel + 1) * count])
            for kernel, row in enumerate(chosen)
        ]
    ).astype(np.float32)
