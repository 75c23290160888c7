"""Convolutions over a log-mel spectrogram, then recurrent layers that read it both ways.

Amodei et al., "Deep Speech 2", 2016: such a network, trained to write characters, turned recordings into
text without a dictionary. GRU: Cho et al., 2014; LSTM: Hochreiter and Schmidhuber, 1997.

n  clips, t  frames, u  steps, m  bands, f  features
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from keras import layers

from automl.core.tensors import Inputs
from automl.models.families.speech.stem import StemOptions, stem
from automl.models.family import Family, Features, Slot
from automl.models.layers.spectrograms import spectrogram_of
from automl.models.layers.speech_frames import real_steps

if TYPE_CHECKING:
    from keras import KerasTensor

_CELLS = {"gru": layers.GRU, "lstm": layers.LSTM}


@dataclass(frozen=True, kw_only=True)
class CrnnOptions(StemOptions):
    """Shape of the network.

    Attributes:
        cell: ``gru`` or ``lstm``.
        units: features of the state, in each direction.
        layers: recurrent layers, one on another.
        bidirectional: whether what comes after a step counts, too.
        dropout: share dropped before each recurrent layer and behind the last.
    """

    cell: Literal["gru", "lstm"] = "gru"
    units: int = 96
    layers: int = 1
    bidirectional: bool = True
    dropout: float = 0.2


def build(inputs: Inputs, options: CrnnOptions) -> Features:
    """Build from ``sound`` to ``frames (n, u, f)``."""
    sound = inputs.one("sound")
    found = spectrogram_of(sound, options)
    steps = stem(found.picture, sound, found.scale, options)
    mask = real_steps(sound, found.scale, steps)
    for _ in range(options.layers):
        steps = _recurrent(options)(_dropped(steps, options.dropout), mask=mask)
    return {"frames": _dropped(steps, options.dropout)}


def _recurrent(options: CrnnOptions) -> layers.Layer:
    layer = _CELLS[options.cell](options.units, return_sequences=True)
    return layers.Bidirectional(layer) if options.bidirectional else layer


def _dropped(steps: KerasTensor, rate: float) -> KerasTensor:
    return layers.Dropout(rate)(steps) if rate > 0 else steps


FAMILY = Family(
    name="speech/crnn",
    slots=(Slot(kind="sound", least=1),),
    gives=("frames",),
    options=CrnnOptions,
    build=build,
)
