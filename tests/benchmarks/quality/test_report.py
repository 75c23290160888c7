"""The report: ratios, ranks, wins, and how often a search is worse than simple peers."""

from __future__ import annotations

import math

import pytest

from benchmarks.quality.report import geometric_mean, report
from benchmarks.quality.run import Run
from benchmarks.quality.sets import find_sets


def run(name, side, limit=120.0, seed=0, **scores):
    return Run(name=name, side=side, seed=seed, limit=limit, seconds=limit / 2, scores=scores)


@pytest.fixture
def sets(data):
    return list(find_sets(data).values())


def lines_of(text):
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows}


def test_losses_stand_beside_those_of_peers(sets):
    text = report(
        sets, [run("rain", "ours", log_loss=0.2), run("price", "ours", relative_rmse=0.4)], ["ours"]
    )

    assert "| tables | measure | ours | linear | catboost | mlp |" in text
    assert "| rain | log_loss | 0.2000 | 0.5000 | 0.4000 | – |" in text
    assert "| tables, ours | to catboost | to best peer | seconds |" in text
    assert "| rain | 0.5000 | 0.5000 | 60 / 120 |" in text
    assert "| price | 0.8000 | 2.0000 | 60 / 120 |" in text


def test_ratios_are_joined_by_geometric_means(sets):
    text = report(
        sets, [run("rain", "ours", log_loss=0.2), run("price", "ours", relative_rmse=0.4)], ["ours"]
    )
    figures = lines_of(text)

    assert figures["loss / catboost"] == [f"{math.sqrt(0.5 * 0.8):.4f}"]
    assert figures["loss / catboost, binary"] == ["0.5000"]
    assert figures["loss / best peer"] == ["1.0000"]
    assert figures["mean rank of six"] == ["1.75"]
    assert figures["wins"] == ["1 of 2"]
    assert figures["worse than linear and mlp"] == ["1 (price)"]
    assert figures["time taken / limit"] == ["0.50 (at most 0.50)"]


def test_seeds_are_averaged(sets):
    runs = [run("rain", "ours", seed=seed, log_loss=loss) for seed, loss in enumerate((0.2, 0.4))]

    assert "| rain | log_loss | 0.3000 |" in report(sets, runs, ["ours"])


def test_builds_are_compared_where_both_are_known(sets):
    runs = [
        run("rain", "ours", log_loss=0.2),
        run("rain", "old", log_loss=0.4),
        run("price", "old", relative_rmse=0.1),
    ]

    assert lines_of(report(sets, runs, ["ours", "old"]))["ours / old"] == ["", "0.5000"]


def test_calibration_is_compared_on_the_same_sets(sets):
    runs = [
        run("rain", "ours", log_loss=0.2, ece=0.03),
        run("rain", "catboost", limit=0.0, log_loss=0.45, ece=0.05),
        run("price", "ours", relative_rmse=0.1),
    ]

    text = report(sets, runs, ["ours"])

    assert lines_of(text)["mean ECE"] == ["0.0300 (catboost 0.0500, 1 sets)"]
    assert "| mlp | catboost here |" in text
    assert lines_of(text)["loss / catboost, binary"] == ["0.5000"], "what is recorded counts"


def test_a_failure_is_told_and_counts_nowhere(sets):
    failed = Run(name="rain", side="ours", seed=0, limit=120.0, failed="out of memory")

    text = report(sets, [failed, run("price", "ours", relative_rmse=0.2)], ["ours"])

    assert "failed: rain, ours, seed 0: out of memory" in text
    assert lines_of(text)["wins"] == ["0 of 1"]


def test_a_geometric_mean_leaves_out_what_is_not_known():
    assert geometric_mean([2.0, 0.5, math.nan]) == pytest.approx(1.0)
    assert math.isnan(geometric_mean([]))
