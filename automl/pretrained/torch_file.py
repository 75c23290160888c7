"""Tensors from a file of PyTorch, without PyTorch and without running anything that the file says.

Such files are pickles, which may name any function of any module to be called. This reader knows three
names, all of its own making, and refuses every other. It reads the form that PyTorch wrote until 1.5: four
pickles one after another (a magic number, a version, facts on the machine, the tensors as references), the
keys of storages, and then each storage, its length ahead of its values.
"""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from automl.core.errors import DataError

_MAGIC, _VERSION = 0x1950A86A20F9469CFC6C, 1001
_UNREADABLE = (
    pickle.UnpicklingError,
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, TypeError, ValueError),
)
"""What the parser raises for files that are cut off or garbled."""

_TYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8"}


@dataclass(frozen=True, kw_only=True)
class _Reference:
    """A tensor as the file describes it; ``stride`` counts values."""

    dtype: str
    key: str
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a file by name, as arrays of their own.

    Raises:
        DataError: the file is not of this form, is cut off, or asks for more than tensors.
    """
    try:
        with path.open("rb") as file:
            return _tensors(file)
    except _UNREADABLE as error:
        raise DataError(f"{path} is no file of PyTorch with tensors alone: {error}") from error


def _tensors(file: IO[bytes]) -> dict[str, np.ndarray]:
    magic, version, _ = (_Reader(file).load() for _ in range(3))
    if magic != _MAGIC or version != _VERSION:
        raise ValueError("expected the form that PyTorch wrote until 1.5")
    references: Mapping[str, _Reference] = _Reader(file).load()
    dtypes = {item.key: item.dtype for item in references.values()}
    storages = {key: _storage(file, dtypes[key]) for key in _keys(_Reader(file).load())}
    return {str(name): _array(storages[item.key], item) for name, item in references.items()}


def _keys(keys: Any) -> Sequence[str]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValueError("expected the keys of its storages")
    return keys


def _storage(file: IO[bytes], dtype: str) -> np.ndarray:
    length = int.from_bytes(file.read(8), "little", signed=True)
    wanted = length * np.dtype(dtype).itemsize
    if not 0 <= wanted <= os.fstat(file.fileno()).st_size:
        raise ValueError(f"a storage of {length} values")
    content = file.read(wanted)
    if len(content) < wanted:
        raise EOFError("it is cut off")
    return np.frombuffer(content, dtype)


def _array(storage: np.ndarray, item: _Reference) -> np.ndarray:
    """The values of a tensor; strides are those of the file, so they are checked before they are used."""
    sides, steps = list(item.shape), list(item.stride)
    whole = all(isinstance(number, int) and number >= 0 for number in (*sides, *steps, item.offset))
    if not whole or len(sides) != len(steps):
        raise ValueError(f"a tensor of shape {item.shape} and strides {item.stride}")
    last = item.offset + sum((side - 1) * step for side, step in zip(sides, steps, strict=True))
    if 0 in sides:
        return np.zeros(sides, storage.dtype)
    if last >= len(storage):
        raise ValueError(f"a tensor reaches beyond its storage of {len(storage)} values")
    size = storage.itemsize
    return np.lib.stride_tricks.as_strided(
        storage[item.offset :], sides, [step * size for step in steps]
    ).copy()


class _Reader(pickle.Unpickler):
    """Unpickles plain containers and references to tensors, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what one of the known names stands for."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Rebuilding()
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        """Return type and key of a storage."""
        kind, dtype, key, _, _, view = pid
        if kind != "storage" or dtype not in _TYPES.values() or view is not None:
            raise pickle.UnpicklingError(f"it refers to {kind!r}")
        return dtype, str(key)


class _Rebuilding:
    """Stands for the function that puts a tensor together; without attributes that a file could set."""

    __slots__ = ()

    def __call__(
        self,
        storage: tuple[str, str],
        offset: int,
        shape: Sequence[int],
        stride: Sequence[int],
        *_: Any,
    ) -> _Reference:
        dtype, key = storage
        return _Reference(dtype=dtype, key=key, offset=offset, shape=tuple(shape), stride=tuple(stride))
