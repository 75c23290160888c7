"""Search spaces found by name or file, and written back as YAML."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import SpaceError, suggest
from automl.core.extensions import FAMILY_GROUP, SHELVED_NAME, Discovered, Origin, discover
from automl.core.yaml_values import FLOAT_LITERAL
from automl.spaces.parsing import parse_parameters, parse_space
from automl.spaces.space import SearchSpace
from automl.tasks.catalog import declarations

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def shipped_spaces() -> list[str]:
    """Return the names of the search spaces of this package, ``<modality>/<family>``, sorted."""
    return sorted(
        f"{folder.name}/{file.name.removesuffix('.yaml')}"
        for folder in _shipped_root().iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    )


def known_spaces() -> dict[str, Origin | None]:
    """Return by name the package that each search space comes from; None, and first, this one's."""
    own: dict[str, Origin | None] = dict.fromkeys(shipped_spaces())
    return own | {name: entry.origin for name, entry in _of_others().entries.items()}


def space_text(name: str) -> str:
    """Return a space's file as it is written, comments included.

    Args:
        name: a known space's name, or a file.

    Raises:
        SpaceError: there is no such space, or the file cannot be read.
    """
    return _found(name)[1]


def load_space(name: str | Path, task: str | None = None) -> SearchSpace:
    """Read a search space.

    Known spaces get the parameters that tasks declare for their own options, where they do not name them;
    a file is taken as it is.

    Args:
        name: a known space's name (``tabular/mlp``), or a YAML file.
        task: leave out what is meant for other task kinds.

    Raises:
        SpaceError: there is no such space, or it breaks the rules of the language; the message names
            file, line and key.
    """
    source, text = _found(str(name))
    space = parse_space(text, source=source, name=_stem(source))
    meant = space if task is None else space.for_task(task)
    return meant if _is_file(Path(name)) else _with_options(meant, task)


def dump_space(space: SearchSpace) -> str:
    """Return a space as YAML text that reads back as an equal space."""
    import yaml

    parts: dict[str, Any] = {
        "name": space.name,
        "epochs": {"default": space.epochs, **space.epochs_by_task}
        if space.epochs_by_task
        else space.epochs,
        "parameters": {item.name: _Line(item.plain()) for item in space.parameters},
    }
    if space.cases:
        parts["defaults"] = [_Line(case.plain()) for case in space.cases]
    if space.turns:
        parts["turns"] = _Row(space.turns)
    if space.portfolio_by_task:
        by_kind = {"default": space.portfolio, **space.portfolio_by_task}
        parts["portfolio"] = {kind: [_Line(entry) for entry in own] for kind, own in by_kind.items()}
    elif space.portfolio:
        parts["portfolio"] = [_Line(entry) for entry in space.portfolio]
    return str(yaml.dump(parts, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=100_000))


def _with_options(space: SearchSpace, task: str | None) -> SearchSpace:
    """The space with what a task, or every task, declares beside it."""
    own = {item.name: item for item in space.parameters}
    for declared in declarations():
        if declared.parameters and task in (None, declared.name):
            said = f"parameters of the task {declared.name}"
            for item in parse_parameters(declared.parameters, source=said):
                own.setdefault(item.name, replace(item, tasks=(declared.name,)))
    return replace(space, parameters=tuple(own.values()))


def _is_file(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml") or path.is_file()


def _found(name: str) -> tuple[str, str]:
    path = Path(name)
    if _is_file(path):
        return name, _read(path)
    if name not in shipped_spaces():
        path = _file_of_other(name)
        return str(path), _read(path)
    folder, _, family = name.partition("/")
    text = _shipped_root().joinpath(folder, f"{family}.yaml").read_text(encoding="utf-8")
    return f"{name}.yaml", text


def _of_others() -> Discovered:
    return discover(FAMILY_GROUP, taken=shipped_spaces(), form=SHELVED_NAME)


def _file_of_other(name: str) -> Path:
    """The file of another package's family: ``search_spaces/<name>.yaml`` in its top-level package."""
    others = _of_others()
    if name in others.troubles:
        raise SpaceError(others.troubles[name])
    if name not in others.entries:
        raise SpaceError(
            f"There is no search space {name!r}. {suggest(name, known_spaces())} "
            "A file of your own ends in .yaml."
        )
    entry = others.entries[name]
    inside = f"search_spaces/{name}.yaml"
    for folder in entry.folders:
        if (folder / inside).is_file():
            return folder / inside
    raise SpaceError(
        f"The package {entry.origin} has no search space for its family {name!r}: expected the file "
        f"{inside} in its Python package {entry.top_level}."
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SpaceError(f"{path} is not UTF-8 text: {error}. Save it as UTF-8.") from error
    except OSError as error:
        raise SpaceError(f"Search space file {path} cannot be read: {error.strerror or error}.") from error


def _shipped_root() -> Traversable:
    try:
        return files("automl.search_spaces")
    except ModuleNotFoundError:
        # a checkout that is not installed: the folder stands beside the package
        return Path(__file__).resolve().parents[2] / "search_spaces"


def _stem(source: str) -> str:
    return re.sub(r"\.ya?ml$", "", Path(source).name)


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Row(list[Any]):
    """A list that is written on one line."""


def _dumper() -> type[Any]:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Safe YAML with one line per parameter, and quotes around text that would read as a number."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Any, value: str) -> Any:
        style = "'" if FLOAT_LITERAL.fullmatch(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    def line(dumper: Any, value: _Line) -> Any:
        return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)

    def row(dumper: Any, value: _Row) -> Any:
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)

    Dumper.add_representer(str, text)
    Dumper.add_representer(_Row, row)
    Dumper.add_representer(_Line, line)
    return Dumper
