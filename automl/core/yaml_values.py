"""YAML of search spaces, jobs and data sets as plain values that remember their lines.

Nothing but scalars, lists and mappings passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from automl.core.errors import SpaceError
from automl.core.specs import Scalar

# YAML 1.1 reads 1e-4, a number without a dot, as a string
FLOAT_LITERAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")
_COLLECTIONS = ("tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
_SCALARS = ("str", "int", "float", "bool", "null")


@dataclass(frozen=True, kw_only=True)
class Located:
    """A value with the line (from 1) where it stands.

    Attributes:
        value: a scalar, a list of Located, or a dictionary of Located.
        line: where it begins.
        key_line: for a mapping's value, where its key stands.
    """

    value: Any
    line: int
    key_line: int = 0

    @property
    def plain(self) -> Any:
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: item.plain for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain for item in self.value]
        return self.value


Value: TypeAlias = Scalar | list[Scalar]


def read_located(text: str, source: str) -> Located:
    """Read one YAML document.

    Args:
        text: the document.
        source: what it is, for messages: a file.

    Raises:
        SpaceError: not YAML, a key twice, an alias, or a tag that is no plain scalar.
    """
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise SpaceError(f"{source} is empty; expected 'epochs' and 'parameters'.")
            return _located(node, loader, source, set(), node.start_mark.line + 1)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise SpaceError(f"{source}{_place(error)}: not valid YAML: {_problem(error)}") from error
    except (ValueError, RecursionError) as error:
        raise SpaceError(f"{source}: not readable as YAML: {error}") from error


def read_value(text: str, source: str) -> Value:
    """Read a scalar or a list of scalars as a user types them.

    Raises:
        SpaceError: anything else.
    """
    value = read_located(text, source).plain
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, dict | list) for item in items):
        raise SpaceError(f"{source}: expected one value or a list of values, got {text}.")
    return value  # type: ignore[no-any-return]


def _located(node: Any, loader: Any, source: str, seen: set[int], key_line: int) -> Located:
    import yaml

    line = node.start_mark.line + 1
    if id(node) in seen:
        raise SpaceError(
            f"{source}, line {key_line}: aliases (*name) are not allowed; write the value again."
        )
    seen.add(id(node))
    if not isinstance(node, yaml.ScalarNode) and node.tag not in _COLLECTIONS:
        raise SpaceError(f"{source}, line {line}: the tag {node.tag} is not allowed; write a plain value.")
    if isinstance(node, yaml.ScalarNode):
        return Located(value=_scalar(node, loader, source), line=line, key_line=key_line)
    if isinstance(node, yaml.SequenceNode):
        items = [_located(item, loader, source, seen, item.start_mark.line + 1) for item in node.value]
        return Located(value=items, line=line, key_line=key_line)
    return Located(value=dict(_pairs(node, loader, source, seen)), line=line, key_line=key_line)


def _pairs(node: Any, loader: Any, source: str, seen: set[int]) -> Iterator[tuple[str, Located]]:
    import yaml

    known: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            kind = "a list" if isinstance(key_node, yaml.SequenceNode) else "a mapping"
            raise SpaceError(f"{source}, line {line}: expected a plain name before ':', got {kind}.")
        key = _located(key_node, loader, source, seen, line).value
        # YAML 1.1 reads the bare keys on, off, yes and no as booleans
        name = key if isinstance(key, str) else str(getattr(key_node, "value", key))
        if name in known:
            raise SpaceError(
                f"{source}, line {line}: key '{name}' appears twice, also in line {known[name]}."
            )
        known[name] = line
        yield name, _located(value_node, loader, source, seen, line)


def _scalar(node: Any, loader: Any, source: str) -> Scalar:
    kind = node.tag.rpartition(":")[2]
    if kind == "str" and node.style is None and FLOAT_LITERAL.fullmatch(node.value):
        return float(node.value)
    if kind == "timestamp":
        return str(node.value)
    if kind not in _SCALARS:
        line = node.start_mark.line + 1
        raise SpaceError(f"{source}, line {line}: the tag {node.tag} is not allowed; write a plain value.")
    value: Scalar = loader.construct_object(node)
    return value


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark is not None else ""


def _problem(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error)
