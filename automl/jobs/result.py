"""A finished job, opened again: predictions, scores, leaderboard, study."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.catalog import at_place
from automl.core.errors import understood
from automl.core.members import Member, winner_from_json
from automl.core.specs import Configuration, Objective, metric_of
from automl.core.targets import bare
from automl.data.source import open_source
from automl.jobs import answers, scored
from automl.jobs.answers import Listener, answer, listed, warn
from automl.jobs.exporting.exporting import Exporter
from automl.jobs.folder import JobFolder, copied, open_folder
from automl.jobs.generation import Writer, Writing, streams_of
from automl.jobs.missing import read_made
from automl.jobs.opened import OpenedModel
from automl.jobs.plots import Plots
from automl.jobs.rebuilt import PastTrials
from automl.jobs.recognition import Recogniser, recognising
from automl.jobs.recommendation import Recommender, refuse_without_items
from automl.jobs.versions import refuse_other_versions
from automl.tasks.sampling import Sampling

if TYPE_CHECKING:
    import keras
    import pandas as pd

    from automl.jobs.explaining import Explainer, Explanation

PART = 51_200
"""Examples that are predicted and written at once: few enough for memory, many enough for speed."""


# over 300 lines, as it is all that a user does with a job; each method is short and calls who does the work
@dataclass(frozen=True)
class Result:
    """The outcome of a job, read from its folder; the model is loaded when it is first needed.

    Args:
        folder: absolute path of the job folder.
    """

    folder: Path

    @cached_property
    def summary(self) -> Mapping[str, Any]:
        """What ``result.json`` holds."""
        return read_made(self._files.result)

    @property
    def best(self) -> Configuration:
        """Configuration of the best trial, ``family`` among its keys."""
        with understood(self._files.result, kinds=(ValueError,)):
            return dict(self.summary["best_configuration"])

    @property
    def best_score(self) -> float:
        """Score of the best trial by the first metric, on the validation part."""
        with understood(self._files.result, kinds=(ValueError,)):
            return float(self.summary["best_score"])

    @property
    def members(self) -> tuple[Member, ...]:
        """The trials whose models are joined into the exported one, by weight; often just one."""
        refuse_other_versions(self._files)
        with understood(self._files.result, kinds=(ValueError,)):
            return winner_from_json(self.summary["members"]).members

    @property
    def leaderboard(self) -> pd.DataFrame:
        """One row per trial and baseline, best first."""
        return answers.leaderboard_of(self._files)

    def __getstate__(self) -> dict[str, Any]:
        """The folder alone goes to other processes: what was opened of it is opened there again."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def __str__(self) -> str:
        from automl.jobs.report.card import words_of_job

        return words_of_job(self._files)

    def _repr_html_(self) -> str:
        """What a notebook shows: the verdict, score against time, the best trials; no script."""
        from automl.drawing.notebook import card_of
        from automl.jobs.report.card import card_of_job

        return card_of(card_of_job(self._files))

    @cached_property
    def model(self) -> keras.Model:
        """The exported Keras model, from raw inputs to predictions."""
        return self.opened.model

    @cached_property
    def opened(self) -> OpenedModel:
        """The model with what reads raw data for it: for who asks it often, such as a server."""
        return OpenedModel(self._files)

    def best_model(self) -> keras.Model:
        """Return the exported Keras model, from raw inputs to predictions, as ``model`` is."""
        return self.model

    def trials(self, *, data: object = None) -> PastTrials:
        """Return the trials, the best first; ``result.trials()[3].model()`` is the Keras model of trial 3.

        Args:
            data: of the search, where it was in memory: models are built from weights that were kept, for
                which the data is read and prepared again.

        Raises:
            ConfigError: there is no leaderboard yet.
        """
        with understood(self._files.result):
            return PastTrials(self._files, str(self.summary["metric"]), data)

    def models(self, count: int = 3, *, data: object = None) -> list[keras.Model]:
        """Return the Keras models of the best trials, the best first, from raw inputs to predictions.

        Args:
            count: how many at most; the weights of trials far from the best are not kept.
            data: as for ``trials``.

        Raises:
            ConfigError: the data is not at hand, or has changed since.
        """
        return self.trials(data=data).models(count)

    @property
    def plot(self) -> Plots:
        """The figures of the report: ``result.plot.history()``, ``result.plot.confusion_matrix()``, ..."""
        return Plots(self._files)

    def retrain(
        self,
        data: object,
        *,
        trials: int | None = None,
        time_limit: float | str | None = None,
        out: str | Path | None = None,
        verbose: int = 1,
    ) -> Result:
        """Train the best configurations of this job on other data; see ``automl.retraining.retrain``.

        Args:
            data: as for ``automl.search``, with the same targets.
            trials: how many; as many as there are ``members`` by default, at most three.
            time_limit: wall time in seconds, or text such as ``"10m"``.
            out: the new job folder.
            verbose: as for ``automl.search``.
        """
        # the api, which runs jobs, stands above results: its place is told and not imported
        run: Callable[..., Result] = at_place("automl.retraining:retrain")
        return run(self.folder, data, trials=trials, time_limit=time_limit, out=out, verbose=verbose)

    @property
    def study(self) -> Any:
        """The Optuna study of the job.

        Raises:
            ConfigError: it lives in a storage outside of the job folder that cannot be opened.
        """
        from automl.jobs.config import config_from, read_config
        from automl.study.opening import load_study

        config = config_from(read_config(self._files.job), where=str(self._files.job))
        return load_study(self.folder, str(self.summary["name"]), config.storage)

    def predict(self, data: object, *, coverage: float | None = None) -> pd.DataFrame:
        """Predict raw examples.

        Args:
            data: anything that a search reads: a file, folder, DataFrame or arrays; targets are not needed.
            coverage: share of rows that ``lower`` and ``upper``, or the ``set`` of classes, shall hold the
                truth of; by default what the search was asked for, 0 for neither.

        Returns:
            one row per example, or per step of a forecast: the columns that name the example, then
            ``prediction`` and a ``probability_<class>`` for each class, or a column per target. Labels
            have the type of the search's; rows of a DataFrame keep its index. ``attrs["notes"]`` has
            notes on how the data was read; those on more than 1 % of it are also issued as
            ``DataWarning``.

        Raises:
            DataError: the data lacks a column, or cannot be read.
            ConfigError: a coverage that the task has not, or that needs more held-out rows.
        """
        import pandas as pd

        notes: list[str] = []

        def told(found: tuple[str, ...]) -> None:
            warn(found)
            notes.extend(map(str, found))

        frame = pd.concat(list(self.predict_parts(data, told=told, coverage=coverage)))
        frame.attrs["notes"] = notes
        return frame

    def predict_parts(
        self,
        data: object,
        *,
        rows: int = PART,
        told: Listener = warn,
        spelled: bool = False,
        coverage: float | None = None,
    ) -> Iterator[pd.DataFrame]:
        """Predict raw examples part by part, for more rows than fit into memory as one table.

        Args:
            data: as for ``predict``. A CSV or Parquet file of more than 64 MB is read in parts, too.
            rows: most examples of one part.
            told: called once with the notes of what was read; warns by default. Of a file that is read in
                parts they are complete behind the last one.
            spelled: leave boolean labels spelled as in the training file.
            coverage: as for ``predict``.

        Yields:
            tables that make up that of ``predict``, in order.
        """
        source, opened = open_source(data), self.opened
        covering = opened.covering(coverage)
        for first, part in opened.read_parts(source, rows, told):
            form = opened.form(source.content, spelled=spelled)  # behind reading: it may load a framework
            predictions = opened.predictions(part)
            more = None if covering is None else covering.columns(part, predictions)
            yield answer(form, part, predictions, first, more=more)

    def predict_proba(self, data: object) -> pd.DataFrame:
        """Return the probability of each class for each row of ``data``, one column per class.

        Columns are named by the classes in their own type, or by the targets of a multi-label task; those
        of a joint task by target and class, for each target that is a class.

        Raises:
            ConfigError: the task is no classification.
        """
        opened = self.opened
        return answers.probabilities(opened.task, opened.schema, lambda: self.predict(data, coverage=0))

    def outputs(self, data: object) -> Any:
        """Return predictions for ``data``, an array: probabilities ``(n, classes)``, values ``(n, k)``,
        forecasts ``(n, horizon, k)``. Those of a task with several outputs are arrays by name.
        """
        _, examples, notes = self.opened.read(data, targets=False)
        warn(notes)
        return bare(self.opened.predictions(examples))

    def evaluate(
        self, data: object, *, told: Listener = warn, coverage: float | None = None
    ) -> dict[str, Any]:
        """Score the model on raw examples with targets.

        Args:
            data: anything that a search reads, with its targets.
            told: called with the notes of what was read; warns by default.
            coverage: as for ``predict``.

        Returns:
            ``{"rows": examples scored, "metrics": {name: value}}`` with every metric of the task,
            ``seen_rows`` (how many of them have the inputs of examples that were trained on; None where
            that is not known), ``coverage`` where it is asked for (``tasks.conformal.measured``),
            ``groups`` where they are protected (``jobs.groups``), ``notes`` and ``warnings`` on how it was
            read.
        """
        examples = scored.ToScore(self.opened, data)
        scores = scored.score(self.opened, examples, self.opened.covering(coverage))
        seen, notes = examples.told()
        told(notes)
        return {"rows": examples.rows, "seen_rows": seen, **scores, **listed(notes)}

    def generate(
        self,
        prompt: str = "\n",
        *,
        tokens: int = 500,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> str:
        """Return what may follow ``prompt``, by a language model: so many ``tokens``, drawn by ``seed`` at
        a ``temperature`` from the ``top_k`` likeliest and ``top_p`` of the probability; see ``Sampling``.
        """
        sampling = Sampling(temperature=temperature, top_k=top_k, top_p=top_p)
        return "".join(self.writer.write(prompt, Writing(tokens=tokens, sampling=sampling, seed=seed)))

    @cached_property
    def writer(self) -> Writer:
        """Writes text piece by piece, of a language model."""
        streams = streams_of(self.opened.task)
        return Writer(self.model, streams)

    @cached_property
    def recogniser(self) -> Recogniser:
        """Tells whom or what examples show, of a job whose task is verification."""
        opened = self.opened
        return Recogniser(recognising(opened.task), self._files, opened.read_named, opened.predictions)

    def recommend(
        self, users: Sequence[object] = (), *, top: int = 10, exclude_seen: bool = False
    ) -> pd.DataFrame:
        """Return the ``top`` items that suit ``users`` best, without seen ones if ``exclude_seen``;
        see ``Recommender.recommend``.
        """
        return self.recommender.recommend(users, top=top, exclude_seen=exclude_seen, told=warn)

    @cached_property
    def recommender(self) -> Recommender:
        """Finds items for users, of a job over users and items."""
        refuse_without_items(self.opened.task)
        return Recommender(self.model, self.opened.schema, self.opened.task.describe().get("items", ()))

    def explain(
        self,
        data: object,
        *,
        method: str | Sequence[str] = (),
        rows: int | str | Sequence[int | str] = 4,
        keep: str | Sequence[str] = (),
        wanted: object = "",
        seconds: float = 60.0,
        told: Listener = warn,
    ) -> Explanation:
        """Say what the model relies on for ``data`` and what answers to ``rows`` rest on; see
        ``Explainer.explain`` for ``method``, ``keep``, ``wanted``, ``seconds`` and ``told``.
        """
        wish: dict[str, Any] = {"keep": keep, "wanted": wanted}
        return self.explainer.explain(data, method=method, rows=rows, seconds=seconds, told=told, **wish)

    @cached_property
    def explainer(self) -> Explainer:
        """Asks the model what its answers rest on."""
        return scored.explainer_of(self.opened, self._objective)

    def report(self, *, test: object = None, out: str | Path | None = None, told: Listener = warn) -> Path:
        """Write the page of the report, with scores on test data where some is given; returns its path.

        Args:
            test: anything that a search reads, with its targets; its scores become a part of the report.
            out: where the page goes; into the job folder by default.
            told: called with the notes of what was read; warns by default.

        Raises:
            ConfigError: the job has no report, or it is damaged.
        """
        return scored.report(self.opened, self._objective, test=test, out=out, told=told)

    @property
    def export(self) -> Exporter:
        """Writes the model in other formats: ``result.export("onnx")``; see ``Exporter.__call__``."""
        return Exporter(self._files, self.opened)

    @property
    def writes(self) -> answers.FileWriter | None:
        """What writes predictions that are no cells of a table; see ``answers.file_writer``."""
        return answers.file_writer(self.opened.task)

    def refuse_unreadable(self, data: object) -> None:
        """Refuse a table, ``data``, with cells that ``predict`` takes as missing: no numbers, or no dates.

        Raises:
            DataError: with column, row and cell of the first of them.
        """
        answers.refuse_unreadable_cells(open_source(data), self.opened.schema)

    def save(self, folder: str | Path) -> Path:
        """Copy the job folder to a new place and return it.

        Raises:
            ConfigError: the place is taken.
        """
        return copied(self._files, Path(folder))

    @property
    def _objective(self) -> Objective:
        with understood(self._files.result):
            name = metric_of(self.summary["metric"])
            return Objective(name=name, direction=self.summary["direction"])

    @property
    def _files(self) -> JobFolder:
        return JobFolder(self.folder)


def load_result(folder: str | Path) -> Result:
    """Open the folder of a job.

    Raises:
        ConfigError: there is no job in it.
    """
    return Result(open_folder(folder).path)
