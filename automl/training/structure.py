"""The structure of a training: all that shapes its compiled program, and nothing else.

Two candidates of one structure differ only in weights, seeds and dials, so one program serves both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from automl.training.batches.transforms.transform import structure
from automl.training.dials import masked_entries, masked_losses
from automl.training.engine import Candidate, TrainingOptions
from automl.training.rates import rate_shares

_LAID_OUT_ELSEWHERE = ("learning_rate", "schedule", "warmup", "patience", "batch_size", "passes")
"""Training options that reach a program as arrays, or not at all."""

_TURNED = ("weight_decay", "momentum")


def structure_of(candidate: Candidate, extra: Mapping[str, Any]) -> str:
    """Return a key that equal structures share.

    Layers' names, initial weights and seeds have no say; of a dial only whether it is 0.

    Args:
        candidate: its model is functional or sequential, of layers that can be configured again.
        extra: what else shapes the program: batch sizes, data types, ...

    Returns:
        64 hexadecimal digits.
    """
    model = keras.saving.serialize_keras_object(candidate.model)
    loss = keras.saving.serialize_keras_object(candidate.loss)
    plain = {
        "model": _plain(model, _places(model), masked_entries(candidate.model)),
        "loss": _plain(loss, _places(loss), masked_losses(candidate.loss)),
        "options": _plain_options(candidate.options),
        "rates": rate_shares(candidate.model.trainable_variables),
        "transforms": structure(candidate.transforms, candidate.kinds),
        **extra,
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def _places(value: Any) -> dict[str, str]:
    """For each name that Keras made up the place at which it comes first."""
    return {name: f"#{place}" for place, name in enumerate(dict.fromkeys(_names(value)))}


def _names(value: Any) -> Iterator[str]:
    """Names that Keras made up, of all but inputs, in a serialised model or loss.

    Those inside a model within it are left out: they may be the same as some outside it.
    """
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") != "InputLayer" and isinstance(config, dict) and "name" in config:
            yield str(config["name"])
        for item in () if _is_model(value) else value.values():
            yield from _names(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _names(item)


def _is_model(value: Mapping[str, Any]) -> bool:
    config = value.get("config")
    return isinstance(config, dict) and "layers" in config


def _plain(value: Any, places: Mapping[str, str], masked: Mapping[str, tuple[str, ...]]) -> Any:
    """A configuration without names, initial weights and seeds, dials reduced to whether they are 0."""
    if isinstance(value, dict):
        if _is_model(value):
            within = {key: item for key, item in value["config"].items() if key != "name"}
            config = _plain(within, _places(within["layers"]), masked)
            return {**_plain({**value, "config": None}, places, masked), "config": config}
        dials = masked.get(value.get("class_name", ""), ())
        return {
            key: _plain(_masked(item, dials) if key == "config" else item, places, masked)
            for key, item in value.items()
            if key != "seed" and not key.endswith("initializer")
        }
    if isinstance(value, list | tuple):
        return [_plain(item, places, masked) for item in value]
    return places.get(value, value) if isinstance(value, str) else value


def _masked(config: Any, dials: tuple[str, ...]) -> Any:
    if not isinstance(config, dict):
        return config
    return {key: _truth(item) if key in dials else item for key, item in config.items()}


def _truth(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _truth(item) for key, item in value.items()}
    return bool(value) if isinstance(value, int | float) else value


def _plain_options(options: TrainingOptions) -> dict[str, Any]:
    plain = {name: value for name, value in vars(options).items() if name not in _LAID_OUT_ELSEWHERE}
    return plain | {name: bool(plain[name]) for name in _TURNED}
