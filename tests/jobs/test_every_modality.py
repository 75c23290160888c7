"""From files of every modality to predictions on raw files, with one short trial each."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import automl
from automl.data.video_form import VideoForm
from automl.data.videos import read_video
from tests.data import videos
from tests.data.sounds import class_folders, tone
from tests.served import same, served, served_files

RNG = np.random.default_rng(0)
QUICK = {"trials": 1, "epochs": 1, "tracking": False}


def pictures(folder, count=8):
    for name, level in (("dark", 40), ("light", 200)):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            noise = RNG.integers(-30, 30, size=(12, 10, 3))
            Image.fromarray((level + noise).clip(0, 255).astype("uint8")).save(
                folder / name / f"{index}.png"
            )
    return folder


def series_file(path, count=12):
    rows = ["@problemName toy", "@classLabel true up down", "@data"]
    for index in range(count):
        length, sign = 8 + index % 4, 1 if index % 2 else -1
        values = sign * np.arange(length) + RNG.normal(size=length)
        rows.append(",".join(f"{value:.3f}" for value in values) + (":up" if sign > 0 else ":down"))
    path.write_text("\n".join(rows))
    return path


def rows_and_seen(result, data):
    with pytest.warns(automl.DataWarning, match="were trained on"):
        scores = result.evaluate(data)
    return scores["rows"], scores["seen_rows"]


def records(frame):
    times = dict.fromkeys(frame.select_dtypes("datetime"), str)
    return json.loads(frame.astype(times).to_json(orient="records"))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A folder of pictures and a job over it."""
    place = tmp_path_factory.mktemp("photos")
    folder = pictures(place / "photos")
    return folder, automl.search(folder, family="cnn", out=str(place / "job"), **QUICK)


def test_pictures_in_a_folder_per_class(photos):
    folder, result = photos

    assert rows_and_seen(result, folder) == (16, 16)
    answers = result.predict(folder / "dark")
    assert set(answers["prediction"]) <= {"dark", "light"}
    assert len(answers) == 8


def test_the_exported_model_takes_pictures_of_any_size(photos):
    _, result = photos
    odd = RNG.integers(0, 255, size=(2, 31, 47, 3)).astype("float32")

    assert result.model.predict({"image": odd}, verbose=0).shape == (2, 2)


def test_sounds_in_a_folder_per_class(tmp_path):
    folder = class_folders(tmp_path / "calls")

    result = automl.search(folder, family="cnn", out=str(tmp_path / "job"), **QUICK)

    assert result.summary["modality"] == "audio"
    assert rows_and_seen(result, folder) == (16, 16)
    answers = result.predict(folder / "low")
    assert answers["file"].tolist() == [f"{place}.wav" for place in range(8)]
    raw = np.stack([tone(150, 0.2), tone(600, 0.2)])
    by_model = result.model.predict({"sound": raw}, verbose=0)
    np.testing.assert_allclose(by_model[0], answers.filter(like="probability").iloc[0], atol=1e-2)


def test_videos_in_a_folder_per_class(tmp_path):
    folder = videos.class_folders(tmp_path / "clips")

    result = automl.search(folder, family="motion", frames=4, folds=1, out=str(tmp_path / "job"), **QUICK)

    assert result.summary["modality"] == "video"
    answers = result.predict(folder / "still")
    assert answers["file"].tolist() == [f"{place}.mp4" for place in range(8)]
    whole = VideoForm(frames=videos.FRAMES, height=videos.SIDE, width=videos.SIDE)
    raw = np.stack([read_video(folder / "still" / name, whole) for name in answers["file"]])
    by_model = result.model.predict({"video": raw}, verbose=0)
    np.testing.assert_allclose(by_model, answers.filter(like="probability"), atol=1e-4)
    assert same(served_files(result, sorted((folder / "still").iterdir()))["predictions"], records(answers))


def test_series_of_unequal_lengths(tmp_path):
    path = series_file(tmp_path / "toy.ts")

    result = automl.search(path, family="cnn", out=str(tmp_path / "job"), **QUICK)

    assert rows_and_seen(result, path) == (12, 12)
    assert set(result.predict(path)["prediction"]) <= {"up", "down"}


def test_texts_in_a_table_without_header(tmp_path):
    words = ["good fine great", "bad poor awful"]
    lines = [f"{words[index % 2]} film number {index} indeed\t{index % 2}" for index in range(40)]
    path = tmp_path / "reviews.tsv"
    path.write_text("\n".join(lines))

    result = automl.search(
        path, target="c1", header=False, family="ngrams", out=str(tmp_path / "job"), **QUICK
    )

    assert result.summary["modality"] == "text"
    assert rows_and_seen(result, path) == (40, 40)


