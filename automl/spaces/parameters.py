"""The kinds of parameters: frozen records that check themselves, draw values and say which fit."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

from automl.core.errors import SpaceError, suggest
from automl.core.specs import Scalar
from automl.spaces.conditions import Condition, is_number, same
from automl.tasks.catalog import TASKS

# relative slack for a float on a step: sums of steps such as 0.1 + 0.2 are not exact
STEP_TOLERANCE = 1e-9
_NAME = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*")


@dataclass(frozen=True, kw_only=True)
class _Named:
    """What every parameter has.

    Attributes:
        name: its key; ``<family>.<parameter>`` in a joint space.
        when: conditions that must all hold for it to be present.
        tasks: the task kinds it is meant for; empty means all.
        kinds: the kinds of tensors and the traits of targets it is meant for, any of which the data must
            have; empty means all.
    """

    name: str
    when: tuple[Condition, ...] = ()
    tasks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SpaceError(
                f"{self.name!r} is not a valid parameter name: letters, digits, '_' and '-' are expected, "
                "a letter first."
            )
        for task in self.tasks:
            if task not in TASKS:
                raise SpaceError(f"unknown task {task!r} in 'tasks'. {suggest(task, TASKS)}")
        self._check()

    def _check(self) -> None:
        """Refuse wrong values of the kind's own fields."""

    @property
    def parents(self) -> tuple[str, ...]:
        """The names that its presence depends on."""
        return tuple(condition.parent for condition in self.when)

    def _plain(self, **own: object) -> dict[str, object]:
        if self.when:
            own["when"] = {condition.parent: condition.plain() for condition in self.when}
        if self.tasks:
            own["tasks"] = list(self.tasks)
        if self.kinds:
            own["kinds"] = list(self.kinds)
        return own


