"""What masks hold, and masks written again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from automl.core.errors import DataError
from automl.data.masks.files import agree_on_classes, look_at_masks
from automl.tasks.mask_files import MaskForm, form_of, picture_of, values_of, write_masks


def agreed(root: Path, *masks: Image.Image) -> tuple[MaskForm, tuple[str, ...]]:
    pairs = []
    for place, mask in enumerate(masks):
        paths = root / f"{place}.png", root / f"{place}_mask.png"
        Image.new("L", mask.size).save(paths[0])
        mask.save(paths[1])
        pairs.append(paths)
    facts = look_at_masks(pairs)
    assert not any(item.fault for item in facts)
    return agree_on_classes(facts, [mask for _, mask in pairs], root, "here")


def grey(*values: int) -> Image.Image:
    return Image.fromarray(np.array([values, values], np.uint8))


def palette(*values: int) -> Image.Image:
    picture = grey(*values)
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, *[9] * 759])
    return picture


@pytest.mark.parametrize(
    ("mask", "values", "ignored", "mode"),
    [
        (grey(0, 255), (0, 255), None, "L"),
        (grey(0, 1), (0, 1), None, "L"),
        (grey(0, 1, 2, 255), (0, 1, 2), 255, "L"),
        (grey(1, 2, 255), (1, 2), 255, "L"),
        (grey(0, 128, 255), (0, 128, 255), None, "L"),
        (palette(0, 1, 2), (0, 1, 2), None, "P"),
        (grey(0, 255).convert("1"), (0, 1), None, "1"),
        (Image.fromarray(np.array([[0, 700]], np.uint16)), (0, 700), None, "I;16"),
        (palette(0, 1).convert("RGB"), (0, 0xFF0000), None, "RGB"),
        (grey(0, 255).convert("RGB"), (0, 255), None, "L"),
    ],
)
def test_classes_of_every_mode(tmp_path, mask, values, ignored, mode):
    form, _ = agreed(tmp_path, mask)

    assert (form.values, form.ignored, form.mode) == (values, ignored, mode)


@pytest.mark.parametrize("mask", [grey(0, 1, 2, 255), palette(0, 2), grey(0, 255).convert("1")])
def test_masks_are_written_as_they_were_read(tmp_path, mask):
    form, _ = agreed(tmp_path, mask)
    codes = form.codes(values_of(mask)[0])
    known = np.maximum(codes, 0)

    table = pd.DataFrame({"file": ["day/a.jpg", "day/a.png"], "prediction": [form.mask(known)] * 2})
    written = write_masks(table, tmp_path / "out", {"form": form.as_json()})

    again = Image.open(tmp_path / "out" / "day" / "a.png")
    assert written["prediction"].tolist() == ["day/a.png", "day/a_2.png"]
    assert again.mode == mask.mode
    np.testing.assert_array_equal(form.codes(values_of(again)[0]), known)
    assert form_of(form.as_json()) == form


def test_what_counts_nowhere_is_told(tmp_path):
    form, notes = agreed(tmp_path, grey(0, 0, 1, 255))

    assert form.codes(np.array([0, 1, 255])).tolist() == [0, 1, -1]
    assert notes[0] == "Masks hold 2 classes: 0 (67%), 1 (33%)."
    assert notes[1].startswith("Pixels of the value 255 (25%) have no class")
    assert notes[2] == "dice is that of the rarer class, 1."


def test_a_file_names_the_classes_and_what_is_none(tmp_path):
    (tmp_path / "classes.txt").write_text("sky\nroad\nunlabelled\n")

    form, _ = agreed(tmp_path, grey(0, 1, 2))

    assert (form.titles, form.ignored) == (("sky", "road"), 2)


def test_the_value_of_pixels_without_a_class_needs_no_name(tmp_path):
    (tmp_path / "classes.txt").write_text("ground\nroad\ncar\n")

    form, _ = agreed(tmp_path, grey(0, 2, 255))
    two, _ = agreed(tmp_path, grey(0, 255))

    assert (form.titles, form.ignored) == (("ground", "car"), 255)
    assert (two.titles, two.ignored) == (("0", "255"), None)


def test_one_value_and_smooth_edges_are_refused(tmp_path):
    with pytest.raises(DataError, match="every pixel of all 1 masks has the value 0"):
        agreed(tmp_path, grey(0, 0))
    with pytest.raises(DataError, match="256 different values"):
        agreed(tmp_path, grey(*range(256)))


def test_values_that_jpeg_has_changed_are_refused(tmp_path):
    Image.new("L", (16, 16)).save(tmp_path / "a.png")
    Image.fromarray(np.kron([[0, 255], [255, 0]], np.ones((8, 5)))[:, :16].astype(np.uint8)).resize(
        (16, 16)
    ).save(tmp_path / "a.jpg", quality=30)
    paths = tmp_path / "a.png", tmp_path / "a.jpg"

    with pytest.raises(DataError, match="JPEG changes values"):
        agree_on_classes(look_at_masks([paths]), [paths[1]], tmp_path, "here")


def test_different_ways_to_hold_classes_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"in different ways: levels .*, bits"):
        agreed(tmp_path, grey(0, 1), grey(0, 255).convert("1"))


def test_a_mask_of_another_size_is_a_fault(tmp_path):
    Image.new("L", (4, 2)).save(tmp_path / "a.png")
    Image.new("L", (2, 2)).save(tmp_path / "a_mask.png")

    (facts,) = look_at_masks([(tmp_path / "a.png", tmp_path / "a_mask.png")])

    assert facts.fault.endswith("a_mask.png has 2 x 2 pixels and its picture 2 x 4")


def test_masks_have_colours_in_their_own_place(tmp_path):
    form = MaskForm(values=(0, 0x0A141E), titles=("#000000", "#0a141e"), mode="RGB")

    mask = form.mask(np.array([[0, 1]]))

    assert mask.tolist() == [[[0, 0, 0], [10, 20, 30]]]
    assert picture_of(mask, form).getpixel((1, 0)) == (10, 20, 30)
