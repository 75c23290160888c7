"""In which type labels came, so that predictions come back in it.

Tasks know classes as texts. What ``targets.label_type`` finds goes into the schema as JSON:

* ``"str"``, ``"int"``, ``"float"``, ``"bool"``
* ``{"categories": [...], "ordered": bool}``: a pandas categorical, with ``"closed"`` where its categories
  are the intervals of ``pandas.cut``, each written ``[left, right]``
* ``{"values": [...]}``: Python objects of several types
* ``{"type": "str" or "bool", "no": ..., "yes": ...}``: two words, of one of several yes/no targets
* ``{"columns": {name: type}}``: several yes/no targets
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from automl.data.labels import labels

LabelType: TypeAlias = "str | dict[str, Any]"

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_PAIRS = (("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("0", "1"), ("off", "on"))
_YES = frozenset(yes for _, yes in _PAIRS)
_PLAIN = (str, bool, int, float)


def class_type(series: pd.Series[Any], *, typed: bool) -> LabelType:
    """Find the type of a column of classes.

    Args:
        series: the column.
        typed: whether its type is the user's own; else cells are texts, as in CSV files, and count as what
            pandas makes of them.
    """
    if isinstance(series.dtype, pd.CategoricalDtype) and typed:
        return _categories(series.dtype)
    plain = _type_of_column(series)
    if plain:
        return plain
    if not typed:
        return _type_of_texts([text for text in pd.unique(labels(series)).tolist() if text])
    return _type_of_objects(series)


def flag_type(series: pd.Series[Any], *, typed: bool) -> LabelType:
    """Find the type of a column of yes and no, one of several; see ``class_type`` for the arguments."""
    plain = _type_of_column(series) or _type_of_objects(series)
    if plain in ("bool", "int", "float"):
        return plain
    texts = Counter(text for text in labels(series).tolist() if text)
    if set(texts) <= {"0", "1"} and not typed:
        return "int"
    words = {"yes": "", "no": ""}
    for text, _ in reversed(texts.most_common()):
        words["yes" if text.lower() in _YES else "no"] = text
    boolean = not typed and {text.lower() for text in texts} <= {"true", "false"}
    return {"type": "bool" if boolean else "str", **_both(words)}


def in_own_type(texts: np.ndarray, kind: LabelType, *, spelled: bool = False) -> Any:
    """Return class names in the type that the labels had.

    Args:
        texts: object array of str ``(n,)``.
        kind: what ``targets.label_type`` found.
        spelled: leave booleans spelled as they were, for a file.

    Returns:
        an array, or a ``pandas.Categorical``, of n labels.
    """
    codes, words = pd.factorize(texts)
    known = [str(word) for word in words]
    if isinstance(kind, Mapping):
        categories = _one_of(known, kind)
        return categories.take(codes)
    if spelled and kind == "bool":
        return texts
    try:
        return _converted(known, kind).take(codes)
    except (ValueError, OverflowError):
        return texts


def flags_in_own_type(flags: np.ndarray, kind: LabelType, *, spelled: bool = False) -> np.ndarray:
    """Return 0 and 1 ``(n,)`` as the column of a yes/no target had them."""
    yes = np.asarray(flags) > 0
    if isinstance(kind, Mapping) and (spelled or kind["type"] == "str"):
        return np.where(yes, np.array(kind["yes"], object), np.array(kind["no"], object))
    plain = kind["type"] if isinstance(kind, Mapping) else kind
    kinds: dict[str, type] = {"bool": bool, "float": np.float64}
    return np.asarray(yes, kinds.get(plain, np.int64))


def _type_of_column(series: pd.Series[Any]) -> str:
    """By the column's type alone; empty for objects and texts."""
    dtype = series.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return "bool"
    if pd.api.types.is_integer_dtype(dtype):
        return "int"
    return "float" if pd.api.types.is_float_dtype(dtype) else ""


def _type_of_texts(texts: list[str]) -> str:
    """Numbers with leading zeros are codes, hence texts."""
    if all(_WHOLE.fullmatch(text) for text in texts):
        return "int"
    if all(_DECIMAL.fullmatch(text) for text in texts):
        return "float"
    return "bool" if {text.lower() for text in texts} <= {"true", "false"} else "str"


def _type_of_objects(series: pd.Series[Any]) -> LabelType:
    kind = pd.api.types.infer_dtype(series, skipna=True)
    plain = {"boolean": "bool", "integer": "int", "floating": "float", "mixed-integer-float": "float"}
    if kind in plain or not kind.startswith("mixed"):
        return plain.get(kind, "str")
    values = [value for value in pd.unique(series.dropna()).tolist() if isinstance(value, _PLAIN)]
    return {"values": values}


def _categories(dtype: pd.CategoricalDtype) -> LabelType:
    values: Any = dtype.categories
    if isinstance(values, pd.IntervalIndex) and pd.api.types.is_numeric_dtype(values.left.dtype):
        pairs = [[item.left, item.right] for item in values]
        return {"categories": _plain(pairs), "ordered": bool(dtype.ordered), "closed": values.closed}
    plain = _plain(values.tolist())
    if not all(isinstance(value, _PLAIN) for value in plain):
        return "str"
    return {"categories": plain, "ordered": bool(dtype.ordered)}


def _plain(values: list[Any]) -> list[Any]:
    return [
        _plain(value) if isinstance(value, list) else getattr(value, "item", lambda value=value: value)()
        for value in values
    ]


def _both(words: dict[str, str]) -> dict[str, str]:
    """Where one word never came, the other one's opposite in the same case."""
    no, yes = words["no"], words["yes"]
    seen = no or yes
    pair = next((pair for pair in _PAIRS if seen.lower() in pair), ("no", "yes"))
    like = str.upper if seen.isupper() else str.title if seen.istitle() else str
    return {"no": no or like(pair[0]), "yes": yes or like(pair[1])}


def _one_of(known: list[str], kind: Mapping[str, Any]) -> Any:
    if "values" in kind:
        values = pd.Series(kind["values"], dtype=object)
        named = dict(zip(labels(values).tolist(), values.tolist(), strict=True))
        return np.array([named.get(text, text) for text in known], object)
    categories: Any = pd.Index(kind["categories"])
    if "closed" in kind:
        categories = pd.IntervalIndex.from_tuples(
            [tuple(pair) for pair in kind["categories"]], closed=kind["closed"]
        )
    place = {text: at for at, text in enumerate(labels(pd.Series(categories, dtype=object)).tolist())}
    return pd.Categorical.from_codes(
        [place.get(text, -1) for text in known], categories=categories, ordered=kind["ordered"]
    )


def _converted(known: list[str], kind: str) -> np.ndarray:
    if kind == "bool":
        return np.array([text.lower() in _YES for text in known], bool)
    if kind in ("int", "float"):
        return np.array([(int if kind == "int" else float)(text) for text in known])
    return np.array(known, object)
