"""Start-up is quick: help and refusals load no framework."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("tensorflow", "keras", "optuna", "mlflow", "jax", "torch")
PROBE = """
import json, sys
from automl.cli.app import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""

STORY = """
import sys
import automl
from automl.jobs.progress import SilentProgress

class Listener(SilentProgress):
    def note(self, text):
        if text.startswith("Read table: 30 rows"):
            print(*sys.modules)
            raise SystemExit

automl.search("table.csv", target="income", tracking=False, progress=Listener())
"""


def probe(*arguments: str, cwd=None) -> tuple[int, set[str]]:
    command = [sys.executable, "-c", PROBE, *arguments]
    outcome = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    code, modules = json.loads(outcome.stderr.splitlines()[-1])
    return code, set(modules)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["search", "--help"], 0),
        (["spaces"], 0),
        (["search", "missing.csv"], 2),
        (["search", "table.csv", "--target", "incom"], 2),
        (["search", "table.csv", "--target", "income", "--family", "nosuch"], 2),
        (["search", "table.csv", "--target", "income", "--metric", "nosuch"], 2),
        (["search", "table.csv", "--target", "income", "--sampler", "nosuch"], 2),
        (["search", "table.csv", "--target", "income", "--time", "soon"], 2),
        (["search", "empty.csv", "--target", "income"], 2),
        (["search", "table.csv", "--target", "income", "--set", "widht=3"], 2),
        (["search", "one_class.csv", "--target", "income"], 2),
        (["search", "one_class.csv", "--target", "age", "--metric", "accuracy"], 2),
        (["search", "one_class.csv", "--target", "age", "--folds", "50"], 2),
        (["search", "one_class.csv", "--target", "age", "--horizon", "900"], 2),
        (["search", "nothing"], 2),
        (["resume", "nosuch"], 2),
        (["leaderboard", "nosuch"], 2),
        (["serve", "nosuch"], 2),
        (["serve", "--help"], 0),
        (["jobs", "nosuch"], 2),
        (["stop", "nosuch"], 2),
        (["compare", "nosuch", "nothing"], 2),
        (["completion", "bash"], 0),
        (["predict", "nosuch", "table.csv", "--output", "x.csv"], 2),
    ],
)
def test_help_and_refusals_load_no_framework(tmp_path, arguments, code):
    (tmp_path / "table.csv").write_text("age,income\n1,a\n2,b\n")
    (tmp_path / "empty.csv").write_text("")
    rows = "".join(f"{age / 7},a\n" for age in range(30))
    (tmp_path / "one_class.csv").write_text(f"age,income\n{rows}")
    (tmp_path / "nothing").mkdir()

    given, modules = probe(*arguments, cwd=tmp_path)

    assert given == code
    assert modules.isdisjoint(HEAVY)
    assert not (tmp_path / "runs").exists()


def test_importing_the_package_loads_nothing_heavy():
    code = "import automl, sys; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split()

    assert set(loaded).isdisjoint({*HEAVY, "pandas", "sklearn", "numpy"})


def test_what_was_read_is_told_before_a_framework_is_loaded(tmp_path):
    rows = "".join(f"{age / 7},{'ab'[age % 2]}\n" for age in range(30))
    (tmp_path / "table.csv").write_text(f"age,income\n{rows}")

    told = subprocess.run(
        [sys.executable, "-c", STORY], capture_output=True, text=True, cwd=tmp_path
    ).stdout

    assert "automl.jobs.intake.story" in told.split()
    assert set(told.split()).isdisjoint(HEAVY)
