"""A search space that a program asks for while it builds a model, together with the values of one trial."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from automl.kerastuner.engine.conditions import Parent
from automl.kerastuner.engine.hyperparameters.choices import Boolean, Choice, Fixed
from automl.kerastuner.engine.hyperparameters.hyperparameter import HyperParameter
from automl.kerastuner.engine.hyperparameters.numbers import Float, Int

_CLASSES: Mapping[str, type[HyperParameter]] = {
    item.__name__: item for item in (Boolean, Choice, Fixed, Float, Int)
}


class HyperParameters:
    """Hyperparameters as they were asked for, and the value of each that exists in a trial.

    Attributes:
        values: by name, of those whose conditions hold.
        active_scopes: conditions of each conditional scope that was entered while they held.
        inactive_scopes: the same of those that did not hold.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.active_scopes: list[list[Parent]] = []
        self.inactive_scopes: list[list[Parent]] = []
        self._names: list[str] = []
        self._conditions: list[Parent] = []
        self._space: list[HyperParameter] = []
        self._known: defaultdict[str, list[HyperParameter]] = defaultdict(list)

    @property
    def space(self) -> list[HyperParameter]:
        """All of them, in the order in which they were asked for first."""
        return self._space

    @contextmanager
    def name_scope(self, name: str) -> Iterator[None]:
        """Put a name before those of the block."""
        self._names.append(name)
        try:
            yield
        finally:
            self._names.pop()

    @contextmanager
    def conditional_scope(self, parent_name: str, parent_values: Any) -> Iterator[None]:
        """Make what the block asks for exist only beside some values of another hyperparameter.

        The block runs in any case; where the condition does not hold, what it asks for is None.

        Raises:
            ValueError: there is no such hyperparameter yet.
        """
        parent = self._full(parent_name)
        if not self.exists(parent):
            raise ValueError(f"Hyperparameter {parent!r}, which is to decide on others, is not defined.")
        condition = Parent(parent, parent_values)
        self._conditions.append(condition)
        holds = condition.is_active(self.values)
        (self.active_scopes if holds else self.inactive_scopes).append(copy.deepcopy(self._conditions))
        try:
            yield
        finally:
            self._conditions.pop()

    def Choice(
        self,
        name: str,
        values: Sequence[Any],
        ordered: bool | None = None,
        default: Any = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """Return one of several values; see the class ``Choice``, for the parent ``conditional_scope``."""
        with self._below(parent_name, parent_values):
            return self._asked(Choice(self._full(name), values, ordered, default, self._conditions))

    def Int(
        self,
        name: str,
        min_value: int,
        max_value: int,
        step: int | None = None,
        sampling: str | None = "linear",
        default: int | None = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """Return a whole number; see the class ``Int``, and ``conditional_scope`` for the parent."""
        with self._below(parent_name, parent_values):
            full = self._full(name)
            return self._asked(Int(full, min_value, max_value, step, sampling, default, self._conditions))

    def Float(
        self,
        name: str,
        min_value: float,
        max_value: float,
        step: float | None = None,
        sampling: str | None = "linear",
        default: float | None = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """Return a number; see the class ``Float``, and ``conditional_scope`` for the parent."""
        with self._below(parent_name, parent_values):
            full = self._full(name)
            return self._asked(Float(full, min_value, max_value, step, sampling, default, self._conditions))

    def Boolean(
        self, name: str, default: bool = False, parent_name: str | None = None, parent_values: Any = None
    ) -> Any:
        """Return True or False; see the class ``Boolean``, and ``conditional_scope`` for the parent."""
        with self._below(parent_name, parent_values):
            return self._asked(Boolean(self._full(name), default, self._conditions))

    def Fixed(
        self, name: str, value: Any, parent_name: str | None = None, parent_values: Any = None
    ) -> Any:
        """Return the value; see the class ``Fixed``, and ``conditional_scope`` for the parent."""
        with self._below(parent_name, parent_values):
            return self._asked(Fixed(self._full(name), value, self._conditions))

    def get(self, name: str) -> Any:
        """Return the value of a hyperparameter.

        Raises:
            ValueError: it does not exist in this trial.
            KeyError: nobody has asked for it.
        """
        full = self._full(name)
        if full in self.values:
            return self.values[full]
        if full in self._known:
            raise ValueError(f"{full} is currently inactive: its conditions do not hold.")
        raise KeyError(f"{full} does not exist.")

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __contains__(self, name: str) -> bool:
        return self._full(name) in self.values

    def is_active(self, hyperparameter: HyperParameter | str) -> bool:
        """Whether the conditions of a hyperparameter hold, or of any that has a name."""
        if isinstance(hyperparameter, HyperParameter):
            return all(item.is_active(self.values) for item in hyperparameter.conditions)
        return any(self.is_active(item) for item in self._known.get(str(hyperparameter), ()))

    def exists(self, name: str, conditions: Sequence[Parent] | None = None) -> bool:
        """Whether one of this name was asked for under these conditions, or in an open scope by default."""
        open_scopes = [self._conditions[:depth] for depth in range(len(self._conditions) + 1)]
        wanted = open_scopes if conditions is None else [list(conditions)]
        return any(item.conditions in wanted for item in self._known.get(name, ()))

    def ensure_active_values(self) -> None:
        """Give defaults to those that exist and have no value; drop values of those that do not exist."""
        names = {item.name for item in self._space}
        active: set[str] = set()
        for item in self._space:
            if self.is_active(item):
                active.add(item.name)
                self.values.setdefault(item.name, item.default)
        for name in names - active:
            self.values.pop(name, None)

    def merge(self, hps: HyperParameters | Sequence[HyperParameter], overwrite: bool = True) -> None:
        """Take up hyperparameters.

        Args:
            hps: whose.
            overwrite: whether those that are known already are given their defaults.
        """
        for item in list(hps.space if isinstance(hps, HyperParameters) else hps):
            known = self.exists(item.name, item.conditions)
            if overwrite or not known:
                self._register(item, overwrite=overwrite, known=known)

    def get_config(self) -> dict[str, Any]:
        """Return space and values as plain JSON."""
        return {"space": [serialize(item) for item in self._space], "values": dict(self.values)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> HyperParameters:
        """Make what ``get_config`` told."""
        made = cls()
        for plain in config["space"]:
            item = deserialize(plain)
            made._known[item.name].append(item)
            made._space.append(item)
        made.values = dict(config["values"])
        return made

    def copy(self) -> HyperParameters:
        """Return a container of its own with the same space and values."""
        return HyperParameters.from_config(copy.deepcopy(self.get_config()))

    @contextmanager
    def _below(self, parent_name: str | None, parent_values: Any) -> Iterator[None]:
        if not parent_name:
            yield
            return
        with self.conditional_scope(parent_name, parent_values):
            yield

    def _asked(self, item: HyperParameter) -> Any:
        """The value of a hyperparameter, None where it does not exist; a new one has its default."""
        if not self.exists(item.name, item.conditions):
            return self._register(item, overwrite=False, known=False)
        return self.values.setdefault(item.name, item.default) if self.is_active(item) else None

    def _register(self, item: HyperParameter, *, overwrite: bool, known: bool) -> Any:
        for condition in item.conditions:
            if condition.name == item.name:
                raise ValueError(f"{item.name!r} cannot have the same name as what it depends on.")
        own = type(item).from_config(item.get_config())
        if known:
            self._replace(own)
        else:
            self._known[own.name].append(own)
            self._space.append(own)
        if not self.is_active(own):
            return None
        if overwrite or own.name not in self.values:
            self.values[own.name] = own.default
        return self.values[own.name]

    def _replace(self, item: HyperParameter) -> None:
        for group in (self._space, self._known[item.name]):
            for place, old in enumerate(group):
                if old.name == item.name and old.conditions == item.conditions:
                    group[place] = item

    def _full(self, name: str) -> str:
        return "/".join([*self._names, str(name)])


def serialize(item: HyperParameter | HyperParameters) -> dict[str, Any]:
    """Return a hyperparameter, or all of a container, as plain JSON with its class."""
    return {"class_name": type(item).__name__, "config": item.get_config()}


def deserialize(plain: Mapping[str, Any]) -> Any:
    """Make what ``serialize`` told.

    Raises:
        ValueError: a class that is not known.
    """
    if plain["class_name"] == HyperParameters.__name__:
        return HyperParameters.from_config(plain["config"])
    if plain["class_name"] not in _CLASSES:
        known = ", ".join(_CLASSES)
        raise ValueError(f"Unknown kind of hyperparameter {plain['class_name']!r}; known: {known}.")
    return _CLASSES[plain["class_name"]].from_config(plain["config"])
