"""Parallel convolutions over words with pooling over time (Kim, 2014)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras import layers

from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.text_tokens import TokenOptions, embed_tokens

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class CnnOptions(TokenOptions):
    """Shape of the network.

    Attributes:
        kernel_sizes: widths of the kernels in words, with ``-`` between: ``"3-4-5"``.
        filters: channels of each width.
        activation: any activation of Keras by name.
    """

    kernel_sizes: str = "3-4-5"
    filters: int = 100
    activation: str = "relu"


def build(inputs: Inputs, options: CnnOptions) -> Features:
    """Build from ``tokens (batch, words)``; ``branches`` holds what each width of kernel found."""
    vectors, mask = embed_tokens(inputs.one("tokens"), options)
    branches = [_convolution(vectors, int(size), options) for size in options.kernel_sizes.split("-")]
    steps = layers.Concatenate()(branches) if len(branches) > 1 else branches[0]
    return {"branches": tuple(branches), "steps": steps, "mask": mask}


def _convolution(vectors: KerasTensor, size: int, options: CnnOptions) -> KerasTensor:
    layer = layers.Conv1D(options.filters, size, padding="same", activation=options.activation)
    return layer(vectors)


FAMILY = Family(
    name="text/cnn",
    slots=(Slot(kind="tokens", least=1),),
    gives=("branches", "steps"),
    options=CnnOptions,
    build=build,
    necks={"branch_pool_dropped": {"dropout": 0.5}},
)
