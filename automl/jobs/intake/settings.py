"""What ``--set`` changes: parameters of the search spaces, and how all candidates are trained."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from automl.core.errors import SpaceError, suggest
from automl.jobs.config import JobConfig
from automl.jobs.intake.domains import check_domain
from automl.jobs.matching import on_shelves
from automl.models.catalog import FAMILIES
from automl.spaces.loading import load_space
from automl.spaces.parameters import Constant
from automl.spaces.settings import Wish, parse_setting
from automl.spaces.space import SearchSpace
from automl.training.batches.transforms.catalog import TRANSFORMS
from automl.training.engine import TrainingOptions


def check_settings(config: JobConfig) -> None:
    """Refuse settings of what neither a search space in question nor the training has.

    Raises:
        SpaceError: an unknown name (the nearest is offered), or a wrong value of a training option.
    """
    if not config.set:
        return
    parameters = [item for space in _spaces(config) for item in space.parameters]
    searched = {item.name for item in parameters}
    known = sorted(searched | set(_training_types()))
    for text in config.set:
        name, wish = parse_setting(text)
        _check_family(name)
        if _bare(name) not in known:
            raise SpaceError(f"No search space here has a parameter {name!r}. {suggest(name, known)}")
        if _bare(name) not in searched:
            _training_constant(name, wish)
        check_domain(name, wish, [item for item in parameters if item.name == _bare(name)])


def with_setting(space: SearchSpace, text: str) -> SearchSpace:
    """Return the space with one setting applied.

    A parameter of the space is fixed or narrowed. A training option that the space does not have becomes
    a constant of every configuration.

    Args:
        space: of one family, or joint.
        text: as ``--set`` takes it.

    Raises:
        SpaceError: no such parameter, or values of another type.
    """
    name, wish = parse_setting(text)
    if _bare(name) in _training_types() and not _has(space, _bare(name)):
        return replace(space, parameters=(*space.parameters, _training_constant(name, wish)))
    return space.narrow(name, wish) if isinstance(wish, list | dict) else space.fix(name, wish)


def _check_family(name: str) -> None:
    family, dot, _ = name.rpartition(".")
    short = sorted({item.rpartition("/")[2] for item in FAMILIES})
    if dot and family not in short:
        raise SpaceError(f"--set {name}: there is no family {family!r}. {suggest(family, short)}")


def _spaces(config: JobConfig) -> list[SearchSpace]:
    if config.space:
        return [load_space(config.space)]
    names = on_shelves(config.modality)
    if config.family:
        return [load_space(name) for name in names if name.rpartition("/")[2] in config.family]
    return [load_space(name) for name in names if FAMILIES.origin(name) is None]


def _has(space: SearchSpace, bare: str) -> bool:
    return any(_bare(item.name) == bare for item in space.parameters)


def _training_types() -> dict[str, str]:
    owners: list[Any] = [TrainingOptions, *(TRANSFORMS[name] for name in TRANSFORMS)]
    return {item.name: str(item.type) for owner in owners for item in fields(owner)}


def _training_constant(name: str, wish: Wish) -> Constant:
    bare, kind = _bare(name), _training_types()[_bare(name)]
    if name != bare:
        raise SpaceError(
            f"--set {name}: no search space here has {bare!r}, so it applies to all families: "
            f"write {bare}=VALUE."
        )
    if isinstance(wish, list | dict):
        raise SpaceError(
            f"--set {name}: no search space here has it, so it takes one value and not {wish!r}."
        )
    value = float(wish) if kind == "float" and type(wish) is int else wish
    if type(value).__name__ != kind or (isinstance(value, int | float) and value < 0):
        least = "" if kind == "str" else " of at least 0"
        raise SpaceError(f"--set {name}: expected a value of type {kind}{least}, got {wish!r}.")
    return Constant(name=name, value=value)


def _bare(name: str) -> str:
    return name.rpartition(".")[2]
