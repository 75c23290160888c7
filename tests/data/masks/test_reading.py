"""Pictures and masks as a data set."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from automl.core.errors import DataError
from automl.core.targets import TARGET
from automl.data.inference import infer_modality
from automl.data.modalities.image import IMAGE
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from tests.scenes import folder_of_scenes, scene

OPTIONS = ReadOptions()


def test_masks_lie_on_their_pictures(tmp_path):
    source = open_source(folder_of_scenes(tmp_path, values=(0, 1, 2)))

    dataset = IMAGE.read(source, OPTIONS)

    assert infer_modality(source, OPTIONS).name == "image"
    assert dataset.task == "segmentation"
    picture, classes = scene(0)
    np.testing.assert_array_equal(dataset.examples.inputs["image"][0, ..., 0], picture)
    np.testing.assert_array_equal(dataset.examples.targets[TARGET][0], classes)


def test_the_longest_side_can_be_asked_for(tmp_path):
    source = open_source(folder_of_scenes(tmp_path))

    examples = IMAGE.read(source, ReadOptions(image_size=16)).examples

    assert examples.inputs["image"].shape == (12, 12, 16, 1)
    assert examples.targets[TARGET].shape == (12, 12, 16)
    assert set(examples.keys["width"].tolist()) == {32}


def test_pictures_of_other_proportions_leave_room(tmp_path):
    root = folder_of_scenes(tmp_path)
    picture, classes = scene(50, 48, 32)
    Image.fromarray(picture).save(root / "images" / "tall.png")
    Image.fromarray((255 * (classes > 0)).astype(np.uint8)).save(root / "masks" / "tall.png")

    examples = IMAGE.read(open_source(root), OPTIONS).examples

    (row,) = np.flatnonzero(examples.keys["file"] == "tall.png")
    assert (examples.targets[TARGET][row][:, 16:] == -1).all()
    assert (examples.targets[TARGET][row][:, :16] >= 0).all()
    assert not examples.inputs["image"][row][:, 16:].any()


def test_other_pictures_are_read_as_those_of_training(tmp_path):
    dataset = IMAGE.read(open_source(folder_of_scenes(tmp_path / "a")), OPTIONS)
    other = open_source(folder_of_scenes(tmp_path / "b", 3, size=(48, 64)))

    scored, _ = IMAGE.read_again(other, dataset.schema, targets=True)
    predicted, _ = IMAGE.read_again(other, dataset.schema, targets=False)

    assert scored.targets[TARGET].shape == scored.inputs["image"].shape[:3] == (3, 24, 32)
    assert predicted.targets is None
    assert predicted.keys["height"].tolist() == [48, 48, 48]


def test_values_that_training_did_not_have_are_told_and_not_scored(tmp_path):
    dataset = IMAGE.read(open_source(folder_of_scenes(tmp_path / "a")), OPTIONS)
    other = open_source(folder_of_scenes(tmp_path / "b", 3, values=(0, 255, 9)))

    examples, notes = IMAGE.read_again(other, dataset.schema, targets=True)

    assert (examples.targets[TARGET] == -1).any()
    assert any("values that training did not have (9)" in note for note in notes)


def test_a_few_broken_masks_are_left_out_and_many_refused(tmp_path):
    root = folder_of_scenes(tmp_path, 24)
    (root / "masks" / "3.png").write_bytes(b"no picture")

    dataset = IMAGE.read(open_source(root), OPTIONS)

    assert len(dataset.examples) == 23
    assert any("1 of 24 masks" in note and "3.png" in note for note in dataset.notes)
    (root / "masks" / "4.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match="2 of 24 masks"):
        IMAGE.read(open_source(root), OPTIONS)