@dataclass(frozen=True, kw_only=True)
class Integer(_Named):
    """A whole number from ``low`` to ``high``, both included; ``log`` draws uniformly in the logarithm."""

    kind: ClassVar[str] = "integer"
    low: int
    high: int
    default: int
    step: int = 1
    log: bool = False

    def _check(self) -> None:
        _check_range(self.low, self.high, self.step if self.step != 1 else None, self.log)
        _check_default(self)

    def contains(self, value: object) -> bool:
        """Whether the value is an integer of the range, on its step."""
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return self.low <= value <= self.high and (value - self.low) % self.step == 0

    def sample(self, rng: random.Random) -> int:
        """Draw a value."""
        if not self.log:
            return self.low + self.step * rng.randint(0, (self.high - self.low) // self.step)
        # half a unit on both sides gives the ends their fair share
        exponent = rng.uniform(math.log(self.low - 0.5), math.log(self.high + 0.5))
        return min(self.high, max(self.low, round(math.exp(exponent))))

    def plain(self) -> dict[str, object]:
        """The parameter as it stands in a YAML file, without its name."""
        return self._plain(**_plain_range(self, 1))


@dataclass(frozen=True, kw_only=True)
class Float(_Named):
    """A number from ``low`` to ``high``, both included; ``log`` draws uniformly in the logarithm."""

    kind: ClassVar[str] = "float"
    low: float
    high: float
    default: float
    step: float | None = None
    log: bool = False

    def _check(self) -> None:
        _check_range(self.low, self.high, self.step, self.log)
        _check_default(self)

    def contains(self, value: object) -> bool:
        """Whether the value is a number of the range, on its step if it has one."""
        if not is_number(value) or not self.low <= value <= self.high:  # type: ignore[operator]
            return False
        return self.step is None or _on_step(float(value), self.low, self.step)  # type: ignore[arg-type]

    def sample(self, rng: random.Random) -> float:
        """Draw a value."""
        if self.step is not None:
            steps = round((self.high - self.low) / self.step)
            return min(self.high, self.low + self.step * rng.randint(0, steps))
        if self.log:
            value = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        else:
            value = rng.uniform(self.low, self.high)
        return min(self.high, max(self.low, value))

    def plain(self) -> dict[str, object]:
        """The parameter as it stands in a YAML file, without its name."""
        return self._plain(**_plain_range(self, None))


@dataclass(frozen=True, kw_only=True)
class Choice(_Named):
    """One of several scalars, ``null`` included, without an order."""

    kind: ClassVar[str] = "choice"
    values: tuple[Scalar, ...]
    default: Scalar

    def _check(self) -> None:
        if not self.values:
            raise SpaceError("'values' is empty; a choice needs at least one value.")
        for index, value in enumerate(self.values):
            # samplers keep choices by equality, where true equals 1 and 1 equals 1.0
            if value in self.values[:index]:
                raise SpaceError(f"'values' holds {value!r} or an equal value twice.")
            if isinstance(value, float) and not math.isfinite(value):
                raise SpaceError(f"'values' holds {value}; finite numbers are expected.")
        if not self.contains(self.default):
            listed = ", ".join(repr(value) for value in self.values)
            raise SpaceError(f"'default' {self.default!r} is not among the values {listed}.")

    def contains(self, value: object) -> bool:
        """Whether the value is one of the choices."""
        return any(same(value, known) for known in self.values)

    def sample(self, rng: random.Random) -> Scalar:
        """Draw a value."""
        return rng.choice(self.values)

    def plain(self) -> dict[str, object]:
        """The parameter as it stands in a YAML file, without its name."""
        return self._plain(type=self.kind, values=list(self.values), default=self.default)


@dataclass(frozen=True, kw_only=True)
class Boolean(_Named):
    """True or false."""

    kind: ClassVar[str] = "boolean"
    default: bool

    def contains(self, value: object) -> bool:
        """Whether the value is a boolean."""
        return isinstance(value, bool)

    def sample(self, rng: random.Random) -> bool:
        """Draw a value."""
        return rng.random() < 0.5

    def plain(self) -> dict[str, object]:
        """The parameter as it stands in a YAML file, without its name."""
        return self._plain(type=self.kind, default=self.default)


@dataclass(frozen=True, kw_only=True)
class Constant(_Named):
    """Always the same value; it is part of every configuration and never searched."""

    kind: ClassVar[str] = "constant"
    value: Scalar

    @property
    def default(self) -> Scalar:
        """The value."""
        return self.value

    def contains(self, value: object) -> bool:
        """Whether the value is the constant's."""
        return same(value, self.value)

    def sample(self, rng: random.Random) -> Scalar:
        """Return the value; nothing is drawn."""
        return self.value

    def plain(self) -> dict[str, object]:
        """The parameter as it stands in a YAML file, without its name."""
        return self._plain(type=self.kind, value=self.value)


Parameter: TypeAlias = Integer | Float | Choice | Boolean | Constant


def middle(low: float, high: float, step: float | None, log: bool) -> float:
    """Return the middle of a range, the geometric one if ``log``, on the step: the default's default."""
    _check_range(low, high, step, log)
    centre = math.sqrt(low * high) if log else low + (high - low) / 2
    return centre if step is None else low + step * math.floor((centre - low) / step)


def fitted(parameter: Parameter, value: Scalar) -> Scalar:
    """Return a value that the user wants, in the parameter's type; its range does not matter.

    Raises:
        SpaceError: the value has another type.
    """
    if isinstance(parameter, Integer) and is_number(value) and float(value).is_integer():  # type: ignore[arg-type]
        return int(value)  # type: ignore[arg-type]
    if isinstance(parameter, Float) and is_number(value) and math.isfinite(value):  # type: ignore[arg-type]
        return float(value)  # type: ignore[arg-type]
    if isinstance(parameter, Boolean) and isinstance(value, bool):
        return value
    if isinstance(parameter, Choice | Constant):
        return value
    wanted = {"integer": "an integer", "float": "a number", "boolean": "true or false"}[parameter.kind]
    raise SpaceError(f"parameter '{parameter.name}' takes {wanted}, got {value!r}.")


def fixed(parameter: Parameter, value: Scalar) -> Constant:
    """Return the parameter as a constant."""
    return Constant(
        name=parameter.name, when=parameter.when, tasks=parameter.tasks, value=fitted(parameter, value)
    )


def limited(parameter: Parameter, values: tuple[Scalar, ...]) -> Parameter:
    """Return the parameter as a choice of a few values; one value makes a constant."""
    if len(values) == 1:
        return fixed(parameter, values[0])
    kept = tuple(fitted(parameter, value) for value in values)
    common: Any = {"name": parameter.name, "when": parameter.when, "tasks": parameter.tasks}
    try:
        return Choice(**common, values=kept, default=_nearest(parameter.default, kept))
    except SpaceError as error:
        raise SpaceError(f"parameter '{parameter.name}': {error}") from error


def ranged(parameter: Parameter, low: float, high: float) -> Parameter:
    """Return a number's parameter with another range; its default moves to the nearest end if need be."""
    if isinstance(parameter, Choice) and all(is_number(value) for value in parameter.values):
        return limited(parameter, tuple(value for value in parameter.values if low <= value <= high))  # type: ignore[operator]
    if not isinstance(parameter, Integer | Float):
        raise SpaceError(f"parameter '{parameter.name}' is a {parameter.kind} and has no range to narrow.")
    bounds: Any = {"low": fitted(parameter, low), "high": fitted(parameter, high)}
    try:
        _check_range(
            bounds["low"], bounds["high"], parameter.step if parameter.step != 1 else None, parameter.log
        )
        default = min(bounds["high"], max(bounds["low"], parameter.default))
        if parameter.step is not None:
            steps = round((default - bounds["low"]) / parameter.step)
            default = min(bounds["high"], bounds["low"] + parameter.step * steps)
        return replace(parameter, **bounds, default=default)
    except SpaceError as error:
        raise SpaceError(f"parameter '{parameter.name}': {error}") from error


def _check_range(low: float, high: float, step: float | None, log: bool) -> None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise SpaceError(f"'low' and 'high' must be finite, got {low} and {high}.")
    if low > high:
        raise SpaceError(f"the range is reversed: 'low' {low} is above 'high' {high}.")
    if log and low <= 0:
        raise SpaceError(f"'log' needs a 'low' above 0, got {low}.")
    if step is None:
        return
    if log:
        raise SpaceError("'log' and 'step' cannot be combined; drop one of them.")
    if not step > 0:
        raise SpaceError(f"'step' must be above 0, got {step}.")
    if not _on_step(high, low, step):
        raise SpaceError(f"'high' {high} cannot be reached from 'low' {low} in steps of {step}.")


def _check_default(parameter: Integer | Float) -> None:
    if not parameter.contains(parameter.default):
        on_step = f" in steps of {parameter.step}" if parameter.step not in (None, 1) else ""
        raise SpaceError(
            f"'default' {parameter.default!r} lies outside {parameter.low} to {parameter.high}{on_step}."
        )


def _on_step(value: float, low: float, step: float) -> bool:
    steps = (value - low) / step
    return abs(steps - round(steps)) <= STEP_TOLERANCE * max(1.0, abs(steps))


def _plain_range(parameter: Integer | Float, usual_step: int | None) -> dict[str, object]:
    plain: dict[str, object] = {"type": parameter.kind, "low": parameter.low, "high": parameter.high}
    if parameter.step != usual_step:
        plain["step"] = parameter.step
    if parameter.log:
        plain["log"] = True
    return {**plain, "default": parameter.default}


def _nearest(value: Scalar, among: tuple[Scalar, ...]) -> Scalar:
    if any(same(value, item) for item in among):
        return value
    if not is_number(value) or not all(is_number(item) for item in among):
        return among[0] if among else None
    return min(among, key=lambda item: abs(float(item) - float(value)))  # type: ignore[arg-type]
