"""Defaults that depend on the kind of task, on what the data gives, and on how many rows there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from automl.core.errors import SpaceError, suggest
from automl.core.specs import Configuration, Scalar
from automl.spaces.parameters import Constant, Parameter
from automl.tasks.catalog import TASKS


@dataclass(frozen=True, kw_only=True)
class Case:
    """Defaults for some of the data.

    Attributes:
        values: default by name of the parameter.
        tasks: the task kinds that it is for; empty means all.
        kinds: the kinds of tensors and the traits of data that it is for, any of which the data must have;
            empty means all data.
        below: it is for fewer training rows than this; None for any number.
    """

    values: Configuration
    tasks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    below: int | None = None

    def __post_init__(self) -> None:
        for task in self.tasks:
            if task not in TASKS:
                raise SpaceError(f"unknown task {task!r} in 'tasks'. {suggest(task, TASKS)}")
        if self.below is not None and self.below < 1:
            raise SpaceError(f"'below' must be at least 1, got {self.below}.")

    def plain(self) -> dict[str, object]:
        """The case as it stands in a YAML file."""
        own: dict[str, object] = {}
        if self.tasks:
            own["tasks"] = list(self.tasks)
        if self.kinds:
            own["kinds"] = list(self.kinds)
        if self.below is not None:
            own["below"] = self.below
        return {**own, "values": dict(self.values)}


def for_task(cases: Iterable[Case], kind: str) -> tuple[Case, ...]:
    """Return the cases of one task kind, which is no condition any more."""
    return tuple(replace(case, tasks=()) for case in cases if not case.tasks or kind in case.tasks)


def for_kinds(cases: Iterable[Case], kinds: Collection[str]) -> tuple[Case, ...]:
    """Return the cases of data that has such kinds and traits, which are no condition any more."""
    meant = (case for case in cases if not case.kinds or not {*kinds}.isdisjoint(case.kinds))
    return tuple(replace(case, kinds=()) for case in meant)


def defaults_for(cases: Iterable[Case], rows: int) -> dict[str, Scalar]:
    """Return the defaults for a number of training rows; of several cases that fit, the last one counts."""
    chosen: dict[str, Scalar] = {}
    for case in cases:
        if not (case.tasks or case.kinds) and (case.below is None or rows < case.below):
            chosen.update(case.values)
    return chosen


def with_default(parameter: Parameter, value: Scalar) -> Parameter:
    """Return the parameter with another default, which must fit it."""
    return parameter if isinstance(parameter, Constant) else replace(parameter, default=value)  # type: ignore[arg-type]


def check_cases(cases: Sequence[Case], named: dict[str, Parameter]) -> None:
    """Refuse values that no parameter takes.

    Raises:
        SpaceError: an unknown parameter, a constant, or a value that does not fit.
    """
    for number, case in enumerate(cases, start=1):
        where = f"entry {number} of 'defaults'"
        for name, value in case.values.items():
            if name not in named:
                unknown = f"{where} names {name!r}, which is no parameter. {suggest(name, named)}"
                raise SpaceError(unknown)
            if isinstance(named[name], Constant) or not named[name].contains(value):
                raise SpaceError(f"{where}: {value!r} does not fit parameter '{name}'.")


def of_known(cases: Iterable[Case], named: dict[str, Parameter]) -> tuple[Case, ...]:
    """Return the cases without what names no parameter of a changed space, or does not fit it any more."""
    return tuple(
        replace(
            case,
            values={
                name: value
                for name, value in case.values.items()
                if name in named and not isinstance(named[name], Constant) and named[name].contains(value)
            },
        )
        for case in cases
    )
