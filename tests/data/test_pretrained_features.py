"""Features of a network that was trained before: made once, of pictures as the network takes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from automl.core.saved_classes import import_classes_of
from automl.data.modalities.image import IMAGE, PRETRAINED_SIDE
from automl.data.modality import Dataset, ReadOptions
from automl.data.preprocessing.pretrained_features import View, view_of
from automl.data.source import open_source
from automl.pretrained.wish import Pretrained
from tests.pretrained.files import keras_file

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 255, size=(40, 16, 12, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keras_file(tmp_path_factory.mktemp("network") / "base.keras")


@pytest.fixture(scope="module")
def read(file: Path) -> Callable[..., Dataset]:
    def of(pixels: np.ndarray = PIXELS) -> Dataset:
        labels = np.arange(len(pixels)) % 2
        return IMAGE.read(open_source((pixels, labels)), ReadOptions(pretrained=Pretrained(name=str(file))))

    return of


def test_features_are_those_of_the_network_standardised(file: Path, read: Callable[..., Dataset]) -> None:
    dataset, rows = read(), np.arange(30)
    whole = keras.saving.load_model(file, safe_mode=True)
    network = keras.Model(whole.input, whole.get_layer("classes").input)
    small = keras.layers.Resizing(8, 8, antialias=True)(PIXELS.astype("float32"))
    flipped = keras.ops.flip(small, axis=2)
    raw = (np.asarray(network(small)) + np.asarray(network(flipped))) / 2

    preprocessing = IMAGE.fit(dataset, rows, 0)
    values = preprocessing.transform(dataset.examples, np.arange(40))["embedding"]

    assert [spec.kind for spec in preprocessing.inputs] == ["image", "patches", "embedding"]
    wanted = (raw - raw[rows].mean(axis=0)) / np.maximum(raw[rows].std(axis=0), 1e-3)
    np.testing.assert_allclose(values, wanted, atol=2e-3)


def test_a_saved_preprocessing_needs_no_file(
    file: Path, read: Callable[..., Dataset], tmp_path: Path
) -> None:
    dataset = read()
    preprocessing = IMAGE.fit(dataset, np.arange(30), 0)
    preprocessing.model.save(tmp_path / "front.keras")
    import_classes_of(tmp_path / "front.keras")

    again = keras.saving.load_model(tmp_path / "front.keras", safe_mode=True)

    some = {"image": PIXELS[:3].astype("float32")}
    np.testing.assert_allclose(
        again(some)["embedding"], preprocessing.model(some)["embedding"], rtol=1e-5, atol=1e-5
    )


def test_only_features_that_a_family_takes_are_made(read: Callable[..., Dataset]) -> None:
    from dataclasses import replace

    preprocessing = IMAGE.fit(replace(read(), wanted=frozenset({"image"})), np.arange(30), 0)

    assert [spec.kind for spec in preprocessing.inputs] == ["image"]


def test_without_a_network_no_features_are_promised() -> None:
    dataset = IMAGE.read(open_source((PIXELS, np.arange(40) % 2)), ReadOptions())

    assert [item.kind for item in IMAGE.promises(dataset)] == ["image", "patches"]


def test_a_schema_tells_weights_apart(file: Path, read: Callable[..., Dataset], tmp_path: Path) -> None:
    other = tmp_path / "base.keras"
    other.write_bytes(file.read_bytes() + b" ")

    marks = {Pretrained(name=str(path)).as_json()["mark"] for path in (file, other)}

    assert read().schema["pretrained"]["mark"] in marks
    assert len(marks) == 2


def test_pictures_are_read_larger_for_a_network(read: Callable[..., Dataset]) -> None:
    large = RNG.integers(0, 255, size=(4, 200, 150, 3)).astype(np.uint8)

    form = read(large).schema

    assert (form["height"], form["width"]) == (PRETRAINED_SIDE, PRETRAINED_SIDE)


@pytest.mark.parametrize(
    ("pictures", "mirrored", "view"),
    [
        (1, True, View(side=224, mirrored=True)),
        (2_500, True, View(side=160, mirrored=True)),
        (2_500, False, View(side=224, mirrored=False)),
        (6_000, True, View(side=96, mirrored=True)),
        (10_000, True, View(side=96, mirrored=False)),
        (10**6, False, View(side=96, mirrored=False)),
    ],
)
def test_of_many_pictures_each_is_seen_smaller(pictures: int, mirrored: bool, view: View) -> None:
    assert view_of(pictures, mirrored=mirrored) == view
