"""Settings of the command line: ``rate=1e-3`` fixes, ``width=[64,128]`` and ``width=64..128`` narrow."""

from __future__ import annotations

import re
from typing import TypeAlias

from automl.core.errors import SpaceError
from automl.core.specs import Scalar
from automl.core.yaml_values import read_value

Wish: TypeAlias = Scalar | list[Scalar] | dict[str, float]
_RANGE = re.compile(r"([-+.\deE]+?)\s*\.\.\s*([-+.\deE]+)")


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
