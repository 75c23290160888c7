"""Samples: what a suite needs to know of a thing in order to try it, one per thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import numpy as np

from automl.core.specs import Scalar
from automl.core.tensors import TensorSpec, spec_from_plain, spec_to_plain


@dataclass(frozen=True, kw_only=True)
class FamilySample:
    """A small network of a family.

    Attributes:
        name: of the family in the catalog.
        tensors: what it is built on.
        small: options that make it small enough to train in a second; of its necks, too.
        one: values of options that change no weight's shape, such as dropout.
        other: other values of the same.
        needs: features that a head may stand on, the preferred one first.
    """

    name: str
    tensors: tuple[TensorSpec, ...]
    small: Mapping[str, Scalar] = field(default_factory=dict)
    one: Mapping[str, Scalar] = field(default_factory=dict)
    other: Mapping[str, Scalar] = field(default_factory=dict)
    needs: tuple[str, ...] = ("vector",)

    def __str__(self) -> str:
        return self.name

    def plain(self) -> dict[str, Any]:
        """The sample as JSON, for another process."""
        return {**asdict(self), "tensors": [spec_to_plain(spec) for spec in self.tensors]}


@dataclass(frozen=True, kw_only=True)
class KindSample:
    """Cells of a kind of column.

    Attributes:
        name: of the kind in the catalog.
        cells: gives twelve cells or more that are its own; files that they name go into the folder given.
        other: cells of another table that are read as well.
        dtype: of the raw array.
        tensors: kinds of the tensors that come of such a column.
    """

    name: str
    cells: Callable[[Path], Sequence[str]]
    other: tuple[str, ...]
    dtype: str
    tensors: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class NeckSample:
    """Features that a neck starts from.

    Attributes:
        name: of the neck in the catalog.
        features: shapes without examples by name, of a pyramid one for each map.
    """

    name: str
    features: Mapping[str, tuple[int, ...] | tuple[tuple[int, ...], ...]]

    def __str__(self) -> str:
        return self.name


def family_sample(plain: Mapping[str, Any]) -> FamilySample:
    """Return a sample from JSON."""
    tensors = tuple(spec_from_plain(spec) for spec in plain["tensors"])
    return FamilySample(**{**plain, "tensors": tensors, "needs": tuple(plain["needs"])})


@dataclass(frozen=True, kw_only=True)
class TaskSample:
    """Raw targets of some examples, at least 20.

    Attributes:
        name: of the task in the catalog.
        targets: by name, first axis examples; see ``Examples.targets``.
        names: of the target columns.
        feature: shape of the feature that the head stands on, without examples.
        facts: what the modality knows beyond the targets.
        inputs: raw inputs of the last quarter of the examples, where baselines look at them.
        tensors: what ``connect`` takes hold of; none where the task leaves inputs alone.
        title: what this sample is called among several of a task.
    """

    name: str
    targets: Mapping[str, np.ndarray]
    names: tuple[str, ...] = ("y",)
    feature: tuple[int, ...] = (5,)
    facts: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    tensors: tuple[TensorSpec, ...] = ()
    title: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.name, self.title)))

    @property
    def rows(self) -> int:
        """How many examples there are."""
        return len(next(iter(self.targets.values())))


def discovered(package: str) -> tuple[Any, ...]:
    """Return ``SAMPLE`` of every module of a package, by the modules' names.

    Args:
        package: dotted name of a folder with one sample per file.
    """
    found = import_module(package)
    names = sorted(module.name for module in iter_modules(found.__path__))
    return tuple(import_module(f"{package}.{name}").SAMPLE for name in names)
