"""The result of a search over a user's own models: data goes in and comes out as in Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, DataError
from automl.jobs.answers import Listener, listed, warn
from automl.jobs.exporting.exporting import Exporter
from automl.jobs.folder import JobFolder, read_json, state_of
from automl.jobs.intake.backend import default_backend, import_keras
from automl.jobs.result import PART, Result
from automl.jobs.tune.user_model import load_user_model

if TYPE_CHECKING:
    import keras
    import pandas as pd

    from automl.jobs.explaining import Explainer

USER = "user"
"""The modality of such a job in ``result.json``."""


@dataclass(frozen=True)
class TunedResult(Result):
    """A result whose model takes what the user's own model takes.

    Args:
        folder: absolute path of the job folder.
        build: the function that was searched over, where it is at hand.
        trained: the best model, in the process that trained it.
    """

    build: Callable[[Any], keras.Model] | None = field(default=None, repr=False, compare=False)
    trained: keras.Model | None = field(default=None, repr=False, compare=False)

    @cached_property
    def model(self) -> keras.Model:
        """The best model, compiled as ``build`` compiled it."""
        if self.trained is not None:
            return self.trained
        import_keras(default_backend())
        return load_user_model(JobFolder(self.folder), self.build, self.best)

    def models(self, count: int = 3, *, data: object = None) -> list[keras.Model]:
        """Return the best model alone: of other trials no weights are kept.

        Args:
            count: how many at most.
            data: not needed.
        """
        return [self.model][:count]

    def predict(self, data: object, *, coverage: float | None = None) -> Any:
        """Return what ``Model.predict`` gives.

        Args:
            data: inputs as the search took them, without targets: arrays, tables, dictionaries or lists of
                them, a stream of batches.
            coverage: refused, as no errors of held-out rows are known.

        Raises:
            DataError: a file is given, which only the user's own code can read.
        """
        from automl.training.fit_data import normal

        _refuse_coverage(coverage)
        _refuse_path(data)
        return self.model.predict(normal(data), verbose=0)

    def predict_parts(
        self,
        data: object,
        *,
        rows: int = PART,
        told: Listener = warn,
        spelled: bool = False,
        coverage: float | None = None,
    ) -> Iterator[pd.DataFrame]:
        """Refuse: tables of predictions are made of what this package has read itself.

        Raises:
            ConfigError: always.
        """
        _refuse_path(data)
        raise ConfigError("A model of your own has no table of predictions; use predict.")

    def predict_proba(self, data: object) -> Any:
        """Refuse: what the outputs of a user's model mean is not known.

        Raises:
            ConfigError: always.
        """
        raise ConfigError("What the outputs of a model of your own mean is not known; use predict.")

    def outputs(self, data: object) -> Any:
        """Return what ``predict`` returns."""
        return self.predict(data)

    @cached_property
    def explainer(self) -> Explainer:
        """Refuse: what the inputs and outputs of a user's model mean is not known.

        Raises:
            ConfigError: always.
        """
        raise ConfigError("What the inputs of a model of your own mean is not known; it is not explained.")

    @property
    def export(self) -> Exporter:
        """Refuse: the rows that such a model reads are not known here, so nothing could be compared.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(
            "A model of your own is exported by Keras, as the rows to compare an exported file on are not "
            "known here: result.model.export(PATH, format=...)."
        )

    def report(self, *, test: object = None, out: str | Path | None = None, told: Listener = warn) -> Path:
        """Write the page of the report.

        Raises:
            ConfigError: test data is given, which only the user's own code can score.
        """
        if test is not None:
            raise ConfigError("A model of your own is scored by evaluate; its report takes no test data.")
        return super().report(out=out, told=told)

    def evaluate(
        self, data: object, *, told: Listener = warn, coverage: float | None = None
    ) -> dict[str, Any]:
        """Score the model as ``Model.evaluate`` does.

        Args:
            data: ``(inputs, targets)``, perhaps with sample weights as a third, or a stream of batches.
            told: called with the notes of what was read: there are none.
            coverage: refused, see ``predict``.

        Returns:
            ``{"rows": examples scored or None, "metrics": {name: value}}``, and what is told, which is
            nothing.

        Raises:
            DataError: rows do not pair, or a file is given.
        """
        from automl.training.fit_data import take_in
        from automl.training.metric_names import plain_names

        _refuse_coverage(coverage)
        _refuse_path(data)
        taken = take_in(data, training=False)
        # TensorFlow's has been traced for the search's targets, and fails where these have another rank
        self.model.make_test_function(force=True)
        scores = self.model.evaluate(**taken.arguments(), verbose=0, return_dict=True)
        plain = plain_names(self.model, scores)
        metrics = {plain[name]: float(value) for name, value in scores.items()}
        return {"rows": taken.rows, "metrics": metrics, **listed(())}


def load_any(folder: Path, build: Callable[[Any], keras.Model] | None = None) -> Result:
    """Open the result of a job folder, whichever search made it.

    Raises:
        ConfigError: a function is given for a job of ``automl.search``.
    """
    files = JobFolder(folder)
    if files.result.exists() and read_json(files.result).get("modality") == USER:
        return TunedResult(folder, build=build)
    if build is not None:
        raise ConfigError(f"{folder} was not made by automl.tune, so its model needs no build function.")
    return Result(folder)


def refuse_tuned(folder: JobFolder) -> None:
    """Refuse to go on with a search over a user's own models, whose function is not in the folder.

    Raises:
        ConfigError: it is one.
    """
    if state_of(folder).get("modality") == USER:
        raise ConfigError(
            f"{folder.path} is a search over models of your own, whose code the folder does not hold. Call "
            "automl.tune again for more trials; automl.load opens what was found."
        )


def _refuse_coverage(coverage: float | None) -> None:
    if coverage:
        raise ConfigError(
            "coverage: of a model of your own no errors on held-out rows are kept. Leave it out, or "
            "search with automl.search."
        )


def _refuse_path(data: object) -> None:
    if isinstance(data, str | Path):
        raise DataError(
            f"{data}: this job tuned a model of your own, which takes arrays as Model.fit does; "
            "use it in Python: automl.load(folder)."
        )
