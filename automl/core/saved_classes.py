"""Classes of other packages that a saved Keras model names: imported, so that Keras finds them.

Keras loads a class only if its module was imported and registered it, and rightly imports none by itself: a
file could name any module. The modules imported here are those of packages that declare entry points of
this one, so whoever installed them has chosen to run their code.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.core.extensions import extending_packages

_CONFIG = "config.json"


def import_classes_of(path: Path) -> None:
    """Import the modules of extensions that define classes of a saved model.

    Args:
        path: a ``.keras`` file. What is no such file is left for Keras to refuse.

    Raises:
        ConfigError: a module cannot be imported.
    """
    packages = extending_packages()
    if not packages:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read(_CONFIG))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return
    for module in sorted(set(_modules(config))):
        if module.partition(".")[0] in packages:
            _import(module, path)


def _import(module: str, path: Path) -> None:
    try:
        import_module(module)
    except Exception as error:  # it is the code of others: anything may happen
        reason = " ".join(str(error).split())[:200]
        raise ConfigError(
            f"{path} needs classes of {module}, which cannot be imported "
            f"({type(error).__name__}: {reason}). Install the version of that package that made the model."
        ) from error


def _modules(config: Any) -> Iterator[str]:
    """Modules of the custom classes and functions in Keras' description of a model."""
    if isinstance(config, dict):
        if config.get("registered_name") and isinstance(config.get("module"), str):
            yield config["module"]
        for value in config.values():
            yield from _modules(value)
    elif isinstance(config, list):
        for value in config:
            yield from _modules(value)
