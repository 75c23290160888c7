"""Data on the device: each array of a split is put there once and serves all trials."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from automl.core.windows import Windows
from automl.training.engine import Split
from automl.training.program import Placed


@dataclass(frozen=True, kw_only=True)
class _Resident:
    """A split, held so that its identity stays its own, and what of it is on the device."""

    split: Split
    tensors: dict[tuple[str, str], Any] = field(default_factory=dict)


class Residence:
    """Tensors of the splits used last.

    Args:
        place: puts an array on the device.
        most: how many splits are kept.
    """

    def __init__(self, place: Callable[[Any], Any], most: int) -> None:
        self._place, self._most = place, most
        self._residents: OrderedDict[int, _Resident] = OrderedDict()

    def of(self, split: Split, names: Iterable[str]) -> tuple[Placed, Placed]:
        """Return the training and the validation part with the inputs ``names`` on the device."""
        resident = self._residents.setdefault(id(split), _Resident(split=split))
        self._residents.move_to_end(id(split))
        while len(self._residents) > self._most:
            self._residents.popitem(last=False)
        wanted = tuple(names)
        return self._part(resident, "train", wanted), self._part(resident, "validation", wanted)

    def _part(self, resident: _Resident, part: str, names: tuple[str, ...]) -> Placed:
        arrays = getattr(resident.split, part)
        targets = resident.split.train_targets if part == "train" else {}
        return Placed(
            inputs={name: self._tensor(resident, part, name, arrays[name]) for name in names},
            targets={name: self._tensor(resident, "targets", name, targets[name]) for name in targets},
            rows=len(arrays[names[0]]),
            lengths={name: arrays[name].length for name in names if isinstance(arrays[name], Windows)},
        )

    def _tensor(self, resident: _Resident, part: str, name: str, array: Any) -> Any:
        train = resident.split.train
        # the parts of a bag train and validate on rows of the same arrays
        shared = part == "validation" and array is train.get(name)
        key = ("train" if shared else part, name)
        if key not in resident.tensors:
            resident.tensors[key] = self._place(array)
        return resident.tensors[key]
