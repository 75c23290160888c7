"""Which tables are sampled, and that a small one is the same read either way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.errors import DataError
from automl.data.cache import ArrayCache
from automl.data.source import open_source
from automl.jobs.config import JobConfig
from automl.jobs.intake import large
from automl.jobs.intake.folds import split
from automl.jobs.intake.intake import read_options
from automl.jobs.intake.large import read_data
from tests.data.large.files import frame, written


def read(path, **options):
    config = JobConfig(target=("target",), **options)
    return read_data(config, open_source(path), read_options(config))


@pytest.fixture(params=["t.csv", "t.parquet"])
def path(request, tmp_path):
    return written(frame(), tmp_path / request.param)


def test_both_ways_give_the_same_of_a_small_file(path):
    once, parts = read(path).dataset, read(path, sample_rows=10**6).dataset

    assert (parts.schema, parts.task, parts.kinds, parts.notes) == (
        once.schema,
        once.task,
        once.kinds,
        once.notes,
    )
    for name, values in once.examples.inputs.items():
        np.testing.assert_array_equal(parts.examples.inputs[name], values)
    one, other = (split(JobConfig(folds=1), dataset)[0][0] for dataset in (once, parts))
    assert np.array_equal(one.validation, other.validation)


def test_a_sample_gives_the_same_columns_and_says_that_it_is_one(path):
    whole, sample = read(path), read(path, sample_rows=1000)

    assert sample.dataset.kinds == whole.dataset.kinds
    assert sample.dataset.schema["columns"] == whole.dataset.schema["columns"]
    assert sample.drawn.total == 3000
    assert len(sample.dataset.examples) == len(sample.drawn.rows)
    assert any("3,000 rows are not read at once" in note for note in sample.dataset.notes)


def test_examples_know_their_rows_in_the_file(path):
    sample, whole = read(path, sample_rows=500), read(path).dataset.examples

    places = sample.drawn.rows[sample.dataset.examples.rows]
    for name, values in sample.dataset.examples.inputs.items():
        np.testing.assert_array_equal(values, whole.inputs[name][places])


def test_a_small_file_is_read_at_once(path):
    assert read(path).drawn is None


def test_a_file_is_sampled_from_a_share_of_the_memory_on(path, monkeypatch):
    monkeypatch.setattr(large, "host_memory", lambda: 16 * path.stat().st_size - 1)
    monkeypatch.setattr(large, "LEAST_ROWS", 100)

    assert read(path).drawn.total == 3000
    assert read(path, sample_rows=0).drawn is None


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"folds": 3}, "folds are asked for"),
        ({"group_column": "word"}, "a group column is named"),
        ({"time_column": "day"}, "a time column is named"),
    ],
)
def test_what_needs_all_rows_is_read_at_once_and_told(path, options, reason):
    reading = read(path, sample_rows=500, **options)

    assert reading.drawn is None
    assert len(reading.dataset.examples) == 3000
    assert reason in reading.dataset.notes[0]


def test_texts_are_read_at_once_and_told(tmp_path):
    random = np.random.default_rng(0)
    words = np.array(["good", "bad", "slow", "quick", "red", "blue", "old", "new"])
    table = frame().assign(review=[" ".join(row) for row in words[random.integers(0, 8, (3000, 9))]])

    reading = read(written(table, tmp_path / "t.csv"), sample_rows=500)

    assert len(reading.dataset.examples) == 3000
    assert "columns of texts" in reading.dataset.notes[0]


def test_a_sample_is_drawn_once_for_all_processes_of_a_job(path, tmp_path, monkeypatch):
    config = JobConfig(target=("target",), sample_rows=500)
    source = replace(open_source(path), cache=ArrayCache(tmp_path / "cache"))
    first = read_data(config, source, read_options(config))
    monkeypatch.setattr("automl.data.large.sampling.draw_text", None)
    monkeypatch.setattr("automl.data.large.sampling.draw_parquet", None)

    again = read_data(config, replace(source, kept=type(source.kept)()), read_options(config))

    assert np.array_equal(again.drawn.rows, first.drawn.rows)
    assert again.dataset.schema == first.dataset.schema


def test_a_wrong_row_far_down_is_refused_with_its_line(tmp_path):
    path = written(frame(), tmp_path / "t.csv")
    path.write_text(path.read_text() + "1,2\n")

    with pytest.raises(DataError, match="line 3002: expected 6 cells"):
        read(path, sample_rows=200)


def test_data_in_memory_is_not_sampled_and_the_user_is_told():
    config = JobConfig(target=("target",), sample_rows=500)

    reading = read_data(config, open_source(frame()), read_options(config))

    assert len(reading.dataset.examples) == 3000
    assert reading.dataset.notes[0] == "sample_rows has no effect: frame is no CSV or Parquet file."
