"""What a family is: a kind of architecture that builds a backbone from options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from automl.core.specs import InputSpec

if TYPE_CHECKING:
    from keras import KerasTensor

Feature: TypeAlias = Literal["vector", "channels"]


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of architecture, declared as data.

    Attributes:
        name: ``mlp``, ``cnn``, ...; the search space is ``search_spaces/<modality>/<name>.yaml``.
        modality: ``tabular``, ``image``, ``text`` or ``series``.
        takes: names of the inputs it connects to; it must cope with those of them that are absent
            (a table without categorical columns), but not with all absent.
        gives: ``vector`` ``(batch, features)``, or ``channels`` ``(batch, targets, features)``, one
            vector per forecast channel.
        forecasts: usable for forecasting.
        classifies: usable for classification and regression of whole examples.
        default: whether a search tries it without being told to; not so where the user must give
            something first, such as a model file.
        options: frozen keyword-only dataclass of its hyperparameters, each with a default; the names
            are those of the search space.
        build: from inputs by name, their specs by name and an instance of ``options`` to the features.
    """

    name: str
    modality: str
    takes: tuple[str, ...]
    gives: Feature
    options: type[Any]
    build: Callable[[Mapping[str, KerasTensor], Mapping[str, InputSpec], Any], KerasTensor]
    forecasts: bool = False
    classifies: bool = True
    default: bool = True
