"""What is kept from a search: as examples are split; by itself where there are many, else if asked for."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.data.modality import WindowFacts
from automl.jobs.config import JobConfig, config_from, dump_config
from automl.jobs.intake.holdout import ENOUGH, MOST, part_off
from tests.jobs.intake.test_folds import table


def kept(dataset, **options):
    return part_off(JobConfig(**options), dataset)


@pytest.mark.parametrize(
    ("rows", "held"), [(ENOUGH - 1, 0), (ENOUGH, ENOUGH // 10), (300_000, MOST)], ids=str
)
def test_a_tenth_is_held_out_by_itself_where_there_are_enough_rows(rows, held):
    parted = kept(table(rows))

    assert (0 if parted.holdout is None else len(parted.holdout)) == held
    assert len(parted.dataset.examples) == rows - held
    assert not held or "`--holdout 0`" in parted.notes[0]
    assert not held or re.search(r"\(\d[\d.]*% of all\)", parted.notes[0])


def test_nothing_is_held_out_by_itself_of_rows_in_time_or_where_it_is_not_wanted():
    large = table(ENOUGH)

    assert kept(table(ENOUGH, times=np.arange(ENOUGH))).holdout is None
    assert kept(large, holdout="0").holdout is None
    assert kept(large, nested=True, folds=5).holdout is None


def test_classes_have_their_shares_and_groups_stay_on_one_side():
    parted = kept(table(200, groups=np.arange(200) // 4), holdout="25%")

    assert parted.holdout is not None
    assert not {*parted.holdout.groups.tolist()} & {*parted.dataset.examples.groups.tolist()}
    labels = kept(table(200), holdout="25%").holdout.targets["target"]
    assert (labels == "a").sum() == 25


def test_the_latest_rows_and_windows_are_held_out():
    times = np.random.default_rng(0).permutation(100)
    parted = kept(table(100, times=times), holdout="0.2")
    assert sorted(parted.holdout.times.tolist()) == list(range(80, 100))

    facts = {"lookback": 3, "horizon": 2, "season": 1, "origins": np.arange(100), "targets": 1}
    windows = WindowFacts(**facts, words="three and two", held_out=0.5)
    series = kept(replace(table(100), windows=windows), holdout="0.1")
    assert len(series.holdout) == 10
    assert series.dataset.windows.origins.max() + 2 <= 90


def test_each_row_is_in_one_of_several_parts():
    dataset = table(50)
    dataset = replace(dataset, examples=replace(dataset.examples, rows=np.arange(50)))
    parts = [kept(dataset, holdout=f"{part}/5").holdout.rows for part in range(1, 6)]

    assert sorted(np.concatenate(parts).tolist()) == list(range(50))


def test_the_same_rows_are_held_out_of_a_job_that_was_written_and_read():
    first = kept(table(ENOUGH + 123))
    job = config_from({"holdout": first.text}, where="job.yaml")

    again = part_off(job, table(ENOUGH + 123))
    assert len(again.holdout) == len(first.holdout)
    assert f"holdout: '{first.text}'" in dump_config(job)


def test_data_that_divides_itself_has_no_further_part():
    with pytest.raises(ConfigError, match="holdout: the data says itself what validates"):
        kept(replace(table(50), validates=np.arange(10)), holdout="10%")
