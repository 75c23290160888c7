"""Models of single trials of a finished job, built again from the weights that were kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError
from automl.jobs.answers import leaderboard_of
from automl.jobs.fetched import fetched, read_job
from automl.jobs.folder import JobFolder
from automl.jobs.intake.backend import kept_backend
from automl.jobs.intake.continued import refuse_absent_data, refuse_changed
from automl.jobs.intake.setting import Setting
from automl.jobs.intake.settled import as_read
from automl.jobs.opened import reading_raw
from automl.jobs.trial.kept import load_found
from automl.jobs.versions import refuse_other_versions

if TYPE_CHECKING:
    import keras


class Workshop:
    """Builds models of trials; the data of the search is read and prepared once, when it is first needed.

    Args:
        files: of the job.
        data: of the search, where it was in memory; else it is read from its file again.
    """

    def __init__(self, files: JobFolder, data: object = None) -> None:
        self._files, self._data = files, data

    @cached_property
    def setting(self) -> Setting:
        """What the trials shared.

        Raises:
            ConfigError: the data is not at hand, or has changed since.
        """
        from automl.jobs.intake.intake import check_early, take_in
        from automl.jobs.intake.setting import open_setting

        refuse_other_versions(self._files)
        config = as_read(fetched(read_job(self._files)).config)
        config = kept_backend(config, begun=True)
        again = "give it again, e.g. result.models(3, data=frame)."
        refuse_absent_data(self._files, config, self._data, again)
        source = check_early(config, self._data)
        refuse_changed(self._files, config, source)
        intake = take_in(config, source, alone=False)
        from automl.training.precision import FULL, policy

        with policy(FULL):
            return open_setting(config, intake, lambda text: None)

    def model(self, number: int) -> keras.Model:
        """Return the model of a trial at its best epoch, from raw inputs to predictions.

        With folds it is the mean of the networks of all folds.

        Raises:
            ConfigError: its weights were not kept, or the data is not at hand.
        """
        record, found = load_found(self._files.found_by(number))
        setting = self.setting
        from automl.jobs.assembly import build_core
        from automl.jobs.finish.winner import TrainedMember, TrainedWinner
        from automl.training.precision import FULL, policy

        _, dealt = setting.dealt(record.configuration)
        with policy(FULL), setting.building():
            core = build_core(dealt, setting.prepared)
            member = TrainedMember.made(record, core, found, {}, parts=setting.parts)
            winner = TrainedWinner(prepared=setting.prepared, parts=setting.parts, members=(member,))
            return reading_raw(self._files, winner.exported())


@dataclass(frozen=True, kw_only=True)
class PastTrial:
    """A trial of a finished job.

    Attributes:
        number: of the trial.
        name: of its family.
        state: how it ended.
        score: by the first metric; None for a failed one.
        row: of the leaderboard, every column by name.
        kept: whether its weights are there, so that its model can be built.
    """

    number: int
    name: str
    state: str
    score: float | None
    row: dict[str, Any] = field(repr=False)
    kept: bool
    workshop: Workshop = field(repr=False, compare=False)

    def model(self) -> keras.Model:
        """Return its Keras model, from raw inputs to predictions; see ``Workshop.model``."""
        return self.workshop.model(self.number)


class PastTrials:
    """The trials of a finished job: by number in brackets, the best first in a loop.

    Args:
        files: of the job.
        metric: the first one, as the leaderboard has it.
        data: see ``Workshop``.
    """

    def __init__(self, files: JobFolder, metric: str, data: object = None) -> None:
        workshop, board = Workshop(files, data), leaderboard_of(files)
        rows: Any = board[board["trial"].notna()].to_dict(orient="records")
        self._trials = tuple(_trial(row, metric, files, workshop) for row in rows)

    def __len__(self) -> int:
        return len(self._trials)

    def __iter__(self) -> Iterator[PastTrial]:
        return iter(self._trials)

    def __repr__(self) -> str:
        """One line for each, as a cell of a notebook shows it."""
        return "\n".join(repr(trial) for trial in self._trials) or "no trials"

    def __getitem__(self, number: int) -> PastTrial:
        """Return the trial of a number.

        Raises:
            ConfigError: there is none.
        """
        for trial in self._trials:
            if trial.number == number:
                return trial
        known = ", ".join(str(trial.number) for trial in self._trials)
        raise ConfigError(f"There is no trial {number!r}. Known: {known}.")

    def models(self, count: int) -> list[keras.Model]:
        """Return the models of the best trials of which the weights were kept, the best first."""
        kept = [trial for trial in self._trials if trial.kept and trial.score is not None]
        return [trial.model() for trial in kept[:count]]


def _trial(row: dict[str, Any], metric: str, files: JobFolder, workshop: Workshop) -> PastTrial:
    number, score = int(row["trial"]), row.get(metric)
    return PastTrial(
        number=number,
        name=str(row["name"]),
        state=str(row["state"]),
        score=None if score is None or score != score else float(score),
        row=row,
        kept=files.found_by(number).is_file(),
        workshop=workshop,
    )
