"""A database outage does not end a search: operations are retried.

An operation may have succeeded although its reply was lost with the connection. Most can be repeated. Of
the others, one that ends or begins a trial counts as done if it turns out to be, and a trial that was
created twice becomes the next one, or is ended if it cannot. Only one coordinator writes to a study, so
nobody else can have done it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any

from optuna.exceptions import StorageInternalError, UpdateFinishedTrialError
from optuna.storages import BaseStorage, RDBStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import InterfaceError, OperationalError

PATIENCE_SECONDS = 300.0
"""How long a data base may be away."""

_OF_THE_CACHE = ("_create_new_trial", "_get_best_trial_id", "_get_trials", "_set_trial_param")
"""What Optuna's cache asks of a data base beside the operations of every storage."""

PAUSES = (0.5, 5.0)
"""Seconds before the second attempt, and at most before a later one."""


def patient(
    storage: RDBStorage, note: Callable[[str], None], *, seconds: float = PATIENCE_SECONDS
) -> RDBStorage:
    """Let every operation of a storage wait for its data base while that does not answer.

    Args:
        storage: open; its methods are replaced.
        note: tells the user that the search waits, and that it goes on.
        seconds: after which the error is raised.
    """
    for name in (*sorted(BaseStorage.__abstractmethods__), *_OF_THE_CACHE):
        operation = getattr(storage, name)
        again = _set_again(operation) if name == "set_trial_state_values" else operation
        setattr(storage, name, _tried(operation, again, note, seconds))
    storage._create_new_trial = _Creation(storage)  # type: ignore[method-assign]
    return storage


def _tried(
    operation: Callable[..., Any], again: Callable[..., Any], note: Callable[[str], None], seconds: float
) -> Callable[..., Any]:
    @wraps(operation)
    def trying(*arguments: Any, **options: Any) -> Any:
        until, pause, waited = time.monotonic() + seconds, PAUSES[0], False
        while True:
            try:
                answer = (again if waited else operation)(*arguments, **options)
            except Exception as error:
                if not away(error) or time.monotonic() + pause > until:
                    raise
                if not waited:
                    note(f"The study's database does not answer; waiting up to {seconds:.0f} s for it.")
                waited = True
                time.sleep(pause)
                pause = min(2 * pause, PAUSES[1])
                continue
            if waited:
                note("The study's database answers again.")
            return answer

    return trying


def _set_again(operation: Callable[..., bool]) -> Callable[..., bool]:
    def again(*arguments: Any, **options: Any) -> bool:
        with suppress(UpdateFinishedTrialError):  # the first attempt ended it
            operation(*arguments, **options)
        return True

    return again


class _Creation:
    """Creates running trials; Optuna's own attempts may have left some of which it does not know.

    A blank one is the next that is asked for; one that came whole is ended, as its twin takes its place.
    """

    def __init__(self, storage: RDBStorage) -> None:
        self._storage, self._create = storage, storage._create_new_trial
        self._latest: dict[int, int] = {}
        self._spare: deque[FrozenTrial] = deque()

    def __call__(self, study_id: int, template_trial: FrozenTrial | None = None) -> FrozenTrial:
        if template_trial is None and self._spare:
            return self._spare.popleft()
        if study_id not in self._latest:
            self._latest[study_id] = self._storage.get_n_trials(study_id) - 1
        began, latest = datetime.now(), self._latest[study_id]
        made = self._create(study_id, template_trial)
        if made.state == TrialState.RUNNING and made.number > latest + 1:
            running = self._storage.get_all_trials(study_id, states=(TrialState.RUNNING,))
            between = [trial for trial in running if latest < trial.number < made.number]
            self._dispose([trial for trial in between if _is_twin(trial, template_trial, began)])
        self._latest[study_id] = made.number
        return made

    def _dispose(self, lost: list[FrozenTrial]) -> None:
        for trial in lost:
            if not trial.params:
                self._spare.append(trial)
            else:
                self._storage.set_trial_state_values(trial._trial_id, TrialState.PRUNED)


def _is_twin(trial: FrozenTrial, template: FrozenTrial | None, began: datetime) -> bool:
    """Whether a trial is the one that was to be created, and nothing was done with it."""
    wanted = ({}, {}, {}) if template is None else _content(template)
    return _content(trial) == wanted and (template is not None or (trial.datetime_start or began) >= began)


def _content(trial: FrozenTrial) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    return trial.params, trial.user_attrs, trial.system_attrs


def away(error: BaseException) -> bool:
    """Whether an error says that the data base cannot be reached, rather than that it refuses."""
    cause = error.__cause__ if isinstance(error, StorageInternalError) else error
    return isinstance(cause, OperationalError | InterfaceError)
