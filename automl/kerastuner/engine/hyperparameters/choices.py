"""One of several values: a choice, a flag, a value that is always the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automl.kerastuner.engine.conditions import Parent
from automl.kerastuner.engine.hyperparameters.hyperparameter import HyperParameter, index_at, middle_of


class Choice(HyperParameter):
    """One of several values.

    Args:
        name: see ``HyperParameter``.
        values: all ``str``, all ``int``, all ``float`` or all ``bool``.
        ordered: whether close values are alike; numbers are, by default.
        default: the first value by default.
        conditions: see ``HyperParameter``.

    Raises:
        ValueError: no values, a default that is none of them, or an order of what has none.
        TypeError: values of several types, or of another one.
    """

    def __init__(
        self,
        name: str,
        values: Sequence[Any],
        ordered: bool | None = None,
        default: Any = None,
        conditions: Sequence[Parent] | None = None,
    ) -> None:
        super().__init__(name, default, conditions)
        self._values = _checked(name, values)
        numbers = not isinstance(self._values[0], str)
        if default is not None and default not in self._values:
            raise ValueError(
                f"Choice {name!r}: the default value should be in {self._values}, got {default!r}."
            )
        if ordered and not numbers:
            raise ValueError(f"Choice {name!r}: `ordered` must be `False` for texts, got {ordered}.")
        self.ordered = numbers if ordered is None else ordered

    @property
    def values(self) -> list[Any]:
        """The values."""
        return self._values

    @property
    def default(self) -> Any:
        """The first value where nothing else is said."""
        return self._values[0] if self._default is None else self._default

    def prob_to_value(self, prob: float) -> Any:
        """See ``HyperParameter``."""
        return self._values[index_at(prob, len(self._values))]

    def value_to_prob(self, value: Any) -> float:
        """See ``HyperParameter``."""
        return middle_of(self._values.index(value), len(self._values))

    def get_config(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {**super().get_config(), "values": self._values, "ordered": self.ordered}


class Boolean(HyperParameter):
    """True or False.

    Args:
        name: see ``HyperParameter``.
        default: False by default.
        conditions: see ``HyperParameter``.

    Raises:
        ValueError: a default that is neither.
    """

    def __init__(
        self, name: str, default: bool = False, conditions: Sequence[Parent] | None = None
    ) -> None:
        super().__init__(name, default, conditions)
        if not isinstance(default, bool):
            raise ValueError(f"Boolean {name!r}: `default` must be a Python boolean, got {default!r}.")

    @property
    def values(self) -> tuple[bool, bool]:
        """Both."""
        return (True, False)

    def prob_to_value(self, prob: float) -> bool:
        """See ``HyperParameter``."""
        return prob >= 0.5

    def value_to_prob(self, value: Any) -> float:
        """See ``HyperParameter``."""
        return 0.75 if value else 0.25


class Fixed(HyperParameter):
    """Always the same value, which is not searched.

    Args:
        name: see ``HyperParameter``.
        value: ``str``, ``int``, ``float`` or ``bool``.
        conditions: see ``HyperParameter``.

    Raises:
        ValueError: a value of another type.
    """

    def __init__(self, name: str, value: Any, conditions: Sequence[Parent] | None = None) -> None:
        super().__init__(name, value, conditions)
        if not isinstance(value, str | int | float):
            raise ValueError(f"Fixed {name!r}: the value must be an int, float, str, bool, got {value!r}.")
        self.value = value

    @property
    def values(self) -> tuple[Any]:
        """The one value."""
        return (self.value,)

    def prob_to_value(self, prob: float) -> Any:
        """See ``HyperParameter``."""
        return self.value

    def value_to_prob(self, value: Any) -> float:
        """See ``HyperParameter``."""
        return 0.5

    def get_config(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        plain = super().get_config()
        return {"name": plain["name"], "conditions": plain["conditions"], "value": self.value}


def _checked(name: str, values: Sequence[Any]) -> list[Any]:
    listed = list(values)
    if not listed:
        raise ValueError(f"Choice {name!r}: `values` must be provided.")
    types = {type(value) for value in listed}
    if len(types) > 1:
        raise TypeError(f"Choice {name!r}: a choice can contain only one type of value, got {listed}.")
    if not isinstance(listed[0], str | int | float):
        raise TypeError(
            f"Choice {name!r}: a choice can contain only `int`, `float`, `str`, `bool`, got {listed}."
        )
    return listed
