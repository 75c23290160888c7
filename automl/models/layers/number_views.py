"""Which view of its numbers a network of a table sees: the columns, or the directions they vary in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from automl.core.errors import ConfigError, suggest
from automl.core.tensors import Bound, Inputs, TensorSpec
from automl.models.family import Slot
from automl.models.layers.category_means import KIND as INNER_FOLD
from automl.models.layers.category_means import used_tensors

VIEWS = ("columns", "components")

COLUMNS, COMPONENTS = ("numeric", "ranks"), "components"
"""Kinds of tensors."""

ROW_SLOTS = (
    *(Slot(kind=kind) for kind in COLUMNS),
    Slot(kind=COMPONENTS),
    Slot(kind="categorical"),
    Slot(kind=INNER_FOLD, alone=False),
)
"""The slots of a family of rows that sees its numbers in either view, see ``used_views``."""


class ViewOptions(Protocol):
    """What is told of numbers.

    Attributes:
        numbers: one of ``VIEWS``.
    """

    @property
    def numbers(self) -> str: ...  # noqa: D102


def seen_numbers(specs: Sequence[TensorSpec], options: ViewOptions) -> list[TensorSpec]:
    """Return the tensors without the view of numbers that is not asked for; columns where it is absent.

    Raises:
        ConfigError: an unknown view.
    """
    if options.numbers not in VIEWS:
        raise ConfigError(f"Unknown numbers {options.numbers!r}. {suggest(options.numbers, VIEWS)}")
    other = options.numbers == "components" and any(spec.kind == COMPONENTS for spec in specs)
    unseen = COLUMNS if other else (COMPONENTS,)
    return [spec for spec in specs if spec.kind not in unseen]


def used_views(specs: Sequence[TensorSpec], options: Any) -> Sequence[TensorSpec]:
    """The ``uses`` of a family of rows: one view of numbers, and inner folds where means are asked for."""
    return seen_numbers(used_tensors(specs, options), options)


def plain_numbers(inputs: Inputs) -> Bound | None:
    """The numbers without ranks, in whichever view; None where there are none."""
    return inputs.get("numeric") or inputs.get(COMPONENTS)
