"""A network as data: copies answer as the file does, and no seed draws other weights."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.pretrained.network import MOST_BLOCKS, network_from
from automl.pretrained.opening import check_pretrained, network_of
from automl.training.recipe import sketched
from tests.pretrained.files import keras_file

PICTURES = np.random.default_rng(0).integers(0, 255, (2, 8, 8, 3)).astype("float32")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(keras_file(tmp_path_factory.mktemp("file") / "base.keras"))


def test_a_copy_gives_what_enters_the_last_dense_layer_of_the_file(file: str) -> None:
    whole = keras.saving.load_model(file, safe_mode=True)
    wanted = keras.Model(whole.input, whole.get_layer("classes").input)

    copy = network_of(file, "raw").model()

    np.testing.assert_allclose(copy(PICTURES), wanted(PICTURES), rtol=1e-6)


def test_a_file_is_read_once(file: str) -> None:
    assert network_of(file, "raw") is network_of(file, "raw")


def test_copies_are_apart(file: str) -> None:
    network = network_of(file, "raw")
    first, second = network.model(), network.model()
    first.weights[0].assign(0 * first.weights[0])

    assert np.abs(second.weights[0]).max() > 0


def test_weights_are_the_files_whatever_is_drawn_and_also_in_a_sketch(file: str) -> None:
    _, recipe = sketched(network_of(file, "raw").model)

    assert recipe is not None
    for value, weight in zip(recipe.values(3), network_of(file, "raw").model().weights, strict=True):
        np.testing.assert_array_equal(value, weight)


def test_layers_with_weights_come_in_groups(file: str) -> None:
    assert network_of(file, "raw").blocks == (("first",), ("norm",), ("second",), ("classes",))
    image = keras.Input((4,))
    deep = image
    for _ in range(20):
        deep = keras.layers.Dense(2)(deep)

    blocks = network_from(keras.Model(image, deep), name="deep", values=None).blocks

    assert len(blocks) == MOST_BLOCKS
    assert sum(map(len, blocks)) == 20


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("efficientnet_lite", "raw", "neither a pretrained network nor a Keras model file.*Did you mean"),
        ("nowhere.keras", "raw", "there is no file nowhere.keras"),
        ("nowhere.keras", "raws", "Unknown pixel_values 'raws'. Did you mean 'raw'"),
    ],
)
def test_what_is_no_network_is_refused(name: str, values: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_pretrained(name, values)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.keras").write_bytes(b"no model")

    with pytest.raises(ConfigError, match=r"bad\.keras cannot be loaded as a Keras model"):
        network_of(str(tmp_path / "bad.keras"), "raw")


def test_a_model_of_something_else_is_refused(tmp_path: Path) -> None:
    given = keras.Input((3,))
    keras.Model(given, keras.layers.Dense(2)(given)).save(tmp_path / "table.keras")

    with pytest.raises(ConfigError, match=r"expected a model from one image .* takes \[\(None, 3\)\]"):
        network_of(str(tmp_path / "table.keras"), "raw")
