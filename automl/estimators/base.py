"""What all estimators share: a finished job as their fitted state, which travels and is saved with them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils.validation import check_is_fitted

from automl.api import search
from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.jobs.folder import read_json
from automl.jobs.portable import OwnedFolder, PortableJob

if TYPE_CHECKING:
    from typing import Self

    from automl.jobs.result import Result

_KEPT = "estimator.json"


class SearchedEstimator(BaseEstimator):  # type: ignore[misc]
    """An estimator that is fitted by a search, to be derived from."""

    @property
    def result_(self) -> Result:
        """The ``Result`` of the search.

        Raises:
            NotFittedError: before ``fit``.
        """
        if "_job" not in self.__dict__:
            raise NotFittedError(f"This {type(self).__name__} is not fitted yet: call fit first.")
        job: PortableJob = self._job
        return job.result

    def save(self, folder: str | Path) -> Path:
        """Save to a folder, without pickle; ``load`` brings the estimator back.

        Args:
            folder: the new folder.

        Raises:
            ConfigError: the folder exists.
        """
        check_is_fitted(self)
        target: Path = self.result_.save(folder)
        state = {"class": type(self).__name__, "parameters": self.get_params(), **self._state()}
        write_whole(target / _KEPT, json.dumps(state, default=_plain))
        return target

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Bring back an estimator that ``save`` wrote.

        Args:
            folder: that folder; it stays in use.

        Raises:
            ConfigError: the folder holds no saved estimator of this class.
        """
        path = Path(folder) / _KEPT
        if not path.is_file():
            raise ConfigError(f"{folder} holds no saved estimator: it has no {_KEPT}.")
        state = read_json(path)
        if state.get("class") != cls.__name__:
            raise ConfigError(f"{folder} holds an {state.get('class')}, not an {cls.__name__}.")
        estimator = cls(**state["parameters"])
        estimator._job = PortableJob(Path(folder).absolute())
        estimator._restore(state)
        return estimator

    def __sklearn_is_fitted__(self) -> bool:
        return "_job" in self.__dict__

    def _search(self, data: Any, learnt: dict[str, Any], **asked: Any) -> Self:
        """Search; then, and only then, forget an earlier fit and remember this one.

        Args:
            data: as the search takes it.
            learnt: attributes of the fitted estimator.
            asked: options of the search that are no parameters of the estimator.
        """
        owner = None if self.out else OwnedFolder()
        own = {name: getattr(self, name) for name in _SHARED}
        result = search(
            data,
            name=type(self).__name__.lower(),
            family=self.family or (),
            metric=self.metric or (),
            out=self.out if owner is None else str(owner.path / "job"),
            **own,
            **asked,
        )
        # only now, so that a search that failed leaves the estimator as it was
        self._forget()
        self._job = PortableJob(result.folder, owner)
        self.__dict__.update(learnt)
        if result.summary.get("state") == "interrupted":
            told = "The search was interrupted: this is the best model until then."
            warnings.warn(told, ConvergenceWarning, stacklevel=3)
        return self

    def _forget(self) -> None:
        """Drop what an earlier fit left."""
        self.__dict__.pop("_job", None)

    def _state(self) -> dict[str, Any]:
        """What ``save`` keeps beside the job (JSON)."""
        return {}

    def _restore(self, state: dict[str, Any]) -> None:
        """Take what ``_state`` gave."""


_SHARED = ("trials", "time_limit", "epochs", "folds", "seed", "tracking", "verbose")
"""Parameters that go to the search as they are."""


def _plain(value: Any) -> Any:
    """A parameter as JSON holds it: grids are often numpy's, folders ``pathlib``'s."""
    return value.item() if isinstance(value, np.generic) else str(value)
