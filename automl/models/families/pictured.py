"""What families share that show a network for pictures something else: a spectrogram, frames of a clip."""

from __future__ import annotations

from dataclasses import asdict, field, fields, make_dataclass
from typing import TYPE_CHECKING, Any

from automl.core.tensors import Bound, Inputs, TensorSpec
from automl.models.ends import part_of
from automl.models.family import Family, Features
from automl.models.layers.augmentation import AugmentationOptions

if TYPE_CHECKING:
    from keras import KerasTensor

_OF_PICTURES = {*(item.name for item in fields(AugmentationOptions)), "mirror_images"}
"""Options of such networks that change a picture by itself: they would garble a spectrogram, and change
each frame of a clip in another way."""


def options_over(name: str, network: Family, base: type[Any]) -> type[Any]:
    """Return options of a family: those of ``base`` and of its network, less what changes a picture.

    Args:
        name: of the family.
        network: takes ``image`` and gives ``map``.
        base: a frozen dataclass.
    """
    made = [
        (item.name, item.type, field(default=item.default, metadata=dict(item.metadata)))
        for item in fields(network.options)
        if item.name not in _OF_PICTURES
    ]
    title = f"{name.title().replace('/', '').replace('_', '')}Options"
    return make_dataclass(title, made, bases=(base,), frozen=True, kw_only=True)


def shown_to(network: Family, picture: KerasTensor, options: Any) -> Features:
    """Return what a network makes of pictures ``(n, h, w, c)``, its own options among those given."""
    spec = TensorSpec(name="image", kind="image", shape=tuple(picture.shape[1:]))
    own = {name: value for name, value in asdict(options).items() if name not in _OF_PICTURES}
    return network.build(Inputs(bound=(Bound(tensor=picture, spec=spec),)), part_of(network.options, own))
