"""Families for sounds made of those for pictures: any network that gives a map, over a log-mel spectrogram.

The spectrogram is made inside the model, so its window, hop, bands and limits are searched like widths and
depths. A clip is shorter than the longest: what its network makes of the steps behind its end is left out
where the steps become one vector.

n  clips, t  steps, m  bands, f  features
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, make_dataclass
from typing import TYPE_CHECKING, Any, Literal

from keras import layers, ops

from automl.core.shaping import shaping
from automl.core.spectrogram import scale_of
from automl.core.tensors import Bound, Inputs, TensorSpec
from automl.models.catalog import FAMILIES
from automl.models.ends import part_of
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions
from automl.models.layers.log_mel import LogMel, RealFrames, SpectrogramMasks

if TYPE_CHECKING:
    from keras import KerasTensor

_OF_PICTURES = {*(item.name for item in fields(AugmentationOptions)), "mirror_images"}
"""Options of networks for pictures that mean nothing for a spectrogram, or change what it shows."""


@dataclass(frozen=True, kw_only=True)
class LogMelOptions:
    """How a sound becomes a picture of it, and what becomes of the map.

    Attributes:
        window_ms: milliseconds that a frame looks at.
        hop_ms: milliseconds from frame to frame.
        mel_bands: bands of equal width on the mel scale.
        low_hz: frequency in Hz at which the lowest band begins.
        high_share: frequency at which the highest band ends, as a share of half the rate.
        level: what is taken out of each clip: ``clip``, its loudness, or ``band``, the mean of each band.
        time_mask: longest stretch of time that is left out in training, as a share (Park et al., 2019).
        frequency_mask: widest stretch of bands that is left out in training, as a share.
        band_summary: how the bands of a step become features: ``flatten``, each place keeps its own, or
            ``average``.
    """

    window_ms: int = 25
    hop_ms: int = 10
    mel_bands: int = 40
    low_hz: int = 20
    high_share: float = shaping(1.0)
    level: Literal["clip", "band"] = "clip"
    time_mask: float = 0.0
    frequency_mask: float = 0.0
    band_summary: Literal["flatten", "average"] = "flatten"


def over_log_mel(name: str, base: str) -> Family:
    """Return the family that builds one for pictures over a log-mel spectrogram.

    Args:
        name: of the family.
        base: name of one that takes ``image`` and gives ``map``.
    """
    network = FAMILIES[base]
    options = _options(f"{name.title().replace('/', '').replace('_', '')}Options", network.options)

    def build(inputs: Inputs, options: Any) -> Features:
        """Give ``steps (n, t, f)`` and the ``mask (n, t)`` of those within each clip."""
        sound = inputs.one("sound")
        scale = scale_of(
            sound.spec.facts.rate,
            window_ms=options.window_ms,
            hop_ms=options.hop_ms,
            bands=options.mel_bands,
            low=options.low_hz,
            high_share=options.high_share,
        )
        picture = LogMel(scale, options.level)(sound.tensor)
        if options.time_mask or options.frequency_mask:
            picture = SpectrogramMasks(options.time_mask, options.frequency_mask)(picture)
        features = network.build(_as_image(picture), part_of(network.options, asdict(options)))
        steps = _steps(features["map"], options.band_summary)
        mask = RealFrames(scale, steps.shape[1])(sound.tensor)
        return {"steps": steps, "mask": mask}

    return Family(
        name=name,
        slots=(Slot(kind="sound", least=1),),
        gives=("steps",),
        options=options,
        build=build,
        necks={"step_summary": {}},
    )


def _options(name: str, own: type[Any]) -> type[Any]:
    """Those of the spectrogram and those of the network, but for what is for pictures alone."""
    kept = [item for item in fields(own) if item.name not in _OF_PICTURES]
    made = [
        (item.name, item.type, field(default=item.default, metadata=dict(item.metadata))) for item in kept
    ]
    return make_dataclass(name, made, bases=(LogMelOptions,), frozen=True, kw_only=True)


def _as_image(picture: KerasTensor) -> Inputs:
    spec = TensorSpec(name="image", kind="image", shape=tuple(picture.shape[1:]))
    return Inputs(bound=(Bound(tensor=picture, spec=spec),))


def _steps(features: KerasTensor, summary: str) -> KerasTensor:
    """From a map ``(n, t, m, f)`` to its steps ``(n, t, f)`` or ``(n, t, m * f)``."""
    if summary == "average":
        return ops.mean(features, axis=2)
    return layers.Reshape((features.shape[1], features.shape[2] * features.shape[3]))(features)
