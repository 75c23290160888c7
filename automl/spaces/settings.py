"""Settings of the command line: ``rate=1e-3`` fixes, ``width=[64,128]`` and ``width=64..128`` narrow."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

from automl.core.errors import ConfigError, SpaceError
from automl.core.specs import Scalar
from automl.core.yaml_values import read_value

Wish: TypeAlias = Scalar | list[Scalar] | dict[str, float]
_RANGE = re.compile(r"([-+.\deE]+?)\s*\.\.\s*([-+.\deE]+)")


def settings_of(given: object, name: str = "set") -> tuple[str, ...]:
    """Return settings as texts.

    Args:
        given: texts as ``parse_setting`` reads them, or a mapping, as Python and job files may have it:
            ``{"learning_rate": 1e-3, "width": [64, 128], "depth": "1..4"}``.
        name: of the option, for messages.

    Raises:
        ConfigError: neither of them.
    """
    if isinstance(given, Mapping):
        return tuple(f"{key}={_written(value)}" for key, value in given.items())
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise ConfigError(
            f"{name}: expected texts such as learning_rate=1e-3, or a mapping of parameters to values, got "
            f"{given!r:.100}."
        )
    return tuple(texts)


def parse_setting(text: str) -> tuple[str, Wish]:
    """Read ``NAME=VALUE``, ``NAME=[VALUE, VALUE]`` or ``NAME=LOW..HIGH``.

    Returns:
        The parameter's name, and a scalar to fix it to, or a list of values or
        ``{"low": ..., "high": ...}`` to narrow it to.

    Raises:
        SpaceError: the text has none of these forms.
    """
    name, sign, value = (part.strip() for part in text.partition("="))
    if not (name and sign and value):
        raise SpaceError(
            f"--set {text!r} is not understood. Write NAME=VALUE to fix a parameter, "
            "NAME=[VALUE,VALUE] or NAME=LOW..HIGH to narrow it."
        )
    return name, _range(value) or _values(text, value)


def _written(value: object) -> str:
    """A value as it is typed: of Python's scalars and lists, or NumPy's."""
    if isinstance(value, str):
        return value
    return json.dumps(value, default=lambda item: item.tolist() if hasattr(item, "tolist") else str(item))


def _range(value: str) -> dict[str, float] | None:
    match = _RANGE.fullmatch(value)
    if match is None:
        return None
    try:
        low, high = (float(part) for part in match.groups())
    except ValueError:
        return None
    return {"low": low, "high": high}


def _values(text: str, value: str) -> Scalar | list[Scalar]:
    read = read_value(value, f"--set {text!r}")
    if read == []:
        raise SpaceError(f"--set {text!r} leaves no value; name at least one between the brackets.")
    return read
