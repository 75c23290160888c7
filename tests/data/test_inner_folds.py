"""Inner folds: training rows are dealt out evenly, others stay out, targets tell which columns count."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from automl.core.tensors import InnerFolds, TensorSpec
from automl.data.preprocessing.inner_folds import dealt_rows, telling_columns, with_inner_folds
from automl.data.preprocessing.kept import Preprocessed
from automl.testing.tensors import codes

FOLD = TensorSpec(
    name="inner_fold", kind="inner_fold", shape=(1,), dtype="int32", facts=InnerFolds(count=5)
)
LABELS = {"target": np.eye(3)[np.arange(100) % 3]}


def done(*specs: TensorSpec, rows: int = 100) -> Preprocessed:
    from automl.data.modality import Preprocessing

    tensors = {spec.name: np.zeros((rows, *spec.shape), np.int32) for spec in specs}
    preprocessing = Preprocessing(inputs=specs, model=SimpleNamespace())
    return Preprocessed(preprocessing=preprocessing, train=tensors, validation=tensors)


def test_training_rows_are_dealt_out_evenly_and_validation_rows_are_in_none() -> None:
    dealt = with_inner_folds(done(codes(3, 40), FOLD), LABELS, None, seed=0)

    assert np.bincount(dealt.train["inner_fold"][:, 0]).tolist() == [0, 20, 20, 20, 20, 20]
    assert not dealt.validation["inner_fold"].any()
    assert dealt.train["categorical"] is dealt.validation["categorical"]


def test_what_is_known_of_targets_is_told_with_the_tensor() -> None:
    dealt = with_inner_folds(done(codes(3, 40), FOLD), LABELS, None, seed=0)

    assert [spec.facts for spec in dealt.preprocessing.inputs][1] == InnerFolds(count=5, columns=(1, 2))


def test_where_nothing_asks_for_them_nothing_changes() -> None:
    before = done(codes(3, 5))

    assert with_inner_folds(before, LABELS, None, seed=0) is before


def test_rows_of_a_group_are_in_one_inner_fold() -> None:
    groups = np.repeat(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], 10)

    folds = dealt_rows([FOLD], 100, np.random.default_rng(0), groups)["inner_fold"].reshape(10, 10)

    assert (folds == folds[:, :1]).all()
    assert set(folds[:, 0]) == {1, 2, 3, 4, 5}


def test_the_same_seed_deals_the_same() -> None:
    first, again, other = (dealt_rows([FOLD], 50, np.random.default_rng(seed)) for seed in (0, 0, 1))

    assert np.array_equal(first["inner_fold"], again["inner_fold"])
    assert not np.array_equal(first["inner_fold"], other["inner_fold"])


def test_of_two_classes_one_says_all() -> None:
    assert telling_columns({"target": np.eye(2)[[0, 1, 0]]}) == (1,)


def test_amounts_flags_and_several_targets_keep_their_columns() -> None:
    flags = np.array([[0, 1, 1], [1, 1, 1], [0, 0, 1]])

    assert telling_columns({"target": np.array([1.0, 2.0, 4.0])}) == (0,)
    assert telling_columns({"target": flags}) == (0, 1)
    assert telling_columns({"a": np.eye(2)[[0, 1, 0]], "b": np.array([[1.0], [2.0], [3.0]])}) == (1, 2)


def test_of_many_classes_the_most_telling_ones_are_taken() -> None:
    # class 0 follows from the others; 15 and 16 are the rarest
    labels = np.concatenate([np.repeat(np.arange(15), 20), [15, 16]])

    columns = telling_columns({"target": np.eye(17)[labels]})

    assert len(columns) == 10
    assert not {0, 15, 16} & set(columns)
