"""Rows of pictures, texts, numbers, categories and dates: read, read again, and made tensors of."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.modalities.mixed import MIXED
from automl.data.modality import Dataset, ReadOptions
from automl.data.raw_model import predict
from automl.data.source import open_source
from tests.data.pictures import pictures

ROWS = 40
COLOURS = ("red", "green", "blue")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    frame = pd.DataFrame(
        {
            "photo": [f"pictures/{name}" for name in pictures_in(tmp_path / "pictures")],
            "review": [f"the {COLOURS[row % 3]} thing number {row}" for row in range(ROWS)],
            "weight": [row / 8 for row in range(ROWS)],
            "height": [(row * 7 % 11) / 4 for row in range(ROWS)],
            "shop": [("Bonn", "Ulm")[row // 3 % 2] for row in range(ROWS)],
            "day": [f"2024-{row % 12 + 1:02d}-05" for row in range(ROWS)],
            "price": [10 + row % 3 + row / 9 for row in range(ROWS)],
        }
    )
    frame.to_csv(tmp_path / "products.csv", index=False)
    return tmp_path / "products.csv"


def pictures_in(folder: Path) -> list[str]:
    folder.mkdir()
    return pictures(folder, ROWS)


def read(path: object, **options: object) -> Dataset:
    asked = ReadOptions(**{"target": ("price",), **options})  # type: ignore[arg-type]
    return MIXED.read(open_source(path), asked)


def test_every_column_is_an_input_as_the_exported_model_takes_it(path: Path) -> None:
    dataset = read(path)

    inputs = dataset.examples.inputs
    assert {name: array.dtype.name for name, array in inputs.items()} == {
        "photo": "uint8",
        "review": "object",
        "weight": "float64",
        "height": "float64",
        "shop": "object",
        "day": "int64",
    }
    assert inputs["photo"].shape == (ROWS, 4, 4, 3)
    assert dataset.kinds["photo"] == "images"
    assert dataset.task == "regression"
    assert dataset.handling.tensors_kept
    assert dataset.handling.examples_per_epoch == 50_000
    assert dataset.handling.least_examples == 0


def test_tensors_have_unique_names_and_are_what_their_specs_say(path: Path) -> None:
    dataset = read(path)

    preprocessing = MIXED.fit(dataset, np.arange(30), seed=0)
    tensors = preprocessing.transform(dataset.examples)

    assert {spec.name: spec.source for spec in preprocessing.inputs} == {
        "numeric": "numbers",
        "ranks": "numbers",
        "categorical": "categories",
        "inner_fold": "categories",
        "review.tokens": "review",
        "review.ngrams": "review",
        "review.ngram_weights": "review",
        "photo.image": "photo",
    }
    for spec in preprocessing.inputs:
        assert tensors[spec.name].shape == (ROWS, *spec.shape)
        assert tensors[spec.name].dtype == spec.dtype
    assert tensors["numeric"].shape[1] == 2 + 3
    promised = {(item.kind, item.source) for item in MIXED.promises(dataset)}
    assert promised == {(spec.kind, spec.source) for spec in preprocessing.inputs}


def test_pictures_of_any_size_become_the_pixels_of_training(path: Path) -> None:
    dataset = read(path)
    preprocessing = MIXED.fit(dataset, np.arange(ROWS), seed=0)
    (facts,) = (spec.facts for spec in preprocessing.inputs if spec.kind == "image")
    row = {name: array[:3] for name, array in dataset.examples.inputs.items()}
    larger = {**row, "photo": np.repeat(np.repeat(row["photo"], 3, axis=1), 2, axis=2)}

    tensors = predict(preprocessing.model, larger, batch_size=3)["photo.image"]

    np.testing.assert_allclose(tensors * facts.deviation + facts.mean, row["photo"], atol=0.1)


def test_the_preprocessing_survives_saving_and_takes_the_raw_row(path: Path, tmp_path: Path) -> None:
    dataset = read(path)
    preprocessing = MIXED.fit(dataset, np.arange(ROWS), seed=0)
    preprocessing.model.save(tmp_path / "mixed.keras")
    loaded = keras.saving.load_model(tmp_path / "mixed.keras", safe_mode=True)
    row = {name: array[:1] for name, array in dataset.examples.inputs.items()}

    expected = preprocessing.transform(dataset.examples, np.arange(1))

    for name, tensor in predict(loaded, row, batch_size=1).items():
        np.testing.assert_allclose(tensor, expected[name], rtol=1e-6)


def test_another_table_is_read_the_same_from_its_own_folder(path: Path, tmp_path: Path) -> None:
    dataset = read(path)
    schema = json.loads(json.dumps(dataset.schema))
    other = pd.read_csv(path)[["day", "shop", "photo", "weight", "height", "review"]].assign(extra=1)
    (tmp_path / "new").mkdir()
    (tmp_path / "pictures").rename(tmp_path / "new" / "pictures")
    other.to_csv(tmp_path / "new" / "products.csv", index=False)

    examples, notes = MIXED.read_again(
        open_source(tmp_path / "new" / "products.csv"), schema, targets=False
    )

    for name, array in dataset.examples.inputs.items():
        np.testing.assert_array_equal(examples.inputs[name], array)
    assert examples.keys["row"].tolist() == list(range(ROWS))
    assert any("'extra'" in note for note in notes)


def test_frames_name_pictures_from_the_root(path: Path) -> None:
    frame = pd.read_csv(path)
    frame["photo"] = [str(path.parent / name) for name in frame["photo"]]
    schema = read(path).schema

    examples, _ = MIXED.read_again(open_source(frame.iloc[::-1]), schema, targets=True)

    assert len(examples) == ROWS
    assert examples.inputs["weight"][0] == (ROWS - 1) / 8


def test_rows_whose_picture_is_broken_stay_and_say_so(path: Path) -> None:
    dataset = read(path)
    (path.parent / "pictures" / "7.png").write_bytes(b"broken")

    again = read(path)
    examples, notes = MIXED.read_again(open_source(path), dataset.schema, targets=False)

    assert len(again.examples) == len(examples) == ROWS
    assert not examples.inputs["photo"][7].any()
    assert examples.inputs["weight"][7] == 7 / 8
    assert any("'photo': 1 of 40 images" in note and "7.png" in note for note in notes)
    assert any("count as missing" in note for note in notes)


def test_empty_cells_are_missing_pictures_that_the_model_is_told_of(path: Path) -> None:
    frame = pd.read_csv(path)
    gaps = [1, 2, 3, 5, 8, 13, 21, 34]
    frame.loc[gaps, "photo"] = ""
    frame.to_csv(path, index=False)

    dataset = read(path)
    fitted = MIXED.fit(dataset, np.arange(30), seed=0)
    tensors = fitted.transform(dataset.examples)

    assert any("'photo': 8 of 40 cells are empty" in note for note in dataset.notes)
    assert {promised.kind for promised in MIXED.promises(dataset)} >= {"image", "numeric"}
    for row in range(ROWS):
        assert tensors["photo.image"][row].any() == (row not in gaps)
    flags = tensors["numeric"][:, -1]
    assert len(set(flags[gaps])) == 1
    assert len(set(np.delete(flags, gaps))) == 1
    assert flags[gaps[0]] != flags[0]


def test_statistics_leave_missing_pictures_out(path: Path) -> None:
    whole = MIXED.fit(read(path), np.arange(3, 9), seed=0).inputs
    frame = pd.read_csv(path)
    frame.loc[[6, 7, 8], "photo"] = ""
    frame.to_csv(path, index=False)

    lacking = MIXED.fit(read(path), np.arange(3, 9), seed=0).inputs

    facts = [next(spec.facts for spec in specs if spec.kind == "image") for specs in (whole, lacking)]
    assert facts[0] == facts[1]


def test_a_picture_may_be_missing_where_training_lacked_none(path: Path, tmp_path: Path) -> None:
    dataset = read(path)
    fitted = MIXED.fit(dataset, np.arange(ROWS), seed=0)
    fitted.model.save(tmp_path / "front.keras")
    other = pd.read_csv(path).iloc[:4]
    other.loc[2, "photo"] = np.nan
    other.to_csv(path, index=False)

    examples, _ = MIXED.read_again(open_source(path), dataset.schema, targets=False)
    again = keras.models.load_model(tmp_path / "front.keras")
    found = predict(again, examples.inputs, 4)["photo.image"]

    assert [bool(image.any()) for image in np.asarray(found)] == [True, True, False, True]


def test_more_broken_pictures_are_refused(path: Path) -> None:
    for row in range(5):
        (path.parent / "pictures" / f"{row}.png").unlink()

    with pytest.raises(DataError, match=r"5 of 40 images of .*column 'photo' cannot be read"):
        read(path)


def test_roles_and_missing_texts_are_honoured(path: Path) -> None:
    frame = pd.read_csv(path)
    frame.loc[3, "review"] = ""
    frame.loc[4, "price"] = np.nan
    frame.to_csv(path, index=False)

    dataset = read(path, group_column="shop", time_column="day", id_column="height")

    assert dataset.columns == ("photo", "review", "weight", "day")
    assert len(dataset.examples) == ROWS - 1
    assert dataset.examples.groups is not None
    assert dataset.examples.times is not None
    assert list(dataset.examples.keys) == ["row", "height"]
    assert dataset.examples.inputs["review"][3] == ""
    assert any("1 of 39 texts are empty" in note for note in dataset.notes)


def test_pictures_take_the_size_asked_for(path: Path) -> None:
    assert read(path, image_size=2).examples.inputs["photo"].shape == (ROWS, 2, 2, 3)


def test_an_option_for_pictures_that_are_not_there_is_told(path: Path) -> None:
    notes = read(path, image_size=2, drop=("photo",)).notes

    assert "image_size has no effect: no column holds images or videos." in notes


def test_texts_that_training_lacks_are_refused(path: Path) -> None:
    schema = read(path).schema
    other = pd.read_csv(path).drop(columns="review")

    with pytest.raises(DataError, match="is missing columns that the model was trained on: 'review'"):
        MIXED.read_again(open_source(other), schema, targets=False)
