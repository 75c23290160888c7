"""The toys as pip would install them: their metadata and modules in a folder of the path."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the package, on the path of this process and of those that it starts."""
    from automl.core.extensions import forget

    site = tmp_path_factory.mktemp("site")
    shutil.copytree(HERE / "automl_toys", site / "automl_toys")
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    metadata = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    groups = project["entry-points"].items()
    (metadata / "entry_points.txt").write_text(
        "\n".join(
            line
            for group, items in groups
            for line in (f"[{group}]", *(f"{name} = {place}" for name, place in items.items()))
        )
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(site), *sys.path))))
        forget()
        yield site
    forget()


@pytest.fixture(scope="package", autouse=True)
def installed(toys: Path) -> None:
    """All tests here see them."""
