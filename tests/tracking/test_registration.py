"""The model that is registered: MLflow takes its own example."""

from __future__ import annotations

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

import automl
from automl.tracking.registration import save
from automl.tracking.tracker import ModelRecord


class Counts:
    """A result that tells how long texts are."""

    def refuse_unreadable(self, data: object) -> None:
        """Nothing is."""

    def predict(self, data: object) -> pd.DataFrame:
        return pd.DataFrame({"prediction": [len(text) for text in np.asarray(data).tolist()]})


def test_an_example_of_texts_by_input_fits_the_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(automl), "load", lambda folder: Counts())
    example = {"text": np.array(["ab", "c", "defg"], object)}
    job = tmp_path / "job"
    job.mkdir()

    folder = save(
        ModelRecord(folder=job, example=example, prediction=pd.DataFrame({"prediction": [2, 1, 4]})),
        tmp_path / "model",
    )

    served = mlflow.pyfunc.load_model(str(folder))
    assert served.predict(served.input_example)["prediction"].tolist() == [2, 1]
    assert served.metadata.signature.inputs.input_names() == ["text"]
