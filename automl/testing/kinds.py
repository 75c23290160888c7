"""What every kind of column promises, for the one who writes a kind.

    class TestMine(KindContract):
        samples = (KindSample(name="mine", cells=cells, other=("a",), dtype="object", tensors=("mine",)),)

The package that declares the kind must be installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pandas as pd
import pytest

import automl.layers  # noqa: F401  registers the layers that a saved preprocessing names
from automl.data.catalog import KINDS
from automl.data.columns import learn_columns, read_columns, recognise, usable_kinds
from automl.data.kinds.kind import Column, Facts, Place
from automl.data.modalities.mixed import MIXED
from automl.data.modality import Dataset, Preprocessing, ReadOptions
from automl.data.raw_model import predict
from automl.data.source import open_source
from automl.testing.samples import KindSample

NAME, INPUT = "a/b", "a_b"
"""A column as users may name it, and the input that it becomes."""


class KindContract:
    """Subclass it and give ``samples``."""

    samples: ClassVar[Sequence[KindSample]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test for each sample."""
        if "sample" in metafunc.fixturenames:
            metafunc.parametrize("sample", self.samples, ids=str)

    @pytest.fixture
    def frame(self, sample: KindSample, tmp_path: Path) -> pd.DataFrame:
        """A table of one column."""
        return _frame(sample.cells(tmp_path))

    def test_it_bears_its_name_in_the_catalog(self, sample: KindSample) -> None:
        assert KINDS[sample.name].name == sample.name
        assert KINDS[sample.name].words

    def test_it_wins_the_cells_that_are_its_own(self, sample: KindSample, frame: pd.DataFrame) -> None:
        (column,), _ = recognise(frame, usable_kinds())

        assert (column.kind, column.name, column.input) == (sample.name, NAME, INPUT)

    def test_it_leaves_columns_of_nothing(self, sample: KindSample) -> None:
        empty = _frame(["", "", ""])

        assert 0 <= KINDS[sample.name].bid(Facts(series=empty[NAME], name=NAME)) <= 1
        assert recognise(empty, usable_kinds())[0] == []

    def test_raw_values_have_the_promised_type(
        self, sample: KindSample, frame: pd.DataFrame, tmp_path: Path
    ) -> None:
        read = _learned(frame, tmp_path)
        shape, dtype = KINDS[sample.name].raw(read.columns[0])

        assert read.inputs[INPUT].dtype == sample.dtype
        assert len(read.inputs[INPUT]) == len(read.kept) == len(frame)
        assert len(read.inputs[INPUT].shape[1:]) == len(shape)
        assert dtype in ("string", "float64", "float32", "int64", "int32")

    def test_what_was_learned_survives_json_and_reads_the_same_again(
        self, frame: pd.DataFrame, sample: KindSample, tmp_path: Path
    ) -> None:
        first, place = _learned(frame, tmp_path), Place(where="t", folder=tmp_path)
        restored = [Column(**json.loads(json.dumps(column.as_json()))) for column in first.columns]

        again = read_columns(frame, restored, place)

        np.testing.assert_array_equal(again.inputs[INPUT], first.inputs[INPUT])
        assert again.notes == ()

    def test_other_cells_are_read_too(
        self, sample: KindSample, frame: pd.DataFrame, tmp_path: Path
    ) -> None:
        columns, other = _learned(frame, tmp_path).columns, _frame(sample.other)

        values = read_columns(other, columns, Place(where="t", folder=tmp_path)).inputs[INPUT]

        assert len(values) == len(sample.other)
        assert values.dtype == sample.dtype
        assert KINDS[sample.name].strict(other[NAME], columns[0]) is None

    def test_an_example_for_a_server_is_read_to_the_same_values(
        self, sample: KindSample, frame: pd.DataFrame, tmp_path: Path
    ) -> None:
        read, place = _learned(frame, tmp_path), Place(where="t", folder=tmp_path)
        example = KINDS[sample.name].example(frame[NAME], read.columns[0], place)

        again = read_columns(
            pd.DataFrame({NAME: example}), read.columns, Place(where="server", folder=Path("/"))
        )

        np.testing.assert_array_equal(again.inputs[INPUT], read.inputs[INPUT])

    def test_it_gives_the_tensors_that_it_promises(
        self, sample: KindSample, frame: pd.DataFrame, tmp_path: Path
    ) -> None:
        dataset = _dataset(frame, tmp_path)

        fitted = MIXED.fit(dataset, np.arange(8), seed=0)
        tensors = fitted.transform(dataset.examples)

        promised = {(item.kind, item.source) for item in MIXED.promises(dataset)}
        assert {(spec.kind, spec.source) for spec in fitted.inputs} == promised
        assert set(sample.tensors) <= {kind for kind, _ in promised}
        for spec in fitted.inputs:
            assert tensors[spec.name].shape == (len(frame), *spec.shape)
            assert tensors[spec.name].dtype == spec.dtype

    def test_only_the_training_part_is_learned_from(
        self, sample: KindSample, frame: pd.DataFrame, tmp_path: Path
    ) -> None:
        dataset = _dataset(frame, tmp_path)
        half = dataset.examples.take(np.r_[np.arange(8), np.zeros(len(frame) - 8, int)])
        rows, changed = np.arange(8), _with(dataset, half.inputs)

        expected = MIXED.fit(dataset, rows, seed=0).transform(dataset.examples, rows)

        for name, tensor in MIXED.fit(changed, rows, seed=0).transform(dataset.examples, rows).items():
            np.testing.assert_array_equal(tensor, expected[name])

    def test_saved_preprocessing_answers_the_same(
        self, sample: KindSample, frame: pd.DataFrame, tmp_path: Path
    ) -> None:
        dataset = _dataset(frame, tmp_path)
        fitted: Preprocessing = MIXED.fit(dataset, np.arange(8), seed=0)
        fitted.model.save(tmp_path / "saved.keras")

        loaded = keras.saving.load_model(tmp_path / "saved.keras", safe_mode=True)

        expected = fitted.transform(dataset.examples)
        for name, tensor in predict(loaded, dataset.examples.inputs, batch_size=5).items():
            np.testing.assert_allclose(tensor, expected[name], rtol=1e-6, atol=5e-6)


def _frame(cells: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({NAME: pd.Series(list(cells), dtype=object)})


def _learned(frame: pd.DataFrame, folder: Path) -> Any:
    columns, _ = recognise(frame, usable_kinds())
    return learn_columns(frame, columns, Place(where="t", folder=folder))


def _dataset(frame: pd.DataFrame, folder: Path) -> Dataset:
    """The column beside a number, read from a file."""
    labels = ["yes", "no"] * (len(frame) // 2)
    frame.assign(n=np.arange(len(frame)) / 7, label=labels).to_csv(folder / "t.csv", index=False)
    return MIXED.read(open_source(folder / "t.csv"), ReadOptions(target=("label",)))


def _with(dataset: Dataset, inputs: Mapping[str, np.ndarray]) -> Dataset:
    return replace(dataset, examples=replace(dataset.examples, inputs=inputs))
