"""A finished job, opened again: predictions, scores, leaderboard, study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, understood
from automl.core.members import Member, winner_from_json
from automl.core.specs import Configuration, Objective, metric_of
from automl.core.targets import bare, named
from automl.data.catalog import MODALITIES
from automl.data.coded import compact
from automl.data.modality import Examples, Modality
from automl.data.source import Source, open_source
from automl.jobs import answers
from automl.jobs.answers import Form, Listener, answer, index_of, listed, warn
from automl.jobs.extensions import refuse_absent
from automl.jobs.finish.exported import load_model
from automl.jobs.folder import JobFolder, copied, open_folder, read_json
from automl.jobs.generation import Writer, Writing, tokens_of
from automl.jobs.intake.backend import default_backend, import_keras, name_backend
from automl.jobs.recognition import Recogniser, recognising
from automl.jobs.recommendation import Recommender, refuse_without_items
from automl.jobs.trial.trained_rows import is_of_search, seen_rows
from automl.jobs.versions import read_versioned, refuse_other_versions
from automl.tasks.catalog import known_classes, restore_task
from automl.tasks.sampling import Sampling
from automl.tasks.task import Task

if TYPE_CHECKING:
    import keras
    import numpy as np
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
        return read_json(self._files.result)

    @property
    def best(self) -> Configuration:
        """Configuration of the best trial, ``family`` among its keys."""
        with understood(self._files.result):
            configuration: Configuration = self.summary["best_configuration"]
        return configuration

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

    @cached_property
    def model(self) -> keras.Model:
        """The exported Keras model, from raw inputs to predictions."""
        if not self._files.model.exists():
            raise ConfigError(f"{self.folder} has no model.keras: the job has not got that far.")
        self._check_packages()
        import_keras(default_backend())
        return load_model(self._files.model)

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

    def predict(self, data: object) -> pd.DataFrame:
        """Predict raw examples.

        Args:
            data: anything that a search reads: a file, folder, DataFrame or arrays; targets are not needed.

        Returns:
            one row per example, or per step of a forecast: the columns that name the example, then
            ``prediction`` and a ``probability_<class>`` for each class, or a column per target. Labels
            have the type of the search's; rows of a DataFrame keep its index. ``attrs["notes"]`` has
            notes on how the data was read; those on more than 1 % of it are also issued as
            ``DataWarning``.

        Raises:
            DataError: the data lacks a column, or cannot be read.
        """
        import pandas as pd

        notes: list[str] = []

        def told(found: tuple[str, ...]) -> None:
            warn(found)
            notes.extend(map(str, found))

        frame = pd.concat(list(self.predict_parts(data, told=told)))
        frame.attrs["notes"] = notes
        return frame

    def predict_parts(
        self, data: object, *, rows: int = PART, told: Listener = warn, spelled: bool = False
    ) -> Iterator[pd.DataFrame]:
        """Predict raw examples part by part, for more rows than fit into memory as one table.

        Args:
            data: as for ``predict``.
            rows: most examples of one part.
            told: called once with the notes of what was read; warns by default.
            spelled: leave boolean labels spelled as in the training file.

        Yields:
            tables that make up that of ``predict``, in order.
        """
        source, examples, notes = self._read(data, targets=False)
        told(notes)
        form = Form(
            task=self._task,
            label_type=self._schema.get("label_type", "str"),
            index=index_of(source.content),
            spelled=spelled,
        )
        for first, part in answers.parted(self._task, examples, rows):
            yield answer(form, part, self._predictions(part), first)

    def predict_proba(self, data: object) -> pd.DataFrame:
        """Return the probability of each class, one column per class.

        Columns are named by the classes in their own type, or by the targets of a multi-label task; those
        of a joint task by target and class, for each target that is a class.

        Raises:
            ConfigError: the task is no classification.
        """
        return answers.probabilities(self._task, self._schema, lambda: self.predict(data))

    def outputs(self, data: object) -> Any:
        """Return predictions as an array: probabilities ``(n, classes)``, values ``(n, targets)``,
        forecasts ``(n, horizon, targets)``. Those of a task with several outputs are arrays by name.
        """
        _, examples, notes = self._read(data, targets=False)
        warn(notes)
        return bare(self._predictions(examples))

    def evaluate(self, data: object, *, told: Listener = warn) -> dict[str, Any]:
        """Score the model on raw examples with targets.

        Args:
            data: anything that a search reads, with its targets.
            told: called with the notes of what was read; warns by default.

        Returns:
            ``{"rows": examples scored, "metrics": {name: value}}`` with every metric of the task,
            ``seen_rows`` (how many of them have the inputs of examples that were trained on; None where
            that is not known), and ``notes`` and ``warnings`` on how the data was read.
        """
        listened: list[str] = []

        def both(notes: tuple[str, ...]) -> None:
            listened.extend(notes)
            told(notes)

        examples, seen = self._read_to_score(data, both)
        scorer = self._task.scorer()
        for _, part in answers.parted(self._task, examples, len(examples)):
            scorer.update(self._task.encode(part.targets or {}), self._predictions(part), part.groups)
        metrics = scorer.result()
        return {"rows": len(examples), "seen_rows": seen, "metrics": metrics, **listed(listened)}

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
        """Return what may follow a text, written by a language model; see ``Writing`` and ``Sampling``."""
        sampling = Sampling(temperature=temperature, top_k=top_k, top_p=top_p)
        return "".join(self.writer.write(prompt, Writing(tokens=tokens, sampling=sampling, seed=seed)))

    @cached_property
    def writer(self) -> Writer:
        """Writes text piece by piece, of a language model."""
        tokens = tokens_of(self._task)
        return Writer(self.model, tokens)

    @cached_property
    def recogniser(self) -> Recogniser:
        """Tells whom or what examples show, of a job whose task is verification."""

        def read(data: object, targets: bool) -> tuple[Examples, tuple[str, ...]]:
            return self._read(data, targets=targets)[1:]

        return Recogniser(recognising(self._task), self._files, read, self._predictions)

    def recommend(
        self, users: Sequence[object] = (), *, top: int = 10, exclude_seen: bool = False
    ) -> pd.DataFrame:
        """Return the items that suit users best, best first; see ``Recommender.recommend``."""
        return self.recommender.recommend(users, top=top, exclude_seen=exclude_seen, told=warn)

    @cached_property
    def recommender(self) -> Recommender:
        """Finds items for users, of a job over users and items."""
        refuse_without_items(self._task)
        return Recommender(self.model, self._schema, self._task.describe().get("items", ()))

    def explain(
        self,
        data: object,
        *,
        method: str | Sequence[str] = (),
        rows: int | str | Sequence[int | str] = 4,
        seconds: float = 60.0,
        told: Listener = warn,
    ) -> Explanation:
        """Say what the model relies on and what single answers rest on; see ``Explainer.explain``."""
        return self.explainer.explain(data, method=method, rows=rows, seconds=seconds, told=told)

    @cached_property
    def explainer(self) -> Explainer:
        """Asks the model what its answers rest on."""
        from automl.jobs.explaining import Explainer

        def read(data: object, targets: bool, told: Listener) -> Examples:
            if targets:
                return self._read_to_score(data, told)[0]
            _, examples, notes = self._read(data, targets=False)
            told(notes)
            return examples

        return Explainer(
            task=self._task,
            schema=self._schema,
            objective=self._objective,
            read=read,
            predict=lambda inputs, of=None: self._predictions(Examples(inputs=inputs)),
            model=lambda: self.model,
        )

    def report(self, *, test: object = None, out: str | Path | None = None, told: Listener = warn) -> Path:
        """Write the page of the report, with scores on test data where some is given.

        Args:
            test: anything that a search reads, with its targets; its scores become a part of the report.
            out: where the page goes; into the job folder by default.
            told: called with the notes of what was read; warns by default.

        Returns:
            where the page is.

        Raises:
            ConfigError: the job has no report, or it is damaged.
        """
        from automl.jobs.report.testing import tested
        from automl.jobs.report.writing import read_report, write_page, write_report

        files = self._files
        report = read_report(files)
        if test is not None:
            examples, seen = self._read_to_score(test, told)
            predictions = self._predictions(examples)
            report = tested(report, self._task, examples, predictions, self._objective, seen=seen)
            write_report(files, report)
        page = files.report if out is None else Path(out)
        with understood(files.report_data, kinds=(ValueError,)):
            write_page(report, page)
        return page

    @property
    def writes(self) -> answers.FileWriter | None:
        """What writes predictions that are no cells of a table; see ``answers.file_writer``."""
        return answers.file_writer(self._task)

    def refuse_unreadable(self, data: object) -> None:
        """Refuse a table with cells that are no numbers or dates where the model reads some.

        ``predict`` takes them as missing and says so.

        Raises:
            DataError: with column, row and cell of the first of them.
        """
        answers.refuse_unreadable_cells(open_source(data), self._schema)

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

    @cached_property
    def _task(self) -> Task:
        self._check_packages()
        with understood(self._files.task, kinds=(ValueError,)):
            return restore_task(read_versioned(self._files.task))

    def _check_packages(self) -> None:
        if self._files.result.exists():
            refuse_absent(self.summary, f"The model in {self.folder}")

    @cached_property
    def _schema(self) -> dict[str, Any]:
        self._check_packages()
        return read_versioned(self._files.schema)

    @property
    def _modality(self) -> Modality:
        with understood(self._files.schema):
            return MODALITIES[self._schema["modality"]]

    def _read(self, data: object, *, targets: bool) -> tuple[Source, Examples, tuple[str, ...]]:
        # what is read is read before a framework takes its room: at its largest a table needs twice its own
        name_backend(default_backend())
        schema = {key: value for key, value in self._schema.items() if key != "modality"}
        source = open_source(data)
        with understood(self._files.schema):
            examples, notes = self._modality.read_again(source, schema, targets=targets)
        examples = compact(examples)
        source.kept.shrink()  # a large table need not stay beside its inputs
        import_keras(default_backend())
        return source, examples, notes

    def _read_to_score(self, data: object, told: Listener) -> tuple[Examples, int | None]:
        """Examples with known labels, and how many of them have inputs that were trained on."""
        from automl.data.unseen import with_known_labels

        source, examples, notes = self._read(data, targets=True)
        examples, left_out = with_known_labels(examples, known_classes(self._task.describe()), source.name)
        seen = seen_rows(self._files, examples, source.name, same=is_of_search(self._files, source))
        told((*notes, *left_out, *seen.notes))
        return examples, seen.rows

    def _predictions(self, examples: Examples) -> dict[str, np.ndarray]:
        import numpy as np

        from automl.data.raw_model import batch_size, predict

        model = self.model
        with understood(self._files.model, kinds=(ValueError,)):  # a model of other inputs
            found = named(predict(model, examples.inputs, batch_size=batch_size(model)))
            return {name: np.asarray(values) for name, values in found.items()}


def load_result(folder: str | Path) -> Result:
    """Open the folder of a job.

    Raises:
        ConfigError: there is no job in it.
    """
    return Result(open_folder(folder).path)
