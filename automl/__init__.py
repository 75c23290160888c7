"""AutoML and hyperparameter search for Keras.

    import automl
    result = automl.search("adult.csv", target="income", time_limit="10m")
    result.predict("new.csv")

Importing this loads no framework; names are fetched when they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from automl._version import __version__

if TYPE_CHECKING:
    from automl.api import load, resume, search
    from automl.core.errors import AutomlError, DataWarning, InputError, SearchError
    from automl.estimators import AutoClassifier, AutoForecaster, AutoRegressor
    from automl.jobs.config import JobConfig
    from automl.jobs.progress import Progress
    from automl.jobs.result import Result
    from automl.tuning import tune

_PLACES = {
    "AutoClassifier": "automl.estimators",
    "AutoForecaster": "automl.estimators",
    "AutoRegressor": "automl.estimators",
    "AutomlError": "automl.core.errors",
    "DataWarning": "automl.core.errors",
    "InputError": "automl.core.errors",
    "JobConfig": "automl.jobs.config",
    "Progress": "automl.jobs.progress",
    "Result": "automl.jobs.result",
    "SearchError": "automl.core.errors",
    "load": "automl.api",
    "resume": "automl.api",
    "search": "automl.api",
    "tune": "automl.tuning",
}

__all__ = [
    "AutoClassifier",
    "AutoForecaster",
    "AutoRegressor",
    "AutomlError",
    "DataWarning",
    "InputError",
    "JobConfig",
    "Progress",
    "Result",
    "SearchError",
    "__version__",
    "load",
    "resume",
    "search",
    "tune",
]


if not TYPE_CHECKING:  # type checkers would take any name, misspelled ones too, for one that is there

    def __getattr__(name: str) -> Any:
        if name not in _PLACES:
            raise AttributeError(f"module 'automl' has no attribute {name!r}")
        value = getattr(import_module(_PLACES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])
