"""Where a study is kept: a journal file in the job folder, or any storage that Optuna knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.addresses import usable
from automl.core.databases import connecting
from automl.core.errors import ConfigError, DiskFullError, MissingDependencyError
from automl.core.files import writing
from automl.core.secrets import shown

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

JOURNAL = "study.journal"
_EXTRAS = {"postgres": "postgres", "mysql": "mysql"}


def open_storage(
    folder: Path, storage: str | BaseStorage | None, note: Callable[[str], None] = lambda text: None
) -> BaseStorage:
    """Open the storage of a study.

    Args:
        folder: the job folder; without ``storage`` the study is its file ``study.journal``.
        storage: the address of a data base (``sqlite:///study.db``, ``postgresql://...``), or the path of
            a journal file; either may name environment variables, see ``usable``. Or an open storage.
        note: told when a server's data base does not answer, which is waited for, and when it does again.

    Raises:
        ConfigError: the storage cannot be opened.
        MissingDependencyError: the data base's driver is not installed.
    """
    if storage is not None and not isinstance(storage, str):
        return storage
    storage = None if storage is None else usable(storage, "--storage")
    if storage is None or "://" not in storage:
        return _journal(folder / JOURNAL if storage is None else Path(storage))
    return _database(storage, note)


def _journal(path: Path) -> BaseStorage:
    from optuna.storages import JournalStorage

    from automl.study.storage.journal import Journal

    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            return JournalStorage(Journal(path))
    except OSError as error:
        raise ConfigError(f"The study {path} cannot be opened: {error.strerror or error}.") from error
    except DiskFullError:
        raise
    except Exception as error:  # Optuna asserts, and stumbles over lines of any kind
        raise ConfigError(
            f"{path} is not an Optuna journal or is damaged: {error}. Name another file or folder."
        ) from error


def _database(url: str, note: Callable[[str], None]) -> BaseStorage:
    from optuna.storages import RDBStorage, get_storage

    named = shown(url)
    try:
        if url.startswith("sqlite"):
            return get_storage(url)
        from automl.study.storage.patience import patient

        # a connection that broke while nobody used it is replaced before it is used
        kwargs = {"pool_pre_ping": True, "connect_args": connecting(url)}
        return get_storage(patient(RDBStorage(url, engine_kwargs=kwargs), note))
    except ImportError as error:
        extra = next((name for start, name in _EXTRAS.items() if url.startswith(start)), None)
        hint = f" Install it with: pip install 'automl-keras[{extra}]'" if extra else ""
        raise MissingDependencyError(
            f"The driver of the storage {named} is not installed: {error}.{hint}"
        ) from None
    except Exception as error:
        # every data base has its own errors; the user needs the first line and not the address's password
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(f"The storage {named} cannot be opened: {first}") from None
