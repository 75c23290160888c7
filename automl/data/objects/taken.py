"""Objects of other libraries as frames and arrays, which every process of a search can be handed.

What an object is, is told by the library that its class comes from: none of them is imported here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.core.errors import DataError

_VALIDATION = ("validation", "valid", "val", "dev")
"""Names of the split that validates, the first one that is there."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What an object was brought to.

    Attributes:
        content: a DataFrame of pandas, an array, or ``(inputs, targets)``.
        name: what messages call it.
        notes: what a user should know.
        validation: the same of the examples that validate, where the object holds them; else None.
        parts: names of the splits that it holds, where there are several.
    """

    content: Any
    name: str
    notes: tuple[str, ...] = ()
    validation: Any = None
    parts: tuple[str, ...] = ()


def taken(data: object) -> Taken | None:
    """Bring an object to frames and arrays; None for what is read as it is, or not known here.

    Known are Arrow tables and batches, what gives an Arrow stream, lazy frames of polars, NumPy's
    structured arrays, data sets of Hugging Face and of ``tf.data``, and pairs of inputs and targets of
    which one is such.

    Raises:
        DataError: an object that has no end, that cannot be held in memory, or is of a form not known here.
    """
    if isinstance(data, tuple):
        return _pair(data)
    library = type(data).__module__.partition(".")[0]
    if library == "datasets" and "Dataset" in type(data).__name__:
        return _of_hugging_face(data)
    if hasattr(data, "element_spec") and hasattr(data, "as_numpy_iterator"):
        from automl.data.objects.tf_data import of_tf_data

        content, notes = of_tf_data(data)
        return Taken(content=content, name="dataset", notes=notes)
    if getattr(getattr(data, "dtype", None), "names", None):
        from automl.data.objects.structured import of_structured

        return Taken(content=of_structured(data), name="arrays")
    if type(data).__name__ == "LazyFrame" and library == "polars":
        lazy: Any = data
        return Taken(content=lazy.collect(), name="frame")
    if library == "pyarrow" or (hasattr(data, "__arrow_c_stream__") and not _is_frame(data, library)):
        from automl.data.objects.arrow import of_arrow

        frame, notes = of_arrow(data)
        return Taken(content=frame, name="table", notes=notes)
    return None


def plain(data: Any) -> Any:
    """Return an object as ``taken`` brings it to, or as it is where it need not be brought to anything."""
    found = taken(data)
    return data if found is None else found.content


def _is_frame(data: object, library: str) -> bool:
    """Whether it is a frame or a column that is read as it is."""
    return hasattr(data, "iloc") or library == "polars"


def _pair(data: tuple[Any, ...]) -> Taken | None:
    found = [taken(part) for part in data]
    if not any(found):
        return None
    content = tuple(part if item is None else item.content for part, item in zip(data, found, strict=True))
    notes = tuple(note for item in found if item is not None for note in item.notes)
    return Taken(content=content, name="arrays", notes=notes)


def _of_hugging_face(data: Any) -> Taken:
    """A data set, or the split of several that is trained on with the one that validates."""
    from automl.data.objects.hugging_face import frame_of_dataset

    if type(data).__name__ not in ("Dataset", "DatasetDict"):
        raise DataError(
            f"A {type(data).__name__} of Hugging Face is read as it comes and need not end. Take as many "
            "rows as you want: datasets.Dataset.from_list(list(data.take(100_000)))."
        )
    if not hasattr(data, "keys"):
        frame, notes = frame_of_dataset(data)
        return Taken(content=frame, name="dataset", notes=notes)
    splits = tuple(map(str, data))
    trains = splits[0] if len(splits) == 1 else "train"
    if trains not in splits:
        raise DataError(
            f"The data has the splits {', '.join(splits)}: give one, such as data[{splits[0]!r}]."
        )
    validates = next((name for name in _VALIDATION if name in splits and name != trains), None)
    frame, notes = frame_of_dataset(data[trains])
    validation = None if validates is None else frame_of_dataset(data[validates])[0]
    return Taken(
        content=frame,
        name="dataset",
        notes=(*_told(splits, trains, validates), *notes),
        validation=validation,
        parts=splits if len(splits) > 1 else (),
    )


def _told(splits: tuple[str, ...], trains: str, validates: str | None) -> tuple[str, ...]:
    if len(splits) == 1:
        return ()
    how = "a part of it is held out" if validates is None else f"{validates!r} validates"
    left = [repr(name) for name in splits if name not in (trains, validates)]
    rest = f" Not read: {', '.join(left)}." if left else ""
    return (f"Of the data's splits {trains!r} is trained on, {how}.{rest}",)
