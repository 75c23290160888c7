"""What the best trials have found, one file each in the job folder: weights and raw outputs.

The result of a search is made of these, also after a kill. Arrays and JSON (NumPy's ``.npz``), no pickle. A
file says of which record it is, as a trial that is trained again after a crash may come to another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.archives import arrays_in
from automl.core.errors import ConfigError, DiskFullError
from automl.core.files import whole, writing
from automl.core.specs import Objective, TrialRecord
from automl.core.trial_json import record_from_json, record_to_json
from automl.jobs.folder import JobFolder
from automl.jobs.trial.plan import Found, Plan, TrialEnd, beats
from automl.jobs.trial.states import giving_room

if TYPE_CHECKING:
    import numpy as np

_FORM = 1


def keep(
    end: TrialEnd, plan: Plan, objective: Objective, folder: JobFolder, note: Callable[[str], None]
) -> TrialEnd:
    """Write down what a trial has found if that is worth it, and let go of it.

    On a full disk states of waiting trials give room, and for the best trial what others have found, too.

    Args:
        end: of the trial.
        plan: of it; says what it must beat.
        objective: decides.
        folder: of the job.
        note: is told when there was no room for one that is not the best.

    Raises:
        DiskFullError: there is no room for what the best trial has found.
    """
    found, bare = end.found, replace(end, found=None)
    if found is None or not found.variables or not beats(end.record, plan.bar, objective):
        return bare
    path = folder.found_by(plan.number)

    def write() -> None:
        with writing(path):
            path.parent.mkdir(exist_ok=True)
        save_found(found, end.record, path)

    try:
        giving_room(folder.states, write)
    except DiskFullError as error:
        if not beats(end.record, plan.best, objective):
            note(f"The weights of trial {plan.number} are not kept. {error}")
            return bare
        giving_room(folder.candidates, write)
    return replace(bare, kept=True)


def save_found(found: Found, record: TrialRecord, path: Path) -> None:
    """Write what a trial has found to one file, whole or not at all.

    Args:
        found: at its best epoch.
        record: of the trial.
        path: ends with ``.npz``.

    Raises:
        DiskFullError: the disk is full.
    """
    import numpy as np

    names = list(found.outputs)
    facts = {
        "form": _FORM,
        "record": record_to_json(record),
        "variables": len(found.variables),
        "outputs": names,
    }
    arrays: dict[str, Any] = {f"variables.{place}": array for place, array in enumerate(found.variables)}
    arrays |= {f"outputs.{place}": found.outputs[name] for place, name in enumerate(names)}
    # many are written and few are read, each of them checked: a trial must not wait for the disk
    with whole(path, durable=False) as draft:
        np.savez(draft, facts=np.asarray(json.dumps(facts)), **arrays)


def load_outputs(path: Path, record: TrialRecord) -> dict[str, np.ndarray]:
    """Read the raw outputs that a trial has found, by name; empty where they were too large to keep.

    Raises:
        ConfigError: the file is absent, damaged, or of another record.
    """
    found: dict[str, np.ndarray] = _read(path, record, _outputs)
    return found


def load_variables(path: Path, record: TrialRecord) -> tuple[np.ndarray, ...]:
    """Read the values of variables that a trial has found.

    Raises:
        ConfigError: the file is absent, damaged, or of another record.
    """
    found: tuple[np.ndarray, ...] = _read(path, record, _variables)
    return found


def load_found(path: Path) -> tuple[TrialRecord, tuple[np.ndarray, ...]]:
    """Read the record of a trial and the values of variables that it has found.

    Raises:
        ConfigError: the file is absent or damaged.
    """
    if not path.is_file():
        kept = (
            ", ".join(
                sorted((item.stem for item in path.parent.glob("*.npz")), key=lambda stem: stem.zfill(9))
            )
            or "none"
        )
        raise ConfigError(f"The weights of trial {path.stem} were not kept, only those of: {kept}.")
    with arrays_in(path) as file:
        facts: dict[str, Any] = json.loads(str(file["facts"]))
        return record_from_json(facts["record"]), _variables(file, facts)


def is_kept(path: Path, record: TrialRecord) -> bool:
    """Whether a file holds what the trial of a record has found."""
    try:
        _read(path, record, lambda file, facts: None)
    except ConfigError:
        return False
    return True


def _read(path: Path, record: TrialRecord, take: Callable[[Any, Mapping[str, Any]], Any]) -> Any:
    with arrays_in(path) as file:
        facts: dict[str, Any] = json.loads(str(file["facts"]))
        if facts["form"] == _FORM and _is_of(record_from_json(facts["record"]), record):
            return take(file, facts)
    raise ConfigError(f"{path} is of another trial.")


def _is_of(kept: TrialRecord, record: TrialRecord) -> bool:
    """Whether two records are of the same weights; a trial may have gone on, and kept its best epoch."""
    known = [(item.number, item.best_epoch, item.scores) for item in (kept, record)]
    return known[0] == known[1]


def _variables(file: Any, facts: Mapping[str, Any]) -> tuple[np.ndarray, ...]:
    return tuple(file[f"variables.{place}"] for place in range(facts["variables"]))


def _outputs(file: Any, facts: Mapping[str, Any]) -> dict[str, np.ndarray]:
    return {name: file[f"outputs.{place}"] for place, name in enumerate(facts["outputs"])}
