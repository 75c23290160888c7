"""Runs: what is asked of which build in which order, and what an aborted run leaves to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from automl.core.errors import SearchError
from benchmarks.quality.__main__ import main
from benchmarks.quality.run import Build, Plan, read_runs, run_all
from benchmarks.quality.sets import find_sets


@pytest.fixture
def asked(monkeypatch):
    """Builds that answer at once, and what they were asked; a build called
    ``broken`` fails, one called ``short`` leaves out a row."""
    asked = []

    def ask(build, *arguments, timeout=None):
        asked.append((build.side, arguments))
        if build.python == "broken":
            raise SearchError("search train.csv ended with 1: out of luck")
        if arguments[0] == "search":
            _search(Path(arguments[arguments.index("--out") + 1]))
        else:
            _predict(Path(arguments[2]), Path(arguments[-1]), rows=9 if build.python == "short" else 10)
        return ""

    monkeypatch.setattr(Build, "ask", ask)
    return asked


def _search(job):
    job.mkdir(parents=True)
    (job / "model.keras").write_bytes(b"12345")
    summary = {"best_score": 0.3, "best_configuration": {"family": "tabular/mlp"}}
    (job / "result.json").write_text(json.dumps(summary))


def _predict(test, output, rows):
    truth = pd.read_csv(test, dtype=str)["target "]
    if truth[0] in ("no", "yes"):
        shares = {name: (truth == name) * 0.8 + 0.1 for name in ("no", "yes")}
        frame = pd.DataFrame({f"probability_{name}": share for name, share in shares.items()})
    else:
        frame = pd.DataFrame({"prediction": truth.astype(float) + 1})
    frame[:rows].to_csv(output, index=False)


def searches(asked):
    return [(side, Path(words[1]).parent.name) for side, words in asked if words[0] == "search"]


OURS, OLD = Build(side="ours", python=sys.executable), Build(side="other", python="python-of-old")


def test_a_search_is_typed_as_a_user_would(data, asked, tmp_path):
    rain = find_sets(data)["rain"]

    (run,) = run_all(Plan(builds=[OURS], peers=(), seconds=20.0), [rain], None, print)

    words = asked[0][1]
    assert words[:6] == ("search", str(rain.files(tmp_path).train), *rain.command)
    assert words[6:10] == ("--time", "20s", "--seed", "0")
    assert "--no-tracking" in words
    assert run.scores["accuracy"] == 1.0
    assert run.found == {"family": "tabular/mlp", "validation": 0.3, "bytes": 5}


def test_values_are_scored_in_units_of_the_mean(data, asked):
    (run,) = run_all(Plan(builds=[OURS], peers=()), [find_sets(data)["price"]], None, print)

    assert run.limit == 120.0
    assert run.scores["rmse"] == pytest.approx(1.0)
    assert run.scores["relative_rmse"] == pytest.approx(1 / (20.0**2 + 8.25) ** 0.5)


def test_builds_take_turns(data, asked):
    run_all(Plan(builds=[OURS, OLD], peers=()), list(find_sets(data).values()), None, print)

    assert searches(asked) == [("ours", "rain"), ("other", "rain"), ("other", "price"), ("ours", "price")]


def test_what_is_done_is_not_run_again(data, asked, tmp_path):
    sets, file = list(find_sets(data).values()), tmp_path / "runs.json"
    run_all(Plan(builds=[OURS], peers=()), sets[:1], file, print)
    before = len(searches(asked))

    runs = run_all(Plan(builds=[OURS], peers=()), sets, file, print)

    assert before == 1
    assert searches(asked)[1:] == [("ours", "price")]
    assert read_runs(file) == runs
    assert len(run_all(Plan(builds=[OURS], peers=(), seed=1), sets, file, print)) == 4
    assert len(run_all(Plan(builds=[OURS], peers=(), seconds=5.0), sets, file, print)) == 6


def test_what_failed_is_run_again(data, asked, tmp_path):
    sets, file = list(find_sets(data).values())[:1], tmp_path / "runs.json"
    (failed,) = run_all(Plan(builds=[Build(side="ours", python="broken")], peers=()), sets, file, print)

    (mended,) = run_all(Plan(builds=[OURS], peers=()), sets, file, print)

    assert "out of luck" in failed.failed
    assert not mended.failed


def test_a_missing_prediction_is_a_failure(data, asked):
    short = Build(side="ours", python="short")

    (run,) = run_all(Plan(builds=[short], peers=()), [find_sets(data)["rain"]], None, print)

    assert "one for each test row" in run.failed


def test_job_folders_are_kept_where_asked(data, asked, tmp_path):
    plan = Plan(builds=[OURS], peers=(), jobs=tmp_path / "jobs")

    run_all(plan, [find_sets(data)["rain"]], None, print)

    assert [path.name for path in (tmp_path / "jobs").iterdir() if path.is_dir()] == ["rain-ours-0-120"]


def test_the_command_reports_all_that_the_file_holds(data, asked, tmp_path, capsys):
    options = ["--data", str(data), "--peers", "", "--json", str(tmp_path / "runs.json")]

    assert main([*options, "--build", "python-of-old"]) == 0
    assert main([*options, "--options", "--folds 1"]) == 0

    out = capsys.readouterr().out
    assert "| tables | measure | ours | ours --folds 1 | other | linear | catboost | mlp |" in out
    assert "| ours / other |" in out


def test_a_wrong_name_is_refused(data, capsys):
    assert main(["--data", str(data), "--sets", "rein"]) == 2
    assert "Did you mean 'rain'?" in capsys.readouterr().err


def test_a_build_runs_its_own_code(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/somewhere")

    assert Path(OURS._environment()["PYTHONPATH"], "automl", "__init__.py").exists()
    assert "PYTHONPATH" not in OLD._environment()
