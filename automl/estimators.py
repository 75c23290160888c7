"""scikit-learn estimators over ``automl.search``, for tables, pixels, texts and series in memory."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from automl.api import load, search
from automl.core.errors import ConfigError, DataError
from automl.core.files import write_whole

if TYPE_CHECKING:
    from typing import Self

_KEPT = "estimator.json"


class _AutoEstimator(BaseEstimator):  # type: ignore[misc]
    """What both estimators share; the job folder is the fitted state.

    Args:
        trials: number of trials, or None for the search's default.
        time_limit: wall time of ``fit`` in seconds or as text such as ``"5m"``, or None.
        epochs: full length of a trial, or None for the search space's.
        family: families to search in, or None for all.
        metric: metric to optimise, or None for the task's default.
        modality: kind of input, or None to infer it from the shape.
        folds: folds of cross-validation, or None for a hold-out part.
        seed: seed of everything.
        out: job folder, or None for a temporary one that lives as long as the estimator.
        tracking: log to MLflow.

    Attributes:
        result_: the ``Result`` of the search.
        n_features_in_: columns of a two-dimensional input.
    """

    _task: str | None = None

    def __init__(
        self,
        *,
        trials: int | None = None,
        time_limit: float | str | None = None,
        epochs: int | None = None,
        family: str | tuple[str, ...] | None = None,
        metric: str | None = None,
        modality: str | None = None,
        folds: int | None = None,
        seed: int = 0,
        out: str | None = None,
        tracking: bool = False,
    ) -> None:
        self.trials = trials
        self.time_limit = time_limit
        self.epochs = epochs
        self.family = family
        self.metric = metric
        self.modality = modality
        self.folds = folds
        self.seed = seed
        self.out = out
        self.tracking = tracking

    def fit(self, X: Any, y: Any) -> Self:
        """Search for the best model.

        Args:
            X: inputs: ``(n, features)`` array or DataFrame, ``(n, height, width, channels)`` pixels,
                ``(n, time, channels)`` series, or ``(n,)`` texts.
            y: targets ``(n,)``, or ``(n, outputs)`` for regression.

        Raises:
            DataError: X and y disagree, or cannot be learnt from.
        """
        y = np.asarray(y)
        if len(X) != len(y):
            raise DataError(f"X has {len(X)} rows and y has {len(y)}; they must agree.")
        self._remember(X)
        self.result_ = search(
            (X, self._encoded(y)),
            name=type(self).__name__.lower(),
            task=self._task_of(y),
            family=self.family or (),
            metric=self.metric or (),
            modality=self.modality,
            trials=self.trials,
            time_limit=self.time_limit,
            epochs=self.epochs,
            folds=self.folds,
            seed=self.seed,
            out=self.out or self._temporary(),
            tracking=self.tracking,
        )
        return self

    def save(self, folder: str | Path) -> Path:
        """Save to a folder, without pickle; ``load`` brings the estimator back.

        Raises:
            ConfigError: the folder exists.
        """
        check_is_fitted(self, "result_")
        target: Path = self.result_.save(folder)
        state = {"class": type(self).__name__, "parameters": self.get_params(), **self._state()}
        write_whole(target / _KEPT, json.dumps(state))
        return target

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Bring back an estimator that ``save`` wrote.

        Raises:
            ConfigError: the folder holds no saved estimator of this class.
        """
        path = Path(folder) / _KEPT
        if not path.is_file():
            raise ConfigError(f"{folder} holds no saved estimator: it has no {_KEPT}.")
        state = json.loads(path.read_text(encoding="utf-8"))
        if state["class"] != cls.__name__:
            raise ConfigError(f"{folder} holds an {state['class']}, not an {cls.__name__}.")
        estimator = cls(**state["parameters"])
        estimator.result_ = load(folder)
        estimator._restore(state)
        return estimator

    def __del__(self) -> None:
        temporary = self.__dict__.get("_folder")
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)

    def __sklearn_is_fitted__(self) -> bool:
        return "result_" in self.__dict__

    def _temporary(self) -> str:
        self._folder = tempfile.mkdtemp(prefix="automl-")
        return str(Path(self._folder) / "job")

    def _remember(self, X: Any) -> None:
        shape = np.shape(X)
        if len(shape) == 2:
            self.n_features_in_ = shape[1]
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(X.columns, dtype=object)

    def _checked(self, X: Any) -> Any:
        check_is_fitted(self, "result_")
        shape = np.shape(X)
        expected = self.__dict__.get("n_features_in_")
        if expected is not None and (len(shape) != 2 or shape[1] != expected):
            raise DataError(f"X has shape {shape}; expected (n, {expected}) as in fit.")
        return X

    def _task_of(self, y: np.ndarray) -> str | None:
        return self._task

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        return y

    def _state(self) -> dict[str, Any]:
        return {"n_features_in": self.__dict__.get("n_features_in_")}

    def _restore(self, state: dict[str, Any]) -> None:
        if state["n_features_in"] is not None:
            self.n_features_in_ = state["n_features_in"]


class AutoClassifier(ClassifierMixin, _AutoEstimator):  # type: ignore[misc]
    """Classifier found by a search; see ``_AutoEstimator`` for its parameters.

    Attributes:
        classes_: sorted labels of ``fit``, in their own type.
        result_: the ``Result`` of the search.
    """

    def predict(self, X: Any) -> np.ndarray:
        """Return the label of each example ``(n,)``, in the type of ``fit``'s labels."""
        positions = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[positions])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class ``(n, classes)``, in the order of ``classes_``."""
        X = self._checked(X)
        return self.result_.outputs(X)

    def _task_of(self, y: np.ndarray) -> str:
        return "binary" if len(self.classes_) == 2 else "multiclass"

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        """Labels as text of their position, so that any type of label comes back as it was."""
        self.classes_, positions = np.unique(y, return_inverse=True)
        return np.asarray([str(position) for position in positions.ravel()], dtype=object)

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "classes": self.classes_.tolist()}

    def _restore(self, state: dict[str, Any]) -> None:
        super()._restore(state)
        self.classes_ = np.asarray(state["classes"])


class AutoRegressor(RegressorMixin, _AutoEstimator):  # type: ignore[misc]
    """Regressor found by a search; see ``_AutoEstimator`` for its parameters.

    Attributes:
        result_: the ``Result`` of the search.
    """

    _task = "regression"

    def predict(self, X: Any) -> np.ndarray:
        """Return the value of each example: ``(n,)``, or ``(n, outputs)`` for several targets."""
        X = self._checked(X)
        values = self.result_.outputs(X)
        return values[:, 0] if values.shape[1] == 1 else values
