"""Pictures with boxes go the whole way: search, report, prediction, evaluation, plain Keras."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

import automl
from automl.cli.app import application
from automl.jobs.config import JobConfig
from automl.jobs.intake.intake import check_early, divide
from tests.data.scenes.drawings import COLOURS, drawn, scattered, table, voc
from tests.served import predicted, same, served_files

SMALL = (
    "width=16", "stages=3", "neck_width=32", "stride=4", "mirrored=0.5", "framing=0.2", "batch_size=8",
    "learning_rate=0.005",
)  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = voc(
        tmp_path_factory.mktemp("voc") / "data",
        scattered(56),
        {"train": slice(0, 40), "val": slice(40, 48), "test": slice(48, 56)},
    )
    out = folder.parent / "job"
    result = automl.search(folder, out=out, trials=1, epochs=15, settings=SMALL, tracking=False, verbose=0)
    return result, folder


def test_rectangles_are_found(found):
    result, folder = found

    assert result.summary["task"] == "detection"
    assert result.summary["metric"] == "val_map"
    assert not result.summary["exported_error"]
    scores = result.evaluate(folder)
    assert scores["rows"] == 8
    assert scores["seen_rows"] == 0
    assert scores["metrics"]["map50"] > 0.5
    assert scores["metrics"]["map50"] > 3 * max(
        baseline["val_map"] for baseline in result.summary["baselines"].values()
    )


def test_predictions_lie_in_pixels_of_the_files(found, tmp_path):
    result, _ = found
    boxes = [("red", 20, 40, 120, 130)]
    Image.fromarray(drawn(boxes, width=320, height=240)).save(tmp_path / "large.png")

    frame = result.predict(tmp_path)

    assert frame[["file", "width", "height"]].iloc[0].tolist() == ["large.png", 320, 240]
    best = json.loads(frame["prediction"][0])[0]
    assert best["label"] == "red"
    np.testing.assert_allclose([best[side] for side in ("x1", "y1", "x2", "y2")], boxes[0][1:], atol=25)


def test_plain_keras_gives_the_same_boxes_from_the_raw_picture(found, tmp_path):
    result, _ = found
    pixels = drawn([("red", 20, 40, 120, 130), ("green", 180, 60, 260, 150)], width=320, height=240)
    Image.fromarray(pixels).save(tmp_path / "large.png")

    raw = result.model.predict({"image": pixels[None].astype(np.float32)}, verbose=0)[0]
    told = json.loads(result.predict(tmp_path)["prediction"][0])

    for box, row in zip(told, raw, strict=False):
        corners = [box[side] for side in ("x1", "y1", "x2", "y2")]
        np.testing.assert_allclose(corners, row[:4], atol=0.02)
        assert box["score"] == pytest.approx(row[4], abs=1e-3)


def test_the_command_writes_a_row_per_box_or_json(found, tmp_path):
    result, folder = found
    csv, plain = tmp_path / "boxes.csv", tmp_path / "boxes.json"
    data = str(folder / "JPEGImages")

    for output in (csv, plain):
        words = ["predict", str(result.folder), data, "--output", str(output)]
        done = CliRunner().invoke(application, words)
        assert done.exit_code == 0, done.output

    frame, records = pd.read_csv(csv), json.loads(plain.read_text())
    columns = ["file", "width", "height", "label", "score", "x1", "y1", "x2", "y2"]
    assert frame.columns.tolist() == columns
    assert set(frame["label"]) <= {*COLOURS}
    assert len(records) == 56
    assert sum(len(record["prediction"]) for record in records) == len(frame)


def test_a_server_finds_the_boxes_that_predict_finds(found, tmp_path):
    result, folder = found
    files = sorted((folder / "JPEGImages").iterdir())[:2]
    for path in files:
        (tmp_path / "new" / path.name).parent.mkdir(exist_ok=True)
        (tmp_path / "new" / path.name).write_bytes(path.read_bytes())

    answer = served_files(result, files)

    assert same(answer["predictions"], predicted(result.folder, tmp_path / "new", tmp_path / "p.json"))


def test_the_report_shows_the_worst_images(found):
    result, _ = found

    page = (result.folder / "report.html").read_text()

    assert "Precision and recall at an overlap" in page
    assert "By label" in page


def test_arrays_are_predicted_in_their_own_pixels(found):
    result, _ = found
    pixels = np.stack([drawn([("red", 20, 40, 120, 130)], width=320, height=240)] * 2)

    frame = result.predict(pixels)

    assert frame["width"].tolist() == [320, 320]
    assert json.loads(frame["prediction"][0])[0]["x2"] > 80


def test_a_table_of_boxes_without_parts_is_split(tmp_path):
    config = JobConfig(data=str(table(tmp_path / "data", scattered(20))))

    divided = divide(config, check_early(config))

    assert divided.reading.modality.name == "scene"
    assert [len(fold.validation) for fold in divided.folds] == [4]
    assert any("Read as boxes in images" in note for note in divided.notes)


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "Annotations" / "a.xml").write_text("<annotation></annotation>")

    with pytest.raises(automl.InputError, match="annotation"):
        automl.search(tmp_path, tracking=False, verbose=0)
