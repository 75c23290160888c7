"""Commands around jobs: what runs where, jobs beside each other, completion in shells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from automl.cli.app import COMMANDS, run


def test_jobs_lists_what_is_there_and_tells_of_a_killed_one(wine_job, tmp_path, monkeypatch, capsys):
    copy = Path(shutil.copytree(wine_job.folder, tmp_path / "runs" / "wine"))
    dead = tmp_path / "runs" / "dead"
    dead.mkdir()
    (dead / "job.yaml").write_text("time: 600\n")
    (dead / ".coordinator.json").write_text(
        json.dumps({"pid": 1, "host": os.uname().nodename, "started": 1.0})
    )
    monkeypatch.chdir(tmp_path)

    assert run(["jobs"]) == 0

    told = capsys.readouterr()
    heads, first, second = told.out.splitlines()
    assert heads.split() == ["folder", "state", "pid", "score", "trials", "used", "left"]
    assert first.split()[:3] == ["runs/dead", "killed", "1"]
    assert second.split()[:4] == ["runs/wine", "complete", "-", "val_accuracy"]
    assert told.err == "runs/dead: process 1 is gone without a word. To go on: automl resume runs/dead\n"
    assert run(["jobs", str(copy), "--running"]) == 0
    assert capsys.readouterr().err == f"No running jobs in {copy}.\n"


def test_stop_says_that_there_is_nothing_to_stop(wine_job, tmp_path, capsys):
    assert run(["stop", str(wine_job.folder)]) == 2
    assert "No process works on" in capsys.readouterr().err
    (tmp_path / "job.yaml").write_text("seed: 0\n")
    (tmp_path / ".coordinator.json").write_text(
        json.dumps({"pid": 1, "host": os.uname().nodename, "started": 1.0})
    )

    assert run(["stop", str(tmp_path)]) == 2
    assert "left by process 1, which is gone" in capsys.readouterr().err


def test_compare_shows_scores_metrics_and_options(wine_job, tmp_path, capsys):
    copy = Path(shutil.copytree(wine_job.folder, tmp_path / "copy"))
    options = (copy / "job.yaml").read_text()
    (copy / "job.yaml").write_text(options.replace("trials: 3", "trials: 30"))

    assert run(["compare", str(wine_job.folder), str(copy)]) == 0

    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0].split()[:2] == ["job", "val_accuracy"]
    assert {line.split()[0] for line in lines[1:3]} == {str(wine_job.folder), str(copy)}
    assert any(line.startswith("log_loss ") for line in lines)
    assert [line.split() for line in lines if line.startswith("trials ")] == [["trials", "3", "30"]]
    assert told.err == ""
    assert run(["compare", str(wine_job.folder), str(copy), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differing"] == {"trials": [3, 30]}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell, capsys):
    assert run(["completion", shell]) == 0

    assert f"_AUTOML_COMPLETE={shell}_complete" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("automl comp", ["plain,compare", "plain,completion"]),
        ("automl completion z", ["plain,zsh"]),
        ("automl predict --saf", ["plain,--safe-csv"]),
        ("automl predict runs/", ["file,runs/"]),
        ("automl nosuch --v", ["plain,--version"]),
    ],
)
def test_a_shell_completes_commands_options_and_files(words, expected):
    environment = {
        **os.environ,
        "_AUTOML_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }

    found = subprocess.run(
        [sys.executable, "-m", "automl"], env=environment, capture_output=True, text=True, check=False
    )

    assert found.stdout.splitlines() == expected
    assert found.stderr == ""


def test_every_command_is_in_its_place():
    folder = Path(sys.modules["automl.cli.app"].__file__).parent / "commands"

    assert {name.replace("-", "_") for name in COMMANDS} == {path.stem for path in folder.glob("[a-z]*.py")}
