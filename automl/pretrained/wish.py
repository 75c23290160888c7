"""What a user asks to start from, as it travels from the options to whoever builds networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from automl.pretrained.opening import mark_of

USUAL_VALUES = "raw"


@dataclass(frozen=True, kw_only=True)
class Pretrained:
    """A network to start from.

    Attributes:
        name: of a pretrained network, or path of a Keras model file.
        values: what pixel values a file takes, a name of ``keras_file.RANGES``.
    """

    name: str
    values: str = USUAL_VALUES

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``pretrained_from`` restores it, with a mark of the weights."""
        return {**asdict(self), "mark": mark_of(self.name)}


def pretrained_from(plain: Mapping[str, Any]) -> Pretrained:
    """Restore what ``as_json`` gave."""
    return Pretrained(name=plain["name"], values=plain["values"])
