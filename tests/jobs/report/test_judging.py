"""Intervals hold what they promise, and mistakes come with what the model was given."""

from __future__ import annotations

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from automl.core.figures import Picture
from automl.data.modalities.series import SERIES
from automl.data.modality import Examples, ReadOptions
from automl.data.source import open_source
from automl.jobs.report.judging import intervals, judge
from automl.jobs.report.mistakes import MOST_INPUTS, MOST_LETTERS, cell_of
from automl.jobs.report.resampling import Patience
from automl.metrics.scorer import score_at_once
from automl.tasks.catalog import fit_task

TASK = fit_task("binary", {"target": np.array(["a", "b"], object)}, names=("y",), facts={})


def answers(rows: int, share: float, seed: int = 0):
    """Encoded targets, and predictions of which a share is right."""
    random = np.random.default_rng(seed)
    truth = np.eye(2, dtype=np.float32)[random.integers(0, 2, rows)]
    right = random.random(rows) < share
    return {"target": truth}, {"target": np.where(right[:, None], truth, 1 - truth) * 0.8 + 0.1}


def of(encoded, predictions, groups=None, task=TASK, seed=0):
    metrics = score_at_once(task.scorer(), encoded, predictions, groups)
    return metrics, intervals(task, encoded, predictions, groups, metrics, seed=seed)


@pytest.mark.parametrize("rows", [100, 3000, 40_000])
def test_an_interval_is_as_wide_as_theory_says(rows):
    metrics, found = of(*answers(rows, 0.8))
    low, high = found["accuracy"]

    expected = 2 * 1.96 * np.sqrt(0.8 * 0.2 / rows)
    assert low < metrics["accuracy"] < high
    assert high - low == pytest.approx(expected, rel=0.35)


def test_intervals_hold_the_truth_about_as_often_as_they_promise():
    held = 0
    for seed in range(25):
        _, found = of(*answers(150, 0.8, seed), seed=seed)
        held += found["accuracy"][0] <= 0.8 <= found["accuracy"][1]

    assert held >= 20


def test_without_a_mistake_an_interval_has_width_all_the_same():
    _, found = of(*answers(60, 1.1))

    assert found["accuracy"] == (pytest.approx(0.95), 1.0)


def test_rows_of_a_group_are_drawn_together():
    encoded, predictions = answers(40, 0.7)
    repeated = [
        {name: np.repeat(array, 50, axis=0) for name, array in item.items()}
        for item in (encoded, predictions)
    ]
    groups = np.repeat(np.arange(40), 50)

    alone, together = of(*repeated)[1]["accuracy"], of(*repeated, groups=groups)[1]["accuracy"]

    assert together[1] - together[0] > 3 * (alone[1] - alone[0])


def test_of_too_few_rows_or_groups_nothing_is_promised():
    assert of(*answers(9, 0.8))[1] == {}
    encoded, predictions = answers(90, 0.8)
    assert of(encoded, predictions, groups=np.arange(90) % 5)[1] == {}


def test_the_same_seed_gives_the_same_interval():
    assert of(*answers(200, 0.8))[1] == of(*answers(200, 0.8))[1]


def test_without_time_an_interval_rests_on_fewer_draws_and_that_is_told():
    encoded, predictions = answers(200, 0.8)
    metrics, whole = of(encoded, predictions)
    told = []

    hurry = Patience(seconds=0.0, told=told.append)
    found = intervals(TASK, encoded, predictions, None, metrics, seed=0, patience=hurry)

    assert "30 of 200 resamples" in told[0]
    assert found["accuracy"][0] < metrics["accuracy"] < found["accuracy"][1]
    assert found["accuracy"] != whole["accuracy"]


def test_windows_that_overlap_count_less_than_rows_of_their_own():
    random = np.random.default_rng(0)
    facts = {"mean": [0.0], "std": [1.0], "naive_mae": [1.0], "season": 1, "horizon": 20}
    task = fit_task("forecasting", {}, names=("y",), facts=facts)
    error = random.normal(size=1019)
    windows = np.stack([error[at : at + 20] for at in range(1000)])[:, :, None]
    encoded, predictions = {"target": np.zeros_like(windows)}, {"target": windows}

    _, found = of(encoded, predictions, task=task)

    assert found["mae"][1] - found["mae"][0] > 2 * 1.96 * np.abs(error).std() / np.sqrt(1000) * 0.8


def test_mistakes_come_with_their_inputs():
    encoded, predictions = answers(50, 0.9)
    labels = np.array(["a", "b"], object)[encoded["target"].argmax(axis=1)]
    inputs = {f"x{at}": np.arange(50.0) + at for at in range(MOST_INPUTS + 3)}
    examples = Examples(inputs=inputs, targets={"target": labels}, keys={"row": np.arange(100, 150)})

    judged = judge("validation", TASK, examples, encoded, predictions, seed=0)
    table = judged.mistakes

    assert table.columns[:5] == ("row", "true", "predicted", "probability of the right class", "x0")
    assert all(row[4] == int(row[0]) - 100 for row in table.rows)
    assert "3 more inputs are not shown" in table.note
    assert judged.rows == 50


def test_the_worst_forecasts_tell_when_they_begin_and_of_which_series():
    times = pd.date_range("2024-01-01", periods=60, freq="D").strftime("%Y-%m-%d")
    frame = pd.concat([pd.DataFrame({"day": times, "y": np.arange(60.0), "shop": shop}) for shop in "ab"])
    options = ReadOptions(target=("y",), id_column="shop", horizon=2, lookback=4)
    examples = SERIES.read(open_source(frame), options).examples
    facts = {"mean": [0.0], "std": [1.0], "naive_mae": [1.0], "season": 1, "horizon": 2}
    task = fit_task("forecasting", {}, names=("y",), facts=facts)
    truth = {"target": np.asarray(examples.targets["target"])}
    answer = {"target": truth["target"].copy()}
    answer["target"][-1] += 5.0

    table = judge("validation", task, examples, truth, answer, seed=0).mistakes

    assert table.columns[:2] == ("time from", "shop")
    assert table.rows[0][:2] == ("2024-02-28", "b")


def test_inputs_of_every_kind_can_be_shown():
    assert cell_of(np.float64(1.23456789)) == 1.2346
    assert cell_of(np.float64("nan")) is None
    assert cell_of("word " * 100).endswith("…")
    assert len(cell_of("word " * 100)) == MOST_LETTERS
    assert cell_of(np.array(["text"], object)) == "text"
    assert cell_of(np.arange(12.0).reshape(4, 3)) == "4 × 3 values, 0 to 11"


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_pictures_are_shown_small(channels, kind):
    pixels = (np.ones((200, 100, channels)) * (200 if kind == np.uint8 else 0.8)).astype(kind)

    cell = cell_of(pixels)

    assert isinstance(cell, Picture)
    picture = Image.open(io.BytesIO(base64.b64decode(cell.png)))
    assert picture.size == (36, 72)
    assert np.asarray(picture).reshape(-1)[0] in range(195, 210)