def test_several_targets_of_zero_and_one(tmp_path):
    frame = pd.DataFrame(RNG.normal(size=(60, 2)), columns=["a", "b"])
    frame["p"], frame["q"] = (frame["a"] > 0).astype(int), (frame["b"] > 0).astype(int)
    frame.to_csv(tmp_path / "table.csv.gz", index=False)

    result = automl.search(
        tmp_path / "table.csv.gz", target=("p", "q"), family="linear", out=str(tmp_path / "job"), **QUICK
    )

    answers = result.predict(tmp_path / "table.csv.gz")
    assert result.summary["task"] == "multilabel"
    assert {"p", "q", "probability_p", "probability_q"} <= set(answers.columns)


@pytest.mark.parametrize("ids", [False, True])
def test_forecasts_continue_each_series(tmp_path, ids):
    hours = pd.date_range("2026-01-01", periods=120, freq="h")
    parts = []
    for name in ("east", "west")[: 1 + ids]:
        wave = 5 + np.sin(np.arange(120) * 2 * np.pi / 24) + RNG.normal(scale=0.1, size=120)
        parts.append(pd.DataFrame({"place": name, "hour": hours, "load": wave}))
    frame = pd.concat(parts) if ids else parts[0].drop(columns="place")
    frame.to_csv(tmp_path / "load.csv", index=False)
    data = tmp_path / "load.csv" if ids else frame.set_index("hour")

    result = automl.search(
        data,
        target="load",
        time_column="hour" if ids else None,
        id_column="place" if ids else None,
        horizon=6,
        lookback=24,
        family="linear",
        out=str(tmp_path / "job"),
        **QUICK,
    )

    answers = result.predict(data)
    assert len(answers) == 6 * (1 + ids)
    rows = records(frame if ids else frame.reset_index())
    assert same(served(result, {"rows": rows})["predictions"], records(answers))
    assert pd.Timestamp(answers["time"].iloc[0]) == pd.Timestamp("2026-01-06 00:00")
    assert {"mse", "mae", "rmse", "smape", "mase", "mse_scaled", "mae_scaled"} == set(
        result.evaluate(data, told=lambda notes: None)["metrics"]
    )
    windows = RNG.normal(size=(7, *result.model.input["series"].shape[1:]))
    more, as_many_as_steps = (result.model.predict({"series": windows[:rows]}) for rows in (7, 6))
    np.testing.assert_allclose(as_many_as_steps, more[:6], rtol=1e-5)


@pytest.fixture(scope="module")
def mixed_rows(tmp_path_factory):
    """A CSV of a picture, a text, a number and a shop in each row; the class is both seen and read."""
    folder, rows = tmp_path_factory.mktemp("mixed"), []
    for index in range(40):
        level, word = ((40, "dark"), (200, "light"))[index % 2]
        noise = RNG.integers(-30, 30, size=(12, 10, 3))
        Image.fromarray((level + noise).clip(0, 255).astype("uint8")).save(folder / f"{index}.png")
        shop = ("Bonn", "Ulm")[index // 2 % 2]
        rows.append([f"{index}.png", f"a {word} thing number {index}", RNG.normal(), shop, word])
    columns = ["photo", "review", "weight", "shop", "label"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv"


@pytest.fixture(scope="module")
def mixed(mixed_rows):
    return automl.search(mixed_rows, target="label", out=str(mixed_rows.parent / "job"), **QUICK)


def test_rows_of_several_kinds_feed_one_model(mixed, mixed_rows):
    assert mixed.summary["modality"] == "mixed"
    assert mixed.best["family"] == "fusion"
    assert any("one model reads them all" in note for note in mixed.summary["notes"])
    assert rows_and_seen(mixed, mixed_rows) == (40, 32)
    assert set(mixed.predict(mixed_rows)["prediction"]) <= {"dark", "light"}


def test_a_frame_of_several_kinds_keeps_its_index_and_rows_without_pictures(mixed, mixed_rows):
    frame = pd.read_csv(mixed_rows).drop(columns="label").set_index(pd.Index(range(100, 140)))
    frame["photo"] = [str(mixed_rows.parent / name) for name in frame["photo"]]
    frame.loc[107, "photo"] = "gone.png"

    with pytest.warns(automl.DataWarning, match="1 of 40 images"):
        answers = mixed.predict(frame)

    assert answers.index.tolist() == list(range(100, 140))


def test_the_exported_model_takes_the_raw_row(mixed):
    row = {
        "photo": np.full((1, 9, 9, 3), 200, np.uint8),
        "review": np.array(["a light thing"], object),
        "weight": np.array([0.5]),
        "shop": np.array(["Bonn"], object),
    }

    assert mixed.model.predict(row, verbose=0).shape == (1, 2)


def test_one_kind_of_a_mixed_table_is_searched_when_asked_for(mixed_rows, tmp_path):
    text = automl.search(
        mixed_rows, target="label", modality="text", family="ngrams", out=str(tmp_path / "text"), **QUICK
    )
    without = automl.search(
        mixed_rows,
        target="label",
        drop=["photo", "review"],
        family="linear",
        out=str(tmp_path / "rest"),
        **QUICK,
    )

    assert text.summary["modality"] == "text"
    assert without.summary["modality"] == "tabular"
