"""A search over pictures with masks, from the folder to masks of other pictures."""

from __future__ import annotations

import base64
import json

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import automl
from automl.cli.app import run
from automl.serving.answering import Answering
from automl.serving.sent import opened
from tests.scenes import folder_of_scenes, scene

FEW = {"trials": 1, "epochs": 3, "tracking": False, "verbose": 0}
SMALL = ("width=8", "levels=3", "convolutions=1", "learning_rate=0.01", "batch_size=2")


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    data = folder_of_scenes(folder / "data", 20, values=(0, 100, 255))
    automl.search(data, out=folder / "job", settings=SMALL, **FEW)
    return folder


@pytest.fixture
def others(tmp_path):
    """Pictures of another size, without masks."""
    folder = tmp_path / "new"
    folder.mkdir()
    for seed in (70, 71):
        Image.fromarray(scene(seed, 48, 60)[0]).save(folder / f"{seed}.png")
    return folder


def test_masks_of_other_pictures_have_their_size_and_the_values_of_training(job, others):
    table = automl.load(job / "job").predict(others)

    assert table["file"].tolist() == ["70.png", "71.png"]
    assert [mask.shape for mask in table["prediction"]] == [(48, 60), (48, 60)]
    assert {*np.unique(table["prediction"][0])} <= {0, 100, 255}


def test_plain_keras_gives_the_same_masks_for_pictures_of_any_size(job, others):
    import automl.layers

    table = automl.load(job / "job").predict(others)
    model = keras.models.load_model(job / "job" / "model.keras")
    picture = np.asarray(Image.open(others / "70.png"), np.float32)[None, ..., None]

    chances = model.predict({"image": picture}, verbose=0)

    assert chances.shape == (1, 48, 60, 3)
    mask = np.array([0, 100, 255])[chances[0].argmax(axis=-1)]
    assert (mask == table["prediction"][0]).mean() > 0.999


def test_the_result_is_better_than_rules_and_its_score_holds(job):
    result = automl.load(job / "job")

    assert result.summary["task"] == "segmentation"
    assert result.summary["metric"] == "val_mean_iou"
    assert set(result.summary["baselines"]) == {"majority", "mean_mask"}
    assert result.best_score > max(item["val_mean_iou"] for item in result.summary["baselines"].values())
    assert result.summary["exported_error"] == ""
    assert result.summary["exported_score"] == pytest.approx(result.summary["ensemble_score"], rel=1e-3)
    scores = result.evaluate(job / "data", told=lambda notes: None)["metrics"]
    assert 0 < scores["dice"] <= 1


def test_the_command_writes_masks_into_a_folder(job, others, tmp_path, capsys):
    words = ["predict", str(job / "job"), str(others), "--output", str(tmp_path / "masks")]

    assert run(words) == 0
    assert "2 masks and predictions.csv" in capsys.readouterr().err
    mask = Image.open(tmp_path / "masks" / "70.png")
    assert (mask.size, mask.mode) == ((60, 48), "L")
    table = pd.read_csv(tmp_path / "masks" / "predictions.csv")
    assert table["prediction"].tolist() == ["70.png", "71.png"]

    assert run(words) == 2
    assert "not empty" in capsys.readouterr().err


def test_a_server_sends_the_masks_that_predict_writes(job, others, tmp_path):
    answering = Answering(automl.load(job / "job"))
    files = {path.name: base64.b64encode(path.read_bytes()).decode() for path in others.iterdir()}
    assert run(["predict", str(job / "job"), str(others), "--output", str(tmp_path / "masks")]) == 0

    with opened(json.dumps({"files": files}).encode(), "application/json") as source:
        answer = answering.answer(source).as_json()

    answering.close()
    assert [row["file"] for row in answer["predictions"]] == ["70.png", "71.png"]
    assert sorted(answer["files"]) == ["70.png", "71.png"]
    for name, text in answer["files"].items():
        assert base64.b64decode(text) == (tmp_path / "masks" / name).read_bytes()
