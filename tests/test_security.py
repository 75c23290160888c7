"""What a file of a stranger could do: nothing is unpickled, no code in a model is run, no YAML expands."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from automl.core.errors import ConfigError
from automl.jobs.config import read_config

ROOT = Path(__file__).parents[1]
SOURCES = [path for place in ("automl", "benchmarks", "examples") for path in (ROOT / place).rglob("*.py")]

SAID = {"load_model": ("safe_mode", True), "load": ("allow_pickle", False)}
"""Calls of Keras and NumPy that read files, and what each of them says for itself."""

KERAS_AND_NUMPY = ("keras", "saving", "models", "np", "numpy")


def calls():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield path, node, ast.unparse(node.func.value).rpartition(".")[2]


def test_every_file_that_is_loaded_is_loaded_safely():
    found = [
        (path, node) for path, node, owner in calls() if node.func.attr in SAID and owner in KERAS_AND_NUMPY
    ]

    unsafe = [f"{path}:{node.lineno}" for path, node in found if not says_it(node)]
    assert len(found) > 8
    assert unsafe == []


def says_it(node):
    name, value = SAID[node.func.attr]
    return any(
        item.arg == name and isinstance(item.value, ast.Constant) and item.value.value is value
        for item in node.keywords
    )


def test_nothing_is_unpickled_and_yaml_is_read_in_one_room():
    forbidden = {("pickle", "load"), ("pickle", "loads"), ("joblib", "load"), ("marshal", "loads")}
    forbidden |= {("yaml", name) for name in ("load", "safe_load", "full_load", "unsafe_load", "load_all")}

    found = [
        f"{path}:{node.lineno}" for path, node, owner in calls() if (owner, node.func.attr) in forbidden
    ]
    assert [place for place in found if "/automl/" in place] == []
    # that one finds no name but three of its own
    unpickle = [path.name for path in SOURCES if "pickle.Unpickler" in path.read_text(encoding="utf-8")]
    assert unpickle == ["torch_file.py"]


def test_no_code_of_a_data_set_is_run_and_no_certificate_is_left_unlooked_at():
    words = ("load_dataset", "trust_remote_code", "verify=False")
    package = [path for path in SOURCES if "/automl/" in str(path)]

    found = [(path, word) for path in package for word in words if word in path.read_text(encoding="utf-8")]
    assert found == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a: &a [x, x]\nfamily: *a\n", "aliases"),
        ("a: &a [&b [x, x], *b, *b]\nfamily: [*a, *a]\n", "aliases"),
        ("seed: 1\nseed: 2\n", "appears twice"),
        ("seed: !!python/object/apply:os.system ['true']\n", "tag"),
        ("name: !!binary aGVsbG8=\n", "tag"),
        ("[" * 50_000, "YAML"),
        ("", "mapping"),
        ("a" * (2**20 + 1), "too large"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_job_file_is_plain_yaml(tmp_path, text, word):
    (tmp_path / "job.yaml").write_text(text)

    with pytest.raises(ConfigError, match=word):
        read_config(tmp_path / "job.yaml")
