"""The Dockerfile of a job."""

from __future__ import annotations

import re
import shutil

from automl._version import __version__
from automl.cli.app import run
from automl.serving.dockerfile import WHEEL, dockerfile_of, wheel_command


def test_it_copies_what_predicts_and_pins_what_runs(wine_job, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert run(["serve", str(wine_job.folder), "--dockerfile", "Dockerfile"]) == 0

    text = (tmp_path / "Dockerfile").read_text()
    assert "its first line says how to build" in capsys.readouterr().out
    assert f"-f Dockerfile {wine_job.folder}" in text.splitlines()[0]
    assert '" "keras==' in text
    copied = re.search(r"COPY --chown=automl (.+) job/", text)[1].split()
    assert all((wine_job.folder / name).is_file() for name in copied)
    assert {"model.keras", "task.json", "schema.json"} <= set(copied)
    assert "\nUSER automl\n" in text


def test_without_an_index_the_wheel_is_copied_and_installed(wine_job, tmp_path):
    opened, place = wine_job.opened, wine_job.folder

    indexed = dockerfile_of(opened, build="", source="")
    copied = dockerfile_of(opened, build="", source="file:///clone")

    assert f'RUN pip install --no-cache-dir "automl-keras=={__version__}" "keras==' in indexed
    assert "COPY automl_keras" not in indexed
    assert f'COPY {WHEEL} /tmp/\nRUN pip install --no-cache-dir "/tmp/{WHEEL}" "keras==' in copied
    assert wheel_command(place, "") == ""
    assert wheel_command(place, "file:///clone") == f"pip wheel --no-deps --wheel-dir {place} file:///clone"
    (tmp_path / WHEEL).touch()
    assert wheel_command(tmp_path, "file:///clone") == ""


def test_a_job_without_a_model_is_refused(tmp_path, capsys):
    (tmp_path / "job.yaml").write_text("name: begun")

    assert run(["serve", str(tmp_path), "--dockerfile", str(tmp_path / "Dockerfile")]) == 2
    assert "has not got that far" in capsys.readouterr().err


def test_a_damaged_model_is_refused_before_a_container_is_built(wine_job, tmp_path, capsys):
    job = shutil.copytree(wine_job.folder, tmp_path / "job")
    (job / "model.keras").write_text("garbage")

    assert run(["serve", str(job), "--dockerfile", str(tmp_path / "Dockerfile")]) == 2
    assert "model.keras cannot be loaded as a Keras model: it is damaged" in capsys.readouterr().err
    assert not (tmp_path / "Dockerfile").exists()
