"""Trial records as plain JSON: in studies, on the way to workers and back, and in job folders.

A study may come from anywhere, so what is read is checked before it becomes a record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args

from automl.core.errors import ConfigError
from automl.core.specs import Rung, TrialRecord, TrialState


def record_to_json(record: TrialRecord) -> dict[str, Any]:
    """Return a record as plain JSON; numbers of NumPy become Python's."""
    return {
        "number": int(record.number),
        "configuration": dict(record.configuration),
        "state": record.state,
        "scores": [float(score) for score in record.scores],
        "metrics": {name: float(value) for name, value in record.metrics.items()},
        "epochs": int(record.epochs),
        "best_epoch": int(record.best_epoch),
        "seconds": float(record.seconds),
        "seed": int(record.seed),
        "reason": record.reason,
        "run_id": record.run_id,
        "baseline": record.baseline,
        "spread": None if record.spread is None else float(record.spread),
        "effort": {name: float(value) for name, value in record.effort.items()},
        "origin": record.origin,
        "rungs": [
            [rung.epochs, [float(score) for score in rung.scores], rung.time] for rung in record.rungs
        ],
        "pauses": int(record.pauses),
        "promotions": int(record.promotions),
        "constraints": [float(excess) for excess in record.constraints],
    }


def record_from_json(values: Any) -> TrialRecord:
    """Return what ``record_to_json`` was given; what is missing takes its default.

    Raises:
        ConfigError: it is something else; the message names the field.
    """
    if not isinstance(values, Mapping):
        raise ConfigError(f"A trial's record: expected an object, got {values!r:.60}.")
    unknown = [str(name) for name in values if name not in _READERS]
    if unknown or not values.keys() >= _NEEDED:
        wrong = f"unknown {unknown[0]!r}" if unknown else f"no {min(_NEEDED - values.keys())!r}"
        raise ConfigError(f"A trial's record has {wrong}: another program or another version wrote it.")
    return TrialRecord(**{name: _read(name, value) for name, value in values.items()})


def _read(name: str, value: Any) -> Any:
    try:
        return _READERS[name](value)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"A trial's record has {name} = {value!r:.60}: {error}.") from None


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("expected a whole number")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("expected a number")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return value


def _numbers(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError("expected a list of numbers")
    return tuple(map(_number, value))


def _by_name(read: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    def mapping(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise TypeError("expected values by name")
        return {_text(name): read(item) for name, item in value.items()}

    return mapping


def _scalar(value: Any) -> Any:
    if value is not None and not isinstance(value, int | float | str | bool):
        raise TypeError("expected plain values")
    return value


def _state(value: Any) -> str:
    if value not in get_args(TrialState):
        raise ValueError(f"expected one of {', '.join(get_args(TrialState))}")
    return str(value)


def _rungs(value: Any) -> tuple[Rung, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, list | tuple) for item in value):
        raise TypeError("expected a list of rungs")
    return tuple(_rung(*item) for item in value)


def _rung(epochs: Any, scores: Any, time: Any = 0.0) -> Rung:
    return Rung(epochs=_whole(epochs), scores=_numbers(scores), time=_number(time))


_READERS: dict[str, Callable[[Any], Any]] = {
    "number": _whole,
    "configuration": _by_name(_scalar),
    "state": _state,
    "scores": _numbers,
    "metrics": _by_name(_number),
    "epochs": _whole,
    "best_epoch": _whole,
    "seconds": _number,
    "seed": _whole,
    "reason": _text,
    "run_id": _text,
    "baseline": _text,
    "spread": lambda value: None if value is None else _number(value),
    "effort": _by_name(_number),
    "origin": _text,
    "rungs": _rungs,
    "pauses": _whole,
    "promotions": _whole,
    "constraints": _numbers,
}
_NEEDED = {item.name for item in fields(TrialRecord) if item.default is item.default_factory is MISSING}
