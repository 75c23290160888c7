"""What is searched: families that suit the data, their joint space, and how long their trials are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from automl.core.catalog import at_place
from automl.core.errors import ConfigError, suggest
from automl.data.modality import Dataset, Modality
from automl.jobs.config import JobConfig
from automl.jobs.intake.lengths import epochs_per_pass, full_length, in_folds, in_time, of_passes
from automl.jobs.intake.settings import with_setting
from automl.jobs.matching import usable_families
from automl.models.family import Family
from automl.spaces.loading import load_space
from automl.spaces.space import SearchSpace, join
from automl.tasks.catalog import TASKS

if TYPE_CHECKING:
    from automl.data.splits import Fold


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What is searched, and how long trials are; see ``Intake``."""

    families: Mapping[str, Family]
    space: SearchSpace
    epochs: Mapping[str, int]
    asked: int | None
    passes: Mapping[str, int]
    notes: tuple[str, ...]


def lay_out(
    config: JobConfig,
    modality: Modality,
    dataset: Dataset,
    folds: Sequence[Fold],
    note: Callable[[str], None],
) -> Searched:
    """Choose families and space, and the length of trials.

    Args:
        config: the job.
        modality: of its data.
        dataset: the raw examples.
        folds: in which they are split.
        note: is told where trials are shorter than usual.

    Raises:
        ConfigError, SpaceError: families, space or settings do not suit the data.
    """
    per_pass = epochs_per_pass(dataset.handling, len(dataset.examples))
    families, space, lengths = _search_space(config, modality, dataset, per_pass)
    shorter, notes = _shorter(config, dataset, folds, max(lengths.values()) // per_pass)
    if notes:
        note(notes[0])
        config = replace(config, epochs=shorter)
        families, space, lengths = _search_space(config, modality, dataset, per_pass)
    epochs, passes = in_folds(lengths, config.epochs) if len(folds) > 1 else (lengths, {})
    return Searched(
        families=families,
        space=replace(space, epochs=max(epochs.values())),
        epochs=epochs,
        asked=config.epochs,
        passes=passes,
        notes=notes,
    )


def _shorter(
    config: JobConfig, dataset: Dataset, folds: Sequence[Fold], passes: int
) -> tuple[int | None, tuple[str, ...]]:
    """The passes that fit the time, and a note, where a part is held out and trials would be longer.

    In folds each trial is shortened by itself, once its speed is known.
    """
    if config.epochs or len(folds) > 1:
        return None, ()
    rows = len(folds[0].train) if folds else len(dataset.examples)
    fitting = in_time(passes, dataset.handling, rows, config.time)
    if fitting is None:
        return None, ()
    return fitting, (f"Trials make {fitting} passes over the examples, as more would not fit the time.",)


def _search_space(
    config: JobConfig, modality: Modality, dataset: Dataset, per_pass: int
) -> tuple[dict[str, Family], SearchSpace, dict[str, int]]:
    task = dataset.task
    promises = modality.promises(dataset)
    kinds = {*(tensor.kind for tensor in promises), *dataset.traits, *_traits(dataset)}
    rows = len(dataset.examples)
    own = load_space(config.space, task=task).for_kinds(kinds).for_rows(rows) if config.space else None
    wanted = config.family or ((own.name.split("/")[-1],) if own else ())
    families = usable_families(
        modality.name,
        promises,
        task,
        wanted,
        dataset.target_tasks,
        {"pretrained": config.pretrained},
    )
    spaces = {
        name: load_space(family.name, task=task).for_kinds(kinds).for_rows(rows)
        for name, family in families.items()
    }
    if own is not None:
        name = own.name.split("/")[-1]
        if name not in families:
            raise ConfigError(
                f"{config.space} describes the family {own.name!r}, which is not among "
                f"{', '.join(families)}. {suggest(name, families)}"
            )
        spaces[name] = own
    if config.epochs:
        spaces = {name: of_passes(item, config.epochs) for name, item in spaces.items()}
    space = _with_network(join(spaces), config)
    for text in config.set:
        space = with_setting(space, text)
    epochs = {name: full_length(config.epochs, item, dataset, per_pass) for name, item in spaces.items()}
    return families, space, epochs


def _with_network(space: SearchSpace, config: JobConfig) -> SearchSpace:
    """The space with the network that is started from, in families that build on it."""
    if config.pretrained is None or not any(item.endswith("pretrained") for item in space.names):
        return space
    fixed = space.fix("pretrained", config.pretrained)
    return fixed.fix("pixel_values", config.pixel_values)


def _traits(dataset: Dataset) -> set[str]:
    place, targets = TASKS[dataset.task].traits, dataset.examples.targets
    return {*at_place(place)(targets)} if place and targets else set()
