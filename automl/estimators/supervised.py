"""Classifier and regressor over ``automl.search``, for tables, pixels, texts and series in memory."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.validation import check_is_fitted

from automl.core.errors import DataError, DataWarning
from automl.core.names import column_name, free_name
from automl.core.notes import Note
from automl.data.in_memory import (
    Targets,
    as_inputs,
    as_numbers,
    as_pair,
    as_targets,
    as_weights,
    class_names,
    inputs_of,
    numbered,
)
from automl.estimators.base import SearchedEstimator
from automl.jobs.folder import JobFolder
from automl.jobs.versions import read_versioned
from automl.tasks.catalog import task_of
from automl.tasks.declaration import AMOUNT, LABEL, TargetFacts

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd
    from sklearn.utils import Tags


class _AutoEstimator(SearchedEstimator):
    """What both estimators share; the finished job is the fitted state.

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
        verbose: 1 shows progress on stderr, 0 is silent.

    A fitted estimator can be copied, pickled and sent to other processes together with its model.

    Attributes:
        n_features_in_: columns of a two-dimensional input.
        feature_names_in_: their names where all are str.
    """

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
        out: str | Path | None = None,
        tracking: bool = False,
        verbose: int = 1,
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
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Search for the best model.

        Rows of X and y pair by position. Rows without a target are left out, with a warning. Interrupted
        by Ctrl-C, it ends with the best model until then, with a ``ConvergenceWarning``.

        Args:
            X: inputs: ``(n, features)`` array or DataFrame, ``(n, height, width, channels)`` pixels,
                ``(n, time, channels)`` series, or ``(n,)`` texts as array, list or Series, missing ones
                empty; or an object of another library that holds such.
            y: targets ``(n,)``, or ``(n, outputs)`` for regression; None for the labels of a
                ``tf.data.Dataset``.
            sample_weight: how much each row of a table counts in the loss ``(n,)``, at least 0; rows of
                weight 0 are left out. Scores of the search count every row alike.

        Raises:
            DataError: X and y disagree, or cannot be learnt from.
        """
        X, y = as_pair(X, y)
        inputs, targets = as_inputs(X), as_targets(y)
        if len(inputs) != targets.count:
            raise DataError(f"X has {len(inputs)} rows and y has {targets.count}; they must agree.")
        if len(targets.rows) == 1:
            raise DataError("Expected several rows with a target, got 1 sample.")
        _warn_of_gaps(targets)
        facts, asked = _facts_of(X, inputs), dict[str, Any]()
        weights = as_weights(sample_weight, targets.count)
        if weights is not None:
            targets = targets.at(weights[targets.rows] > 0)
            inputs, asked["weight_column"] = _weighed(inputs, weights)
        encoded, learnt = self._learn(targets.values)
        asked["task"] = learnt.pop("task")
        data, names = _joined(_rows(inputs, targets.rows), encoded)
        return self._search(data, learnt | facts, target=names, modality=self.modality, **asked)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        tags.input_tags.three_d_array = True
        return tags

    def _learn(self, values: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
        """Targets as the search takes them, and what is remembered of them, ``task`` among it."""
        raise NotImplementedError

    def _outputs(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return np.asarray(self.result_.outputs(self._as_fitted(X)))

    def _as_fitted(self, X: Any) -> Any:
        """Inputs with the columns of ``fit``: by name, or by position where one of both has no names."""
        X = inputs_of(X)
        inputs: Any = as_inputs(X)
        expected = self.__dict__.get("n_features_in_")
        if expected is None:  # fitted on texts, pixels or series
            one_column = hasattr(inputs, "columns") and inputs.shape[1] == 1
            return as_inputs(inputs.iloc[:, 0]) if one_column else inputs
        if expected == 1 and inputs.ndim == 1:
            return _frame(inputs[:, None], self._columns)
        if inputs.ndim != 2 or inputs.shape[1] != expected:
            raise DataError(_misfit(inputs, expected, type(self).__name__))
        if not hasattr(X, "columns") and hasattr(inputs, "columns"):  # an array of several types
            return inputs.set_axis(self._columns, axis=1)
        if hasattr(inputs, "columns"):
            named = self._columns != numbered(expected) or set(inputs.columns) == set(self._columns)
            return inputs if named else inputs.set_axis(self._columns, axis=1)
        return inputs if self._columns == numbered(expected) else _frame(inputs, self._columns)

    def _forget(self) -> None:
        super()._forget()
        for name in ("n_features_in_", "feature_names_in_", "_columns"):
            self.__dict__.pop(name, None)

    def _state(self) -> dict[str, Any]:
        names = self.__dict__.get("feature_names_in_")
        return {
            "n_features_in": self.__dict__.get("n_features_in_"),
            "columns": self.__dict__.get("_columns"),
            "feature_names_in": None if names is None else names.tolist(),
        }

    def _restore(self, state: dict[str, Any]) -> None:
        if state["n_features_in"] is not None:
            self.n_features_in_ = state["n_features_in"]
            self._columns = state.get("columns") or numbered(self.n_features_in_)
        if state.get("feature_names_in") is not None:
            self.feature_names_in_ = np.asarray(state["feature_names_in"], dtype=object)


class AutoClassifier(ClassifierMixin, _AutoEstimator):  # type: ignore[misc]
    """Classifier found by a search; see ``_AutoEstimator`` for its parameters.

    Attributes:
        classes_: sorted labels of ``fit``, in their own type.
        result_: the ``Result`` of the search.
    """

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Search for the best model; see ``_AutoEstimator.fit``.

        Args:
            X: inputs.
            y: labels ``(n,)`` of one type.
            sample_weight: how much each row counts in the loss.

        Raises:
            DataError: X and y disagree, or cannot be learnt from.
        """
        if isinstance(y, np.ndarray) and y.ndim == 2 and y.shape[1] == 1:
            told = "A column-vector y was passed when a 1d array was expected."
            warnings.warn(told, DataConversionWarning, stacklevel=2)
        return super().fit(X, y, sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """Return the label of each example of ``X`` ``(n,)``, in the type of ``fit``'s labels."""
        positions = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[positions])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class ``(n, classes)`` for ``X``, in the order of ``classes_``."""
        outputs = self._outputs(X)
        learnt = read_versioned(JobFolder(self.result_.folder).task)["classes"]
        # a class so rare that the training part lacked it has no output
        probabilities = np.zeros((len(outputs), len(self.classes_)), outputs.dtype)
        places = {name: place for place, name in enumerate(self._names)}
        probabilities[:, [places[name] for name in learnt]] = outputs
        return probabilities

    def _learn(self, values: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
        """Labels as texts, from which any type of label comes back as it was."""
        if values.ndim > 1:
            raise DataError(f"Expected one label per row, got y of shape {values.shape}.")
        if values.dtype.kind == "f" and (values != np.floor(values)).any():
            raise DataError(
                "Unknown label type: continuous. Use AutoRegressor for amounts; turn labels into str."
            )
        try:
            classes, positions = np.unique(values, return_inverse=True)
        except TypeError:
            kinds = sorted({type(value).__name__ for value in values.tolist()})
            raise DataError(
                f"Expected labels of one type, got {' and '.join(kinds)}. Turn y into str."
            ) from None
        if len(classes) < 2:
            raise DataError(f"Expected at least two classes, got 1 class, {classes.tolist()[0]!r}.")
        names = class_names(classes)
        encoded = np.asarray(names, dtype=object)[positions]
        task = task_of(TargetFacts(kind=LABEL, classes=len(classes)))
        return encoded, {"classes_": classes, "_names": names, "task": task}

    def _state(self) -> dict[str, Any]:
        dated = self.classes_.dtype.kind in "mM"
        classes = self.classes_.astype(str if dated else object).tolist()
        kind = self.classes_.dtype.str
        return {**super()._state(), "classes": classes, "type": kind, "names": self._names}

    def _restore(self, state: dict[str, Any]) -> None:
        super()._restore(state)
        self.classes_ = np.asarray(state["classes"], dtype=state.get("type"))
        self._names = state.get("names") or [str(place) for place in range(len(self.classes_))]


class AutoRegressor(RegressorMixin, _AutoEstimator):  # type: ignore[misc]
    """Regressor found by a search; see ``_AutoEstimator`` for its parameters.

    Attributes:
        result_: the ``Result`` of the search.
    """

    def predict(self, X: Any) -> np.ndarray:
        """Return the value of each example of ``X``: ``(n,)``, or ``(n, outputs)`` for several targets."""
        values = self._outputs(X)
        return values[:, 0] if values.shape[1] == 1 else values

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _learn(self, values: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
        return as_numbers(values), {"task": task_of(TargetFacts(kind=AMOUNT))}


def _joined(inputs: Any, targets: np.ndarray) -> tuple[Any, tuple[str, ...]]:
    """Data for a search, and the names of its targets, which are none of the features' names."""
    taken = {column_name(name) for name in getattr(inputs, "columns", ())}
    columns = targets.reshape(len(targets), -1).T
    names: list[str] = []
    for _ in columns:
        free = (
            f"target{'' if number == 1 else number}" for number in range(1, len(taken) + 2 + len(names))
        )
        names.append(next(name for name in free if name not in {*taken, *names}))
    if not hasattr(inputs, "columns"):
        return (inputs, targets), tuple(names)
    # as one frame it is read as any file is, texts among it
    return inputs.assign(**dict(zip(names, columns, strict=True))), tuple(names)


def _weighed(inputs: Any, weights: np.ndarray) -> tuple[pd.DataFrame, str]:
    """Inputs as a frame with their weights, and the name of that column.

    Raises:
        DataError: they are neither a table nor texts.
    """
    if not hasattr(inputs, "columns"):
        if inputs.ndim > 2 or (inputs.ndim == 1 and not isinstance(inputs[0], str)):
            raise DataError(
                f"sample_weight: only rows of tables and texts are weighed, X has shape {inputs.shape}."
            )
        table = inputs.reshape(len(inputs), -1)
        inputs = _frame(table, ["text"] if inputs.ndim == 1 else numbered(table.shape[1]))
    name = free_name("weight", inputs.columns)
    return inputs.assign(**{name: weights}), name


def _rows(inputs: Any, rows: np.ndarray) -> Any:
    if len(rows) == len(inputs):
        return inputs
    return inputs.iloc[rows].reset_index(drop=True) if hasattr(inputs, "iloc") else inputs[rows]


def _facts_of(X: Any, inputs: Any) -> dict[str, Any]:
    """What scikit-learn's conventions remember of two-dimensional inputs."""
    if inputs.ndim != 2:
        return {}
    columns = list(inputs.columns) if hasattr(inputs, "columns") else numbered(inputs.shape[1])
    facts: dict[str, Any] = {"n_features_in_": inputs.shape[1], "_columns": columns}
    names = list(getattr(X, "columns", ()))
    if names and all(isinstance(name, str) for name in names):
        facts["feature_names_in_"] = np.asarray(names, dtype=object)
    return facts


def _misfit(inputs: Any, expected: int, name: str) -> str:
    """Say that inputs are not like those of ``fit``, a wrong number of columns as scikit-learn says it."""
    if inputs.ndim != 2:
        return f"X has shape {inputs.shape}; expected (n, {expected}) as in fit."
    return f"X has {inputs.shape[1]} features, but {name} is expecting {expected} features as input."


def _frame(array: np.ndarray, columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(array, columns=list(columns)).infer_objects()


def _warn_of_gaps(targets: Targets) -> None:
    gone = targets.count - len(targets.rows)
    if gone:
        note = Note(f"{gone} of {targets.count} rows have no target in y and are left out.")
        warnings.warn(note, DataWarning, stacklevel=3)
