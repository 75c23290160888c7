"""Shared by all tests: quiet frameworks, and the folder of real data sets where it is present."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from automl import Result

# one backend for the whole process; what `auto` chooses is tested in tests/jobs/test_backends_of_a_job.py
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# what is compiled in tests is none of the user's caches
os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir()) / "automl-tests-caches")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

DEAREST = (
    "contracts/test_backends.py",
    "test_examples.py",
    "contracts/test_families.py",
    "cli/test_interruption.py",
    "contracts/test_executor.py",
    "jobs/search/test_search.py",
    "jobs/test_every_modality.py",
    "jobs/finish/test_members.py",
    "test_readme.py",
    "execution/test_board.py",
)
"""Files that take longest. A file is one process's, so these begin first, lest a core waits at the end."""

DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the dearest files begin first; the others, and the tests of each, keep their order."""
    tests = Path(__file__).parent
    place = {tests / name: number for number, name in enumerate(DEAREST)}
    items.sort(key=lambda item: place.get(item.path, len(DEAREST)))


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
def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this run of pytest that all its processes have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def wine_job(common_folder: Path) -> Result:
    """A finished job for all tests that look at one: real study, real MLflow store, short trials.

    The first process that asks for it trains it; a test that changes a job takes a copy.
    """
    import automl

    folder = common_folder / "wine"
    with FileLock(common_folder / "wine.lock"):
        if (folder / "ready").exists():
            return automl.load(folder / "job")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        result = automl.search(
            "sklearn:wine",
            name="wine",
            family=("mlp", "linear"),
            trials=3,
            epochs=3,
            folds=1,
            out=str(folder / "job"),
            tracking_uri=f"sqlite:///{folder / 'mlflow.db'}",
        )
        (folder / "ready").touch()
        return result


@pytest.fixture(scope="session")
def empty_database(common_folder: Path) -> Path:
    """A database with MLflow's tables, made once, to be copied."""
    path = common_folder / "empty" / "mlflow.db"
    with FileLock(common_folder / "empty.lock"):
        if not (path.parent / "ready").exists():
            from mlflow import MlflowClient

            path.parent.mkdir(exist_ok=True)
            MlflowClient(f"sqlite:///{path}").search_experiments()
            (path.parent / "ready").touch()
    return path
