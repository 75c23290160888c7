"""Files of a job folder whose meaning may change between versions: the fitted task and the schema.

Read by other rules than they were written by, they give wrong predictions and no error. So each says by
which rules it was written, and files of others are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automl._version import __version__
from automl.core.errors import ConfigError
from automl.jobs.folder import JobFolder, write_json
from automl.jobs.missing import read_made

VERSION = 2
"""Of these files; the first one was not written down. To be raised whenever what they hold changes."""

_KEY, _MAKER = "version", "automl"


def write_versioned(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file of the job folder with its version, and that of the package."""
    write_json(path, {_KEY: VERSION, _MAKER: __version__, **content})


def read_versioned(path: Path) -> dict[str, Any]:
    """Read what ``write_versioned`` was given.

    Raises:
        ConfigError: the file is missing, broken, or of another version.
    """
    content = read_made(path)
    if not content:
        raise ConfigError(
            f"{path} is damaged: it holds nothing. Use an intact copy of the folder, or search again."
        )
    version, maker = content.pop(_KEY, 1), content.pop(_MAKER, None)
    if version != VERSION:
        made = f"automl {maker}" if isinstance(maker, str) else "an earlier version of automl"
        other = f"pip install automl-keras=={maker}" if isinstance(maker, str) else "that version"
        raise ConfigError(
            f"{path.parent} was made by {made}, whose {path.name} this version cannot read: "
            f"open it with {other}, or run the search again."
        )
    return content


def refuse_other_versions(folder: JobFolder) -> None:
    """Refuse to go on with a job of which another version has written down how its data is read.

    Raises:
        ConfigError: it is one.
    """
    for path in (folder.schema, folder.task):
        if path.exists():
            read_versioned(path)
