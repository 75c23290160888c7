"""The cache of a job: there while the job is not complete, so that going on starts at once."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PIL import Image

import automl
from automl.core.errors import DataError
from automl.jobs.progress import SilentProgress

QUICK = {"family": "cnn", "epochs": 1, "tracking": False}


@pytest.fixture
def photos(tmp_path):
    noise = np.random.default_rng(0)
    for name, level in (("dark", 40), ("light", 200)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for index in range(8):
            values = (level + noise.integers(-30, 30, size=(12, 10, 3))).astype("uint8")
            Image.fromarray(values).save(tmp_path / "photos" / name / f"{index}.png")
    return tmp_path / "photos"


class Impatient(SilentProgress):
    """A user who interrupts after the first trial."""

    def trial_started(self, number, configuration, epochs):
        if number == 1:
            raise KeyboardInterrupt


def garble(folder):
    """Other content of the same size and time, which only who decodes again would notice."""
    for file in folder.rglob("*.png"):
        facts = file.stat()
        file.write_bytes(b"x" * facts.st_size)
        os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def test_a_complete_job_keeps_no_cache(photos, tmp_path):
    automl.search(photos, out=str(tmp_path / "job"), trials=1, **QUICK)

    assert (tmp_path / "job" / "model.keras").exists()
    assert not (tmp_path / "job" / "cache").exists()


def test_an_interrupted_job_goes_on_without_decoding_again(photos, tmp_path):
    job = tmp_path / "job"
    automl.search(photos, out=str(job), trials=2, progress=Impatient(), **QUICK)
    assert (job / "cache").is_dir()
    garble(photos)

    result = automl.resume(job)

    assert result.summary["state"] == "complete"
    assert result.summary["trials"] == 2
    assert not (job / "cache").exists()


def test_a_refused_job_leaves_nothing(photos, tmp_path):
    with pytest.raises(DataError):
        automl.search(photos, out=str(tmp_path / "job"), folds=50, **QUICK)

    assert not (tmp_path / "job").exists()
