"""Optuna's own dashboard on the study of a job."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from automl.core.errors import ConfigError
from automl.core.optional import require
from automl.core.ports import address_of, free_port
from automl.study.opening import load_study
from automl.study.storage.storage import JOURNAL, open_storage


def serve_study(
    folder: Path,
    name: str,
    storage: str | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    say: Callable[[str], None] = print,
    open_page: Callable[[str], object] | None = None,
) -> int:
    """Serve Optuna's pages until interrupted.

    A journal is copied first: reading it mends a line that is cut off, which in a running job may be one
    that is just being written. Later trials are then not shown, and notes in the pages are not kept.

    Args:
        folder: the job folder.
        name: the job's name.
        storage: see ``open_storage``.
        host: address to listen on; anyone who reaches it can change a study that is in a data base.
        port: first port to try.
        say: prints a line.
        open_page: opens the page.

    Returns:
        exit code: 0, also after Ctrl-C.

    Raises:
        ConfigError: there is no such study, or no port is free.
        MissingDependencyError: optuna-dashboard is not installed.
    """
    pages = require("optuna_dashboard", extra="dashboard", purpose="for `automl dashboard --optuna`")
    journal = folder / JOURNAL if storage is None else Path(storage)
    in_file = storage is None or "://" not in storage
    if in_file and not journal.is_file():
        raise ConfigError(f"There is no study {name!r} in {journal}.")
    with tempfile.TemporaryDirectory(prefix="automl-study-") as aside:
        place: str | None = storage
        if in_file:
            place = str(Path(aside) / JOURNAL)
            shutil.copyfile(journal, place)
            say("The study as it is now; start again to see later trials. Notes in the pages are not kept.")
        study = load_study(folder, name, place)
        free = free_port(host, port)
        page = f"{address_of(host, free)}/dashboard/studies/{study._study_id}"
        say(f"Study: {page}\nPress Ctrl-C to stop it.")
        if open_page is not None:
            open_page(page)
        with contextlib.suppress(KeyboardInterrupt):
            pages.run_server(open_storage(folder, place), host=host, port=free)
    return 0
