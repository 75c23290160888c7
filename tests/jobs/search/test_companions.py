"""How many configurations of one structure are begun together."""

from __future__ import annotations

import pytest

from automl.core.specs import TrialRecord
from automl.jobs.search.companions import Companions
from automl.study.proposer import Horizon


def told(
    compiling: float, training: float, *, gains: bool = False, trials: int | None = None, members: int = 1
) -> Companions:
    """After a group of trials that took these seconds each."""
    companions = Companions(trials)
    effort = {"compile_seconds": compiling, "gains_together": float(gains)}
    for number in range(members):
        record = TrialRecord(
            number=number,
            configuration={},
            state="complete",
            epochs=2,
            seconds=compiling + training,
            effort=effort,
        )
        companions.note("mlp", 0, record)
    return companions


def test_a_family_of_which_nothing_is_known_begins_alone() -> None:
    assert told(1.0, 1.0).count("linear", Horizon()) == 1


@pytest.mark.parametrize(
    ("compiling", "training", "expected"),
    [(0.0, 1.0, 1), (1.0, 2.0, 1), (3.0, 2.0, 2), (9.0, 2.0, 4), (99.0, 1.0, 8)],
)
def test_as_many_as_train_while_their_structure_compiles(
    compiling: float, training: float, expected: int
) -> None:
    assert told(compiling, training).count("mlp", Horizon()) == expected


def test_members_of_a_group_share_what_compiling_took() -> None:
    assert told(1.0, 2.0, members=8).count("mlp", Horizon()) == 4


def test_what_gains_together_is_begun_together_whatever_compiling_took() -> None:
    assert told(0.0, 1.0, gains=True).count("mlp", Horizon()) == 8


@pytest.mark.parametrize(
    ("trials", "left", "expected"), [(100, 60, 8), (100, 3, 2), (40, 30, 4), (10, 9, 1)]
)
def test_few_trials_have_many_structures(trials: int, left: int, expected: int) -> None:
    companions = told(0.0, 1.0, gains=True, trials=trials)

    assert companions.count("mlp", Horizon(trials=left)) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(1000.0, 8), (50.0, 4), (15.0, 1)])
def test_together_they_take_a_tenth_of_the_time_that_is_left(seconds: float, expected: int) -> None:
    companions = told(0.5, 1.0, gains=True)

    assert companions.count("mlp", Horizon(seconds=seconds)) == expected
