"""Which pictures and masks are found to belong together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from automl.core.errors import DataError
from automl.data.masks.pairs import list_labelled, list_masked_again
from automl.data.modality import ReadOptions
from automl.data.source import open_source


def write(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((2, 2), np.uint8)).save(root / name)
    return root


def paired(root: Path, task: str | None = None) -> dict[str, str]:
    listing = list_labelled(open_source(root), ReadOptions(task=task))
    if not listing.masks:
        return {}
    return dict(zip(listing.keys, [Path(item).name for item in listing.labels["mask"]], strict=True))


@pytest.mark.parametrize(
    "names",
    [
        ("images/a.png", "masks/a.png"),
        ("image/a.jpg", "label/a.png"),
        ("Images/a.png", "Ground_Truth/a_mask.png"),
        ("imgs/a.jpg", "masks/a_1stHO.png"),
        ("images/img_7.png", "masks/mask_7.png"),
        ("images/day/a.png", "masks/day/a.png"),
        ("a.png", "a_mask.png"),
        ("patient/a.tif", "patient/a_mask.tif"),
    ],
)
def test_layouts_that_are_known(tmp_path, names):
    picture, mask = names

    found = paired(write(tmp_path, *names))

    inside = Path(picture).relative_to(Path(picture).parts[0]) if "masks" in mask else Path(picture)
    assert list(found.values()) == [Path(mask).name]
    assert next(iter(found)).endswith(inside.name)


@pytest.mark.parametrize(
    "names",
    [
        ("cat/a.png", "dog/b.png"),
        ("images/a.png", "labels/a.txt.png", "other/c.png"),
        ("cat/a.png", "dog/a_b.png"),
    ],
)
def test_other_folders_hold_no_masks_or_none_that_match(tmp_path, names):
    root = write(tmp_path, *names)

    if (root / "labels").exists():
        with pytest.raises(DataError, match="no file name in common"):
            paired(root)
    else:
        assert paired(root) == {}


def test_files_without_their_like_are_counted_and_told(tmp_path):
    root = write(tmp_path, "images/a.png", "images/b.png", "images/c.png", "masks/a.png", "masks/d.png")

    listing = list_labelled(open_source(root), ReadOptions())

    assert list(listing.keys) == ["a.png"]
    assert [str(note) for note in listing.notes] == [
        "2 of 3 pictures have no mask of their name and were left out: b.png, c.png.",
        "1 of 2 masks have no picture of their name and were left out: d.png.",
    ]


def test_which_of_two_masks_is_meant_is_not_guessed(tmp_path):
    root = write(
        tmp_path, "images/a.png", "images/b.png", "masks/a_gt.png", "masks/a_mask.png", "masks/b.png"
    )

    assert paired(root) == {"b.png": "b.png"}


def test_another_task_takes_the_folders_for_classes(tmp_path):
    assert paired(write(tmp_path, "images/a.png", "masks/a.png"), task="binary") == {}


def test_masks_that_are_asked_for_must_be_there(tmp_path):
    with pytest.raises(DataError, match="images/ beside one such as masks/"):
        paired(write(tmp_path, "cat/a.png", "dog/b.png"), task="segmentation")


def test_a_table_of_two_paths(tmp_path):
    write(tmp_path, "p/a.png", "m/a.png", "p/b.png", "m/b.png")
    table = pd.DataFrame({"photo": ["p/a.png", "p/b.png"], "mask": ["m/a.png", "m/b.png"]})
    table.to_csv(tmp_path / "pairs.csv", index=False)

    listing = list_labelled(open_source(tmp_path / "pairs.csv"), ReadOptions(target=("mask",)))

    assert [path.name for path in listing.paths] == ["a.png", "b.png"]
    assert listing.labels["mask"].tolist() == [str(tmp_path / "m/a.png"), str(tmp_path / "m/b.png")]


def test_labels_that_are_no_paths_are_no_masks(tmp_path):
    write(tmp_path, "a.png", "b.png")
    pd.DataFrame({"photo": ["a.png", "b.png"], "label": ["x", "y"]}).to_csv(tmp_path / "t.csv", index=False)

    assert not list_labelled(open_source(tmp_path / "t.csv"), ReadOptions(target=("label",))).masks


def test_for_prediction_masks_are_no_pictures(tmp_path):
    root = write(tmp_path, "images/a.png", "masks/a.png")

    listing = list_masked_again(open_source(root), {}, targets=False)

    assert list(listing.keys) == ["a.png"]
    assert listing.labels is None
