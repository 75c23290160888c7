"""Preprocessing of sequences, as a Keras model from raw series to model inputs."""

from __future__ import annotations

import numpy as np

from automl.core.tensors import Steps, TensorSpec
from automl.data.modality import Examples, Preprocessing

_SAMPLE = 2_000
"""Series whose features are standardised; the others share what was found."""


def standardise(
    mean: np.ndarray, std: np.ndarray, *, steps: int, targets: int, masked: bool
) -> Preprocessing:
    """Build the preprocessing of ``series`` ``(steps, channels)``: each channel to mean 0 and deviation 1.

    A step that is all NaN passes through where those are padding; other NaN becomes the mean: a covariate
    that has not begun, a dimension that a series lacks.

    Args:
        mean: of each channel over the training part ``(channels,)``.
        std: standard deviation ``(channels,)``; 0 for a constant channel is taken as 1.
        steps: length of a series.
        targets: how many leading channels are forecast, 0 for whole series.
        masked: whether steps that are all NaN are padding.
    """
    import keras

    from automl.data.preprocessing.series_layers import StandardiseSteps

    raw = keras.Input((steps, len(mean)), dtype="float64", name="series")
    scale = safe(std, mean).tolist()
    layer = StandardiseSteps(mean.tolist(), scale, padded=masked, name="standardise")
    facts = Steps(targets=targets, masked=masked)
    spec = TensorSpec(name="sequence", kind="sequence", shape=(steps, len(mean)), facts=facts)
    model = keras.Model({"series": raw}, {"sequence": layer(raw)}, name="series_preprocessing")
    return Preprocessing(inputs=(spec,), model=model, stepwise=True)


def with_kernels(preprocessing: Preprocessing, series: np.ndarray, seed: int) -> Preprocessing:
    """Add ``kernels``, features of whole series by convolution with fixed kernels, fitted on some.

    Args:
        preprocessing: gives ``sequence``.
        series: raw series of the training part ``(n, steps, channels)``.
        seed: of what is chosen at random.
    """
    from automl.data.preprocessing.fixed_features import with_features
    from automl.data.preprocessing.series_kernels import KernelShares, plan

    raw = Examples(inputs={"series": series})
    standardised = preprocessing.transform(raw)["sequence"]
    dilations = [(item.step, item.thresholds) for item in plan(*series.shape[:2])]
    layer = KernelShares(dilations, name="kernel_shares")
    layer.fit(standardised, np.random.default_rng(seed))
    rows = np.sort(np.random.default_rng(seed).permutation(len(series))[:_SAMPLE])
    return with_features(
        preprocessing, layer, kind="kernels", made_of="sequence", source="", sample=raw, rows=rows
    )


def safe(std: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Standard deviations with 1 in the place of 0 and of the rounding errors of a constant."""
    return np.where(std > np.maximum(1e-15, 1e-14 * np.abs(mean)), std, 1.0)


def statistics(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation ``(channels,)`` float64 of rows ``(rows, channels)``, NaN left out."""
    values = rows.reshape(-1, rows.shape[-1]).astype(np.float64)
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    return mean, np.sqrt(np.square(np.where(known, values - mean, 0.0)).sum(axis=0) / count)
