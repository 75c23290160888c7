"""Linear models of a table: scaled numbers, their ranks or bins, and one-hot categories.

With piecewise linear encoding the model is additive: a broken line per numeric column.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras

from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features
from automl.models.layers.feature_encoding import encode_row
from automl.models.layers.number_views import ROW_SLOTS, used_views


@dataclass(frozen=True, kw_only=True)
class LinearOptions:
    """Hyperparameters.

    Attributes:
        one_hot_limit: largest number of categories that get one weight each; beyond it a column is
            embedded.
        category_size: size of such an embedding.
        category_means: ``beside`` gives columns with many categories the means of the targets in each, and
            how often it occurs, besides; or ``none``.
        numbers: ``columns``, or ``components``: the directions in which collinear columns vary.
        numeric_embedding: ``none``, ``ple`` (piecewise linear) or ``periodic``.
        numeric_size: size of the embedding of a number.
        numeric_bins: bins, or frequencies, of the embedding.
        frequency_scale: standard deviation of the first frequencies of ``periodic``.
        dropout: share of features left out in each step.
    """

    one_hot_limit: int = 1000
    category_size: int = 8
    category_means: str = "none"
    numbers: str = "columns"
    numeric_embedding: str = "ple"
    numeric_size: int = 4
    numeric_bins: int = 16
    frequency_scale: float = shaping(0.1)
    dropout: float = 0.0


def build(inputs: Inputs, options: LinearOptions) -> Features:
    """The encoded row itself; the task's head is the linear model."""
    features = encode_row(inputs, options)
    return {"vector": keras.layers.Dropout(options.dropout)(features) if options.dropout else features}


FAMILY = Family(
    name="tabular/linear",
    slots=ROW_SLOTS,
    gives=("vector",),
    options=LinearOptions,
    build=build,
    uses=used_views,
)
