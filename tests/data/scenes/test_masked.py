"""Boxes and masks of the same pictures lie on each other, and are recognised together."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from automl.core.errors import DataError
from automl.core.targets import TARGET
from automl.data.inference import infer_modality
from automl.data.modalities.image import IMAGE
from automl.data.modalities.scene import SCENE
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from tests.data.scenes.drawings import LABELS, coco, masked, scattered, voc

BOXES = scattered(12)


def read(path, **options):
    return SCENE.read(open_source(path), ReadOptions(**options))


@pytest.fixture
def folder(tmp_path):
    return masked(tmp_path / "data", BOXES)


def test_a_folder_with_both_is_a_joint_task_and_told(folder):
    choice = infer_modality(open_source(folder), ReadOptions())

    dataset = read(folder)

    assert choice.name == "scene"
    assert "boxes and masks of the same images" in choice.reason
    assert "--task detection or --task segmentation" in choice.reason
    assert dataset.task == "joint"
    assert dict(dataset.target_tasks) == {"boxes": "detection", "mask": "segmentation"}
    assert dataset.declaration.each_need == (("grid",), ("pixels",))
    assert not dataset.declaration.blend


def test_both_lie_on_the_picture(folder):
    dataset = read(folder, image_size=128)

    pictures, targets = dataset.examples.inputs["image"], dataset.examples.targets
    assert targets["mask"].shape == pictures.shape[:3] == (12, 96, 128)
    for boxes, mask, picture in zip(targets["boxes"], targets["mask"], pictures, strict=True):
        for x1, y1, x2, y2, label, _ in boxes.round().astype(int):
            code = 1 if LABELS[label] == "red" else 2
            inside = slice(y1 + 2, min(y2, 93) - 2), slice(x1 + 2, x2 - 2)
            assert (mask[inside] == code).all()
            assert (picture[inside].max(axis=-1) > 150).all()
        assert (mask[-1] == -1).all()


@pytest.mark.parametrize(("task", "modality"), [("detection", SCENE), ("segmentation", IMAGE)])
def test_one_of_both_can_be_taken(task, modality, folder):
    options = ReadOptions(task=task)

    assert infer_modality(open_source(folder), options).name == modality.name
    dataset = modality.read(open_source(folder), options)

    assert dataset.task == task
    assert set(dataset.examples.targets) == {TARGET}
    assert len(dataset.examples) == 12
    assert not any("without an annotation" in note for note in dataset.notes)
    both = read(folder).examples.keys["file"]
    # the same pictures in the same order are split alike
    assert [name.split("/")[-1] for name in dataset.examples.keys["file"]] == [name[7:] for name in both]


def test_parts_of_a_folder_are_kept(tmp_path):
    for part, count in (("train", 12), ("val", 3), ("test", 2)):
        masked(tmp_path, scattered(count, seed=count), part)

    dataset = read(tmp_path)
    test, _ = SCENE.read_again(open_source(tmp_path), dataset.schema, targets=True)

    assert len(dataset.examples) == 15
    assert len(dataset.validates) == 3
    assert {name: len(values) for name, values in test.targets.items()} == {"boxes": 2, "mask": 2}


def test_pictures_without_a_mask_are_left_out_and_told(folder):
    (folder / "masks" / "p003.png").unlink()

    dataset = read(folder)

    assert "p003.png" not in {name.split("/")[-1] for name in dataset.examples.keys["file"]}
    assert any("1 of 12 images with boxes have no mask" in note for note in dataset.notes)


def test_masks_of_few_pictures_make_no_joint_task(folder):
    for place in range(4, 12):
        (folder / "masks" / f"p{place:03d}.png").unlink()

    assert read(folder).task == "detection"
    assert len(read(folder, task="joint").examples) == 4


def test_masks_are_no_pictures(folder, tmp_path):
    schema = read(folder).schema

    new, _ = SCENE.read_again(open_source(folder), schema, targets=False)

    assert len(new) == 12
    assert all(name.startswith("images/") for name in new.keys["file"])


def test_masks_of_the_names_of_pictures_are_not_taken_for_them(tmp_path):
    folder = masked(tmp_path / "data", BOXES)
    (folder / "masks").rename(folder / "gt")

    dataset = read(folder, task="detection")

    assert dataset.examples.inputs["image"].max() > 100


def test_a_broken_mask_is_refused_with_its_name(folder):
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(folder / "masks" / "p000.png")

    with pytest.raises(
        DataError, match=r"1 of 12 masks .* cannot be used: masks/p000.png has 4 x 4 pixels"
    ):
        read(folder)


def test_without_masks_a_joint_task_is_refused(tmp_path):
    with pytest.raises(DataError, match="none of 12 images with boxes has a mask"):
        read(coco(tmp_path / "coco", BOXES), task="joint")


def test_folders_of_annotations_are_no_masks(tmp_path):
    root = voc(tmp_path / "data", BOXES)
    (root / "SegmentationClass").mkdir()
    for place, own in enumerate(BOXES):
        mask = np.zeros((48, 64), np.uint8)
        for _, x1, y1, x2, y2 in own:
            mask[y1:y2, x1:x2] = 1
        Image.fromarray(mask).save(root / "SegmentationClass" / f"p{place:03d}.png")

    assert read(root).task == "joint"
