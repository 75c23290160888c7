"""Forecaster over ``automl.search``, with the words of sktime: ``fh``, ``cutoff``, ``update``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from automl.core.errors import ConfigError, DataError
from automl.estimators.base import SearchedEstimator

if TYPE_CHECKING:
    from typing import Self

_RECENT = "recent.parquet"
_LEARNT = ("horizon_", "_targets", "_covariates", "_series", "_name", "_steps")


class AutoForecaster(SearchedEstimator):
    """Forecasts the steps behind the last observation, by a model that a search found.

    A fitted forecaster can be copied, pickled and sent to other processes together with its model.

    Args:
        horizon: steps to forecast; None for ``fh`` of ``fit``, else by the season of the series.
        lookback: past steps that a forecast uses, or None to choose by the data.
        trials: number of trials, or None for the search's default.
        time_limit: wall time of ``fit`` in seconds or as text such as ``"5m"``, or None.
        epochs: full length of a trial, or None for the search space's.
        family: families to search in, or None for all.
        metric: metric to optimise, or None for the task's default.
        folds: folds of cross-validation, each scored on the rows behind it, or None for a hold-out part.
        seed: seed of everything.
        out: job folder, or None for a temporary one that lives as long as the estimator.
        tracking: log to MLflow.
        verbose: 1 shows progress on stderr, 0 is silent.

    Attributes:
        result_: the ``Result`` of the search.
        horizon_: steps that are forecast.
    """

    def __init__(
        self,
        *,
        horizon: int | None = None,
        lookback: int | None = None,
        trials: int | None = None,
        time_limit: float | str | None = None,
        epochs: int | None = None,
        family: str | tuple[str, ...] | None = None,
        metric: str | None = None,
        folds: int | None = None,
        seed: int = 0,
        out: str | Path | None = None,
        tracking: bool = False,
        verbose: int = 1,
    ) -> None:
        self.horizon = horizon
        self.lookback = lookback
        self.trials = trials
        self.time_limit = time_limit
        self.epochs = epochs
        self.family = family
        self.metric = metric
        self.folds = folds
        self.seed = seed
        self.out = out
        self.tracking = tracking
        self.verbose = verbose

    def fit(self, y: Any, X: Any = None, fh: Any = None) -> Self:
        """Search for the best model.

        Args:
            y: the series: a Series, a DataFrame with a column for each target, or an array ``(time,)`` or
                ``(time, targets)``. An index of dates or periods is the time; one of ids and times
                holds a series for each id; others count steps.
            X: covariates with the same rows, known up to the present, or None.
            fh: steps to forecast, relative to the last observation: a number of them, or a list of
                positive numbers, of which the largest is the horizon; None for ``horizon``.

        Raises:
            DataError: y is no series, or X has other rows.
            ConfigError: steps that are none.
        """
        frame, targets = _framed(y)
        covariates = _beside(X, frame)
        horizon = _horizon(fh) or self.horizon
        learnt = {
            "_targets": targets,
            "_covariates": list(covariates.columns),
            "_series": isinstance(y, pd.Series) or getattr(y, "ndim", 1) == 1,
            "_name": getattr(y, "name", None),
        }
        data = pd.concat([frame, covariates], axis=1)
        self._search(
            _plain_index(data),
            learnt,
            target=tuple(targets),
            task="forecasting",
            horizon=horizon,
            lookback=self.lookback,
        )
        schema = self.result_.opened.schema
        self.horizon_ = int(schema["horizon"])
        self._steps = None if fh is None or np.ndim(fh) == 0 else [int(step) for step in np.ravel(fh)]
        self._recent = _tail(data, int(schema["lookback"]))
        return self

    @property
    def cutoff(self) -> Any:
        """Time, or number of the row, of the last observation."""
        check_is_fitted(self)
        index = self._recent.index
        return index.get_level_values(-1).max() if isinstance(index, pd.MultiIndex) else index[-1]

    @property
    def is_fitted(self) -> bool:
        """Whether there is a model."""
        return self.__sklearn_is_fitted__()

    def update(self, y: Any, X: Any = None, update_params: bool = False) -> Self:
        """Hear of further observations: forecasts begin behind them. The model stays as it is.

        Args:
            y: observations behind those of ``fit``, with the same columns.
            X: their covariates, where ``fit`` had some.
            update_params: refused where it is true; ``fit`` trains anew.

        Raises:
            ConfigError: a model is to be trained on.
            DataError: other columns than those of ``fit``.
        """
        check_is_fitted(self)
        if update_params:
            raise ConfigError("update_params: the model stays as it is; fit on all observations instead.")
        frame, targets = _framed(y)
        covariates = _beside(X, frame)
        found = [*targets, *covariates.columns]
        if found != [*self._targets, *self._covariates]:
            wanted = ", ".join([*self._targets, *self._covariates])
            raise DataError(f"update: expected the columns of fit ({wanted}), got {', '.join(found)}.")
        new = pd.concat([frame, covariates], axis=1)
        if isinstance(self._recent.index, pd.RangeIndex) and isinstance(new.index, pd.RangeIndex):
            # rows without times go on counting
            new.index = pd.RangeIndex(len(new)) + self._recent.index[-1] + 1
        joined = pd.concat([self._recent, new])
        joined = joined[~joined.index.duplicated(keep="last")].sort_index()
        self._recent = _tail(joined, int(self.result_.opened.schema["lookback"]))
        return self

    def predict(self, fh: Any = None, X: Any = None) -> Any:
        """Forecast the steps behind the last observation.

        Args:
            fh: which steps, as for ``fit``; those of ``fit`` by default.
            X: refused: no covariate of the future is used.

        Returns:
            a Series where ``fit`` had one or an array ``(time,)``, else a DataFrame with a column for each
            target; the index goes on with that of ``fit``.

        Raises:
            ConfigError: steps beyond the horizon, or covariates of the future.
        """
        found = self._forecast(fh, X, coverage=0)
        values = found[self._targets]
        return values.iloc[:, 0].rename(self._name) if self._series else values

    def fit_predict(self, y: Any, X: Any = None, fh: Any = None) -> Any:
        """Search and forecast; see ``fit`` and ``predict``.

        Args:
            y: the series.
            X: covariates, or None.
            fh: steps to forecast.
        """
        return self.fit(y, X, fh).predict()

    def predict_interval(self, fh: Any = None, X: Any = None, coverage: float = 0.9) -> pd.DataFrame:
        """Return intervals that hold the truth of a share of the steps (conformal prediction).

        Args:
            fh: which steps, as for ``predict``.
            X: refused, as in ``predict``.
            coverage: that share.

        Returns:
            columns ``(target, coverage, "lower")`` and ``(target, coverage, "upper")``.

        Raises:
            ConfigError: too few rows were held out for that share.
        """
        found = self._forecast(fh, X, coverage=coverage)
        made = {}
        for name in self._targets:
            prefix = f"{name}_" if f"{name}_lower" in found.columns else ""
            for end in ("lower", "upper"):
                made[name, coverage, end] = found[f"{prefix}{end}"]
        return pd.DataFrame(made)

    def score(self, y: Any, X: Any = None, fh: Any = None) -> float:
        """Return the mean absolute percentage error of the forecast for the steps in ``y``, as sktime does.

        Args:
            y: the truth, behind the last observation.
            X: refused, as in ``predict``.
            fh: which steps ``y`` has; all of them by default.
        """
        from sklearn.metrics import mean_absolute_percentage_error

        truth = np.asarray(y, np.float64)
        answer = np.asarray(self.predict(len(truth) if fh is None else fh, X), np.float64)
        return float(mean_absolute_percentage_error(truth, answer))

    def save(self, folder: str | Path) -> Path:
        """Save to a folder, without pickle; ``load`` brings the forecaster back.

        Args:
            folder: the new folder.

        Raises:
            ConfigError: the folder exists.
        """
        target = super().save(folder)
        self._recent.to_parquet(target / _RECENT)
        return target

    def _forecast(self, fh: Any, X: Any, coverage: float) -> pd.DataFrame:
        """The steps that are asked for, on the index that they have."""
        check_is_fitted(self)
        if X is not None:
            raise ConfigError(
                "X: covariates are known up to the present; those of the future are not used."
            )
        steps = self._steps_of(fh)
        found = self.result_.predict(_plain_index(self._recent), coverage=coverage)
        step = "step" if "step" not in self._targets else "step_"
        found.index = _ahead(self._recent, found, step)
        kept = found[found[step].isin(steps)]
        return kept.drop(columns=step)

    def _steps_of(self, fh: Any) -> Sequence[int]:
        if fh is None:
            return self._steps or range(1, self.horizon_ + 1)
        steps = range(1, int(fh) + 1) if np.ndim(fh) == 0 else [int(step) for step in np.ravel(fh)]
        if (_horizon(fh) or 0) > self.horizon_:
            raise ConfigError(f"fh: the model forecasts {self.horizon_} steps, {max(steps)} are asked for.")
        return steps

    def _forget(self) -> None:
        super()._forget()
        for name in (*_LEARNT, "_recent"):
            self.__dict__.pop(name, None)

    def _state(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in _LEARNT}

    def _restore(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: state[name] for name in _LEARNT})
        self._recent = pd.read_parquet(Path(self.result_.folder) / _RECENT)


def _framed(y: Any) -> tuple[pd.DataFrame, list[str]]:
    """Targets as a frame with names of str, and these."""
    if isinstance(y, pd.Series):
        y = y.to_frame(name="y" if y.name is None else str(y.name))
    if not isinstance(y, pd.DataFrame):
        values = np.asarray(y)
        if values.ndim not in (1, 2):
            raise DataError(f"y: expected a series (time,) or (time, targets), got {values.shape}.")
        table = values.reshape(len(values), -1)
        names = ["y"] if table.shape[1] == 1 else [f"y{place}" for place in range(table.shape[1])]
        y = pd.DataFrame(table, columns=names)
    frame = y.set_axis([str(name) for name in y.columns], axis=1)
    return frame, list(frame.columns)


def _beside(X: Any, frame: pd.DataFrame) -> pd.DataFrame:
    """Covariates on the index of the targets."""
    if X is None:
        return frame[[]]
    if not isinstance(X, pd.DataFrame):
        table = np.asarray(X).reshape(len(X), -1)
        X = pd.DataFrame(table, columns=[f"x{place}" for place in range(table.shape[1])], index=frame.index)
    if len(X) != len(frame) or not X.index.equals(frame.index):
        raise DataError(f"X: expected the rows of y ({len(frame)}, on the same index), got {len(X)}.")
    covariates: pd.DataFrame = X.set_axis([str(name) for name in X.columns], axis=1)
    return covariates


def _horizon(fh: Any) -> int | None:
    """The largest step that is asked for.

    Raises:
        ConfigError: steps that are not whole numbers above 0.
    """
    if fh is None:
        return None
    steps = np.ravel(fh)
    whole = steps.dtype.kind in "iu" and len(steps) > 0
    if not whole or steps.min() < 1:
        raise ConfigError(
            f"fh: expected steps ahead as whole numbers above 0, such as 12 or [1, 2, 3], got {fh!r}."
        )
    return int(steps.max())


def _plain_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, its index dropped where it only counts steps."""
    index = frame.index
    if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex | pd.MultiIndex):
        return frame
    return frame.reset_index(drop=True)


def _tail(frame: pd.DataFrame, rows: int) -> pd.DataFrame:
    """The last rows, of each series."""
    if isinstance(frame.index, pd.MultiIndex):
        kept: pd.DataFrame = frame.groupby(level=0, sort=False).tail(rows)
        return kept
    return frame.tail(rows)


def _ahead(recent: pd.DataFrame, found: pd.DataFrame, step: str) -> pd.Index[Any]:
    """The index of a forecast: dates, periods, ids and times, or numbers that go on."""
    index = recent.index
    if isinstance(index, pd.MultiIndex):
        times, ids = found.iloc[:, 0], found.iloc[:, 1]
        return pd.MultiIndex.from_arrays([ids, times], names=index.names)
    if isinstance(index, pd.PeriodIndex):
        return pd.PeriodIndex(found.iloc[:, 0].astype(str), freq=index.freq, name=index.name)
    if isinstance(index, pd.DatetimeIndex):
        return pd.DatetimeIndex(found.iloc[:, 0], name=index.name)
    each = index[-1] - index[-2] if len(index) > 1 else 1
    counted: pd.Index[Any] = pd.Index(index[-1] + each * found[step].to_numpy(), name=index.name)
    return counted
