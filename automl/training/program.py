"""What a compiled program is: the training of one structure, compiled once and used by many trials."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from automl.core.catalog import Catalog

if TYPE_CHECKING:
    import keras
    import numpy as np

    from automl.training.batches.deal import Batches
    from automl.training.batches.transforms.transform import BatchTransform, Kinds
    from automl.training.dials import Dial
    from automl.training.scoring import Portions


MemberPortions: TypeAlias = "Iterable[tuple[int, np.ndarray, Mapping[str, np.ndarray]]]"
"""Portions of raw outputs as in ``Portions``, each after the number of the member that gave it."""

LONG = 10_000
"""Steps of a training from which on a slow compiler may pay."""


ALL = slice(None)
"""The places of all members of a group."""

PORTION_VALUES = 1 << 24
"""Most numbers of a portion of raw outputs; smaller validation parts come in one call, which is faster."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The sizes that a program is compiled for.

    Attributes:
        batch: examples per step.
        parts: parts of a batch that are trained one after another, a divisor of ``batch``.
        validation_batch: examples per step of the validation part.
        long: whether the full length has ``LONG`` steps or more, for the choice of a compiler.
    """

    batch: int
    parts: int
    validation_batch: int
    long: bool


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """What a program is compiled from; model, loss and optimizer are its own.

    Attributes:
        model: takes the dictionary of preprocessed inputs, gives the dictionary of raw outputs;
            ``dials.prepare`` was called on it.
        loss: between the dictionaries of encoded targets and of raw outputs.
        optimizer: built for the model; its learning rate is a variable.
        dials: hyperparameters that reach the program as arguments.
        transforms: how batches are changed.
        kinds: what inputs and targets are.
        sizes: of batches and length.
    """

    model: keras.Model
    loss: keras.losses.Loss
    optimizer: Any
    dials: tuple[Dial, ...]
    transforms: tuple[BatchTransform, ...]
    kinds: Kinds
    sizes: Sizes

    @property
    def random(self) -> bool:
        """Whether anything is drawn within a step."""
        return any("seed_generator" in variable.path for variable in self.model.variables)

    @property
    def portion(self) -> int:
        """Validation batches of one call, whose outputs have to lie on the device together."""
        each = sum(math.prod(size or 1 for size in tensor.shape[1:]) for tensor in self.model.outputs)
        return max(1, PORTION_VALUES // (each * self.sizes.validation_batch))


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Arrays on the device, shared by all programs of a process.

    Attributes:
        inputs: by name; the backend's tensors, or ``(base, starts)`` of windows.
        targets: by name, the backend's tensors; none for a validation part.
        rows: how many examples.
        lengths: of windowed inputs, steps of a window by name.
        chosen: positions of the examples that count, an int32 vector that ``rows`` may be smaller than;
            None for all, in order.
    """

    inputs: Mapping[str, Any]
    targets: Mapping[str, Any]
    rows: int
    lengths: Mapping[str, int]
    chosen: Any = None


class Program(Protocol):
    """One compiled structure; holds the weights of one training at a time."""

    def load(
        self,
        variables: Sequence[np.ndarray],
        optimizer: Sequence[np.ndarray] | None,
        dials: Sequence[float],
    ) -> None:
        """Begin or go on with a training.

        Args:
            variables: values of ``model.variables``.
            optimizer: values of ``optimizer.variables``; None for those of a new optimizer.
            dials: values of the blueprint's dials.
        """
        ...

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, total: float
    ) -> float:
        """Do the steps ``first`` to ``last - 1`` of an epoch in one compiled call.

        Args:
            data: the training part.
            batches: of the whole epoch.
            rates: learning rate of each step of the epoch ``(steps,) float32``.
            first: counted from 0.
            last: end, exclusive.
            total: sum of the losses of the epoch's steps so far.

        Returns:
            that sum with the losses of these steps, added in float32 in the order of the steps, so that
            it does not depend on where an epoch is divided into calls.
        """
        ...

    def outputs(self, data: Placed) -> Portions:
        """Give the raw outputs of all rows of a validation part in order, one compiled call per portion.

        Real numbers come as float32; whole ones stay whole.
        """
        ...

    def variables(self) -> tuple[np.ndarray, ...]:
        """Copy the values of ``model.variables``."""
        ...

    def optimizer(self) -> tuple[np.ndarray, ...]:
        """Copy the values of ``optimizer.variables``."""
        ...

    def take_out(self) -> Any:
        """Give the training as it stands, for ``put_in``; until then the program must load another one."""
        ...

    def put_in(self, training: Any) -> None:
        """Go on with a training that was taken out."""
        ...


