"""What families for speech share: how coarse their steps over time may be, and which lie within a clip.

n  clips, t  frames of the spectrogram, u  steps, f  features
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.core.spectrogram import MelScale
from automl.core.tensors import Bound
from automl.models.layers.log_mel import RealFrames

if TYPE_CHECKING:
    from keras import KerasTensor


def fitting_stride(sound: Bound, scale: MelScale, wanted: int) -> int:
    """Return how many frames become one step: as wanted, halved until what is spoken fits.

    Args:
        sound: says how long a step may be.
        scale: of the spectrogram.
        wanted: a power of two.
    """
    facts = sound.spec.facts
    longest = facts.step_ms * facts.rate / 1000 if facts.step_ms else float("inf")
    stride = wanted
    while stride > 1 and stride * scale.hop > longest:
        stride //= 2
    return stride


def real_steps(sound: Bound, scale: MelScale, steps: KerasTensor) -> KerasTensor:
    """Return which steps ``(n, u, f)`` lie within their clips ``(n, u) bool``."""
    return RealFrames(scale, steps.shape[1])(sound.tensor)
