"""A search for vectors of individuals, galleries and verdicts, from the folder to the command."""

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
from automl.core.errors import ConfigError, DataError
from automl.core.targets import TARGET
from automl.jobs.recognition import recognising
from automl.serving.answering import Answering
from automl.serving.sent import opened
from automl.tasks.catalog import fit_task
from tests.faces import folder_of_individuals, individual

FEW = {"trials": 1, "epochs": 12, "folds": 2, "tracking": False, "verbose": 0, "task": "verification"}
SMALL = (
    "blocks=2",
    "filters=16",
    "mirror_images=false",
    "flip=none",
    "batch_size=16",
    "embedding_width=64",
)


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    folder = tmp_path_factory.mktemp("individuals")
    folder_of_individuals(folder / "data", range(12))
    folder_of_individuals(folder / "others", range(20, 24))
    automl.search(folder / "data", out=folder / "job", family="cnn", settings=SMALL, **FEW)
    return folder


@pytest.fixture
def result(job):
    return automl.load(job / "job")


def test_each_network_is_scored_on_those_it_was_not_trained_on(result):
    known = json.loads((result.folder / "task.json").read_text())["identities"]

    assert len(known) == 12
    assert result.summary["metric"] == "val_roc_auc"
    assert set(result.summary["baselines"]) == {"chance", "pixels", "fisherfaces"}
    assert result.summary["exported_error"] == ""
    points = result.summary["operating"]
    assert (points["pairs"], points["others"]) == (120, 2 * (30 * 29 // 2 - 60))
    assert [item["far"] for item in points["points"]] == [0.1, 0.01, 0.001]


def test_others_than_those_of_the_search_are_scored(job, result):
    scores = result.evaluate(job / "others", told=lambda notes: None)

    assert scores["rows"] == 20
    assert scores["metrics"]["roc_auc"] > 0.8


def test_the_exported_model_holds_nobody_and_gives_the_same_vectors_for_any_size(job, result, tmp_path):
    import automl.layers  # noqa: F401  registers the layers of the file

    table = result.predict(job / "others")
    model = keras.models.load_model(result.folder / "model.keras")
    first = np.asarray(Image.open(job / "others" / table["file"][0]))[None, ..., None]

    vectors = model.predict({"image": first}, verbose=0)

    columns = [f"embedding_{place}" for place in range(2 * 64)]
    np.testing.assert_allclose(vectors[0], table.loc[0, columns].to_numpy(float), atol=1e-3)
    assert not [item for item in model.weights if item.shape[-1] == 12]
    larger = individual(20, 0, 36)[:, :28]
    Image.fromarray(larger).save(tmp_path / "larger.png")
    again = model.predict({"image": larger[None, ..., None]}, verbose=0)
    np.testing.assert_allclose(again, result.outputs(tmp_path / "larger.png"), atol=1e-3)


def test_a_gallery_names_those_in_it(job, result, tmp_path):
    made = result.recogniser.enroll(job / "others", far=0.1, output=tmp_path / "g.npz")

    named = result.recogniser.name(job / "others", gallery=made.path)

    assert made.gallery.names == ("p20", "p21", "p22", "p23")
    assert set(np.load(made.path).files) == {"names", "counts", "vectors", "threshold", "model"}
    right = named["nearest"] == named["file"].str[:3]
    assert right.mean() > 0.8
    assert set(named["prediction"]) <= {"p20", "p21", "p22", "p23", "unknown"}
    accepted = named["score"] > made.gallery.threshold
    assert (named["prediction"] == named["nearest"].where(accepted, "unknown")).all()


def test_two_pictures_are_compared(job, result):
    first, second = (str(job / "others" / "p20" / f"p20_000{number}.png") for number in (1, 2))

    same = result.recogniser.verify(first, first)
    other = result.recogniser.verify(first, second, threshold=1.0)

    assert same.same
    assert same.score == pytest.approx(1, abs=1e-5)
    assert same.threshold == pytest.approx(result.summary["operating"]["points"][1]["threshold"])
    assert not other.same


def test_pairs_of_a_file_are_scored(job, result, tmp_path):
    (tmp_path / "pairs.txt").write_text("1 2\np20 1 2\np21 1 3\np20 1 p21 2\np22 4 p23 1\n")

    scores = result.recogniser.score_pairs(job / "others", tmp_path / "pairs.txt")

    assert scores["pairs"] == 4
    assert 0 <= scores["metrics"]["roc_auc"] <= 1


def test_the_commands_enroll_name_and_verify(job, tmp_path, capsys):
    folder, others = str(job / "job"), job / "others"
    out = tmp_path / "named.csv"

    assert run(["enroll", folder, str(others), "--output", str(tmp_path / "g.npz")]) == 0
    said = capsys.readouterr().out
    assert "4 names from 20 examples" in said
    assert "Warning: so few pairs" in said
    words = ["predict", folder, str(others), "--output", str(out), "--gallery", str(tmp_path / "g.npz")]
    assert run(words) == 0
    assert list(pd.read_csv(out).columns) == ["file", "prediction", "score", "nearest"]
    pictures = [str(others / "p20" / "p20_0001.png"), str(others / "p21" / "p21_0001.png")]
    assert run(["verify", folder, *pictures, "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"same", "score", "threshold"}
    (tmp_path / "pairs.txt").write_text("p20 1 2\np20 1 p21 2\n")
    assert run(["evaluate", folder, str(others), "--pairs", str(tmp_path / "pairs.txt")]) == 0
    assert "pairs: 2" in capsys.readouterr().out


def test_other_tasks_name_nobody():
    labels = {TARGET: np.array(["a", "b"] * 5, object)}

    with pytest.raises(ConfigError, match="--task verification"):
        recognising(fit_task("binary", labels, names=("y",), facts={}))


def test_what_cannot_be_compared_is_refused(job, result, tmp_path):
    picture = str(job / "others" / "p20" / "p20_0001.png")

    with pytest.raises(ConfigError, match=r"only for: 0\.1, 0\.01, 0\.001"):
        result.recogniser.verify(picture, picture, far=0.5)
    with pytest.raises(ConfigError, match="not both"):
        result.recogniser.verify(picture, picture, far=0.1, threshold=0.5)
    with pytest.raises(DataError, match="one example to compare, got 20"):
        result.recogniser.verify(picture, str(job / "others"))
    with pytest.raises(ConfigError, match="does not exist"):
        result.recogniser.enroll(job / "others", output=tmp_path / "none" / "g.npz")


@pytest.mark.parametrize(
    ("people", "each", "options", "said"),
    [
        (3, 5, {}, "has 3 different names, expected at least 4"),
        (12, 1, {}, "Expected several"),
        (5, 4, {"folds": 3}, "two others in each fold"),
    ],
)
def test_what_nothing_can_be_learned_from_is_refused(tmp_path, people, each, options, said):
    folder_of_individuals(tmp_path / "data", range(people), each)

    with pytest.raises((ConfigError, DataError), match=said):
        automl.search(tmp_path / "data", out=tmp_path / "job", **{**FEW, **options})


def test_a_server_names_whom_predict_names(job, result, tmp_path):
    gallery = tmp_path / "gallery.npz"
    result.recogniser.enroll(job / "others", output=gallery)
    folder = sorted(path for path in (job / "others").iterdir() if path.is_dir())[0]
    files = {path.name: base64.b64encode(path.read_bytes()).decode() for path in folder.iterdir()}
    answering = Answering(result, str(gallery))

    with opened(json.dumps({"files": files}).encode(), "application/json") as source:
        answer = answering.answer(source)

    answering.close()
    expected = result.recogniser.name(folder, gallery=gallery)
    pd.testing.assert_frame_equal(answer.table, expected, rtol=1e-4)
    assert [row["prediction"] for row in answer.as_json()["predictions"]] == expected["prediction"].tolist()
