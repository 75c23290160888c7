"""Earlier jobs as a new one refers to them, and the facts that a job keeps for later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.addresses import anchored, kept
from automl.core.errors import ConfigError
from automl.core.secrets import shown
from automl.jobs.config import read_config
from automl.jobs.folder import JobFolder
from automl.study.earlier.warm_start import Facts, Place
from automl.study.storage.storage import JOURNAL

if TYPE_CHECKING:
    from automl.jobs.intake.intake import Intake


def place_of(text: str) -> Place:
    """Return where an earlier study is kept.

    Args:
        text: a job folder, a journal file, or ``URL#STUDY`` for a data base; ``#STUDY`` may follow a
            journal file as well.

    Raises:
        ConfigError: an address without a study's name, or a job whose storage needs its password again.
    """
    if "://" in text:
        address, _, name = text.rpartition("#")
        if not address or not name:
            raise ConfigError(f"{shown(text)}: expected ADDRESS#STUDY, such as sqlite:///study.db#adult.")
        return Place(shown=shown(address), storage=address, name=name)
    file, _, name = (text, "", "") if Path(text).exists() else text.partition("#")
    if Path(file).is_dir():
        return _of_folder(JobFolder(Path(file).absolute()))
    return Place(shown=file, storage=str(Path(file).absolute()), name=name or None)


def check_places(texts: Sequence[str]) -> None:
    """Refuse earlier studies that are not there; loads nothing.

    Raises:
        ConfigError: see the message.
    """
    for text in texts:
        place = place_of(text)
        if "://" not in place.storage and not Path(place.storage).is_file():
            raise ConfigError(
                f"{place.shown}: no study found. Expected a job folder, its {JOURNAL}, or ADDRESS#STUDY of "
                "a database."
            )


def kept_place(text: str) -> str:
    """Return an earlier study's address as the job file keeps it: absolute, without secrets."""
    if "://" in text:
        address, mark, name = text.rpartition("#")
        return f"{kept(anchored(address))}{mark}{name}"
    return str(Path(text).absolute())


def facts_of(intake: Intake, task: Mapping[str, Any]) -> Facts:
    """Return what the data of a job looks like.

    Args:
        intake: the job's data.
        task: its fitted task, described.
    """
    return Facts(
        modality=intake.modality.name,
        task=intake.dataset.task,
        rows=len(intake.dataset.examples),
        columns=len(intake.dataset.columns),
        outputs=len(task.get("classes") or intake.dataset.target_names),
    )


def _of_folder(folder: JobFolder) -> Place:
    values = read_config(folder.job) if folder.job.is_file() else {}
    storage, shown = values.get("storage"), str(folder.path)
    if not isinstance(storage, str):
        return Place(shown=shown, storage=str(folder.path / JOURNAL))
    if "***" in storage:
        raise ConfigError(
            f"{shown} keeps its study in {storage}, whose password is not known: give ADDRESS#STUDY."
        )
    return Place(shown=shown, storage=storage, name=str(values.get("name", "")) or None)
