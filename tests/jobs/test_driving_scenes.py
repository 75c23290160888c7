"""Pictures with boxes and masks go the whole way: search, report, prediction, evaluation, plain Keras."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

import automl
from automl.cli.app import application
from tests.data.scenes.drawings import drawn, masked, scattered

SMALL = (
    "width=12", "stages=2", "neck_width=16", "pixel_width=8", "stride=4", "mirrored=0", "framing=0.2",
    "contrast=0", "batch_size=4", "learning_rate=0.01",
)  # fmt: skip
LARGE = [("red", 20, 40, 120, 130), ("green", 180, 60, 260, 150)]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes") / "data"
    masked(folder, scattered(30), "train")
    masked(folder, scattered(6, seed=1), "test")
    out = folder.parent / "job"
    result = automl.search(folder, out=out, trials=1, epochs=6, settings=SMALL, tracking=False, verbose=0)
    return result, folder


@pytest.fixture
def large(tmp_path):
    """A folder with one picture of another size."""
    (tmp_path / "new").mkdir()
    pixels = drawn(LARGE, width=320, height=250)
    Image.fromarray(pixels).save(tmp_path / "new" / "large.png")
    return tmp_path / "new", pixels


def test_one_network_is_better_than_rules_at_both(found):
    result, folder = found

    assert result.summary["task"] == "joint"
    assert result.summary["metric"] == "val_skill"
    assert result.summary["exported_error"] == ""
    scores = result.evaluate(folder, told=lambda notes: None)
    metrics = scores["metrics"]
    assert (scores["rows"], scores["seen_rows"]) == (6, 0)
    assert {"skill", "boxes.map", "boxes.map50", "mask.dice", "mask.mean_iou"} <= set(metrics)
    assert metrics["skill"] > 0.1
    assert metrics["mask.mean_iou"] > 0.4


def test_plain_keras_gives_the_same_boxes_and_masks_from_the_raw_picture(found, large):
    result, _ = found
    folder, pixels = large

    raw = result.model.predict({"image": pixels[None].astype(np.float32)}, verbose=0)
    row = result.predict(folder).iloc[0]

    assert row[["width", "height"]].tolist() == [320, 250]
    assert raw["mask"].shape == (1, 250, 320, 3)
    values = np.array([0, 1, 2])[raw["mask"][0].argmax(axis=-1)]
    assert (values == row["mask"]).mean() > 0.999
    told = json.loads(row["boxes"])
    for box, line in zip(told, raw["boxes"][0], strict=False):
        np.testing.assert_allclose([box[side] for side in ("x1", "y1", "x2", "y2")], line[:4], atol=0.05)
        assert box["score"] == pytest.approx(line[4], abs=1e-3)


def test_the_command_writes_masks_and_boxes_into_a_folder(found, large, tmp_path):
    result, _ = found
    words = ["predict", str(result.folder), str(large[0]), "--output", str(tmp_path / "out")]

    done = CliRunner().invoke(application, words)

    assert done.exit_code == 0, done.output
    mask = Image.open(tmp_path / "out" / "large.png")
    assert (mask.size, mask.mode) == ((320, 250), "L")
    (record,) = json.loads((tmp_path / "out" / "predictions.json").read_text())
    assert record["mask"] == "large.png"
    assert isinstance(record["boxes"], list)
    table = pd.read_csv(tmp_path / "out" / "predictions.csv")
    assert json.loads(table["boxes"][0]) == record["boxes"]


def test_the_report_shows_both_over_the_worst_pictures(found):
    result, _ = found

    page = (result.folder / "report.html").read_text()

    for title in ("boxes: By label", "mask: Masks over the worst pictures", "mask: Overlap by class"):
        assert title in page


def test_a_metric_of_one_target_may_be_asked_for(found, tmp_path):
    _, folder = found

    with pytest.raises(automl.InputError, match="does not fit a joint task"):
        automl.search(folder, out=tmp_path / "job", metric="accuracy", tracking=False, verbose=0)
    with pytest.raises(automl.InputError, match="detector"):
        automl.search(folder, out=tmp_path / "job", family="detector", tracking=False, verbose=0)
