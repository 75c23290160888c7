"""Into how many folds data is split: few rows of a table into several, all else into one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import automl.data.catalog  # noqa: F401  before the kinds
from automl.core.errors import DataError
from automl.data.alike.sets import Alike
from automl.data.kinds.kind import HANDLED_AS_CELLS
from automl.data.modalities.tabular import TABULAR
from automl.data.modality import Dataset, Examples, Handling, ReadOptions
from automl.data.source import open_source
from automl.jobs.config import JobConfig
from automl.jobs.intake.folds import FOLDS, FOLDS_OF_FEW, split, usual_folds


def table(rows: int, handling: Handling = HANDLED_AS_CELLS, **known) -> Dataset:
    targets = {"target": np.resize(np.array(["a", "b"], object), rows)}
    examples = Examples(inputs={"x": np.zeros((rows, 1))}, targets={**targets, **known.pop("targets", {})})
    examples = Examples(**{**vars(examples), **known})
    return Dataset(examples=examples, schema={}, task="binary", target_names=("y",), handling=handling)


@pytest.mark.parametrize(
    ("dataset", "folds"),
    [
        (table(200), FOLDS_OF_FEW),
        (table(999), FOLDS_OF_FEW),
        (table(1000), FOLDS),
        (table(19_999), FOLDS),
        (table(20_000), 1),
        (table(200, Handling(examples_per_epoch=10)), 1),
        (table(200, times=np.arange(200)), 1),
        (table(200, Handling(examples_per_epoch=10, folds_below=500, example_seconds=1e-6)), FOLDS),
        (table(200, groups=np.arange(200) % 3), 3),
        (table(200, groups=np.arange(200)), FOLDS_OF_FEW),
    ],
    ids=["tiny", "few", "some", "most", "many", "no cells", "times", "dear", "three groups", "groups"],
)
def test_few_rows_of_plain_cells_are_split_into_folds(dataset, folds):
    assert usual_folds(dataset) == folds
    assert len(split(JobConfig(), dataset)[0]) == folds


@pytest.mark.parametrize(("wanted", "made"), [(1, 1), (2, 2), (7, 7)])
def test_what_is_asked_for_is_made(wanted, made):
    assert len(split(JobConfig(folds=wanted), table(200))[0]) == made


@pytest.mark.parametrize(("seconds", "folds"), [(None, FOLDS), (3600, FOLDS), (60, 1)])
def test_folds_of_examples_that_are_dear_have_to_fit_the_time(monkeypatch, seconds, folds):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("automl.jobs.intake.cost.named_accelerator", str)
    dear = Handling(examples_per_epoch=10, folds_below=500, example_seconds=0.01)

    made, notes = split(JobConfig(time=seconds), table(200, dear))

    assert len(made) == folds
    assert any("5 folds would take longer" in note for note in notes) is (folds == 1)
    assert len(split(JobConfig(time=seconds, folds=3), table(200, dear))[0]) == 3


def test_every_row_is_held_out_once_and_trains_the_other_folds():
    folds, _ = split(JobConfig(), table(203))

    assert np.sort(np.concatenate([fold.validation for fold in folds])).tolist() == list(range(203))
    for fold in folds:
        assert np.intersect1d(fold.train, fold.validation).size == 0
        assert len(fold.train) + len(fold.validation) == 203


def test_groups_are_never_split():
    groups = np.random.default_rng(0).integers(0, 20, 200)
    folds, _ = split(JobConfig(), table(200, groups=groups))

    assert len(folds) == FOLDS_OF_FEW
    for fold in folds:
        assert not set(groups[fold.train]) & set(groups[fold.validation])


def test_a_class_of_fewer_rows_than_folds_is_no_obstacle():
    labels = np.array(["a"] * 117 + ["b"] * 3, object)
    folds, notes = split(JobConfig(folds=5), table(120, targets={"target": labels}))

    assert notes == ()
    assert sorted(sum(labels[fold.validation] == "b") for fold in folds) == [0, 0, 1, 1, 1]


def test_a_class_of_one_row_is_trained_on_and_not_scored():
    labels = np.array(["a"] * 119 + ["b"], object)
    folds, notes = split(JobConfig(folds=5), table(120, targets={"target": labels}))

    assert not any(119 in fold.validation for fold in folds)
    assert "labels that training does not have: 'b' (1 rows)" in notes[0]


def test_what_cannot_be_split_into_folds_has_a_part_held_out_and_that_is_told():
    labels = np.array([str(row) for row in range(60)] + ["a", "b"] * 30, object)
    dataset = table(120, targets={"target": labels})

    folds, notes = split(JobConfig(), dataset)

    assert len(folds) == 1
    assert notes[0].startswith("A part is held out, as 8 folds cannot be made: ")
    with pytest.raises(DataError):
        split(JobConfig(folds=8), dataset)


def test_a_real_table_is_split_into_folds():
    frame = pd.DataFrame({"a": np.arange(50.0), "colour": ["red", "blue"] * 25, "y": ["no", "yes"] * 25})
    dataset = TABULAR.read(open_source(frame), ReadOptions(target=("y",)))

    assert usual_folds(dataset) == FOLDS_OF_FEW


def test_a_source_that_divides_its_examples_itself_is_taken_at_its_word():
    dataset = replace(table(20), validates=np.array([3, 5, 8]))

    (fold,), notes = split(JobConfig(), dataset)

    assert fold.validation.tolist() == [3, 5, 8]
    assert len(fold.train) == 17
    assert not notes
    assert len(split(JobConfig(folds=4), dataset)[0]) == 4


def test_a_source_without_a_training_part_is_refused():
    with pytest.raises(DataError, match="no training part"):
        split(JobConfig(), replace(table(12), validates=np.arange(12)))


def test_copies_are_kept_on_one_side_and_told():
    sets = np.arange(200) % 150
    alike = Alike(sets=sets, equal=sets, what="images", near=True)

    folds, notes = split(JobConfig(), table(200), alike)

    assert not any(np.isin(sets[fold.train], sets[fold.validation]).any() for fold in folds)
    assert "on the other side of a random split" in notes[-1]
