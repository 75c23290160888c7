"""Names of a model's metrics that are the same in each trial.

Keras numbers what it names itself over the whole process: the second model's ``AUC()`` is ``auc_1``. Here
the number tells the place within the model, as in a process that has made no other model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import keras

from automl.core.errors import ConfigError, suggest

_NUMBERED = re.compile(r"^(?P<base>.+?)(?:_(?P<number>\d+))?$")
_SAME = {"acc": "accuracy", "ce": "crossentropy"}


def plain_names(model: Any, names: Iterable[str]) -> dict[str, str]:
    """Return the names that a model gives its scores, each with the one that is the same in each trial.

    Args:
        model: has been trained or evaluated, so that its metrics exist.
        names: keys of ``evaluate(return_dict=True)``: a metric's name, behind that of its output where
            there are several.
    """
    metrics, layers = _renumbered(_metrics(model)), _renumbered(_layers(model))
    outputs = list(getattr(model, "output_names", None) or ())
    prefixes = sorted(outputs, key=len, reverse=True) if len(outputs) > 1 else []
    plain: dict[str, str] = {}
    for name in names:
        output = next((item for item in prefixes if name.startswith(f"{item}_")), "")
        rest = name[len(output) + 1 :] if output else name
        known = metrics.get(rest, rest)
        plain[name] = f"{layers.get(output, output)}_{known}" if output else known
    return plain


def find_metric(wanted: str, plain: Mapping[str, str], vectors: Mapping[str, str] | None = None) -> str:
    """Return which of a model's scores is meant.

    Args:
        wanted: the user's word: a name of either kind, or another that Keras has for it (``mae``).
        plain: from the model's names to plain ones.
        vectors: the same of metrics that give several values, such as one per class.

    Raises:
        ConfigError: the model has no such metric, or its metric gives several values.
    """
    found = _meant(wanted, plain)
    if found is not None:
        return found
    if _meant(wanted, vectors or {}) is not None:
        raise ConfigError(
            f"The model's metric {wanted!r} gives one value per class, and a search needs a single number. "
            "Average it: keras.metrics.F1Score(average='macro'), for example."
        )
    known = list(plain.values())
    raise ConfigError(
        f"The model has no metric {wanted!r}, only: {', '.join(known)}. {suggest(wanted, known)}"
    )


def _meant(wanted: str, plain: Mapping[str, str]) -> str | None:
    for name, shown in plain.items():
        if shown == wanted:
            return name
    if wanted in plain:
        return wanted
    meant = _kind(wanted)
    same = [name for name, shown in plain.items() if _kind(shown) == meant]
    return same[0] if len(same) == 1 else None


def _metrics(model: Any) -> Iterator[Any]:
    for metric in model.metrics:
        yield from getattr(metric, "metrics", None) or (metric,)


def _layers(model: Any) -> Iterator[Any]:
    for layer in getattr(model, "layers", ()):
        yield layer
        yield from _layers(layer)


def _renumbered(items: Iterable[Any]) -> dict[str, str]:
    """From the names that Keras made up to those with the number within these items."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for item in items:
        match = _NUMBERED.match(item.name)
        if match is not None and match["base"] == _snake(type(item).__name__):
            numbers[match["base"]].add(int(match["number"] or 0))
    return {
        _name(base, number): _name(base, rank)
        for base, found in numbers.items()
        for rank, number in enumerate(sorted(found))
    }


def _name(base: str, number: int) -> str:
    return f"{base}_{number}" if number else base


def _snake(name: str) -> str:
    """The name that Keras makes of a class: ``AUC`` is ``auc``, ``F1Score`` is ``f1_score``."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _kind(name: str) -> str:
    """What Keras has under a name: ``mae`` and ``mean_absolute_error`` are one."""
    name = _SAME.get(name, name)
    try:
        found = keras.metrics.get(name)
    except (ValueError, TypeError):
        return name.lower()
    known = found.__name__ if hasattr(found, "__name__") else type(found).__name__
    return _snake(known)
