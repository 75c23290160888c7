"""Data sets of tf.data are read to their end, batched or not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from automl.core.errors import DataError
from automl.data.in_memory import as_inputs, as_pair
from automl.data.objects import tf_data
from automl.data.source import open_source

PIXELS = np.arange(6 * 4 * 4 * 3, dtype=np.uint8).reshape(6, 4, 4, 3)
CLASSES = np.array([0, 1, 0, 1, 0, 1])
WORDS = np.array(["Zé", "b", "c", "d", "e", "f"])


def slices(*tensors: object) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices(tensors[0] if len(tensors) == 1 else tensors)


@pytest.mark.parametrize(
    "data",
    [
        slices(PIXELS, CLASSES),
        slices(PIXELS, CLASSES).batch(4),
        slices(PIXELS, CLASSES).batch(3, drop_remainder=True).prefetch(1),
        slices(PIXELS, CLASSES).filter(lambda x, y: True),
    ],
    ids=["examples", "batches", "whole batches", "unknown length"],
)
def test_pictures_and_labels_are_read_as_arrays(data):
    inputs, labels = open_source(data).content
    np.testing.assert_array_equal(inputs, PIXELS)
    assert inputs.dtype == np.uint8
    np.testing.assert_array_equal(labels, CLASSES)


def test_a_guess_about_batches_is_told():
    assert open_source(slices(PIXELS, CLASSES).batch(2)).notes == ()
    told = open_source(slices(PIXELS, CLASSES).batch(2, drop_remainder=True)).notes
    assert "batches of 2" in told[0]


@pytest.mark.parametrize("batch", [None, 4])
def test_dicts_and_tuples_of_features_become_columns(batch):
    named = slices({"word": WORDS, "age": CLASSES, "pair": PIXELS[:, 0, :2, 0]}, CLASSES)
    placed = slices((CLASSES, WORDS), CLASSES)
    frames = [
        open_source(data if batch is None else data.batch(batch)).content[0] for data in (named, placed)
    ]
    assert frames[0]["word"].tolist() == frames[1]["x1"].tolist() == WORDS.tolist()
    assert list(frames[0].columns) == ["word", "age", "pair_0", "pair_1"]


@pytest.mark.parametrize("batch", [None, 4])
def test_features_alone_are_read_for_predictions(batch):
    for values, shape in ((PIXELS, PIXELS.shape), (WORDS, (6,)), (CLASSES, (6, 1))):
        data = slices(values) if batch is None else slices(values).batch(batch)
        assert open_source(data).content.shape == shape
    frame = open_source(slices({"age": CLASSES})).content
    assert isinstance(frame, pd.DataFrame)


def test_one_hot_labels_are_classes_and_a_note_says_so():
    source = open_source(slices(PIXELS, np.eye(2)[CLASSES]))
    np.testing.assert_array_equal(source.content[1], CLASSES)
    assert "one-hot, taken as 2 classes" in source.notes[-1]


def test_labels_get_the_names_that_keras_gives_a_folder(tmp_path):
    import keras

    for place, name in enumerate(("cat", "dog")):
        (tmp_path / name).mkdir()
        keras.utils.save_img(tmp_path / name / "1.png", PIXELS[place], scale=False)
    data = keras.utils.image_dataset_from_directory(
        tmp_path, image_size=(4, 4), shuffle=False, verbose=False
    )
    source = open_source(data)
    assert source.content[1].tolist() == ["cat", "dog"]
    assert source.content[0].shape == (2, 4, 4, 3)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (slices(CLASSES).repeat(), r"no end: .*take\(1000\)"),
        (slices(CLASSES).take(0), "no elements"),
        (slices(PIXELS, CLASSES, CLASSES), "Weights of examples are not taken"),
        (slices(PIXELS, {"a": CLASSES, "b": CLASSES}), "Expected plain tensors"),
        (slices(tf.ragged.constant([[1], [2, 3]])), "got RaggedTensorSpec"),
        (slices({"a": PIXELS}, CLASSES), r"Field 'a'.*\(X, y\)"),
    ],
    ids=["endless", "empty", "weights", "named targets", "ragged", "pictures among columns"],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(data, words):
    with pytest.raises(DataError, match=words):
        open_source(data)


def test_pictures_of_several_sizes_are_refused():
    sizes = tf.data.Dataset.from_generator(
        lambda: ((np.zeros((side, side, 3)), 0) for side in (2, 3)),
        output_signature=(tf.TensorSpec((None, None, 3)), tf.TensorSpec((), tf.int32)),
    )
    with pytest.raises(DataError, match="differ in shape"):
        open_source(sizes)


def test_what_memory_cannot_hold_is_given_up(monkeypatch):
    monkeypatch.setattr(tf_data, "_CHECKED", 0)
    monkeypatch.setattr(tf_data, "LARGEST_SHARE", 1e-12)
    with pytest.raises(DataError, match=r"of memory\. Take a part"):
        open_source(slices(PIXELS, CLASSES))


def test_estimators_take_the_labels_that_come_with_the_inputs():
    data = slices(PIXELS, CLASSES).batch(4)
    inputs, targets = as_pair(data, None)
    np.testing.assert_array_equal(targets, CLASSES)
    np.testing.assert_array_equal(as_inputs(data), inputs)
    with pytest.raises(DataError, match="has labels already: leave y out"):
        as_pair(data, CLASSES)
