"""A masked autoencoder of a table: it says what the hidden cells of a row are, given those that it sees.

A plain autoencoder with a wide enough code copies whatever comes, so its error cannot compare networks.
Hidden cells cannot be copied: how well they are foretold compares networks of any shape, and a row is
unusual where its cells do not fit each other (as in Thimonier et al., Beyond Individual Input for Deep
Anomaly Detection on Tabular Data, 2024; for pictures He et al., 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import keras

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.cell_nats import CellNats, HiddenCells, SeenCells
from automl.models.layers.dense_blocks import activate, dense, normalise


@dataclass(frozen=True, kw_only=True)
class MaskedAutoencoderOptions:
    """Hyperparameters.

    Attributes:
        width: units of a hidden layer.
        depth: hidden layers on each side of the code.
        code: units of the narrowest layer, in the middle.
        groups: parts that the cells of a row are divided into, of which one is hidden at a time.
        activation: see ``ACTIVATIONS`` of ``models.layers.dense_blocks``.
        normalisation: ``none``, ``batch`` or ``layer``, before each activation.
        dropout: share of units left out in each step.
    """

    width: int = 128
    depth: int = 1
    code: int = 32
    groups: int = 4
    activation: str = "gelu"
    normalisation: str = "none"
    dropout: float = 0.0


def build(inputs: Inputs, options: MaskedAutoencoderOptions) -> Features:
    """Give ``surprise (n, cells)``: of each cell in nats, as it is foretold from those of other groups."""
    numeric, categorical = inputs.get("numeric"), inputs.get("categorical")
    given = [item.tensor for item in (numeric, categorical) if item is not None]
    numbers = 0 if numeric is None else int(numeric.spec.shape[0] or 0)
    sizes = () if categorical is None else categorical.spec.facts.sizes
    cells = numbers + len(sizes)
    groups = max(1, min(options.groups, cells))
    hidden = HiddenCells(cells, groups)(given[0])
    vector = SeenCells(numbers, sizes)([hidden, *given])
    for width in (*[options.width] * options.depth, options.code, *[options.width] * options.depth):
        vector = dense(vector, width, options.activation)
        vector = activate(normalise(vector, options.normalisation), options.activation, options.dropout)
    nats = CellNats(numbers, sizes, groups)
    expected = keras.layers.Dense(nats.places, dtype="float32", name="expected")(vector)
    return {"surprise": nats([expected, hidden, *given])}


FAMILY = Family(
    name="tabular/masked_autoencoder",
    slots=(Slot(kind="numeric"), Slot(kind="categorical")),
    gives=("surprise",),
    options=MaskedAutoencoderOptions,
    build=build,
)
