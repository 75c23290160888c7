"""What every hyperparameter has: a name, a default, conditions, and a scale from 0 to 1."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, Self

from automl.kerastuner.engine import conditions as conditions_module
from automl.kerastuner.engine.conditions import Parent


class HyperParameter:
    """One dimension of a search space.

    Args:
        name: with its scopes; one name may stand for several that exist under different conditions.
        default: value where nothing else is said.
        conditions: all of which must hold for it to exist.
    """

    def __init__(self, name: str, default: Any = None, conditions: Sequence[Parent] | None = None) -> None:
        self.name = name
        self.conditions = list(conditions or ())
        self._default = default

    @property
    def default(self) -> Any:
        """Value where nothing else is said."""
        return self._default

    @property
    def values(self) -> Sequence[Any]:
        """All values, or ten evenly over the range where there are any number of them."""
        raise NotImplementedError

    def prob_to_value(self, prob: float) -> Any:
        """Return the value at a place from 0 to 1 of its scale."""
        raise NotImplementedError

    def value_to_prob(self, value: Any) -> float:
        """Return the place of a value on its scale, from 0 to 1."""
        raise NotImplementedError

    def random_sample(self, seed: int | None = None) -> Any:
        """Draw a value."""
        return self.prob_to_value(random.Random(seed).random())

    def get_config(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "name": self.name,
            "default": self.default,
            "conditions": [conditions_module.serialize(item) for item in self.conditions],
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make what ``get_config`` told."""
        conditions = [_condition(item) for item in config.get("conditions") or ()]
        return cls(**{**config, "conditions": conditions})

    def __repr__(self) -> str:
        told = {name: value for name, value in self.get_config().items() if name != "conditions"}
        return f"{type(self).__name__}({', '.join(f'{name}: {value!r}' for name, value in told.items())})"


def index_at(prob: float, count: int) -> int:
    """Return which of so many equal parts of the scale a place lies in."""
    return max(0, min(int(prob * count), count - 1))


def middle_of(index: int, count: int) -> float:
    """Return the middle of one of so many equal parts of the scale."""
    return (index + 0.5) / count


def _condition(plain: Any) -> Parent:
    return plain if isinstance(plain, Parent) else conditions_module.deserialize(plain)
