"""What a batch transform is: it changes the examples of a batch, inputs and targets together.

A layer inside a model sees inputs only, so it cannot mix two examples with their targets, or mirror a
picture with the boxes in it. A transform can. One implementation serves the compiled programs of every
backend, where it computes with ``keras.ops``, and the streaming engine, where it uses NumPy (``space``).

Whatever is random is drawn on the host, for a whole epoch at once, from seed and epoch alone. So every
engine and backend trains the same batches, a paused training goes on with those that it would have seen,
and a strength is felt in the draws, which reach a program as arrays: another strength needs no new program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class Kinds:
    """What the tensors of a batch are, by name: what a transform may do to each.

    Attributes:
        inputs: kind of each input, such as ``image``.
        targets: kind of each target.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Examples that are trained on together.

    Attributes:
        inputs: by name ``(batch, ...)``; tensors of the backend, or arrays of NumPy.
        targets: encoded targets by name ``(batch, ...)``.
        kinds: what they are.
    """

    inputs: Mapping[str, Any]
    targets: Mapping[str, Any]
    kinds: Kinds

    def map(self, change: Callable[..., Any], *others: Batch) -> Batch:
        """Return the batch with each tensor changed; ``change`` also gets those of others at that place."""
        inputs = {
            name: change(value, *(other.inputs[name] for other in others))
            for name, value in self.inputs.items()
        }
        targets = {
            name: change(value, *(other.targets[name] for other in others))
            for name, value in self.targets.items()
        }
        return replace(self, inputs=inputs, targets=targets)

    def change(self, inputs: Changes, targets: Changes | None = None) -> Batch:
        """Return the batch with tensors changed by what they are; those of other kinds stay.

        Args:
            inputs: what becomes of an input, by kind.
            targets: what becomes of a target, by kind; None where all stay.
        """
        return replace(
            self,
            inputs=_changed(self.inputs, self.kinds.inputs, inputs),
            targets=_changed(self.targets, self.kinds.targets, targets) if targets else self.targets,
        )


Changes: TypeAlias = Mapping[str, Callable[[Any], Any]]
"""From a kind of tensor to how one is changed."""

Draws: TypeAlias = "Mapping[str, np.ndarray]"
"""What a transform drew, by name ``(steps, batch, ...)``; within a step ``(batch, ...)``."""

Fetch: TypeAlias = Callable[[Any], Batch]
"""From positions of examples ``(batch,) int32`` to the examples, changed by all earlier transforms."""


class BatchTransform(Protocol):
    """One change; a frozen dataclass whose fields are options of a configuration.

    Attributes:
        dials: fields that are felt in the draws alone: candidates that differ in them share a program.
    """

    dials: ClassVar[tuple[str, ...]]

    @property
    def active(self) -> bool:
        """Whether it changes anything with these options; one that does not is left out."""
        ...

    def check(self, data: Batch) -> None:
        """Raise ConfigError when the training part, given whole as arrays, cannot be changed so."""
        ...

    def draw(self, random: np.random.Generator, rows: np.ndarray) -> Draws:
        """Draw what is random in an epoch.

        Args:
            random: its state is what the earlier transforms left.
            rows: positions of the examples ``(steps, batch) int32``.
        """
        ...

    def apply(self, batch: Batch, draws: Mapping[str, Any], fetch: Fetch) -> Batch:
        """Change a batch, or an even part of one; shapes and types stay.

        Tensors and draws are all of NumPy or all of the backend: functions of ``space_of`` take both.

        Args:
            batch: what the earlier transforms made of it.
            draws: what was drawn for these examples.
            fetch: gives other examples, for transforms that need some.
        """
        ...


def transformed(
    rows: Any, transforms: Sequence[BatchTransform], draws: Sequence[Mapping[str, Any]], fetch: Fetch
) -> Batch:
    """Return the examples at ``rows``, changed by each transform in turn.

    Args:
        rows: positions of the examples ``(batch,) int32``.
        transforms: in the order in which they act.
        draws: of each, for these examples.
        fetch: gives examples as they are in the data.
    """
    for transform, drawn in zip(transforms, draws, strict=True):
        fetch = _through(transform, drawn, fetch)
    return fetch(rows)


def structure(transforms: Sequence[BatchTransform], kinds: Kinds) -> list[Any]:
    """Return plain data that is equal where the same program serves."""
    if not transforms:
        return []
    return [[dict(kinds.inputs), dict(kinds.targets)], *map(_plain, transforms)]


def _through(transform: BatchTransform, drawn: Mapping[str, Any], fetch: Fetch) -> Fetch:
    return lambda rows: transform.apply(fetch(rows), drawn, fetch)


def _changed(tensors: Mapping[str, Any], kinds: Mapping[str, str], changes: Changes) -> dict[str, Any]:
    def kept(value: Any) -> Any:
        return value

    return {name: changes.get(kinds.get(name, ""), kept)(value) for name, value in tensors.items()}


def _plain(transform: Any) -> list[Any]:
    shaping = {item.name for item in fields(transform)} - set(transform.dials)
    return [type(transform).__name__, {name: getattr(transform, name) for name in sorted(shaping)}]
