"""The best configurations of a job are trained on other data, as a job of their own."""

from __future__ import annotations

import pandas as pd
import pytest
from sklearn.datasets import load_wine

from automl.core.errors import ConfigError, InputError


@pytest.fixture(scope="module")
def wine() -> pd.DataFrame:
    return load_wine(as_frame=True).frame


@pytest.mark.slow
def test_the_winner_is_trained_on_other_data(wine_job, wine, tmp_path):
    more = pd.concat([wine, wine.sample(60, random_state=0)], ignore_index=True)

    again = wine_job.retrain(more, trials=1, out=tmp_path / "again", verbose=0)

    assert again.folder == tmp_path / "again"
    assert again.best == wine_job.best
    assert again.summary["trials"] == 1
    assert len(again.predict(wine.drop(columns="target"))) == len(wine)


def test_other_columns_are_refused(wine_job, wine, tmp_path):
    with pytest.raises(InputError, match="target"):
        wine_job.retrain(wine.drop(columns="target"), out=tmp_path / "again", verbose=0)
    (tmp_path / "job.yaml").write_text("seed: 0\n")
    from automl import Result

    with pytest.raises(ConfigError, match=r"schema\.json"):
        Result(tmp_path).retrain(wine)
