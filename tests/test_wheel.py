"""The wheel holds the package and the search spaces, and reads one outside of the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(ROOT),
    ]
    outcome = subprocess.run(command, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_search_space(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())

    spaces = {str(path.relative_to(ROOT)) for path in (ROOT / "search_spaces").rglob("*.yaml")}
    assert {f"automl/{name}" for name in spaces} <= names
    assert "automl/py.typed" in names
    pages = {"drawing": ("report", "notebook"), "serving": ("docs",)}
    assert {
        f"automl/{room}/templates/{page}.{kind}"
        for room, known in pages.items()
        for page in known
        for kind in ("html", "css")
    } <= names
    assert not [name for name in names if name.startswith(("tests", "mlflow", "benchmarks"))]


def test_a_space_is_read_from_the_wheel(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    reading = "import automl; from automl.spaces.loading import load_space"
    code = f"{reading}; print(automl.__file__, load_space('image/cnn').name)"

    # what stands on PYTHONPATH comes before an editable install
    outcome = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(tmp_path)},
    )

    assert outcome.stdout.split() == [str(tmp_path / "automl" / "__init__.py"), "image/cnn"], outcome.stderr
