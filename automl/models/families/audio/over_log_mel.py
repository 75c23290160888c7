"""Families for sounds made of those for pictures: any network that gives a map, over a log-mel spectrogram.

The spectrogram is made inside the model, so its window, hop, bands and limits are searched like widths and
depths. A clip is shorter than the longest: what its network makes of the steps behind its end is left out
where the steps become one vector.

n  clips, t  steps, m  bands, f  features
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from keras import layers, ops

from automl.core.tensors import Inputs
from automl.models.catalog import FAMILIES
from automl.models.families.pictured import options_over, shown_to
from automl.models.family import Family, Features, Slot
from automl.models.layers.log_mel import HeardSteps
from automl.models.layers.spectrograms import SpectrogramOptions, spectrogram_of

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class LogMelOptions(SpectrogramOptions):
    """How a sound becomes a picture of it, and what becomes of the map.

    Attributes:
        band_summary: how the bands of a step become features: ``flatten``, each place keeps its own, or
            ``average``.
    """

    band_summary: Literal["flatten", "average"] = "flatten"


def over_log_mel(name: str, base: str) -> Family:
    """Return the family that builds one for pictures over a log-mel spectrogram.

    Args:
        name: of the family.
        base: name of one that takes ``image`` and gives ``map``.
    """
    network = FAMILIES[base]
    options = options_over(name, network, LogMelOptions)

    def build(inputs: Inputs, options: Any) -> Features:
        """Give ``steps (n, t, f)`` and the ``mask (n, t)`` of those within each clip."""
        sound = inputs.one("sound")
        found = spectrogram_of(sound, options)
        steps = _steps(shown_to(network, found.picture, options)["map"], options.band_summary)
        return {"steps": steps, "mask": HeardSteps(steps.shape[1])(found.heard)}

    return Family(
        name=name,
        slots=(Slot(kind="sound", least=1),),
        gives=("steps",),
        options=options,
        build=build,
        necks={"step_summary": {}},
    )


def _steps(features: KerasTensor, summary: str) -> KerasTensor:
    """From a map ``(n, t, m, f)`` to its steps ``(n, t, f)`` or ``(n, t, m * f)``."""
    if summary == "average":
        return ops.mean(features, axis=2)
    return layers.Reshape((features.shape[1], features.shape[2] * features.shape[3]))(features)
