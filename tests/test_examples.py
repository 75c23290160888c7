"""Every example runs, with a tiny budget."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from automl.cli.app import COMMANDS, run
from automl.jobs.options.workers import EXECUTORS

EXAMPLES = Path(__file__).parents[1] / "examples"


SELDOM = (
    *("driving_scenes", "explain", "language_model", "pairs", "rare_events", "recommend", "verification"),
    "video",
)
"""Scripts whose data and options jobs of their own are tested with every day."""


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.slow if path.stem in SELDOM else (), id=path.stem)
        for path in sorted(EXAMPLES.glob("*.py"))
    ],
)
def test_a_script_runs(path, tmp_path, monkeypatch, capsys, empty_database):
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(path), "--trials", "1", "--epochs", "1"])

    runpy.run_path(str(path), run_name="__main__")

    assert capsys.readouterr().out


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_job_file_runs(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    assert run(["search", "--job", str(path), "--trials", "1", "--epochs", "1", "--no-tracking"]) == 0

    assert "Best val_" in capsys.readouterr().out


def test_the_slurm_script_coordinates_works_and_goes_on(tmp_path):
    """Two tasks of an array under bash: the first coordinates, the second is its worker."""
    from sklearn.datasets import load_wine

    load_wine(as_frame=True).frame.to_csv(tmp_path / "wine.csv", index=False)
    script, job = EXAMPLES / "cluster" / "slurm.sh", tmp_path / "job"
    short = ["--trials", "2", "--epochs", "2", "--family", "linear", "--no-tracking"]
    words = ["bash", str(script), str(tmp_path / "wine.csv"), "target", str(job), "10m", *short]
    shared = {**os.environ, "AUTOML": f"{sys.executable} -m automl", "SLURM_ARRAY_JOB_ID": "7"}
    tasks = [
        subprocess.Popen(words, cwd=tmp_path, env={**shared, "SLURM_ARRAY_TASK_ID": str(task)})
        for task in (0, 1)
    ]

    codes = [task.wait(timeout=240) for task in tasks]

    assert codes == [0, 0]
    assert (job / "model.keras").exists()


@pytest.mark.parametrize("name", ["kubernetes.yaml", "ray.yaml"])
def test_a_cluster_file_is_yaml_and_calls_commands_that_exist(name):
    text = (EXAMPLES / "cluster" / name).read_text()

    documents = list(yaml.safe_load_all(text))

    assert all(isinstance(document, dict) for document in documents)
    assert set(re.findall(r"\bautoml (search|resume|worker)\b", text)) <= set(COMMANDS)
    assert set(re.findall(r"(?<![\w-])--executor (\w+)", text)) <= set(EXECUTORS)


def test_the_ray_cluster_asks_for_a_token():
    cluster = yaml.safe_load((EXAMPLES / "cluster" / "ray.yaml").read_text())

    starts = [*cluster["head_start_ray_commands"], *cluster["worker_start_ray_commands"]]

    assert {"cluster_name", "provider", "auth"} <= set(cluster)
    assert all("RAY_AUTH_MODE=token" in line for line in starts if "ray start" in line)


def test_the_kubernetes_files_give_workers_time_to_save():
    text = (EXAMPLES / "cluster" / "kubernetes.yaml").read_text()

    documents = {item["kind"]: item for item in yaml.safe_load_all(text)}

    assert set(documents) == {"PersistentVolumeClaim", "Job", "StatefulSet"}
    for kind in ("Job", "StatefulSet"):
        assert documents[kind]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= 30


WORKER = """
import signal, sys, time
from pathlib import Path
log = Path(sys.argv[1])
with log.open("a") as file:
    file.write(" ".join(sys.argv[2:]) + "\\n")
if len(log.read_text().splitlines()) == 1:
    sys.exit(1)
signal.signal(signal.SIGTERM, lambda number, frame: (time.sleep(0.5), sys.exit(0)))
log.with_name("ready").touch()
while True:
    time.sleep(0.1)
"""


def test_the_slurm_script_waits_for_another_coordinator_and_passes_the_signal_on(tmp_path):
    """What a worker would do is played: its first coordinator goes, and then SLURM sends SIGTERM."""
    (tmp_path / "worker.py").write_text(WORKER)
    words = ["bash", str(EXAMPLES / "cluster" / "slurm.sh"), "data.csv", "target", "job", "1h"]
    played = f"{sys.executable} {tmp_path / 'worker.py'} {tmp_path / 'log'}"
    task = subprocess.Popen(
        words,
        env={**os.environ, "AUTOML": played, "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "2"},
    )
    limit = time.monotonic() + 30
    while not (tmp_path / "ready").exists():
        assert time.monotonic() < limit
        time.sleep(0.05)

    task.terminate()

    assert task.wait(timeout=30) == 0
    assert (tmp_path / "log").read_text() == "worker --join job --id slurm-7-2 --wait 30m\n" * 2
