"""What a notebook shows of a job."""

from __future__ import annotations

import shutil
from pathlib import Path

from automl import Result


def test_a_result_shows_verdict_curve_and_best_trials(wine_job):
    html = wine_job._repr_html_()

    assert "predicts target with accuracy" in html
    assert "Leaderboard" in html
    assert "majority" in html
    assert html.count("<svg") == 1
    assert "<script" not in html


def test_without_its_report_a_job_still_shows_its_scores(wine_job, tmp_path):
    copy = Path(shutil.copytree(wine_job.folder, tmp_path / "copy"))
    (copy / "report.json").write_text("{")

    html = Result(copy)._repr_html_()

    assert "Best val_accuracy: 0." in html
    assert "Leaderboard" in html


def test_a_job_without_a_result_says_so(tmp_path):
    (tmp_path / "job.yaml").write_text("seed: 0\n")

    assert "has no result.json" in Result(tmp_path)._repr_html_()


def test_the_model_card_of_a_job_has_all_its_chapters(wine_job):
    card = (wine_job.folder / "model_card.md").read_text()

    chapters = [line.removeprefix("## ") for line in card.splitlines() if line.startswith("## ")]
    assert chapters[:8] == [
        *("Intended use", "Model", "Data", "Split", "Search", "Scores", "Groups", "Limits"),
    ]
    assert chapters[-2:] == ["How to load it", "Licence"]
    assert "- tabular" in card
    assert "kWh" in card


def test_print_tells_the_verdict_and_where_the_job_is(wine_job):
    first, verdict, folder = str(wine_job).splitlines()

    assert first.startswith("wine: multiclass classification")
    assert "predicts target with accuracy" in verdict
    assert folder == f"Folder: {wine_job.folder}"
