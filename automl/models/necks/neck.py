"""What a neck is: a small piece of a network from one feature of a family to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automl.models.family import Features

if TYPE_CHECKING:
    from keras import KerasTensor


@dataclass(frozen=True, kw_only=True)
class Neck:
    """A way from one feature to another, declared as data.

    Attributes:
        name: its key in the catalog.
        takes: the feature it starts from; see ``automl.models.family`` for the names.
        gives: the feature it makes.
        options: frozen keyword-only dataclass of its hyperparameters, each with a default; search spaces
            list them among the family's own.
        build: from all features of the family, of which ``takes`` is there, and an instance of
            ``options`` to the new feature.
    """

    name: str
    takes: str
    gives: str
    options: type[Any]
    build: Callable[[Features, Any], KerasTensor | tuple[KerasTensor, ...]]
