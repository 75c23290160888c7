"""The forecaster goes on where its series end, in the form that they have."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from automl import AutoForecaster
from automl.core.errors import ConfigError, InputError

QUICK = {"family": "linear", "trials": 1, "epochs": 2, "lookback": 12, "verbose": 0}
HOURS = pd.date_range("2026-01-01", periods=120, freq="h", name="hour")
LOAD = pd.Series(10 + 3 * np.sin(2 * np.pi * np.arange(120) / 24), index=HOURS, name="load")


@pytest.fixture(scope="module")
def forecaster():
    return AutoForecaster(**QUICK).fit(LOAD, fh=6)


def test_a_series_gives_a_series_behind_its_end(forecaster):
    ahead = forecaster.predict()

    assert ahead.name == "load"
    assert ahead.index.equals(pd.date_range("2026-01-06", periods=6, freq="h"))
    assert forecaster.horizon_ == 6
    assert forecaster.cutoff == HOURS[-1]
    assert forecaster.score(ahead) == pytest.approx(0)


def test_some_steps_and_intervals_are_asked_for(forecaster):
    some = forecaster.predict(fh=[2, 5])
    interval = forecaster.predict_interval(coverage=0.5)

    assert some.tolist() == forecaster.predict().iloc[[1, 4]].tolist()
    assert interval.columns.tolist() == [("load", 0.5, "lower"), ("load", 0.5, "upper")]
    assert (interval.iloc[:, 0] <= interval.iloc[:, 1]).all()


def test_copies_files_and_pickles_forecast_the_same(forecaster, tmp_path):
    expected = forecaster.predict()

    others = [
        copy.deepcopy(forecaster),
        pickle.loads(pickle.dumps(forecaster)),  # noqa: S301  our own
        AutoForecaster.load(forecaster.save(tmp_path / "kept")),
    ]

    for other in others:
        pd.testing.assert_series_equal(other.predict(), expected, check_freq=False)
        assert other.get_params() == forecaster.get_params()


def test_further_observations_move_the_end_and_leave_the_model(forecaster):
    later = copy.deepcopy(forecaster)
    more = pd.Series([9.0, 9.5], index=pd.date_range("2026-01-06", periods=2, freq="h"), name="load")

    later.update(more)

    assert later.cutoff == more.index[-1]
    assert later.predict().index[0] == pd.Timestamp("2026-01-06 02:00")
    with pytest.raises(InputError, match="columns of fit"):
        later.update(more.rename("heat"))
    with pytest.raises(ConfigError, match="update_params"):
        later.update(more, update_params=True)


@pytest.mark.slow
def test_arrays_of_several_series_count_on():
    values = np.stack([LOAD.to_numpy(), -LOAD.to_numpy()], axis=1)

    ahead = AutoForecaster(**QUICK, horizon=3).fit_predict(values)

    assert ahead.columns.tolist() == ["y0", "y1"]
    assert ahead.index.tolist() == [120, 121, 122]


@pytest.mark.slow
def test_ids_and_times_are_forecast_by_id():
    frame = pd.concat({"a": LOAD.to_frame(), "b": -LOAD.to_frame()}, names=["town", "hour"])

    ahead = AutoForecaster(**QUICK, horizon=2).fit(frame).predict()

    assert ahead.index.names == ["town", "hour"]
    assert ahead.loc["b"].index.tolist() == list(pd.date_range("2026-01-06", periods=2, freq="h"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"fh": 7}, "forecasts 6 steps, 7"),
        ({"fh": [0]}, "above 0"),
        ({"fh": 1.5}, "whole numbers"),
        ({"X": LOAD}, "future"),
    ],
)
def test_what_cannot_be_forecast_is_refused(forecaster, asked, message):
    with pytest.raises(ConfigError, match=message):
        forecaster.predict(**asked)


def test_covariates_have_the_rows_of_the_series():
    with pytest.raises(InputError, match="rows of y"):
        AutoForecaster(**QUICK).fit(LOAD, X=LOAD.to_frame("heat")[:5], fh=2)


def test_clones_are_unfitted(forecaster):
    copied = clone(forecaster)

    assert not copied.is_fitted
    with pytest.raises(NotFittedError):
        copied.predict()
