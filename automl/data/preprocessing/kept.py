"""Preprocessing that is fitted and applied once per job: kept in the cache with the tensors it gave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from automl._version import __version__
from automl.core.phases import Phases
from automl.core.saved_classes import import_classes_of
from automl.core.tensors import TensorSpec, spec_from_plain, spec_to_plain
from automl.data.cache import ArrayCache, Draft, Entry, key_of
from automl.data.modality import Dataset, Examples, Modality, Preprocessing
from automl.data.transform import Room

_MODEL, _SPECS = "preprocessing.keras", "inputs.json"


@dataclass(frozen=True, kw_only=True)
class Preprocessed:
    """What every trial of a fold shares.

    Attributes:
        preprocessing: fitted on the training part.
        train: tensors of the training part by name; read-only where they are mapped from files.
        validation: tensors of the validation part.
    """

    preprocessing: Preprocessing
    train: Mapping[str, np.ndarray]
    validation: Mapping[str, np.ndarray]


def preprocess(
    modality: Modality,
    dataset: Dataset,
    rows: np.ndarray,
    validation: Examples | None,
    seed: int,
    cache: ArrayCache | None = None,
    phases: Phases | None = None,
) -> Preprocessed:
    """Fit the preprocessing on the training part and apply it to both parts, or take up what is kept.

    Args:
        modality: fits.
        dataset: the raw examples.
        rows: positions of the training part.
        validation: raw examples of the validation part, or None where it is the training part again.
        seed: of the fit.
        cache: keeps the outcome where that is worth it, by the content of both parts and the seed; its
            layers must have been registered.
        phases: is told how far this is, or None.

    Raises:
        DataError: the cache cannot be written.
        TimeUpError: the deadline of the phases has passed.
    """
    phases = phases or Phases()
    if cache is None or not dataset.handling.tensors_kept:
        preprocessing = _fitted(modality, dataset, rows, seed, phases)
        train = preprocessing.transform(dataset.examples, rows, phases=phases)
        return Preprocessed(
            preprocessing=preprocessing,
            train=train,
            validation=train if validation is None else preprocessing.transform(validation, phases=phases),
        )

    def build(draft: Draft) -> None:
        preprocessing = _fitted(modality, dataset, rows, seed, phases)
        _write(draft.path, preprocessing)
        preprocessing.transform(
            dataset.examples, rows, room=_room(draft, "train", preprocessing), phases=phases
        )
        if validation is not None:
            room = _room(draft, "validation", preprocessing)
            preprocessing.transform(validation, room=room, phases=phases)

    parts = ("train", "train" if validation is None else "validation")
    return _read(cache.entry(_key(modality, dataset, rows, validation, seed), build), parts)


def _fitted(
    modality: Modality, dataset: Dataset, rows: np.ndarray, seed: int, phases: Phases
) -> Preprocessing:
    with phases.phase(f"fitting the preprocessing to {len(rows):,} examples"):
        return modality.fit(dataset, rows, seed)


def _key(
    modality: Modality, dataset: Dataset, rows: np.ndarray, validation: Examples | None, seed: int
) -> str:
    train = dataset.examples
    return key_of(
        "preprocessed",
        [__version__, keras.__version__, keras.backend.backend(), keras.config.dtype_policy().name],
        [modality.name, dataset.task, seed, sorted(dataset.wanted or ())],
        dict(dataset.schema),
        rows,
        *_named(train.targets or {}),
        *_named(train.inputs),
        *_named({} if validation is None else validation.inputs),
    )


def _named(arrays: Mapping[str, np.ndarray]) -> list[object]:
    return [part for name in sorted(arrays) for part in (name, arrays[name])]


def _room(draft: Draft, part: str, preprocessing: Preprocessing) -> Room:
    files = _files(part, preprocessing.inputs)
    return lambda name, shape, dtype: draft.empty(files[name], shape, dtype)


def _files(part: str, specs: Sequence[TensorSpec]) -> dict[str, str]:
    """Files of tensors by position: tensors are named after columns, as long and odd as users like."""
    return {spec.name: f"{part}-{place}" for place, spec in enumerate(specs)}


def _write(folder: Path, preprocessing: Preprocessing) -> None:
    preprocessing.model.save(folder / _MODEL)
    specs = [spec_to_plain(spec) for spec in preprocessing.inputs]
    (folder / _SPECS).write_text(json.dumps(specs), encoding="utf-8")


def _read(entry: Entry, parts: tuple[str, str]) -> Preprocessed:
    plain = json.loads((entry.path / _SPECS).read_text(encoding="utf-8"))
    specs = [spec_from_plain(item) for item in plain]
    import_classes_of(entry.path / _MODEL)
    model = keras.models.load_model(entry.path / _MODEL, compile=False, safe_mode=True)
    train, validation = (
        {name: entry.arrays[file] for name, file in _files(part, specs).items()} for part in parts
    )
    return Preprocessed(
        preprocessing=Preprocessing(inputs=tuple(specs), model=model), train=train, validation=validation
    )
