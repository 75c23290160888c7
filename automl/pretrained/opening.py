"""From what ``--pretrained`` names to a network, read once in a process."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, suggest
from automl.core.option_values import names_file
from automl.pretrained.catalog import SOURCES
from automl.pretrained.keras_file import check_file, check_values, load_file

if TYPE_CHECKING:
    from automl.pretrained.network import Network


def check_pretrained(name: str, values: str) -> None:
    """Refuse what cannot be read, without a framework.

    Args:
        name: of a source, or path of a Keras model file.
        values: what pixel values a file takes.

    Raises:
        ConfigError: an unknown name, no such file, or unknown pixel values.
        MissingDependencyError: the package with the weights is not installed.
    """
    check_values(values)
    if name in SOURCES:
        SOURCES[name].check()
    elif not names_file(name):
        raise ConfigError(
            f"pretrained: {name!r} is neither a pretrained network nor a Keras model file (.keras). "
            f"{suggest(name, SOURCES)}"
        )
    else:
        check_file(Path(name))


def network_of(name: str, values: str) -> Network:
    """Return a network; see ``check_pretrained`` for the arguments and what is refused.

    Raises:
        ConfigError: a file is no Keras model from one image to one output, too.
    """
    check_pretrained(name, values)
    return _read(name, values, mark_of(name))


@lru_cache(maxsize=4)
def _read(name: str, values: str, mark: str) -> Network:
    """In a thread of its own: where this one only sketches models, no variable would get a value."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        if name in SOURCES:
            return thread.submit(SOURCES[name].load).result()
        return thread.submit(load_file, Path(name), values).result()


def mark_of(name: str) -> str:
    """Return what changes when the weights of a name do: a version, or a digest of the file."""
    if name in SOURCES:
        return version(SOURCES[name].distribution)
    with Path(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
