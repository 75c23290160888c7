"""Splits: nobody stands on both sides, nobody is lost, and each kind of data keeps its own rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.core.errors import ConfigError, DataError
from automl.core.specs import TaskKind
from automl.data.modality import Dataset, Examples, WindowFacts
from automl.data.splits import MINIMUM_ROWS, Fold, make_folds


def dataset(
    rows: int,
    *,
    task: TaskKind = "regression",
    labels: list[str] | None = None,
    groups: np.ndarray | None = None,
    times: np.ndarray | None = None,
    windows: WindowFacts | None = None,
) -> Dataset:
    """A data set of which only what splitting looks at matters."""
    targets = np.zeros((rows, 1)) if labels is None else np.array(labels, dtype=object)
    examples = Examples(
        inputs={"x": np.arange(rows, dtype=np.float32)},
        targets={"target": targets},
        groups=groups,
        times=times,
    )
    kind: TaskKind = "multiclass" if labels is not None and task == "regression" else task
    return Dataset(examples=examples, schema={}, task=kind, target_names=("y",), windows=windows)


def window_facts(origins: np.ndarray, horizon: int) -> WindowFacts:
    return WindowFacts(
        lookback=8, horizon=horizon, season=1, origins=origins, targets=1, words="eight and some"
    )


def share_of(labels: list[str], rows: np.ndarray, name: str) -> float:
    return float((np.array(labels)[rows] == name).mean())


@settings(deadline=None, max_examples=40)
@given(
    rows=st.integers(MINIMUM_ROWS, 60),
    folds=st.one_of(st.none(), st.integers(2, 5)),
    kind=st.sampled_from(["plain", "classes", "groups"]),
    seed=st.integers(0, 99),
)
def test_every_split_is_disjoint_complete_and_repeats(
    rows: int, folds: int | None, kind: str, seed: int
) -> None:
    data = dataset(
        rows,
        labels=[("a", "b")[row % 2] for row in range(rows)] if kind == "classes" else None,
        groups=np.arange(rows) % 5 if kind == "groups" else None,
    )

    made = make_folds(data, folds=folds, seed=seed)

    for fold in made:
        both = np.concatenate([fold.train, fold.validation])
        np.testing.assert_array_equal(np.sort(both), np.arange(rows))
        assert len(fold.train)
        assert len(fold.validation)
    if folds:
        held = np.concatenate([fold.validation for fold in made])
        np.testing.assert_array_equal(np.sort(held), np.arange(rows))
    again = make_folds(data, folds=folds, seed=seed)
    assert [list(fold.validation) for fold in again] == [list(fold.validation) for fold in made]


@pytest.mark.parametrize("folds", [None, 5])
def test_classes_keep_their_shares(folds: int | None) -> None:
    labels = ["rare"] * 10 + ["common"] * 90

    for fold in make_folds(dataset(100, labels=labels), folds=folds, seed=0):
        assert share_of(labels, fold.validation, "rare") == pytest.approx(0.1)
        assert len(fold.validation) == 20


def test_the_share_is_kept_when_classes_are_small() -> None:
    labels = [str(row // 4) for row in range(100)]

    (fold,) = make_folds(dataset(100, labels=labels), folds=None, share=0.2, seed=0)

    assert len(fold.validation) == 20


def test_a_class_of_one_stays_in_training() -> None:
    labels = ["a"] * 20 + ["b"] * 20 + ["single"]

    for seed in range(10):
        (fold,) = make_folds(dataset(41, labels=labels), folds=None, seed=seed)
        assert 40 in fold.train


@pytest.mark.parametrize("folds", [None, 3])
@pytest.mark.parametrize("labelled", [True, False])
def test_a_group_stays_on_one_side(folds: int | None, labelled: bool) -> None:
    groups = np.repeat(np.arange(12), 5)
    labels = [("a", "b")[group % 2] for group in groups] if labelled else None

    for fold in make_folds(dataset(60, labels=labels, groups=groups), folds=folds, seed=0):
        assert not set(groups[fold.train]) & set(groups[fold.validation])


def test_the_last_in_time_validate_and_one_time_stays_together() -> None:
    times = np.array(["2024-01-01"] * 10 + ["2024-01-02"] * 9 + ["2024-01-03"], dtype="datetime64[D]")[::-1]

    (fold,) = make_folds(dataset(20, times=times), folds=None, share=0.2, seed=0)

    assert times[fold.train].max() < times[fold.validation].min()
    assert len(fold.validation) == 10


def test_folds_by_time_grow() -> None:
    times = np.random.default_rng(0).permutation(40)

    made = make_folds(dataset(40, times=times), folds=3, seed=0)

    assert [len(fold.train) for fold in made] == [10, 20, 30]
    assert all(times[fold.train].max() < times[fold.validation].min() for fold in made)


def test_with_time_and_groups_a_group_of_the_validation_part_is_not_trained_on() -> None:
    groups, times = np.arange(30) % 10, np.arange(30)

    with pytest.raises(DataError, match="Drop one of the two options"):
        make_folds(dataset(30, times=times, groups=groups), folds=None, share=0.5, seed=0)
    (fold,) = make_folds(dataset(30, times=times, groups=groups), folds=None, share=0.2, seed=0)
    assert not set(groups[fold.train]) & set(groups[fold.validation])


@pytest.mark.parametrize("folds", [None, 4])
def test_no_target_step_of_training_reaches_into_validation(folds: int | None) -> None:
    origins = np.tile(np.arange(100, 200), 2)
    facts = window_facts(origins, horizon=7)

    for fold in make_folds(dataset(200, windows=facts), folds=folds, seed=0):
        first = origins[fold.validation].min()
        assert (origins[fold.train] + 7 <= first).all()
        assert (origins[fold.train] + 7).max() == first


@pytest.mark.parametrize(
    ("data", "folds", "said"),
    [
        (dataset(4), 5, "5 folds need at least 5 examples, the data has 4"),
        (dataset(9), None, "at least 10 examples, the data has 9"),
        (
            dataset(9, windows=window_facts(np.arange(9), 96)),
            None,
            "has 9. Each is eight and some.",
        ),
        (dataset(20, groups=np.arange(20) % 2), 3, "2 different value.* 3 are needed"),
        (dataset(20, groups=np.zeros(20)), None, "2 are needed"),
        (dataset(20, times=np.zeros(20)), None, "1 different values"),
        (dataset(12, windows=window_facts(np.arange(12), 96)), None, "too short .* 96 steps"),
        (dataset(12, task="forecasting"), None, "forecasting is split by time: name the time column"),
        (dataset(12, labels=[str(row) for row in range(12)]), None, "No class has two examples"),
    ],
)
def test_what_cannot_be_split_is_refused(data: Dataset, folds: int | None, said: str) -> None:
    with pytest.raises(DataError, match=said):
        make_folds(data, folds=folds, seed=0)


@pytest.mark.parametrize(("folds", "share"), [(1, 0.2), (None, 0.0), (None, 1.0)])
def test_folds_and_shares_that_cannot_be_are_refused(folds: int | None, share: float) -> None:
    with pytest.raises(ConfigError):
        make_folds(dataset(20), folds=folds, share=share, seed=0)


def test_another_seed_splits_otherwise() -> None:
    def held(seed: int) -> Fold:
        return make_folds(dataset(50), folds=None, seed=seed)[0]

    assert list(held(0).validation) != list(held(1).validation)


@pytest.mark.parametrize("labels", [None, ["a", "b"] * 50])
@pytest.mark.parametrize("seed", range(4))
def test_groups_of_unequal_size_give_a_share_as_near_as_can_be(labels: list[str] | None, seed: int) -> None:
    groups = np.array(["large"] * 80 + ["small"] * 20)

    (fold,) = make_folds(dataset(100, labels=labels, groups=groups), folds=None, seed=seed)

    assert len(fold.validation) == 20


@pytest.mark.parametrize("seed", range(5))
def test_identities_validate_with_all_of_their_examples(seed: int) -> None:
    labels = [str(row // 5) for row in range(60)]

    (fold,) = make_folds(dataset(60, task="verification", labels=labels), folds=None, seed=seed)

    held, trained = ({labels[row] for row in part} for part in (fold.validation, fold.train))
    assert not held & trained
    assert len(fold.validation) == 15
    assert len(held) == 3


def test_at_least_two_identities_validate_and_those_with_one_example_train() -> None:
    labels = ["a"] * 9 + ["b"] * 9 + ["c"] * 9 + ["d"] * 9 + [f"single {row}" for row in range(4)]

    (fold,) = make_folds(dataset(40, task="verification", labels=labels), folds=None, seed=0)

    held = {labels[row] for row in fold.validation}
    assert len(held) == 2
    assert held < set("abcd")


@pytest.mark.parametrize("folds", [2, 4])
def test_each_fold_holds_out_two_identities_at_least(folds: int) -> None:
    labels = ["large"] * 40 + [str(row // 3) for row in range(24)]

    made = make_folds(dataset(64, task="verification", labels=labels), folds=folds, seed=0)

    held = [{labels[row] for row in fold.validation} for fold in made]
    assert sum(map(len, held)) == len({*labels})
    assert all(len(names) >= 2 for names in held)
    for fold, names in zip(made, held, strict=True):
        assert not names & {labels[row] for row in fold.train}


def test_identities_are_their_own_groups() -> None:
    labels = [str(row // 5) for row in range(60)]

    with pytest.raises(ConfigError, match="Leave the group column out"):
        make_folds(
            dataset(60, task="verification", labels=labels, groups=np.arange(60)), folds=None, seed=0
        )
    with pytest.raises(DataError, match="cannot be split: 3 of them"):
        make_folds(dataset(30, task="verification", labels=["a", "b", "c"] * 10), folds=None, seed=0)
