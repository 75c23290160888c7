"""Which values a parameter can have at all, whatever range is searched: a dropout of 2 is never valid."""

from __future__ import annotations

import math
from collections.abc import Sequence

from automl.core.errors import SpaceError, suggest
from automl.core.specs import Scalar
from automl.spaces.conditions import is_number
from automl.spaces.parameters import Boolean, Choice, Float, Integer, Parameter
from automl.spaces.settings import Wish

MOST = 2**20
"""Of whole numbers: wider, deeper or larger in any other way no model is trained."""

_BELOW_1 = ("dropout", "label_smoothing", "momentum", "beta_2", "warmup")
_AT_MOST_1 = ("erasing", "zoom", "shift", "rotation", "contrast")
_NOT_0 = ("learning_rate", "frequency_scale")
_BETWEEN = ("balance",)
_FURTHER = {
    "activation": ("relu", "gelu", "silu", "swish", "mish", "selu", "elu", "celu", "tanh", "sigmoid"),
    "optimizer": ("adam", "adamw", "nadam", "rmsprop", "sgd", "lion", "adafactor", "muon"),
    "schedule": ("constant", "cosine", "onecycle", "warmup_linear", "step", "coslog4", "plateau"),
}
"""Names that no shipped space may list, and that models and trainings understand."""


def check_domain(name: str, wish: Wish, searched: Sequence[Parameter]) -> None:
    """Refuse what a parameter can never be.

    Args:
        name: as the user wrote it, perhaps with the family before a dot.
        wish: a value, values, or ``low`` and ``high``.
        searched: the parameters of that name in the spaces in question; none for a training option.

    Raises:
        SpaceError: one of the values is none of the parameter's.
    """
    values = list(wish.values()) if isinstance(wish, dict) else wish if isinstance(wish, list) else [wish]
    bare = name.rpartition(".")[2]
    for value in values:
        if reason := _wrong(bare, value, searched):
            raise SpaceError(f"--set {name}: expected {reason}, got {value!r}.")


def _wrong(bare: str, value: Scalar, searched: Sequence[Parameter]) -> str:
    """What was expected, or empty where the value is one."""
    if all(isinstance(item, Boolean) for item in searched) and searched:
        return "" if isinstance(value, bool) else "true or false"
    known = _names(bare, searched)
    if known:
        return "" if value in known else f"one of its names ({suggest(str(value), map(str, known))})"
    if not is_number(value):
        return "a number" if _is_numeric(searched) else ""
    return _outside(bare, float(value), whole=_is_whole(searched), least=_least(searched))  # type: ignore[arg-type]


def _outside(bare: str, value: float, *, whole: bool, least: int) -> str:
    if not math.isfinite(value):
        return "a finite number"
    if bare.endswith(_BELOW_1):
        return "" if 0 <= value < 1 else "a number from 0 to below 1"
    if bare.endswith(_AT_MOST_1):
        return "" if 0 <= value <= 1 else "a number from 0 to 1"
    if bare.endswith(_BETWEEN):
        return "" if 0 < value < 1 else "a number between 0 and 1"
    if bare.endswith(_NOT_0):
        return "" if 0 < value <= MOST else "a number above 0"
    if whole:
        fits = value.is_integer() and least <= value <= MOST
        return "" if fits else f"a whole number from {least} to {MOST:,}"
    return "" if 0 <= value <= MOST else f"a number from 0 to {MOST:,}"


def _names(bare: str, searched: Sequence[Parameter]) -> list[Scalar]:
    """The names that a parameter chooses among; empty where it chooses among numbers or not at all."""
    listed = [value for item in searched if isinstance(item, Choice) for value in item.values]
    if not all(isinstance(value, str) for value in listed) or not (listed or bare in _FURTHER):
        return []
    return list(dict.fromkeys([*listed, *_FURTHER.get(bare, ())]))


def _is_numeric(searched: Sequence[Parameter]) -> bool:
    return any(isinstance(item, Integer | Float) or _numbers(item) for item in searched)


def _is_whole(searched: Sequence[Parameter]) -> bool:
    """Whether it is a whole number in every space."""
    return bool(searched) and all(
        isinstance(item, Integer) or (bool(_numbers(item)) and all(type(v) is int for v in _numbers(item)))
        for item in searched
    )


def _least(searched: Sequence[Parameter]) -> int:
    """1 where no space ever has 0."""
    lows: list[float] = [item.low for item in searched if isinstance(item, Integer)]
    lows += [min(numbers) for item in searched if (numbers := _numbers(item))]
    return 0 if any(low < 1 for low in lows) else 1


def _numbers(item: Parameter) -> list[float]:
    if not isinstance(item, Choice):
        return []
    found = [value for value in item.values if is_number(value)]
    return found if len(found) == len(item.values) else []  # type: ignore[return-value]
