"""Which backend Keras runs on: in this process, and where the trials of a job are run.

Keras takes its backend when it is first imported, and keeps it. So a process that runs a command takes the
one that suits the data. In a process of the user's Keras may be in use already, or will be by code that
expects the usual backend: there trials that suit another one go to a worker process.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec

from automl.core.amounts import AUTO
from automl.core.errors import ConfigError
from automl.core.quiet import muted_native_output
from automl.data.modality import USUAL_BACKEND, Handling
from automl.jobs.config import JobConfig
from automl.jobs.intake.handed import obstacle_to_hand
from automl.models.catalog import FAMILIES
from automl.tasks.catalog import TASKS
from automl.training.accelerator import named_accelerator
from automl.training.strategy import BACKENDS

_VARIABLE = "KERAS_BACKEND"

LEAST_SECONDS = 30.0
"""A search with less time than this is not worth the start of another process."""

_named: dict[str, str] = {}
"""What this module has put into the environment: not the user's wish."""


@dataclass(frozen=True, kw_only=True)
class Backend:
    """The backends of a job, by Keras' names.

    Attributes:
        trials: what trials run on.
        own: what this process runs on.
        reason: why trials run on theirs.
    """

    trials: str
    own: str
    reason: str

    @property
    def elsewhere(self) -> bool:
        """Whether trials must run in another process."""
        return self.trials != self.own


def choose_backends(
    config: JobConfig, handling: Handling, task: str, *, data: object = None, alone: bool
) -> Backend:
    """Choose the backends of a job whose data has been read.

    What the user has set wins: ``--backend``, ``KERAS_BACKEND``, a strategy that has a backend of its own.
    Else it is what models of such data train fastest on.

    Args:
        config: the job.
        handling: of its examples.
        task: its kind.
        data: the data when it is in memory: a worker process gets a copy.
        alone: whether this process does nothing else, so that Keras is imported here for this job.

    Raises:
        ConfigError: the backend that was asked for runs neither here nor elsewhere.
    """
    wish, reason = _wish(config, handling, task)
    running = running_backend()
    own = running or (wish if alone else default_backend())
    if own == wish:
        return Backend(trials=wish, own=own, reason=reason)
    obstacle = _obstacle(config, data)
    if not obstacle:
        return Backend(trials=wish, own=own, reason=f"{reason}; in a worker process, this one has {own}")
    if config.backend == AUTO:
        return Backend(trials=own, own=own, reason=f"{wish} would be faster, but {obstacle}")
    if running is None:
        return Backend(trials=wish, own=wish, reason=reason)
    raise ConfigError(
        f"Keras already runs on {running!r} in this process, so {wish!r} cannot be chosen, and trials "
        f"cannot run in another process: {obstacle}. Set KERAS_BACKEND before importing Keras."
    )


def kept_backend(config: JobConfig, *, begun: bool) -> JobConfig:
    """Return a job that is gone on with, on the backend that it began with.

    Jobs from before there was a choice name none: all that did not ask for another ran on TensorFlow.
    """
    return replace(config, backend=USUAL_BACKEND) if begun and config.backend == AUTO else config


def running_backend() -> str | None:
    """The backend that Keras runs on in this process, None where it has not been imported."""
    return str(sys.modules["keras"].backend.backend()) if "keras" in sys.modules else None


def default_backend() -> str:
    """The backend of this process: Keras' own when it runs, else the environment's or TensorFlow."""
    return running_backend() or os.environ.get(_VARIABLE, USUAL_BACKEND)


def asked_backend() -> str | None:
    """The backend that the user has named in the environment, None for none."""
    named, running = os.environ.get(_VARIABLE), running_backend()
    if named == _named.get(_VARIABLE) or running not in (None, named):
        return None  # ours, or set too late
    return named


def name_backend(backend: str) -> None:
    """Say which backend Keras takes when it is imported, by and by."""
    if running_backend() is None:
        if os.environ.get(_VARIABLE) != backend:
            os.environ[_VARIABLE] = _named[_VARIABLE] = backend
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def import_keras(backend: str) -> None:
    """Import Keras on a backend, unless it runs already.

    Raises:
        ConfigError: the backend is not installed.
    """
    if running_backend() is not None:
        return
    name_backend(backend)
    with muted_native_output():
        try:
            import_module("keras")
        except ImportError as error:
            raise ConfigError(
                f"The Keras backend {backend!r} cannot be loaded: {error}. Is it installed?"
            ) from None


def _wish(config: JobConfig, handling: Handling, task: str) -> tuple[str, str]:
    """The backend that trials should run on, and why."""
    if config.backend != AUTO:
        return config.backend, "as asked for"
    asked, running, needed = asked_backend(), running_backend(), BACKENDS.get(config.strategy)
    if asked is not None:
        return asked, f"{_VARIABLE} says so"
    if running not in (None, USUAL_BACKEND):
        return str(running), "Keras runs on it here"
    if needed is not None:
        return needed, f"strategy {config.strategy} needs it"
    if handling.cpu_backend == USUAL_BACKEND:
        return USUAL_BACKEND, "the default"
    hindered = _hindrance(config, handling.cpu_backend, task)
    if hindered:
        return USUAL_BACKEND, f"the default where {hindered}"
    return handling.cpu_backend, "quickest for such data on a CPU"


def _hindrance(config: JobConfig, backend: str, task: str) -> str:
    """Why the backend that is quickest on a CPU is not taken, or empty."""
    accelerator = named_accelerator()
    if accelerator:
        return f"there is {accelerator}"
    others = [name for name in FAMILIES if name.rpartition("/")[2] in config.family]
    origins = [*(FAMILIES.origin(name) for name in others), TASKS.origin(task)]
    for origin in origins:
        # whoever wrote it may have known the usual backend only
        if origin is not None:
            return f"{origin} takes part"
    return "" if find_spec(backend) is not None else f"{backend} is not installed"


def _obstacle(config: JobConfig, data: object) -> str:
    """Why trials cannot run in another process of this machine, or empty."""
    if config.executor == "inline":
        return "executor inline runs trials in this process"
    if config.strategy in BACKENDS:
        return f"strategy {config.strategy} is set up in this process"
    if config.time is not None and config.time < LEAST_SECONDS:
        return f"{config.time:g} s are too short to start another process"
    if os.name != "posix" or not sys.executable:
        return "worker processes cannot be started here"
    return obstacle_to_hand(data)
