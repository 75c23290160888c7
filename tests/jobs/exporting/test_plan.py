"""What cannot be exported is refused before a framework is loaded."""

from __future__ import annotations

import pytest

from automl.core.errors import ConfigError, MissingDependencyError
from automl.jobs.exporting import plan
from automl.jobs.exporting.plan import planned
from automl.jobs.folder import JobFolder
from automl.jobs.versions import write_versioned


@pytest.fixture
def files(tmp_path):
    folder = JobFolder(tmp_path / "job")
    folder.path.mkdir()
    folder.model.write_bytes(b"model")
    return folder


def test_a_file_goes_into_the_job_folder_and_has_a_description_beside_it(files):
    found = planned(files, "savedmodel")

    assert found.path == files.path / "exports" / "model.savedmodel"
    assert found.description.name == "model.savedmodel.json"


@pytest.mark.parametrize(
    ("to", "options", "said"),
    [
        ("onxx", {}, "Unknown format 'onxx'. Did you mean 'onnx'"),
        ("keras", {"quantize": "int8"}, "not written with weights in int8. These are: onnx, litert"),
        ("onnx", {"quantize": "int4"}, "Unknown type of weights 'int4'"),
        ("savedmodel", {"opset": 15}, "has no opset; onnx has"),
        ("onnx", {"opset": 99}, "opset: expected 13 to 18, got 99"),
    ],
)
def test_what_a_format_cannot_do_is_told(files, to, options, said):
    with pytest.raises(ConfigError, match=said):
        planned(files, to, **options)


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"kind": "detection"}, "too coarse for object detection"),
        ({"kind": "segmentation"}, "too coarse for semantic segmentation"),
        (
            {"kind": "joint", "parts": {"mask": {"kind": "segmentation"}, "boxes": {"kind": "detection"}}},
            "too coarse for semantic segmentation and object detection",
        ),
    ],
)
def test_weights_that_are_too_coarse_for_a_task_are_refused(files, described, said):
    write_versioned(files.task, described)

    with pytest.raises(ConfigError, match=said):
        planned(files, "litert", quantize="int8")

    assert planned(files, "litert", quantize="float16").wish.quantize == "float16"


def test_weights_of_8_bits_are_left_to_the_comparison_for_other_tasks(files):
    write_versioned(files.task, {"kind": "regression"})

    assert planned(files, "litert", quantize="int8").wish.quantize == "int8"


def test_places_that_hold_something_else_are_refused(files, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()

    with pytest.raises(ConfigError, match="is a part of the job"):
        planned(files, "keras", output=files.model)
    with pytest.raises(ConfigError, match="does not exist"):
        planned(files, "keras", output=tmp_path / "none" / "model.keras")
    with pytest.raises(ConfigError, match="keras is a file, and a folder has that name"):
        planned(files, "keras", output=tmp_path / "full")
    with pytest.raises(ConfigError, match="the folder is not empty"):
        planned(files, "savedmodel", output=tmp_path / "full")


def test_a_library_that_is_missing_is_named_with_its_extra(files, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ai_edge_litert", None)

    with pytest.raises(MissingDependencyError, match=r"automl-keras\[litert\]"):
        planned(files, "litert")


def test_another_backend_is_refused(files, monkeypatch):
    monkeypatch.setattr(plan, "running_backend", lambda: "jax")

    with pytest.raises(ConfigError, match=r"Keras runs on 'jax'.*automl export"):
        planned(files, "keras")
