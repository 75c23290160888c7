"""Small models of real modalities and families with weights at random, and their examples."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import keras
import numpy as np
import pandas as pd

from automl.core.specs import Objective
from automl.core.targets import named
from automl.data.catalog import MODALITIES
from automl.data.modality import ReadOptions
from automl.data.raw_model import predict
from automl.data.source import open_source
from automl.explanations.method import Subject
from automl.jobs.assembly import build_core, deal, exported_model, prepare
from automl.jobs.explaining import labels_of
from automl.models.catalog import FAMILIES
from automl.models.layers.stacked import StackedModel

ROWS = 50
SIDE = 16


def subject_of(
    modality: str,
    data: object,
    family: str,
    *,
    target: tuple[str, ...] = (),
    folds: int = 1,
    **options: Any,
) -> Subject:
    """A subject whose model was never trained; with folds it has as many networks."""
    dataset = MODALITIES[modality].read(open_source(data), ReadOptions(target=target))
    wanted = frozenset(slot.kind for slot in FAMILIES[family].slots)
    dataset = replace(dataset, wanted=wanted)  # what is slow to fit and not read is not made
    every = np.arange(len(dataset.examples))
    prepared = prepare(MODALITIES[modality], dataset, every, dataset.examples, seed=0)
    keras.utils.set_random_seed(0)
    core = build_core(deal(FAMILIES[family], prepared.task, options), prepared)
    network: Any = core
    if folds > 1:
        network = StackedModel(core, folds, name=core.name)
        random = np.random.default_rng(0)
        network.fill([_several(item, folds, random) for item in core.variables])
    model = exported_model(prepared, [network])
    return Subject(
        task=prepared.task,
        examples=dataset.examples,
        rows=(0, 1, 2),
        predict=lambda inputs, of=None: named(predict(model, inputs, batch_size=256)),
        objective=Objective(name=prepared.task.declaration.default_metric.name, direction="maximize"),
        model=lambda: model,
        labels=labels_of(dataset.schema),
        seconds=30.0,
    )


def _several(variable: Any, folds: int, random: np.random.Generator) -> np.ndarray:
    values = keras.ops.convert_to_numpy(variable.value)
    drawn = [values + random.normal(0, 0.1, values.shape).astype(values.dtype) for _ in range(folds)]
    return np.stack(drawn) if values.dtype.kind == "f" else np.stack([values] * folds)


def frame() -> pd.DataFrame:
    """Numbers, one of them twice, a category with many names, and a class."""
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(ROWS, 2)), columns=["age", "income"])
    table["years"] = table["age"] * 2 + 1
    table["town"] = random.choice(["Bonn", "Ulm", "Köln"], ROWS)
    table["y"] = np.where(table["age"] + (table["town"] == "Ulm") > 0, "yes", "no")
    return table


def texts() -> pd.DataFrame:
    """Reviews of some words, and a class."""
    random = np.random.default_rng(0)
    words = ["good", "bad", "film", "plot", "actor", "music", "fine", "poor", "scene", "end"]
    lines = [" ".join(random.choice(words, int(random.integers(4, 9)))) for _ in range(ROWS)]
    return pd.DataFrame({"review": lines, "y": [str("good" in line) for line in lines]})


def pictures() -> tuple[np.ndarray, np.ndarray]:
    """Noise, in every other one a bright patch where ``patch_of`` says, and whether it is there."""
    random = np.random.default_rng(0)
    pixels = random.integers(60, 120, (ROWS, SIDE, SIDE, 1)).astype(np.uint8)
    labels = np.array(["plain", "patch"] * (ROWS // 2))
    for at in range(1, len(pixels), 2):
        row, column = patch_of(at)
        pixels[at, row : row + 4, column : column + 4] = 250
    return pixels, labels


def patch_of(at: int) -> tuple[int, int]:
    """Where the patch of a picture begins."""
    return (3 * at) % 12, (7 * at) % 12


@cache
def table_subject() -> Subject:
    """Numbers and categories through a perceptron for each of two folds."""
    small = {"width": 16, "depth": 1, "numeric_embedding": "none"}
    return subject_of("tabular", frame(), "tabular/mlp", target=("y",), folds=2, **small)


@cache
def text_subject() -> Subject:
    """Texts through convolutions over words."""
    small = {"embedding_size": 8, "filters": 8, "kernel_sizes": "3"}
    return subject_of("text", texts(), "text/cnn", target=("y",), **small)


@cache
def series_subject() -> Subject:
    """Series of two channels through a linear model."""
    random = np.random.default_rng(0)
    values = random.normal(size=(ROWS, 24, 2))
    labels = np.where(values[:, :, 0].mean(axis=1) > 0, "up", "down")
    return subject_of("series", (values, labels), "series/cnn", width=8, depth=1)


@cache
def picture_subject() -> Subject:
    """Pictures through a convolutional network."""
    return subject_of("image", pictures(), "image/cnn", blocks=2, filters=8, flip="none")


def pairs() -> pd.DataFrame:
    """Sentences of some words, the second one with all of the first or without, and which it is."""
    random = np.random.default_rng(0)
    words = np.array(["a", "man", "runs", "dog", "sleeps", "here", "cat", "sings", "now", "far"])
    firsts = [random.choice(words, int(random.integers(3, 6)), replace=False) for _ in range(ROWS)]
    seconds = [line[::-1] if at % 2 else random.choice(words, 4) for at, line in enumerate(firsts)]
    told = {
        "sentence1": [" ".join(line) for line in firsts],
        "sentence2": [" ".join(line) for line in seconds],
    }
    return pd.DataFrame({**told, "y": ["no", "yes"] * (ROWS // 2)})


@cache
def pair_subject() -> Subject:
    """Pairs of sentences through attention between them."""
    return subject_of(
        "pairs", pairs(), "pairs/attention", target=("y",), embedding_size=8, units=8, width=8
    )


SUBJECTS = {
    "table": table_subject,
    "words": text_subject,
    "series": series_subject,
    "pictures": picture_subject,
    "pairs": pair_subject,
}
