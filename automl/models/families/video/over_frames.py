"""Families for videos made of those for pictures: any network that gives a map, over each frame by itself.

What it makes of a frame is pooled over all places; the neck brings the steps of a clip together.
"""

from __future__ import annotations

from typing import Any

from keras import layers

from automl.core.tensors import Inputs
from automl.models.catalog import FAMILIES
from automl.models.families.pictured import options_over, shown_to
from automl.models.families.video.frames import ClipOptions, seen
from automl.models.family import Family, Features, Slot
from automl.models.layers.clips import FramesApart, FramesTogether


def over_frames(name: str, base: str) -> Family:
    """Return the family that builds one for pictures over each frame.

    Args:
        name: of the family.
        base: name of one that takes ``image`` and gives ``map``.
    """
    network = FAMILIES[base]
    options = options_over(name, network, ClipOptions)

    def build(inputs: Inputs, options: Any) -> Features:
        """Give ``steps (n, t, f)``."""
        clips = seen(inputs.one("video"), options)
        maps = shown_to(network, FramesApart()(clips), options)["map"]
        return {"steps": FramesTogether(clips.shape[1])(layers.GlobalAveragePooling2D()(maps))}

    return Family(
        name=name,
        slots=(Slot(kind="video", least=1),),
        gives=("steps",),
        options=options,
        build=build,
        necks={"clip_summary": {}},
    )
