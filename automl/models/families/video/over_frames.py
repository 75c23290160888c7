"""Families for videos made of those for pictures: any network that gives a map, over each frame by itself.

What it makes of a frame is pooled over all places; the neck brings the steps of a clip together.
"""

from __future__ import annotations

from dataclasses import asdict, field, fields, make_dataclass
from typing import Any

from keras import layers

from automl.core.tensors import Bound, Inputs, TensorSpec
from automl.models.catalog import FAMILIES
from automl.models.ends import part_of
from automl.models.families.video.frames import ClipOptions, seen
from automl.models.family import Family, Features, Slot
from automl.models.layers.augmentation import AugmentationOptions
from automl.models.layers.clips import FramesApart, FramesTogether

_BY_CLIP = {*(item.name for item in fields(AugmentationOptions)), "mirror_images"}
"""Options of networks for pictures that would change each frame of a clip in another way."""


def over_frames(name: str, base: str) -> Family:
    """Return the family that builds one for pictures over each frame.

    Args:
        name: of the family.
        base: name of one that takes ``image`` and gives ``map``.
    """
    network = FAMILIES[base]
    options = _options(f"{name.title().replace('/', '').replace('_', '')}Options", network.options)

    def build(inputs: Inputs, options: Any) -> Features:
        """Give ``steps (n, t, f)``."""
        clips = seen(inputs.one("video"), options)
        own = {name: value for name, value in asdict(options).items() if name not in _BY_CLIP}
        picture = FramesApart()(clips)
        spec = TensorSpec(name="image", kind="image", shape=tuple(picture.shape[1:]))
        features = network.build(
            Inputs(bound=(Bound(tensor=picture, spec=spec),)), part_of(network.options, own)
        )
        vectors = layers.GlobalAveragePooling2D()(features["map"])
        return {"steps": FramesTogether(clips.shape[1])(vectors)}

    return Family(
        name=name,
        slots=(Slot(kind="video", least=1),),
        gives=("steps",),
        options=options,
        build=build,
        necks={"clip_summary": {}},
    )


def _options(name: str, own: type[Any]) -> type[Any]:
    """Those of clips and those of the network, but for what is done to each picture by itself."""
    kept = [item for item in fields(own) if item.name not in _BY_CLIP]
    made = [
        (item.name, item.type, field(default=item.default, metadata=dict(item.metadata))) for item in kept
    ]
    return make_dataclass(name, made, bases=(ClipOptions,), frozen=True, kw_only=True)
