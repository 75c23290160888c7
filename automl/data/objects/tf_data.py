"""Data sets of ``tf.data`` as frames and arrays; TensorFlow is the user's and is not imported here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import psutil

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.sizes import size_text
from automl.data.objects.structured import frame_of_fields, texts

INFINITE = -1
"""What ``cardinality`` says of a data set without an end."""

LARGEST_SHARE = 0.5
"""Share of the memory that is free which a data set may take: it is held once more while it is read."""

_CHECKED = 1 << 26
"""Bytes after which the memory is looked at again."""


def of_tf_data(data: Any) -> tuple[Any, tuple[str, ...]]:
    """Read a data set of ``(features, label)``, or of features alone, to its end.

    Features may be a tensor, or a dict or tuple of tensors, which become columns. Elements are examples, or
    batches of them: all tensors then have the same first axis.

    Args:
        data: a ``tf.data.Dataset``.

    Returns:
        Features as an array or a frame, or ``(features, labels)``; and notes.

    Raises:
        DataError: it has no end, no elements, sparse or ragged tensors, weights, or is too large.
    """
    if int(data.cardinality()) == INFINITE:
        raise DataError(
            "The tf.data.Dataset has no end: leave repeat() out, or take as many elements as you want, "
            "data.take(1000)."
        )
    features, label = _parts(data.element_spec)
    tensors = [*_leaves(features).values(), *([] if label is None else [_tensor(label)])]
    batched = _is_batched(tensors, labelled=label is not None)
    names = list(_leaves(features))
    columns = _read(data, features, batched=batched, labelled=label is not None)
    inputs = _inputs(features, dict(zip(names, columns, strict=False)))
    if label is None:
        return inputs, ()
    labels, notes = _labels(columns[-1], list(getattr(data, "class_names", None) or ()))
    return (inputs, labels), (*_told(tensors, batched=batched), *notes)


def _parts(spec: Any) -> tuple[Any, Any]:
    """What describes the features, and what the label; None for no label."""
    if not isinstance(spec, tuple):
        return spec, None
    if len(spec) > 2:
        raise DataError(
            f"Expected elements (features, label), got {len(spec)} parts. Weights of examples are not "
            "taken: data.map(lambda x, y, *rest: (x, y))."
        )
    return spec if len(spec) == 2 else (spec[0], None)


def _leaves(spec: Any) -> dict[str, Any]:
    """The tensors of features by name: keys of a dict, ``x0``, ``x1``, ... of a tuple."""
    if isinstance(spec, Mapping):
        return {str(name): _tensor(item) for name, item in spec.items()}
    if isinstance(spec, tuple):
        return {f"x{place}": _tensor(item) for place, item in enumerate(spec)}
    return {"x0": _tensor(spec)}


def _tensor(spec: Any) -> Any:
    if type(spec).__name__ != "TensorSpec":
        raise DataError(
            f"Expected plain tensors in the tf.data.Dataset, got {type(spec).__name__}. Make them dense, "
            "data.map(lambda x, y: (x.to_tensor(), y)); name several targets as columns of a frame."
        )
    if spec.shape.rank is None:
        raise DataError(
            "A tensor of the tf.data.Dataset has no known number of axes. Set its shape: "
            "tf.ensure_shape(x, [None, None, 3])."
        )
    return spec


def _is_batched(tensors: Sequence[Any], *, labelled: bool) -> bool:
    """Whether elements are batches: all tensors begin with the same axis, of any length where nothing else
    tells.
    """
    shapes = [tuple(item.shape.as_list()) for item in tensors]
    first = {shape[0] if shape else "none" for shape in shapes}
    return len(first) == 1 and "none" not in first and (labelled or first == {None})


def _read(data: Any, spec: Any, *, batched: bool, labelled: bool) -> list[np.ndarray]:
    """All examples, an array per tensor of the features that ``spec`` describes, the label last."""
    columns: list[list[np.ndarray]] = [[] for _ in range(len(_leaves(spec)) + labelled)]
    size, checked = 0, 0
    for element in data.as_numpy_iterator():
        arrays = [np.asarray(item) for item in _arrays(element, spec, labelled=labelled)]
        for column, array in zip(columns, arrays, strict=True):
            column.append(array)
        size += sum(array.nbytes for array in arrays)
        if size - checked > _CHECKED:
            checked = size
            _refuse_too_large(size)
    if not columns[0]:
        raise DataError("The tf.data.Dataset has no elements.")
    join = np.concatenate if batched else np.stack
    try:
        return [_usual(join(column)) for column in columns]
    except ValueError as error:
        raise DataError(
            f"The elements of the tf.data.Dataset differ in shape: {error}. Bring pictures to one size, "
            "data.map(lambda x, y: (tf.image.resize(x, (64, 64)), y)), or pass a folder of files."
        ) from None


def _arrays(element: Any, spec: Any, *, labelled: bool) -> Iterator[Any]:
    features = element[0] if isinstance(element, tuple) else element
    if isinstance(spec, Mapping):
        yield from (features[name] for name in spec)
    elif isinstance(features, tuple):
        yield from features
    else:
        yield features
    if labelled:
        yield element[1]


def _refuse_too_large(size: int) -> None:
    # what was read so far is not free any more
    room = LARGEST_SHARE * (psutil.virtual_memory().available + size)
    if size > room:
        raise DataError(
            f"The tf.data.Dataset takes more than {size_text(room)} of memory. Take a part of it, "
            "data.take(10_000), or pass the files that it reads."
        )


def _usual(array: np.ndarray) -> np.ndarray:
    """Texts as str, and 16-bit floats of TensorFlow's own, which NumPy has not, as float32."""
    return array.astype(np.float32) if array.dtype.kind == "V" else texts(array)


def _inputs(spec: Any, columns: Mapping[str, np.ndarray]) -> Any:
    """One tensor as an array, several as a frame; a single number per example is a column."""
    if isinstance(spec, Mapping | tuple):
        return frame_of_fields(columns)
    (array,) = columns.values()
    return array[:, None] if array.ndim == 1 and array.dtype.kind not in "OU" else array


def _labels(labels: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels as they are read of arrays: one-hot rows become classes, numbers the names of these."""
    notes: list[str] = []
    if labels.ndim == 2 and labels.shape[1] > 1 and _is_one_hot(labels):
        notes.append(Note(f"The labels are one-hot, taken as {labels.shape[1]} classes by their place."))
        labels = labels.argmax(axis=1)
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if (
        names
        and flat.ndim == 1
        and flat.dtype.kind in "biuf"
        and set(flat.tolist()) <= {*range(len(names))}
    ):
        notes.append(Note("Labels are named by class_names of the tf.data.Dataset."))
        flat = np.asarray(names, dtype=object)[flat.astype(int)]
    return flat, tuple(notes)


def _is_one_hot(labels: np.ndarray) -> bool:
    if labels.dtype.kind not in "biuf":
        return False
    return bool(((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all())


def _told(tensors: Sequence[Any], *, batched: bool) -> tuple[str, ...]:
    """Where the first axes are alike by number, that they are batches is a guess."""
    length = tensors[0].shape.as_list()[0] if batched else None
    return () if length is None else (f"Elements of the tf.data.Dataset are taken as batches of {length}.",)
