"""YAML text to a search space, with errors that name file, line and key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from automl.core.errors import SpaceError, suggest
from automl.core.specs import Configuration
from automl.core.yaml_values import Located, read_located
from automl.spaces.cases import Case
from automl.spaces.conditions import Condition, OneOf, Within, is_number
from automl.spaces.parameters import Boolean, Choice, Constant, Float, Integer, Parameter, middle
from automl.spaces.space import SearchSpace
from automl.tasks.catalog import TASKS

_TOP = ("name", "epochs", "parameters", "defaults", "turns", "portfolio")
_COMMON = ("type", "when", "tasks", "kinds")


def parse_space(text: str, *, source: str, name: str) -> SearchSpace:
    """Read a search space.

    Args:
        text: YAML.
        source: what to call it in messages: its file.
        name: the space's name if the text gives none.

    Raises:
        SpaceError: the text breaks the rules of the language.
    """
    top = _Reader(source=source, where="", node=read_located(text, source))
    top.only(_TOP)
    parameters = tuple(
        _parameter(_Reader(source=source, where=f"parameter '{key}': ", node=node), key)
        for key, node in top.mapping("parameters").items()
    )
    by_task = _epochs(top)
    bare = top.checked(
        lambda: SearchSpace(
            name=top.text("name", name),
            epochs=by_task["default"],
            parameters=parameters,
            epochs_by_task={kind: value for kind, value in by_task.items() if kind != "default"},
            cases=_cases(top),
            turns=_turns(top),
        ),
        _line_of_blame(top),
    )
    return _with_portfolio(bare, top)


def parse_parameters(text: str, *, source: str) -> tuple[Parameter, ...]:
    """Read parameters alone, written as under ``parameters`` of a search space.

    Raises:
        SpaceError: the text breaks the rules of the language.
    """
    top = _Reader(source=source, where="", node=read_located(text, source))
    return tuple(
        _parameter(_Reader(source=source, where=f"parameter '{key}': ", node=node), key)
        for key, node in top.node.value.items()
    )


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """A mapping whose entries are asked for by type.

    Attributes:
        source: the file.
        where: which part of it, ending in a colon and a blank, or empty.
        node: the mapping.
    """

    source: str
    where: str
    node: Located

    def __post_init__(self) -> None:
        if not isinstance(self.node.value, dict):
            raise self.error(f"expected a mapping of keys to values, got {_shown(self.node)}.")

    @property
    def line(self) -> int:
        return self.node.key_line or self.node.line

    def error(self, message: str, line: int | None = None) -> SpaceError:
        return SpaceError(f"{self.source}, line {line or self.line}: {self.where}{message}")

    def checked(self, make: Callable[[], Any], line_of: Callable[[str], int] | None = None) -> Any:
        """What ``make`` returns; its refusal gets file, line and key."""
        try:
            return make()
        except SpaceError as error:
            if str(error).startswith(f"{self.source}, line "):
                raise
            raise self.error(str(error), line_of(str(error)) if line_of else None) from error

    def only(self, keys: Iterable[str]) -> None:
        """Refuse other keys."""
        for key, item in self.node.value.items():
            if key not in keys:
                raise self.error(f"unknown key '{key}'. {suggest(key, keys)}", item.key_line)

    def get(self, key: str) -> Located | None:
        item: Located | None = self.node.value.get(key)
        return item

    def required(self, key: str) -> Located:
        item = self.get(key)
        if item is None:
            raise self.error(f"key '{key}' is missing.")
        return item

    def wrong(self, key: str, expected: str) -> SpaceError:
        item = self.required(key)
        return self.error(f"'{key}' must be {expected}, got {_shown(item)}.", item.key_line)

    def mapping(self, key: str) -> dict[str, Located]:
        value = self.required(key).value
        if not isinstance(value, dict):
            raise self.wrong(key, "a mapping of names")
        return value

    def items(self, key: str) -> list[Located]:
        value = self.required(key).value
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        return value

    def text(self, key: str, default: str) -> str:
        if self.get(key) is None:
            return default
        value = self.required(key).value
        if not isinstance(value, str):
            raise self.wrong(key, "text")
        return value

    def integer(self, key: str) -> int:
        value = self.required(key).value
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, "an integer")
        return value

    def number(self, key: str) -> float:
        value = self.required(key).value
        if not is_number(value):
            raise self.wrong(key, "a number")
        return float(value)

    def flag(self, key: str) -> bool:
        value = self.required(key).value if self.get(key) is not None else False
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def scalar(self, key: str) -> Any:
        value = self.required(key).value
        if isinstance(value, dict | list):
            raise self.wrong(key, "one value")
        return value

    def scalars(self, key: str) -> tuple[Any, ...]:
        values = tuple(item.value for item in self.items(key))
        if any(isinstance(value, dict | list) for value in values):
            raise self.wrong(key, "a list of plain values")
        return values


def _parameter(reader: _Reader, name: str) -> Parameter:
    kind = reader.scalar("type")
    if kind not in _KINDS:
        item = reader.required("type")
        raise reader.error(f"unknown type {kind!r}. {suggest(str(kind), _KINDS)}", item.key_line)
    own, make = _KINDS[kind]
    reader.only((*_COMMON, *own))
    common = {
        "name": name,
        "when": _conditions(reader),
        "tasks": _words(reader, "tasks"),
        "kinds": _words(reader, "kinds"),
    }
    parameter: Parameter = reader.checked(lambda: make(reader, common))
    return parameter


def _integer(reader: _Reader, common: dict[str, Any]) -> Integer:
    low, high, log = reader.integer("low"), reader.integer("high"), reader.flag("log")
    step = reader.integer("step") if reader.get("step") else 1
    if reader.get("default"):
        default = reader.integer("default")
    else:
        default = int(middle(low, high, step if step != 1 else None, log))
    return Integer(**common, low=low, high=high, step=step, log=log, default=default)


def _float(reader: _Reader, common: dict[str, Any]) -> Float:
    low, high, log = reader.number("low"), reader.number("high"), reader.flag("log")
    step = reader.number("step") if reader.get("step") else None
    default = reader.number("default") if reader.get("default") else middle(low, high, step, log)
    return Float(**common, low=low, high=high, step=step, log=log, default=default)


def _choice(reader: _Reader, common: dict[str, Any]) -> Choice:
    values = reader.scalars("values")
    default = reader.scalar("default") if reader.get("default") else next(iter(values), None)
    return Choice(**common, values=values, default=default)


def _boolean(reader: _Reader, common: dict[str, Any]) -> Boolean:
    return Boolean(**common, default=reader.flag("default"))


def _constant(reader: _Reader, common: dict[str, Any]) -> Constant:
    return Constant(**common, value=reader.scalar("value"))


_KINDS: dict[str, tuple[tuple[str, ...], Callable[[_Reader, dict[str, Any]], Parameter]]] = {
    "integer": (("low", "high", "step", "log", "default"), _integer),
    "float": (("low", "high", "step", "log", "default"), _float),
    "choice": (("values", "default"), _choice),
    "boolean": (("default",), _boolean),
    "constant": (("value",), _constant),
}


def _words(reader: _Reader, key: str) -> tuple[str, ...]:
    if reader.get(key) is None:
        return ()
    words = reader.scalars(key)
    if not all(isinstance(word, str) for word in words):
        raise reader.wrong(key, "a list of names")
    return words


def _conditions(reader: _Reader) -> tuple[Condition, ...]:
    if reader.get("when") is None:
        return ()
    return tuple(_condition(reader, parent, node) for parent, node in reader.mapping("when").items())


def _condition(reader: _Reader, parent: str, node: Located) -> Condition:
    if isinstance(node.value, dict):
        bounds = _Reader(source=reader.source, where=f"{reader.where}'when: {parent}': ", node=node)
        bounds.only(("low", "high"))
        low, high = bounds.number("low"), bounds.number("high")
        within: Condition = bounds.checked(lambda: Within(parent=parent, low=low, high=high))
        return within
    values = node.plain if isinstance(node.value, list) else [node.value]
    if any(isinstance(value, dict | list) for value in values):
        raise reader.error(f"'when: {parent}' must be a value, a list of values or a range.", node.key_line)
    one_of: Condition = reader.checked(lambda: OneOf(parent=parent, values=tuple(values)))
    return one_of


def _epochs(top: _Reader) -> dict[str, int]:
    """Full lengths by task kind; one number is the default of all."""
    node = top.required("epochs")
    if not isinstance(node.value, dict):
        return {"default": top.integer("epochs")}
    lengths = _Reader(source=top.source, where="'epochs': ", node=node)
    lengths.only(("default", *TASKS))
    lengths.required("default")
    return {kind: lengths.integer(kind) for kind in node.value}


def _cases(top: _Reader) -> tuple[Case, ...]:
    if top.get("defaults") is None:
        return ()
    cases = []
    for number, node in enumerate(top.items("defaults"), start=1):
        case = _Reader(source=top.source, where=f"'defaults' entry {number}: ", node=node)
        case.only(("tasks", "kinds", "below", "values"))
        values = _Reader(source=top.source, where=case.where, node=case.required("values"))
        own = {
            "tasks": _words(case, "tasks"),
            "kinds": _words(case, "kinds"),
            "below": case.integer("below") if case.get("below") else None,
            "values": {name: values.scalar(name) for name in values.node.value},
        }
        cases.append(case.checked(lambda own=own: Case(**own)))  # type: ignore[misc]
    return tuple(cases)


def _turns(top: _Reader) -> tuple[int, ...]:
    """Rounds in which entries of the portfolio are tried; they do not fall."""
    if top.get("turns") is None:
        return ()
    turns = top.scalars("turns")
    if any(not isinstance(turn, int) or isinstance(turn, bool) or turn < 0 for turn in turns):
        raise top.wrong("turns", "a list of numbers of rounds, counted from 0")
    if [*turns] != sorted(turns):
        raise top.wrong("turns", "in rising order")
    return turns


def _with_portfolio(bare: SearchSpace, top: _Reader) -> SearchSpace:
    node = top.get("portfolio")
    if node is None:
        return bare
    if not isinstance(node.value, dict):
        return replace(bare, portfolio=_entries(bare, top, "portfolio"))
    kinds = _Reader(source=top.source, where="'portfolio': ", node=node)
    kinds.only(("default", *TASKS))
    by_task = {kind: _entries(bare, kinds, kind) for kind in node.value}
    return replace(bare, portfolio=by_task.pop("default", ()), portfolio_by_task=by_task)


def _entries(bare: SearchSpace, reader: _Reader, key: str) -> tuple[Configuration, ...]:
    nodes = reader.items(key)
    for number, node in enumerate(nodes, start=1):
        where = f"portfolio entry {number}: "
        entry = _Reader(source=reader.source, where=where, node=node)
        for name in node.value:
            entry.scalar(name)
        entry.checked(lambda plain=node.plain: bare.complete(plain))  # type: ignore[misc]
    return tuple(node.plain for node in nodes)


def _line_of_blame(top: _Reader) -> Callable[[str], int]:
    """Find the line of the parameter that a message about the whole space names first."""

    def line(message: str) -> int:
        lines = {name: node.key_line for name, node in top.mapping("parameters").items()}
        if message.startswith("'epochs'"):
            return top.required("epochs").key_line
        if "of 'defaults'" in message:
            return top.required("defaults").key_line
        places = {name: max(message.find(f"'{name}'"), message.find(f": {name} ->")) for name in lines}
        named = [name for name in lines if places[name] >= 0]
        first = min(named, key=places.__getitem__, default=None)
        return top.required("parameters").key_line if first is None else lines[first]

    return line


def _shown(node: Located) -> str:
    value = node.plain
    if value is None:
        return "nothing"
    kinds = {str: "the text", bool: "the boolean", dict: "the mapping", list: "the list"}
    kind = kinds.get(type(value), "the number")
    return f"{kind} {str(value).lower() if isinstance(value, bool) else repr(value)}"
