"""Whole series: ``.ts`` and ``.npz`` files and arrays, equal and unequal lengths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.data.modalities.series import SERIES
from automl.data.modality import ReadOptions
from automl.data.source import open_source

HEADER = "#made up\n@problemName x\n@timeStamps false\n@classLabel true a b\n@data\n"
UNEQUAL = HEADER + "1,2,3:4,5,6:a\n1,2:7,8:b\n1,?,3:4,5,6:b\n"


def ts(folder: Path, text: str) -> Path:
    path = folder / "x.ts"
    path.write_text(text)
    return path


def test_a_ts_file_of_unequal_lengths_is_padded_and_masked(tmp_path: Path) -> None:
    dataset = SERIES.read(open_source(ts(tmp_path, UNEQUAL)), ReadOptions())
    series = dataset.examples.inputs["series"]
    assert series.shape == (3, 3, 2)
    assert np.isnan(series[1, 2]).all()
    assert series[2, :, 0].tolist() == [1, 1, 3]
    assert dataset.task == "binary"
    assert dataset.examples.targets is not None
    assert dataset.examples.targets["target"].tolist() == ["a", "b", "b"]
    assert SERIES.fit(dataset, np.arange(3), 0).inputs[0].facts.masked


def test_padding_passes_through_standardisation(tmp_path: Path) -> None:
    dataset = SERIES.read(open_source(ts(tmp_path, UNEQUAL)), ReadOptions())
    sequence = SERIES.fit(dataset, np.arange(3), 0).transform(dataset.examples)["sequence"]
    assert np.isnan(sequence[1, 2]).all()
    assert np.nanmean(sequence, axis=(0, 1)) == pytest.approx(np.zeros(2), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2:a\n", "end with '@data'"),
        (HEADER, "found none"),
        (HEADER + "1,x:a\n", "line 6, dimension 1: expected numbers"),
        (HEADER + "1,2:3,4:a\n1,2:b\n", "expected 2 dimensions.*got 1"),
        (HEADER + "1,2:a\n3,4:a\n", "only one class"),
        (HEADER.replace("Stamps false", "Stamps true") + "(0,1):a\n", "time stamps"),
        (HEADER.replace("@classLabel true a b", "@classLabel false") + "1,2\n", "found none"),
    ],
)
def test_bad_ts_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        SERIES.read(open_source(ts(tmp_path, text)), ReadOptions())


def test_series_without_a_label_are_dropped_and_counted(tmp_path: Path) -> None:
    path = ts(tmp_path, HEADER + "1,2:a\n3,4:?\n5,6:b\n")
    dataset = SERIES.read(open_source(path), ReadOptions())
    assert len(dataset.examples) == 2
    assert dataset.notes == ("1 series without a label were dropped.",)


def test_a_target_label_makes_a_regression(tmp_path: Path) -> None:
    text = HEADER.replace("@classLabel true a b", "@targetlabel true") + "1,2:0.5\n3,4:7\n"
    dataset = SERIES.read(open_source(ts(tmp_path, text)), ReadOptions())
    assert dataset.task == "regression"
    assert dataset.examples.targets is not None
    assert dataset.examples.targets["target"].tolist() == [[0.5], [7.0]]


@pytest.mark.parametrize(
    ("labels", "task"),
    [
        (np.array([0, 1, 1, 0]), "binary"),
        (np.array(["x", "y", "z", "x"]), "multiclass"),
        (np.array([0.5, 1.0, 2.0, 3.0]), "regression"),
        (np.array([[0, 1], [1, 1], [0, 0], [1, 0]]), "multilabel"),
        (np.array([[0.5, 1], [1, 1], [0, 0], [1, 0]]), "regression"),
    ],
)
def test_the_task_follows_from_the_labels_of_arrays(labels: np.ndarray, task: str) -> None:
    data = (np.arange(40.0).reshape(4, 10), labels)
    dataset = SERIES.read(open_source(data), ReadOptions())
    assert dataset.task == task
    assert dataset.examples.inputs["series"].shape == (4, 10, 1)


def test_an_object_array_holds_unequal_lengths() -> None:
    ragged = np.empty(2, object)
    ragged[:] = [np.ones((5, 2)), np.ones((3, 2))]
    dataset = SERIES.read(open_source((ragged, np.array(["a", "b"]))), ReadOptions())
    assert np.isnan(dataset.examples.inputs["series"][1, :, 0]).tolist() == [False] * 3 + [True] * 2


def test_an_npz_file_is_read_by_its_usual_names_and_unknown_labels_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.ones((3, 7, 2)), y=np.array(["a", "b", "a"]))
    assert SERIES.read(open_source(path), ReadOptions()).examples.inputs["series"].shape == (3, 7, 2)
    with pytest.raises(DataError, match="no array is named 'yy'"):
        SERIES.read(open_source(path), ReadOptions(target=("yy",)))


def test_longer_series_are_cut_at_prediction_and_said_so() -> None:
    dataset = SERIES.read(open_source((np.ones((4, 6)), np.array(list("abab")))), ReadOptions())
    examples, notes = SERIES.read_again(open_source(np.ones((2, 9))), dataset.schema, targets=False)
    assert examples.inputs["series"].shape == (2, 6, 1)
    assert examples.targets is None
    assert any("2 series are longer" in note for note in notes)


def test_shorter_series_go_on_with_their_last_value_where_training_had_no_padding() -> None:
    dataset = SERIES.read(open_source((np.ones((4, 6)), np.array(list("abab")))), ReadOptions())
    short = np.array([[1.0, 2.0, 3.0]])
    examples, _ = SERIES.read_again(open_source(short), dataset.schema, targets=False)
    assert examples.inputs["series"][0, :, 0].tolist() == [1, 2, 3, 3, 3, 3]


def test_other_dimensions_at_prediction_are_refused() -> None:
    dataset = SERIES.read(open_source((np.ones((4, 6, 2)), np.array(list("abab")))), ReadOptions())
    with pytest.raises(DataError, match="expected series of 2 dimensions, got 3"):
        SERIES.read_again(open_source(np.ones((2, 6, 3))), dataset.schema, targets=False)


def test_a_table_is_no_set_of_whole_series(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(DataError, match="expected whole series"):
        SERIES.read(open_source(path), ReadOptions(task="binary", target=("b",)))


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "shape"), [("BasicMotions", (40, 100, 6)), ("JapaneseVowels", (270, 26, 12))]
)
def test_archive_files_are_read(shared_data: Path, name: str, shape: tuple[int, ...]) -> None:
    path = shared_data / "time_series_classification" / name / f"{name}_TRAIN.ts"
    dataset = SERIES.read(open_source(path), ReadOptions())
    assert dataset.examples.inputs["series"].shape == shape
    assert dataset.task == "multiclass"


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["none", "some", "none", "some"], ["none", "some", "none", "some"]),
        ([1.0, 0.0, 1.0, 0.0], ["1", "0", "1", "0"]),
        ([True, False, True, False], ["True", "False", "True", "False"]),
    ],
)
def test_labels_keep_the_rules_of_tables(labels: list[object], classes: list[str]) -> None:
    data = (np.arange(40.0).reshape(4, 10), np.array(labels))
    dataset = SERIES.read(open_source(data), ReadOptions())
    assert dataset.examples.targets is not None
    assert dataset.examples.targets["target"].tolist() == classes


def test_yes_and_no_side_by_side_are_several_labels() -> None:
    labels = np.array([[True, False], [False, True], [True, True], [False, False]])
    dataset = SERIES.read(open_source((np.arange(40.0).reshape(4, 10), labels)), ReadOptions())
    assert dataset.task == "multilabel"
    assert dataset.examples.targets is not None
    assert dataset.examples.targets["target"].tolist() == labels.astype(float).tolist()


def test_missing_steps_are_told_and_those_at_the_start_apart() -> None:
    series = np.arange(40.0).reshape(4, 10)
    series[0, :2], series[1, 5] = np.nan, np.nan
    notes = SERIES.read(open_source((series, np.array(list("abab")))), ReadOptions()).notes
    assert any("1 missing values: filled with the last" in note for note in notes)
    assert any("2 missing values before a series begins" in note for note in notes)


def test_a_dimension_that_a_series_lacks_counts_as_its_mean() -> None:
    series = 1e9 + np.random.default_rng(0).normal(size=(4, 6, 2))
    series[0, :, 1] = np.nan
    dataset = SERIES.read(open_source((series, np.array(list("abab")))), ReadOptions())
    sequence = SERIES.fit(dataset, np.arange(4), 0).transform(dataset.examples)["sequence"]
    assert sequence[0, :, 1].tolist() == [0] * 6
    assert any("6 values of dimensions that a series lacks" in note for note in dataset.notes)
    assert np.abs(sequence).max() < 5


def test_codes_of_classes_are_told_or_refused_but_never_cut() -> None:
    codes = np.eye(3)[np.arange(30) % 3]
    source = open_source((np.random.default_rng(0).normal(size=(30, 8)), codes))

    assert any("one-hot" in note for note in SERIES.read(source, ReadOptions(task="multilabel")).notes)
    with pytest.raises(DataError, match=r"multiclass takes one target, got .*argmax"):
        SERIES.read(source, ReadOptions(task="multiclass"))


def test_series_without_any_value_are_told() -> None:
    values = np.random.default_rng(0).normal(size=(20, 8, 1))
    values[3] = np.nan
    notes = SERIES.read(open_source((values, np.arange(20) % 2)), ReadOptions()).notes

    assert notes == ("1 of 20 series hold no value at all: they count as the mean.",)
