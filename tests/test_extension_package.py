"""A stranger's package: installed as pip installs it, then searched, exported, resumed and predicted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from automl.core.extensions import Origin

ROOT = Path(__file__).parents[1]
SEARCH = ["--family", "ripple", "--epochs", "2", "--no-tracking", "--out", "job"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the package in it, to be put on PYTHONPATH."""
    folder = tmp_path_factory.mktemp("stranger")
    # building leaves files beside the sources
    shutil.copytree(ROOT / "tests" / "extension_package", folder / "source")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", folder / "site"]

    outcome = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, folder / "source"],
        capture_output=True,
        text=True,
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def job(site, tmp_path_factory):
    """A folder in which two workers have searched the package's family."""
    folder = tmp_path_factory.mktemp("job")
    outcome = automl(site, folder, "search", "sklearn:wine", *SEARCH, "--trials", "2", "--workers", "2")
    assert outcome.returncode == 0, outcome.stderr
    return folder


def automl(site: Path | None, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(item) for item in (site, ROOT) if item)
    return subprocess.run(
        [sys.executable, "-m", "automl", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )


def test_its_search_space_is_listed_and_shown(site, tmp_path):
    listed = automl(site, tmp_path, "spaces")
    shown = automl(site, tmp_path, "spaces", "show", "tabular/ripple")

    assert "tabular/ripple  (automl-ripple 0.3)" in listed.stdout.splitlines()
    assert shown.stdout.startswith("# A perceptron with learned ripples.")


def test_its_family_is_searched_and_the_job_tells_its_origin(job):
    state = json.loads((job / "job" / "state.json").read_text())
    result = json.loads((job / "job" / "result.json").read_text())

    assert result["best_configuration"]["family"] == "ripple"
    assert result["trials"] == 2
    assert (result["folds"], result["exported_error"]) == (8, "")
    assert Origin(**result["extensions"][0]) == Origin(package="automl-ripple", version="0.3")
    assert state["extensions"] == result["extensions"]


def test_its_model_predicts_in_another_process(site, job):
    outcome = automl(site, job, "predict", "job", "sklearn:wine", "--output", "out.csv")

    assert outcome.returncode == 0, outcome.stderr
    assert len((job / "out.csv").read_text().splitlines()) == 179


def test_its_search_is_resumed(site, job):
    outcome = automl(site, job, "resume", "job", "--trials", "3", "--workers", "1")

    assert outcome.returncode == 0, outcome.stderr
    assert json.loads((job / "job" / "result.json").read_text())["trials"] == 3


@pytest.mark.parametrize(
    ("arguments", "subject"),
    [
        (["predict", "job", "sklearn:wine", "--output", "never.csv"], "The model in"),
        (["evaluate", "job", "sklearn:wine"], "The model in"),
        (["resume", "job", "--trials", "9"], "The job in"),
    ],
)
def test_without_the_package_its_job_is_refused_by_name(job, arguments, subject):
    outcome = automl(None, job, *arguments)

    assert outcome.returncode == 2
    assert outcome.stderr.startswith(f"Error: {subject}")
    assert "was made with automl-ripple==0.3" in outcome.stderr
