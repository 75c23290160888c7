"""A transformer over patches of a series.

Nie et al., "A time series is worth 64 words", 2023 (PatchTST): patches as tokens, each channel of a
forecast by itself, a linear head on all tokens. Of whole series the patches hold all dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
from keras import KerasTensor, ops

from automl.core.tensors import Inputs
from automl.models.families.series.sequence import (
    Sequence,
    as_steps,
    patches,
    real_patches,
    rejoin,
    take_sequence,
)
from automl.models.family import Family, Features, Slot
from automl.models.layers.series_positions import StepPositions


@dataclass(frozen=True, kw_only=True)
class TransformerOptions:
    """Hyperparameters.

    Attributes:
        width: size of a token; rounded down to a multiple of ``heads``.
        depth: blocks.
        heads: attention heads.
        expansion: hidden units of the feed-forward part, as a multiple of ``width``.
        dropout: share of features dropped in each block.
        patch: steps of a patch.
        overlap: whether patches overlap by half.
        lookback_share: share of the look-back window that is used, its end.
        channel_independent: of a forecast, whether each target goes through the network by itself.
    """

    width: int = 64
    depth: int = 2
    heads: int = 4
    expansion: int = 2
    dropout: float = 0.1
    patch: int = 8
    overlap: bool = True
    lookback_share: float = 1.0
    channel_independent: bool = True


def build(inputs: Inputs, options: TransformerOptions) -> Features:
    """Build the backbone.

    Returns:
        ``channels`` of a forecast by channel, ``vector`` of one across channels, ``steps`` of whole series.
    """
    sequence = take_sequence(
        inputs,
        lookback_share=options.lookback_share,
        channel_independent=options.channel_independent,
    )
    # at least two tokens, where there are two steps: attention over one does nothing
    patch = min(options.patch, max(1, sequence.values.shape[1] // 2))
    stride = max(1, patch // 2) if options.overlap else patch
    width = max(1, options.width // options.heads) * options.heads
    tokens = patches(sequence.values, width, patch, stride, "patches")
    tokens = StepPositions(name="positions")(tokens)
    real = None if sequence.real is None else real_patches(sequence.real, patch, stride)
    for level in range(options.depth):
        tokens = _block(tokens, real, width, options, level)
    tokens = keras.layers.LayerNormalization(name="last_norm")(tokens)
    return _read_out(tokens, real, sequence, options)


def _block(
    tokens: KerasTensor, real: KerasTensor | None, width: int, options: TransformerOptions, level: int
) -> KerasTensor:
    """One block with the norms in front (Xiong et al., 2020): it trains without warm-up."""
    if tokens.shape[1] > 1:
        tokens = _attended(tokens, real, width, options, level)
    normed = keras.layers.LayerNormalization(name=f"dense_norm{level}")(tokens)
    hidden = keras.layers.Dense(width * options.expansion, activation="gelu", name=f"expand{level}")(normed)
    hidden = keras.layers.Dense(width, name=f"contract{level}")(_dropped(hidden, options))
    return keras.layers.Add(name=f"fed{level}")([tokens, _dropped(hidden, options)])


def _attended(
    tokens: KerasTensor, real: KerasTensor | None, width: int, options: TransformerOptions, level: int
) -> KerasTensor:
    mask = None if real is None else ops.transpose(real > 0, (0, 2, 1))
    normed = keras.layers.LayerNormalization(name=f"attention_norm{level}")(tokens)
    attention = keras.layers.MultiHeadAttention(
        options.heads, width // options.heads, dropout=options.dropout, name=f"attention{level}"
    )
    attended = attention(normed, normed, attention_mask=mask)
    return keras.layers.Add(name=f"attended{level}")([tokens, _dropped(attended, options)])


def _read_out(
    tokens: KerasTensor, real: KerasTensor | None, sequence: Sequence, options: TransformerOptions
) -> Features:
    if sequence.targets:
        flat = keras.layers.Flatten(name="all_patches")(tokens)
        return rejoin(_dropped(flat, options), sequence)
    return as_steps(tokens, real)


def _dropped(values: KerasTensor, options: TransformerOptions) -> KerasTensor:
    return keras.layers.Dropout(options.dropout)(values) if options.dropout else values


FAMILY = Family(
    name="series/transformer",
    slots=(Slot(kind="sequence", least=1),),
    gives=("channels", "vector", "steps"),
    options=TransformerOptions,
    build=build,
    necks={"step_pool": {}},
)
