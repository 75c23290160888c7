"""KerasTuner's interface to searches of this package: programs run with one line changed.

    import automl.kerastuner as keras_tuner

What it does differently is told in ``docs/kerastuner.md``.
"""

from automl.kerastuner import applications, errors, oracles, tuners
from automl.kerastuner.engine.base_tuner import BaseTuner
from automl.kerastuner.engine.hypermodel import HyperModel
from automl.kerastuner.engine.hyperparameters import HyperParameter, HyperParameters
from automl.kerastuner.engine.objective import Objective
from automl.kerastuner.engine.oracle import Oracle, synchronized
from automl.kerastuner.engine.tuner import Tuner
from automl.kerastuner.errors import (
    FailedTrialError,
    FatalError,
    FatalRuntimeError,
    FatalTypeError,
    FatalValueError,
)
from automl.kerastuner.tuners import (
    BayesianOptimization,
    GridSearch,
    Hyperband,
    RandomSearch,
    SklearnTuner,
)

__version__ = "1.4.8"
"""The version of KerasTuner whose interface this is; programs ask for it."""

__all__ = [
    "BaseTuner",
    "BayesianOptimization",
    "FailedTrialError",
    "FatalError",
    "FatalRuntimeError",
    "FatalTypeError",
    "FatalValueError",
    "GridSearch",
    "HyperModel",
    "HyperParameter",
    "HyperParameters",
    "Hyperband",
    "Objective",
    "Oracle",
    "RandomSearch",
    "SklearnTuner",
    "Tuner",
    "__version__",
    "applications",
    "errors",
    "oracles",
    "synchronized",
    "tuners",
]
