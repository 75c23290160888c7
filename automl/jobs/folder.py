"""The job folder: which file holds what."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.core.files import DRAFT, draft_of, whole_folder, write_whole, writing
from automl.core.secrets import shown

MOST_BYTES = 150
"""Of the part of a folder's name that tells what the job is; file systems end at 255."""

RUNS = "runs"
"""Where jobs go that are given no folder, below the working directory."""

_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
"""Names that Windows keeps for devices."""


@dataclass(frozen=True)
class JobFolder:
    """Paths of one job.

    Args:
        path: the folder, absolute.
    """

    path: Path

    @property
    def resuming(self) -> str:
        """The command that continues the job, as it is typed into a shell."""
        return f"automl resume {shlex.quote(str(self.path))}"

    @property
    def job(self) -> Path:
        """The options, as YAML: what ``--job`` reads."""
        return self.path / "job.yaml"

    @property
    def state(self) -> Path:
        """What resume needs beyond the study: tracker's run, seconds used, digest of the data."""
        return self.path / "state.json"

    @property
    def schema(self) -> Path:
        """How further files are read."""
        return self.path / "schema.json"

    @property
    def task(self) -> Path:
        """The fitted task: classes, scales."""
        return self.path / "task.json"

    @property
    def trained(self) -> Path:
        """Fingerprints of the examples that are trained on."""
        return self.path / "trained_rows.npy"

    @property
    def weights(self) -> Path:
        """Weights of the best model so far in a search over a user's own models."""
        return self.path / "best.weights.h5"

    @property
    def candidates(self) -> Path:
        """What the best trials have found: of these the exported model is made."""
        return self.path / "candidates"

    def found_by(self, number: int) -> Path:
        """Weights and raw outputs that a trial has found."""
        return self.candidates / f"{number}.npz"

    def nested(self, part: int) -> Path:
        """Folder of the search without the rows of an outer fold, from 1 on."""
        return self.path / "nested" / str(part)

    @property
    def begun(self) -> bool:
        """Whether anything was searched: here, or without a fold."""
        return self.state.exists() or any(self.nested(1).parent.glob(f"*/{self.state.name}"))

    @property
    def leases(self) -> Path:
        """The journal of who runs which trial."""
        return self.path / "leases.journal"

    @property
    def epochs(self) -> Path:
        """The journal of epochs; until the job is complete."""
        return self.path / "epochs.journal"

    @property
    def lock(self) -> Path:
        """Held while a process works on the job."""
        return self.path / ".lock"

    @property
    def coordinator(self) -> Path:
        """Which process that is."""
        return self.path / ".coordinator.json"

    @property
    def clock(self) -> Path:
        """Seconds that the job has used so far, while a process works on it."""
        return self.path / ".seconds"

    @property
    def standing(self) -> Path:
        """How far the search is: trials so far and the best score, for `automl jobs`."""
        return self.path / ".standing.json"

    @property
    def board(self) -> Path:
        """Where workers of other machines meet the coordinator."""
        return self.path / "board"

    @property
    def logs(self) -> Path:
        """What worker processes print; kept when one was lost."""
        return self.path / "logs"

    @property
    def model(self) -> Path:
        """The exported model, from raw inputs to predictions."""
        return self.path / "model.keras"

    @property
    def result(self) -> Path:
        """The result as JSON."""
        return self.path / "result.json"

    @property
    def leaderboard(self) -> Path:
        """One row per trial and baseline."""
        return self.path / "leaderboard.csv"

    @property
    def report(self) -> Path:
        """The report as one HTML page."""
        return self.path / "report.html"

    @property
    def report_data(self) -> Path:
        """Every number of the report, as JSON."""
        return self.path / "report.json"

    @property
    def model_card(self) -> Path:
        """What the model is, for whom it holds, and what it cost, as Markdown."""
        return self.path / "model_card.md"

    @property
    def plots(self) -> Path:
        """Folder of plots."""
        return self.path / "plots"

    @property
    def gallery(self) -> Path:
        """Whom or what the model can name: vectors, no pictures."""
        return self.path / "gallery.npz"

    @property
    def coverage(self) -> Path:
        """How far predictions of held-out rows were from the truth, for intervals and sets."""
        return self.path / "coverage.npz"

    @property
    def files(self) -> tuple[Path, ...]:
        """What is a file, but for the study, which may be kept elsewhere."""
        return (
            *(self.job, self.state, self.schema, self.task, self.weights, self.model),
            *(self.result, self.leaderboard, self.leases, self.epochs, self.clock),
            *(self.trained, self.lock, self.coordinator, self.standing),
            *(self.report, self.report_data, self.model_card, self.gallery, self.coverage),
        )

    @property
    def states(self) -> Path:
        """States of paused trials; there as long as the job is not complete."""
        return self.path / "states"

    @property
    def fetched(self) -> Path:
        """Rows of queries, and where copies of other data from elsewhere lie."""
        return self.path / "fetched"

    @property
    def cache(self) -> Path:
        """Decoded pictures and prepared tensors; there as long as the job is not complete."""
        return self.path / "cache"


