"""A data base that is away for a time does not end a search: what was to be stored is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from optuna.exceptions import StorageInternalError
from optuna.storages import BaseStorage, RDBStorage
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
        setattr(storage, name, _tried(getattr(storage, name), note, seconds))
    return storage


def _tried(
    operation: Callable[..., Any], note: Callable[[str], None], seconds: float
) -> Callable[..., Any]:
    @wraps(operation)
    def trying(*arguments: Any, **options: Any) -> Any:
        until, pause, waited = time.monotonic() + seconds, PAUSES[0], False
        while True:
            try:
                answer = operation(*arguments, **options)
            except Exception as error:
                if not away(error) or time.monotonic() + pause > until:
                    raise
                if not waited:
                    note(f"The study's data base does not answer; waiting up to {seconds:.0f} s for it.")
                waited = True
                time.sleep(pause)
                pause = min(2 * pause, PAUSES[1])
                continue
            if waited:
                note("The study's data base answers again.")
            return answer

    return trying


def away(error: BaseException) -> bool:
    """Whether an error says that the data base cannot be reached, rather than that it refuses."""
    cause = error.__cause__ if isinstance(error, StorageInternalError) else error
    return isinstance(cause, OperationalError | InterfaceError)
