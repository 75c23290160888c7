"""What a family is: a kind of architecture that builds features from tensors.

Features are named by their shape, for n examples: ``vector (n, f)``; ``steps (n, t, f)``, with a
``mask (n, t)`` bool beside it where some steps are padding; ``map (n, h, w, f)``; ``pyramid``, a tuple of
maps, the finest first; ``pixels (n, h, w, f)``, a map with the sides of the picture; ``grid (n, h, w, f)``,
a map fine enough to point at things, which knows of what is around each cell;
``frames (n, t, f)``, steps that are spread evenly over a sound, fine enough to write a character at each;
``channels (n, k, f)``, one vector per forecast channel. The names are an open set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from automl.core.specs import Scalar
from automl.core.tensors import Inputs, TensorSpec

if TYPE_CHECKING:
    from keras import KerasTensor

Features: TypeAlias = Mapping[str, Union["KerasTensor", tuple["KerasTensor", ...]]]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Room for tensors of one kind.

    Attributes:
        kind: see ``TensorSpec``.
        least: how many there must be.
        most: how many there may be; None for any number.
        alone: whether there is something to learn from in such tensors by themselves.
    """

    kind: str
    least: int = 0
    most: int | None = 1
    alone: bool = True

    def holds(self, count: int) -> bool:
        """Whether so many tensors of the kind can be taken."""
        return self.least <= count and (self.most is None or count <= self.most)


@dataclass(frozen=True, kw_only=True)
class Family:
    """A kind of architecture, declared as data.

    Attributes:
        name: its key in the catalog and the name of its search space: ``image/cnn``. The part before the
            slash is a shelf; which data it can take follows from its slots alone.
        slots: kinds of tensors it connects to. It must cope with every filling that they allow, but not
            with none at all.
        gives: the features that ``build`` can give; options decide which of them it does.
        options: frozen keyword-only dataclass of its hyperparameters, each with a default; the names
            are those of the search space.
        build: from tensors and an instance of ``options`` to features by name.
        necks: names of the necks that end the family, the first that fits what was built is taken; with
            the defaults that differ from the neck's own.
        uses: of the tensors that its slots take, those that it connects to with given options; all by
            default. The others are no inputs of the model.
        default: whether a search tries it without being told to.
        awaits: an option of searches that must be given for it, such as ``pretrained``: it is tried then,
            and else not; empty for none.
        joins: it stands for data of several kinds, so a search tries it by default only where no other
            family takes the data.
    """

    name: str
    slots: tuple[Slot, ...]
    gives: tuple[str, ...]
    options: type[Any]
    build: Callable[[Inputs, Any], Features]
    necks: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    uses: Callable[[Sequence[TensorSpec], Any], Sequence[TensorSpec]] = lambda specs, options: specs
    default: bool = True
    awaits: str = ""
    joins: bool = False

    @property
    def short(self) -> str:
        """The name without its shelf: what users write."""
        return self.name.rpartition("/")[2]