class GroupProgram(Protocol):
    """Trainings of one structure at once, the members: each has its own weights, batches, rates and dials.

    All arrays have the members as their first axis; otherwise they are those of ``Program``, and what is
    done to a member is what ``Program`` does.
    """

    members: int

    def load(
        self,
        variables: Sequence[np.ndarray],
        optimizer: Sequence[np.ndarray] | None,
        dials: np.ndarray,
    ) -> None:
        """Begin or go on with all trainings; ``dials (members, dials)``. See ``Program.load``."""
        ...

    def train(
        self, data: Placed, batches: Batches, rates: np.ndarray, first: int, last: int, totals: np.ndarray
    ) -> np.ndarray:
        """Do the steps ``first`` to ``last - 1`` of an epoch of every member.

        Args:
            data: the training part, of which batches take what they name.
            batches: of the whole epoch, for each member.
            rates: learning rates ``(members, steps) float32``.
            first: counted from 0.
            last: end, exclusive.
            totals: sums of the losses of the epoch's steps so far ``(members,) float32``.

        Returns:
            those sums with the losses of these steps.
        """
        ...

    def outputs(self, data: Placed, chosen: Sequence[np.ndarray | None]) -> MemberPortions:
        """Give the raw outputs of each member for its rows of a validation part, None being all.

        Positions are among the chosen rows, in order for each member.
        """
        ...

    def variables(self, places: slice = ALL) -> tuple[np.ndarray, ...]:
        """Copy the values of ``model.variables`` of the members at some places, each ``(members, ...)``."""
        ...

    def optimizer(self, places: slice = ALL) -> tuple[np.ndarray, ...]:
        """Copy the values of ``optimizer.variables`` of those, each ``(members, ...)``."""
        ...


class Compiler(Protocol):
    """What a backend offers to the compiled engine.

    Attributes:
        minds_length: whether long trainings may get another program, see ``Sizes.long``.
    """

    minds_length: bool

    def place(self, array: Any) -> Any:
        """Put an array on the device; of ``Windows`` the series and the starts ``(base, starts)``."""
        ...

    def read(self, variables: Sequence[Any]) -> tuple[np.ndarray, ...]:
        """Copy the values of Keras variables."""
        ...

    def write(self, variables: Sequence[Any], values: Sequence[np.ndarray], what: str) -> None:
        """Give Keras variables the values of a state; see ``automl.training.state.assign``."""
        ...

    def compile_group(self, blueprint: Blueprint, members: int) -> GroupProgram:
        """Make a program for so many trainings at once; its first calls trace and compile."""
        ...

    def gains_together(self, model: keras.Model, sizes: Sizes) -> bool:
        """Whether several trainings of a structure take less time at once than one after another."""
        ...

    def forget(self, *, kernels: bool = False) -> None:
        """Give back what the backend keeps of dropped programs and models.

        Args:
            kernels: also what is kept to call programs quickly; those still in use set it up again at
                their next call.
        """
        ...


COMPILERS: Catalog[Compiler] = Catalog(
    "compiler",
    {
        "tensorflow": "automl.training.programs.on_tensorflow:COMPILER",
        "jax": "automl.training.programs.on_jax:COMPILER",
    },
)
"""By the name of the Keras backend."""
