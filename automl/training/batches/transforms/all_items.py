"""Show a model all items that a user of the training part has dealt with, those that are held out, too.

To hold items out serves validation; those of a user that is trained on are as good as the rest. A family
that hides a part of what it sees, and asks for that, then learns from all.

Legend: b users, L places for items, w items that targets have room for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from automl.core.errors import ConfigError
from automl.tasks.declaration import ITEM_SET
from automl.training.batches.transforms.space import cast, space_of
from automl.training.batches.transforms.transform import Batch, Draws, Fetch

if TYPE_CHECKING:
    import numpy as np

HISTORY = "history"
"""Kind of the input."""


@dataclass(frozen=True, kw_only=True)
class AllItems:
    """Put what was held out of a user behind what is given.

    Attributes:
        all_items: whether to.
    """

    all_items: bool = False

    dials: ClassVar[tuple[str, ...]] = ()

    @property
    def active(self) -> bool:
        """Whether inputs are changed."""
        return self.all_items

    def check(self, data: Batch) -> None:
        """Raise ConfigError when no items are read."""
        if HISTORY not in data.kinds.inputs.values() or ITEM_SET not in data.kinds.targets.values():
            raise ConfigError("all_items is for rankings of items. Leave it out.")

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw nothing."""
        return {}

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Read the items of targets ``(b, w)``, held out ones below 0, as inputs ``(b, L, 1)``."""
        target = next(batch.targets[name] for name, kind in batch.kinds.targets.items() if kind == ITEM_SET)
        return batch.change({HISTORY: lambda history: _filled(target, history)})


def _filled(target: Any, history: Any) -> Any:
    space, places = space_of(target), history.shape[1]
    numbers = space.abs(target)[:, :places]
    room = places - numbers.shape[1]
    if room:
        numbers = space.pad(numbers, ((0, 0), (0, room)))
    return cast(numbers[:, :, None], history.dtype)
