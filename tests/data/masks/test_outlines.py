"""Masks drawn from COCO's outlines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from automl.core.errors import DataError
from automl.data.masks.outlines import run_lengths
from automl.data.masks.pairs import list_labelled, list_masked_again
from automl.data.modalities.image import ImageModality
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from tests.data.scenes.drawings import coco, scattered

mask_of_coco = pytest.importorskip("faster_coco_eval.core.mask")

SEGMENTATION = ReadOptions(task="segmentation")
BOXES = scattered(6)


def outlined(root: Path, part: str = "train", *, kind: str = "polygons") -> Path:
    """The folder of boxes with outlines of the same pixels; see ``drawings.coco``."""
    coco(root, BOXES, part)
    for item in edit(root, part, lambda content: None)["annotations"]:
        assert "segmentation" not in item
    edit(root, part, lambda content: [_outline(item, kind) for item in content["annotations"]])
    return root


def edit(root: Path, part: str, change: Any) -> dict[str, Any]:
    file = root / "annotations" / f"instances_{part}.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))
    return content


def _outline(item: dict[str, Any], kind: str) -> None:
    x, y, wide, high = item["bbox"]
    pixels = np.zeros((48, 64), np.uint8)
    pixels[y : y + high, x : x + wide] = 1
    if kind == "polygons":
        item["segmentation"] = [[x, y, x + wide, y, x + wide, y + high, x, y + high]]
        return
    packed = mask_of_coco.encode(np.asfortranarray(pixels))
    text = packed["counts"].decode() if isinstance(packed["counts"], bytes) else packed["counts"]
    item["segmentation"] = {"size": [48, 64], "counts": text if kind == "text" else run_lengths(text)}


def mask(listing: Any, at: int = 0) -> np.ndarray:
    return np.asarray(Image.open(listing.labels.iloc[at, 0]))


@pytest.mark.parametrize("kind", ["polygons", "text", "lengths"])
def test_pixels_of_objects_have_the_value_of_their_category(kind, tmp_path):
    source = open_source(outlined(tmp_path, kind=kind))

    listing = list_labelled(source, SEGMENTATION)

    assert listing.masks
    assert listing.schema == {"outlined": ["green", "red"]}
    for at, boxes in enumerate(BOXES):
        wanted = np.zeros((48, 64), np.uint8)
        for label, x1, y1, x2, y2 in boxes:
            wanted[y1:y2, x1:x2] = ("green", "red").index(label) + 1
        np.testing.assert_array_equal(mask(listing, at), wanted)


def test_run_lengths_are_those_of_the_library():
    pixels = np.random.default_rng(0).random((37, 23)) < 0.3
    packed = mask_of_coco.encode(np.asfortranarray(pixels.astype(np.uint8)))

    lengths = run_lengths(packed["counts"].decode())

    runs = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(23, 37).T
    np.testing.assert_array_equal(runs, pixels)


def test_classes_have_their_names_and_crowds_count_nowhere(tmp_path):
    root = outlined(tmp_path)
    edit(root, "train", lambda content: content["annotations"][0].update(iscrowd=1))

    dataset = ImageModality().read(open_source(root), SEGMENTATION)

    assert dataset.schema["masks"]["titles"] == ("background", "green", "red")
    assert dataset.schema["masks"]["ignored"] == 3
    _, x1, y1, _, _ = BOXES[0][0]
    assert dataset.examples.targets["target"][0][y1, x1] == -1


def test_other_data_keep_the_values_of_training_and_have_their_test_part_scored(tmp_path):
    root = outlined(tmp_path / "one")
    outlined(root, "test")
    edit(root, "test", lambda content: content["categories"].reverse())
    source = open_source(root)

    listing, other = list_labelled(source, SEGMENTATION), open_source(root)
    again = list_masked_again(other, {"outlined": ["red", "green"]}, targets=True)

    assert len(listing.paths) == len(again.paths) == len(BOXES)
    assert any("test part are left out" in note for note in listing.notes)
    assert not any("no COCO file" in note for note in listing.notes)
    assert any("test part alone" in note for note in again.notes)
    np.testing.assert_array_equal(mask(again) == 1, mask(listing) == 2)


def test_what_cannot_be_drawn_is_told(tmp_path):
    root = outlined(tmp_path)
    faulty = [[[1, 1, 2]], {"size": [1, 1], "counts": "0"}, {"size": [48, 64], "counts": [5]}]

    def spoil(content: dict[str, Any]) -> None:
        for item, outline in zip(content["annotations"], faulty, strict=False):
            item["segmentation"] = outline

    edit(root, "train", spoil)

    notes = list_labelled(open_source(root), SEGMENTATION).notes

    assert any(str(note).startswith("3 outlines cannot be drawn") for note in notes)


def test_boxes_without_outlines_are_no_masks(tmp_path):
    with pytest.raises(DataError, match="outlines"):
        list_labelled(open_source(coco(tmp_path, BOXES)), SEGMENTATION)