def new_folder(out: str | Path | None, name: str) -> JobFolder:
    """Create the folder of a new job: ``out``, or ``runs/<name>-<time>``, which nobody else gets.

    What a command that was killed before it wrote ``job.yaml`` has left is no obstacle.

    Raises:
        ConfigError: it holds another job or other files, or cannot be written.
    """
    if out is not None and not str(out).strip():
        raise ConfigError("out: expected a folder, got an empty name.")
    refuse_address(out)
    path = Path(out) if out else Path(RUNS) / f"{slug(name)}-{time.strftime('%Y%m%d-%H%M%S')}"
    try:
        folder = JobFolder((path if out else _made_alone(path)).absolute())
        check_unused(folder)
        folder.path.mkdir(parents=True, exist_ok=True)
        probe = draft_of(folder.path / "probe")
        with writing(probe):
            probe.touch()
        probe.unlink()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"Cannot write into the job folder {path}: {reason}.") from None
    return folder


def check_unused(folder: JobFolder) -> None:
    """Raise ConfigError unless a folder is free for a new job."""
    path = folder.path
    if folder.job.exists():
        raise ConfigError(
            f"{path} holds another job. Continue it with `{folder.resuming}`, or choose another folder."
        )
    if path.exists() and (not path.is_dir() or not all(_marks(item) for item in path.iterdir())):
        raise ConfigError(f"{path} is not an empty folder; choose another one for the job.")


def check_kinds(folder: JobFolder) -> None:
    """Raise ConfigError where a folder stands in a file's place, or a file in a folder's."""
    folders = (
        *(folder.states, folder.cache, folder.candidates, folder.logs, folder.plots, folder.board),
        folder.fetched,
    )
    files = folder.files
    wrong = [path for path in folders if path.exists() and not path.is_dir()]
    wrong += [path for path in files if path.exists() and not path.is_file()]
    if wrong:
        kind = "folder" if wrong[0] in folders else "file"
        raise ConfigError(f"{wrong[0]} is no {kind}, and a job keeps a {kind} there: move it away.")


def slug(name: str) -> str:
    """Return a job's name as a part of a path: letters, digits, ``._-``, and not too long."""
    plain = re.sub(r"[^\w.-]+", "-", name).encode()[:MOST_BYTES].decode(errors="ignore")
    kept = plain.strip("-. ")
    return f"{kept or 'job'}-job" if kept.split(".")[0].upper() in _RESERVED else kept or "job"


def open_folder(path: str | Path) -> JobFolder:
    """Return the folder of an existing job.

    Raises:
        ConfigError: there is no job in it.
    """
    refuse_address(path)
    folder = JobFolder(Path(path).absolute())
    try:
        if folder.job.is_file():
            return folder
        left = list(folder.path.iterdir()) if folder.path.is_dir() else []
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"Cannot read the job folder {path}: {reason}.") from None
    if left and all(_marks(item) for item in left):
        raise ConfigError(
            f"The job in {path} was killed before its options were saved; nothing has been searched yet. "
            f"Start it again with `automl search DATA --out {path}`."
        )
    raise ConfigError(f"{path} is not a job folder: it has no job.yaml.")


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON, whole."""
    write_whole(path, json.dumps(content, indent=2, ensure_ascii=False, default=_plain) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object of the job folder.

    Raises:
        ConfigError: the file is missing or broken.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path.parent} has no {path.name}.") from None
    except OSError as error:
        raise ConfigError(f"Cannot read {path}: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"Cannot read {path}: {error}. {_damaged(path)}") from None
    if not isinstance(content, dict):
        raise ConfigError(
            f"{path}: expected a JSON object, got {json.dumps(content)[:20]}. {_damaged(path)}"
        )
    return content


def copied(folder: JobFolder, target: Path) -> Path:
    """Copy the folder of a job to a new place and return it.

    Raises:
        ConfigError: the place is taken.
    """
    if target.exists():
        raise ConfigError(f"{target} exists already; choose another folder to save to.")
    with whole_folder(target) as draft:
        shutil.copytree(folder.path, draft)
    return target


def refuse_address(path: str | Path | None) -> None:
    """Raise ConfigError for an address: stores of objects lock no files, which a study's journal needs."""
    if isinstance(path, str) and "://" in path:
        raise ConfigError(
            f"{shown(path)} is an address, and a job folder lies on a disk of this machine or a mounted "
            "one: search into a local folder, and copy it there and back as a whole."
        )


def state_of(folder: JobFolder) -> Mapping[str, Any]:
    """Return what earlier sessions of a job left for the next."""
    return read_json(folder.state) if folder.state.exists() else {}


def _damaged(path: Path) -> str:
    """Say what to do about a damaged file: a resumed job misses its state least of all."""
    if path.name == JobFolder(path.parent).state.name:
        return (
            "The file is damaged: use an intact copy, or remove it, and `automl resume` goes on in a new "
            "run, without a check that the data is the same."
        )
    return "The file is damaged: use an intact copy of the folder, or search again."


def _made_alone(path: Path) -> Path:
    """Make a folder that was not there; of several commands at the same instant each gets its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        candidate = path if number == 1 else path.with_name(f"{path.name}-{number}")
        with suppress(FileExistsError):
            candidate.mkdir()
            return candidate
    raise AssertionError("unreachable")


def _marks(path: Path) -> bool:
    """Whether a file is what a command leaves that was killed before it wrote ``job.yaml``."""
    return path.name in (".lock", ".coordinator.json", ".seconds") or path.name.startswith(DRAFT)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
