"""``automl export`` on a finished job."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from importlib.util import find_spec

import keras
import numpy as np
import pytest

from automl.cli.app import run
from automl.formats import keras_file, onnx_file
from automl.formats.catalog import FORMATS

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow exports")


@pytest.fixture
def job(wine_job, tmp_path):
    """A copy of a finished job, to be changed."""
    shutil.copytree(wine_job.folder, tmp_path / "job", ignore=shutil.ignore_patterns("exports"))
    return tmp_path / "job"


def test_a_saved_model_is_written_compared_and_described(job, capsys):
    assert run(["export", str(job), "--to", "savedmodel"]) == 0

    told = capsys.readouterr().out
    assert f"{job / 'exports' / 'model.savedmodel'}  " in told
    assert "(probability) on 178 rows" in told
    described = json.loads((job / "exports" / "model.savedmodel.json").read_text())
    assert described["parity"]["largest_difference"] <= 1e-4
    assert described["labels"]["classes"] == ["class_0", "class_1", "class_2"]
    assert [item["name"] for item in described["outputs"]] == ["prediction", "label"]
    assert described["inputs"][0] == {
        "name": "alcohol", "made_of": ["alcohol"], "dtype": "float64", "shape": [None]
    }  # fmt: skip
    assert not (job / "exports" / "front.py").exists()


@pytest.mark.skipif(find_spec("tf2onnx") is None, reason="needs the extra onnx")
def test_a_file_that_answers_otherwise_is_not_kept(job, capsys, monkeypatch):
    def opened(path, form):
        right = onnx_file.FORMAT.opened(path, form)
        return lambda inputs: {name: values + np.float32(0.01) for name, values in right(inputs).items()}

    wrong = replace(onnx_file.FORMAT, name="wrong", opened=opened)
    monkeypatch.setattr(onnx_file, "WRONG", wrong, raising=False)
    monkeypatch.setitem(FORMATS._places, "wrong", "automl.formats.onnx_file:WRONG")

    assert run(["export", str(job), "--to", "wrong"]) == 1

    assert "prediction differs by up to 0.01 (probability) on 178 rows" in capsys.readouterr().err
    assert not list((job / "exports").iterdir())


def test_a_file_that_cannot_be_run_is_not_kept(job, capsys, monkeypatch):
    def opened(path, form):
        raise RuntimeError("no such operation")

    monkeypatch.setattr(keras_file, "BROKEN", replace(keras_file.FORMAT, opened=opened), raising=False)
    monkeypatch.setitem(FORMATS._places, "broken", "automl.formats.keras_file:BROKEN")

    assert run(["export", str(job), "--to", "broken"]) == 1

    assert "cannot be run, so it was not kept: RuntimeError: no such op" in capsys.readouterr().err
    assert not list((job / "exports").iterdir())


def test_a_model_that_a_converter_stumbles_over_is_refused(job, capsys, monkeypatch):
    def write(whole, form, path, wish):
        raise RuntimeError("Conversion failed for Loop-18")

    monkeypatch.setattr(keras_file, "NARROW", replace(keras_file.FORMAT, write=write), raising=False)
    monkeypatch.setitem(FORMATS._places, "narrow", "automl.formats.keras_file:NARROW")

    assert run(["export", str(job), "--to", "narrow"]) == 2

    assert "cannot be exported to keras (RuntimeError: Conversion failed" in capsys.readouterr().err


def test_json_is_for_programs(job, tmp_path, capsys):
    place = tmp_path / "copy.keras"

    assert run(["export", str(job), "--to", "keras", "--output", str(place), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["path"] == str(place)
    assert told["bytes"] == place.stat().st_size
    assert told["parity"]["rows"] == 178


def test_what_cannot_be_is_refused_with_exit_code_2(job, capsys):
    assert run(["export", str(job), "--to", "torch"]) == 2
    assert "There is no export to PyTorch" in capsys.readouterr().err
    assert run(["export", str(job), "--to", "keras", "--data", "none.csv"]) == 2
    assert "No such file" in capsys.readouterr().err
