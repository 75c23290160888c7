"""A table with words: what is written, what lies beside it, and how the page on exports says it is used."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import automl
from automl.core.errors import ConfigError

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow exports")
PAGE = Path(__file__).parents[3] / "docs" / "export.md"


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """A job over ages and jobs."""
    folder, random = tmp_path_factory.mktemp("people"), np.random.default_rng(0)
    age, job = random.uniform(20, 70, 80), random.choice(["clerk", "cook"], 80)
    frame = pd.DataFrame({"age": age, "job": job, "income": np.where(age > 45, "high", "low")})
    frame.to_csv(folder / "people.csv", index=False)
    return automl.search(
        folder / "people.csv",
        target="income",
        family="linear",
        trials=1,
        epochs=1,
        folds=1,
        tracking=False,
        executor="inline",
        verbose=0,
        out=str(folder / "job"),
    )


def test_the_page_says_how_files_are_used(people, monkeypatch):
    for module in ("tf2onnx", "ai_edge_litert", "openvino"):
        pytest.importorskip(module)
    for name in ("savedmodel", "litert", "openvino"):
        people.export(name)
    done = people.export("onnx")
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))
    monkeypatch.chdir(done.path.parent)
    monkeypatch.syspath_prepend(str(done.path.parent))
    names: dict[str, object] = {}

    for block in blocks:
        exec(block, names)  # noqa: S102  it is our own page
    for name in ("front", "answers"):
        sys.modules.pop(name)

    rows = pd.DataFrame({"age": [39.0, 51.0], "job": ["clerk", "cook"]})
    answered = people.predict(rows, coverage=0.9)
    assert names["answered"].tolist() == answered["prediction"].tolist()
    assert names["candidates"] == [json.loads(text) for text in answered["set"]]
    expected = people.predict_proba(rows)
    np.testing.assert_allclose(names["shares"], expected, atol=1e-5)
    for name in ("on_devices", "on_intel"):
        np.testing.assert_allclose(np.concatenate(names[name]), expected, atol=1e-5)
    np.testing.assert_allclose(names["answers"]["prediction"], expected[:1], atol=1e-5)
    assert names["answers"]["label"].numpy()[0].decode() == expected.iloc[0].idxmax()


def test_the_comparison_and_what_goes_in_stand_beside_the_file(people, tmp_path):
    done = people.export("savedmodel", tmp_path / "model.savedmodel")

    described = json.loads(done.description.read_text(encoding="utf-8"))
    assert described["file"] == done.path.name == "model.savedmodel"
    assert [item["dtype"] for item in described["inputs"]] == ["float64", "string"]
    assert described["parity"]["rows"] == done.parity.rows == 80
    assert described["bytes"] == done.bytes > 1000
    assert described["labels"]["classes"] == ["high", "low"]
    assert done.parity.holds


def test_rows_may_be_given_and_need_no_target(people, tmp_path):
    frame = pd.DataFrame({"age": [30.0, 60.0], "job": ["cook", "clerk"]})

    done = people.export("keras", tmp_path / "copy.keras", data=frame)

    assert done.parity.rows == 2
    assert done.path.read_bytes() == (people.folder / "model.keras").read_bytes()


def test_a_model_of_the_users_own_is_left_to_keras(tmp_path):
    from automl.jobs.tune.tuned import TunedResult

    with pytest.raises(ConfigError, match=r"result\.model\.export"):
        TunedResult(tmp_path).export("onnx")
