"""What CONTRIBUTING shows can be copied: its package is installed and taken through its commands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```(?:toml|python|yaml)\n# (\S+)\n(.*?)```", PAGE, flags=re.DOTALL))
(COMMANDS,) = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The package of the page, and where it is installed."""
    folder = tmp_path_factory.mktemp("acme")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", folder / "site"]
    command = [sys.executable, "-m", "pip", "install", *options, folder]
    outcome = subprocess.run(command, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return folder


def test_every_file_of_the_package_is_shown():
    assert {"pyproject.toml", "automl_acme/gated.py", "automl_acme/squeeze.py", "test_gated.py"} <= set(
        FILES
    )


def test_every_command_does_what_it_says(project):
    path = os.pathsep.join(map(str, (project / "site", ROOT)))
    for line in COMMANDS.splitlines():
        program, *arguments = shlex.split(line)
        start = [sys.executable, "-m", "automl"] if program == "automl" else [sys.executable]

        outcome = subprocess.run(
            [*start, *arguments],
            cwd=project,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
        )

        assert outcome.returncode == 0, line + outcome.stdout[-2000:] + outcome.stderr[-2000:]
    assert len((project / "predictions.csv").read_text().splitlines()) == 179


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:automl|tests)/[\w/]+(?:\.py|/))`", PAGE))))
def test_every_path_that_it_names_is_there(path):
    assert (ROOT / path).exists()
