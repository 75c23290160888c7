"""Features that a fixed layer makes of a tensor once for all trials, beside the tensor itself.

n  examples, f  features
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.tensors import TensorSpec
from automl.data.modality import Examples, Preprocessing

_LEAST_DEVIATION = 1e-3
"""What differs by less is noise, and must not weigh as much as all else."""


class FixedFeatures(keras.layers.Layer):
    """A layer with standardised features ``(n, f)`` in float32 and nothing that trials train; a base.

    It names the number of features ``features``, makes room by ``make_scales`` behind weights of its own,
    and ends its call with ``standardised``.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", "trainable": False, **kwargs})

    @property
    def features(self) -> int:
        """How many there are."""
        raise NotImplementedError

    def make_scales(self) -> None:
        """Make room for mean and deviation of each feature; see ``standardise``."""
        size = (self.features,)
        self.mean = self.add_weight(shape=size, initializer="zeros", trainable=False, name="mean")
        self.scale = self.add_weight(shape=size, initializer="ones", trainable=False, name="scale")

    def standardise(self, features: np.ndarray) -> None:
        """Give the features of the training part mean 0 and deviation 1 from now on.

        Args:
            features: ``(n, f)`` as they have been so far.
        """
        self.mean.assign(features.mean(axis=0))
        self.scale.assign(np.maximum(features.std(axis=0), _LEAST_DEVIATION))

    def standardised(self, features: KerasTensor) -> KerasTensor:
        """Return features ``(n, f)`` as they are given away."""
        return (features - self.mean) / self.scale


def of_each(features: Callable[[Any], KerasTensor], examples: Any) -> KerasTensor:
    """Return the features of one example at a time ``(n, f)``, where those of all would fill memory.

    Of an example known to be the only one, as in files for devices, there is no loop.

    Args:
        features: of one example ``(...)`` to ``(f,)``.
        examples: a tensor ``(n, ...)``, or a tuple of such.
    """
    if keras.tree.flatten(examples)[0].shape[0] != 1:
        return ops.map(features, examples)
    return features(keras.tree.map_structure(lambda item: item[0], examples))[None]


def with_features(
    preprocessing: Preprocessing,
    layer: FixedFeatures,
    *,
    kind: str,
    made_of: str,
    source: str,
    sample: Examples,
    rows: np.ndarray | None = None,
) -> Preprocessing:
    """Add the features of a layer that is fitted, standardised on some examples.

    Args:
        preprocessing: gives the tensor that they are made of.
        layer: makes them.
        kind: of the features, and their name.
        made_of: name of that tensor.
        source: the raw input that it comes from, or empty.
        sample: raw examples to standardise them on.
        rows: positions of these; all by default.
    """
    front = preprocessing.model
    spec = TensorSpec(name=kind, kind=kind, shape=(layer.features,), source=source)
    outputs = {**front.output, kind: layer(front.output[made_of])}
    model = keras.Model(front.input, outputs, name=front.name)
    whole = Preprocessing(inputs=(*preprocessing.inputs, spec), model=model)
    layer.standardise(whole.transform(sample, rows)[kind])
    return whole
