"""Items by items in closed form (EASE: Steck, 2019); see ``ItemToItem``.

Nothing but the sharpness of the scores is left to train, so an epoch is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from automl.core.shaping import shaping
from automl.core.tensors import Inputs
from automl.models.family import Family, Features, Slot
from automl.models.layers.item_sets import ItemSet, ItemToItem

MOST_ITEMS = 5_000
"""Items that are learned, at most: the weights of each fold take 100 MB, and seconds."""


@dataclass(frozen=True, kw_only=True)
class EaseOptions:
    """Hyperparameters.

    Attributes:
        strength: of the penalty on the weights.
    """

    strength: float = shaping(300.0)


def build(inputs: Inputs, options: EaseOptions) -> Features:
    """Give ``item_scores (n, I)``."""
    history = inputs.one("history")
    sets = ItemSet(history.spec.facts.size - 1)(history.tensor)
    return {"item_scores": ItemToItem(MOST_ITEMS, options.strength)(sets)}


FAMILY = Family(
    name="interactions/ease",
    slots=(Slot(kind="history", least=1),),
    gives=("item_scores",),
    options=EaseOptions,
    build=build,
)
