"""A tuner of scikit-learn's models, by cross-validation."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from automl.core.errors import ConfigError
from automl.kerastuner.engine.base_tuner import BaseTuner
from automl.kerastuner.engine.oracle import Oracle
from automl.kerastuner.engine.trial import Trial


class SklearnTuner(BaseTuner):
    """Tries models of scikit-learn; the objective is ``score``, the mean over the parts.

    Args:
        oracle: whose objective is ``Objective("score", "max")``.
        hypermodel: a function from hyperparameters to a model; see ``BaseTuner``.
        scoring: a scorer as ``sklearn.metrics.make_scorer`` makes it; the models' own ``score`` by default.
        metrics: functions of true and predicted values that are measured as well.
        cv: a splitter; five shuffled parts by default.
        options: see ``BaseTuner``.
    """

    def __init__(
        self,
        oracle: Oracle,
        hypermodel: Any,
        scoring: Callable[..., float] | None = None,
        metrics: Any = None,
        cv: Any = None,
        **options: Any,
    ) -> None:
        from sklearn.model_selection import KFold

        super().__init__(oracle=oracle, hypermodel=hypermodel, **options)
        self.scoring = scoring
        listed = metrics if isinstance(metrics, list | tuple) else [metrics]
        self.metrics: Sequence[Callable[..., float]] = [item for item in listed if item is not None]
        self.cv = cv or KFold(5, shuffle=True, random_state=1)
        self._models: dict[str, Any] = {}

    # the names that programs pass by keyword
    def search(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> None:
        """Search.

        Args:
            X: rows of features, an array or a DataFrame.
            y: a target for each.
            sample_weight: a weight for each, or None.
            groups: a group for each, for splitters that keep groups together.
        """
        super().search(X, y, sample_weight=sample_weight, groups=groups)

    def run_trial(
        self, trial: Trial, X: Any, y: Any, sample_weight: Any = None, groups: Any = None
    ) -> dict[str, float]:
        """Fit a model on each part of the rows but one, and score it on that; see ``BaseTuner``."""
        assert self.hypermodel is not None  # noqa: S101  asked for by the signature
        found: defaultdict[str, list[float]] = defaultdict(list)
        model: Any = None
        parts = self.cv.split(X, y, groups) if groups is not None else self.cv.split(X, y)
        for train, test in parts:
            model = self.hypermodel.build(trial.hyperparameters)
            model.fit(_rows(X, train), _rows(y, train), **_weights(model, sample_weight, train))
            weights = {} if sample_weight is None else {"sample_weight": _rows(sample_weight, test)}
            held, truth = _rows(X, test), _rows(y, test)
            score = model.score if self.scoring is None else self._scored(model)
            found["score"].append(score(held, truth, **weights))
            predicted = model.predict(held) if self.metrics else None
            for metric in self.metrics:
                found[getattr(metric, "__name__", str(metric))].append(metric(truth, predicted, **weights))
        self.save_model(trial.trial_id, model)
        return {name: float(np.mean(values)) for name, values in found.items()}

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Keep a model, the one of the last part, as long as the program runs: a pickle in the project's
        folder would run whatever somebody put there.
        """
        self._models[trial_id] = model

    def load_model(self, trial: Trial) -> Any:
        """Return the model of a trial of this program.

        Raises:
            ConfigError: the trial is one of an earlier program.
        """
        if trial.trial_id not in self._models:
            raise ConfigError(
                f"The model of trial {trial.trial_id} ended with the program that fitted it: models of "
                "scikit-learn are not kept in files, as reading them would run what files hold. Build it "
                "by tuner.hypermodel.build(trial.hyperparameters) and fit it."
            )
        return self._models[trial.trial_id]

    def _scored(self, model: Any) -> Callable[..., float]:
        scoring = self.scoring
        assert scoring is not None  # noqa: S101  asked by who calls
        return lambda held, truth, **weights: scoring(model, held, truth, **weights)


def _rows(content: Any, places: np.ndarray) -> Any:
    return content.iloc[places] if hasattr(content, "iloc") else np.asarray(content)[places]


def _weights(model: Any, sample_weight: Any, train: np.ndarray) -> dict[str, Any]:
    """The weights as a model's ``fit`` takes them: a pipeline hands them to its last step."""
    from sklearn.utils.validation import has_fit_parameter

    if sample_weight is None:
        return {}
    steps = getattr(model, "steps", None)
    last = steps[-1][1] if steps else model
    if not has_fit_parameter(last, "sample_weight"):
        warnings.warn(
            f"{type(last).__name__} takes no sample_weight: it is fitted without, its score has them.",
            UserWarning,
            stacklevel=3,
        )
        return {}
    name = f"{steps[-1][0]}__sample_weight" if steps else "sample_weight"
    return {name: _rows(sample_weight, train)}
