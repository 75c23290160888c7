"""Every example runs, with a tiny budget."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from automl.cli.app import run

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_a_script_runs(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(path), "--trials", "1", "--epochs", "1"])

    runpy.run_path(str(path), run_name="__main__")

    assert capsys.readouterr().out


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_job_file_runs(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert run(["search", "--job", str(path), "--trials", "1", "--epochs", "1", "--no-tracking"]) == 0

    assert "Best val_" in capsys.readouterr().out
