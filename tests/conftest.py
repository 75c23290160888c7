"""Shared by all tests: quiet frameworks, and the folder of real data sets where it is present."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from automl import Result

# one backend for the whole process; what `auto` chooses is tested in tests/jobs/test_backends_of_a_job.py
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# what is compiled in tests is none of the user's caches
os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir()) / "automl-tests-caches")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data sets; the test is skipped where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"real data sets are absent: no folder {DATA}")
    return DATA


@pytest.fixture(scope="session", autouse=True)
def _interrupts() -> None:
    """SIGINT as a terminal's processes have it; a shell's background jobs ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def hangups() -> Iterator[None]:
    """SIGHUP as a terminal's processes have it; under ``nohup``, as in many a CI, it is ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Installs packages that extend this one: metadata and modules on the path, as pip leaves them."""
    from automl.core.extensions import forget

    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    modules = set(sys.modules)

    def add(package: str, entries: Mapping[str, Mapping[str, str]], files: Mapping[str, str]) -> Path:
        metadata = folder / f"{package.replace('-', '_')}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = [
            text
            for group, items in entries.items()
            for text in (f"[{group}]", *(f"{name} = {place}" for name, place in items.items()))
        ]
        (metadata / "entry_points.txt").write_text("\n".join(lines))
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        forget()
        return folder

    yield add
    for name in set(sys.modules) - modules:
        if getattr(sys.modules[name], "__file__", None) and str(folder) in str(sys.modules[name].__file__):
            del sys.modules[name]
    monkeypatch.undo()
    forget()


@pytest.fixture(scope="session")
def wine_job(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A finished job for all tests that look at one: real study, real MLflow store, short trials."""
    import automl

    folder = tmp_path_factory.mktemp("wine")
    return automl.search(
        "sklearn:wine",
        name="wine",
        family=("mlp", "linear"),
        trials=3,
        epochs=3,
        folds=1,
        out=str(folder / "job"),
        tracking_uri=f"sqlite:///{folder / 'mlflow.db'}",
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with MLflow's tables, made once, to be copied."""
    from mlflow import MlflowClient

    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments()
    return path
