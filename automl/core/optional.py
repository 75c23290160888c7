"""Imports that may fail, explained with the extra that brings the library."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from automl.core.errors import MissingDependencyError


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import and return an optional module.

    Args:
        module: dotted name, e.g. ``"polars"``.
        extra: the extra of this package that installs it.
        purpose: what it is needed for, completing "is needed ...".

    Raises:
        MissingDependencyError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"{module} is needed {purpose} and is not installed. "
            f"Install it with: pip install 'automl-keras[{extra}]'"
        ) from error
