"""From a job's options to prepared data and a search space; what can be refused is refused here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, DataError
from automl.core.holdout import NO_HOLDOUT
from automl.core.notes import said_of, warnings_of
from automl.core.specs import Objective
from automl.data.audit.finding import Finding
from automl.data.interactions.layout import reason_for_ratings, refuse_without_ratings
from automl.data.modality import Dataset, Examples, Handling, Modality, ReadOptions
from automl.data.running_text import reason_for_text
from automl.data.source import Source, open_source, refuse_pipe
from automl.jobs.config import JobConfig
from automl.jobs.intake.audited import audited
from automl.jobs.intake.backend import Backend, choose_backends, import_keras
from automl.jobs.intake.folds import grouped_by_fold, split
from automl.jobs.intake.goals import goals_of
from automl.jobs.intake.holdout import part_off
from automl.jobs.intake.large import Reading, read_data
from automl.jobs.intake.lengths import epochs_per_pass, note_of_parts
from automl.jobs.intake.named import check_names
from automl.jobs.intake.searched import lay_out
from automl.jobs.intake.settings import check_settings
from automl.jobs.intake.story import story_of
from automl.models.family import Family
from automl.pretrained.opening import check_pretrained
from automl.pretrained.wish import Pretrained
from automl.spaces.loading import load_space
from automl.spaces.space import SearchSpace
from automl.tasks.limits import parse_limit
from automl.tasks.objectives import parse_objective

if TYPE_CHECKING:
    from automl.data.alike.sets import Alike
    from automl.data.large.drawn import Drawn
    from automl.data.splits import Fold
    from automl.jobs.assembly import Prepared
    from automl.training.engine import Part


@dataclass(frozen=True, kw_only=True)
class Intake:
    """A job whose data is read and whose space is known; nothing is trained yet.

    Attributes:
        source: where the data came from.
        modality: how it is read.
        dataset: the raw examples.
        folds: positions of training and validation parts: one where a part is held out, several where each
            example is held out of one fold; empty with validation data of the user's.
        validation: raw examples of the user's validation data, or None.
        holdout: raw examples that the search never looks at, or None.
        held_out: how much that is, as job files have it.
        objectives: what is optimised.
        families: to search in, by short name.
        space: the joint search space.
        epochs: full length of a trial by family.
        asked: passes that a trial of any family is to make, where the user or the time says so.
        epochs_per_pass: epochs that a pass over the training part is divided into.
        passes: how many passes all epochs are, by family, where an epoch is several.
        notes: what the user should know of the data.
        findings: what is suspicious about it.
        backend: of this process and of the trials.
        drawn: what is known of all rows where the examples are a sample of a large table; else None.
        alike: which examples are equal or nearly so, see ``data.alike.sets``; or None.
    """

    source: Source
    modality: Modality
    dataset: Dataset
    folds: tuple[Fold, ...]
    validation: Examples | None
    objectives: tuple[Objective, ...]
    families: Mapping[str, Family]
    space: SearchSpace
    epochs: Mapping[str, int]
    asked: int | None
    epochs_per_pass: int
    passes: Mapping[str, int]
    notes: tuple[str, ...]
    backend: Backend
    findings: tuple[Finding, ...] = ()
    drawn: Drawn | None = None
    holdout: Examples | None = None
    held_out: str = NO_HOLDOUT
    alike: Alike | None = None

    @property
    def sampled_rows(self) -> int | None:
        """How many rows were to be drawn; None where all were read."""
        sampling = self.source.sampling
        return None if self.drawn is None or sampling is None else sampling.rows


def check_early(config: JobConfig, data: object = None) -> Source:
    """Refuse what can be refused without reading data or loading a framework.

    Args:
        config: the job.
        data: data in memory, or None when ``config.data`` names it.

    Returns:
        the source of the data.

    Raises:
        ConfigError, DataError, SpaceError: see the message.
    """
    from automl.data.preflight import check_table_header

    check_names(config)
    if config.single and config.distill:
        raise ConfigError("single and distill cannot be combined: give one of them.")
    for text in config.metric:
        parse_objective(text)
    for text in config.constraint:
        parse_limit(text)
    if config.space is not None:
        load_space(config.space)
    check_settings(config)
    if config.pretrained is not None:
        check_pretrained(config.pretrained, config.pixel_values)
    if data is None and config.data is None:
        raise ConfigError("No data given: expected a file, a folder or sklearn:NAME.")
    for given in (config.data if data is None else data, config.validation):
        refuse_pipe(given, "a search reads its data again, when it is resumed and in each worker")
    source = open_source(config.data if data is None else data)
    wanted = [config.group_column, config.time_column, config.id_column, config.amount_column]
    wanted += [config.weight_column]
    wanted += [config.coverage_by, *config.protected]
    wanted += [*config.keep, *config.drop]
    options = read_options(config)
    rated = reason_for_ratings(source, options) is not None
    if not rated and config.modality is None:
        refuse_without_ratings(options)
    if source.kind == "table" and not rated and reason_for_text(source, options) is None:
        check_table_header(
            source,
            target=config.target,
            columns=tuple(name for name in wanted if name is not None),
            header=config.header,
        )
    if config.validation is not None:
        open_source(config.validation)
    elif source.validation is not None and (config.folds or 1) > 1:
        raise ConfigError("folds and validation cannot be combined: give data that validates, or folds.")
    return source


def take_in(
    config: JobConfig,
    source: Source,
    cache: Path | None = None,
    *,
    alone: bool = True,
    audits: bool = False,
    data_is_good: Callable[[Backend, Handling], object] = lambda backend, handling: None,
    note: Callable[[str], None] = lambda text: None,
) -> Intake:
    """Read the data and lay out what is searched.

    Keras is loaded only then, so that a refusal comes at once and its backend suits the data.

    Args:
        config: the job.
        source: its data.
        cache: folder in which what is slow to read and to prepare is kept, or None to keep nothing.
        alone: whether this process does nothing else.
        audits: whether suspicious things about the data are looked for, and told.
        data_is_good: called before Keras is loaded, with the backends and how the examples are handled.
        note: is told then what was read.

    Raises:
        ConfigError: the backend that was asked for cannot run.
    """
    source = _with_cache(source, cache)
    divided = divide(config, source)
    reading, folds, validation = divided.reading, divided.folds, divided.validation
    source, modality, dataset = reading.source, reading.modality, reading.dataset
    per_pass = epochs_per_pass(dataset.handling, len(dataset.examples))
    notes = (*divided.notes, *note_of_parts(per_pass, len(dataset.examples)))
    _tell(divided.story(), notes, note)
    backend = choose_backends(config, dataset.handling, dataset.task, data=source.held, alone=alone)
    data_is_good(backend, dataset.handling)
    findings = audited(source, dataset, folds, validation, divided.alike, note) if audits else ()
    with source.phases.phase(f"loading Keras on {backend.own}"):
        import_keras(backend.own)
    searched = lay_out(config, modality, dataset, folds, note)
    return Intake(
        source=source,
        modality=modality,
        dataset=dataset,
        folds=folds,
        validation=validation,
        objectives=divided.objectives,
        families=searched.families,
        space=searched.space,
        epochs=searched.epochs,
        asked=searched.asked,
        epochs_per_pass=per_pass,
        passes=searched.passes,
        notes=(*notes, *searched.notes),
        findings=findings,
        backend=backend,
        drawn=reading.drawn,
        holdout=divided.holdout,
        held_out=divided.held_out,
        alike=divided.alike,
    )


@dataclass(frozen=True, kw_only=True)
class Divided:
    """Data that was read and divided; no framework is loaded for it.

    Attributes:
        reading: what was read.
        objectives: what is optimised.
        folds: see ``Intake``.
        validation: see ``Intake``.
        notes: what the user should know of the data.
        holdout: see ``Intake``.
        held_out: see ``Intake``.
        alike: which examples are equal or nearly so, see ``data.alike.sets``; or None.
    """

    reading: Reading
    objectives: tuple[Objective, ...]
    folds: tuple[Fold, ...]
    validation: Examples | None
    notes: tuple[str, ...]
    holdout: Examples | None = None
    held_out: str = NO_HOLDOUT
    alike: Alike | None = None

    def story(self) -> str:
        """What was read, in lines."""
        reading = self.reading
        return story_of(
            reading.source,
            reading.dataset,
            self.folds,
            self.validation,
            self.objectives,
            total=reading.total,
            holdout=self.holdout,
        )


def divide(config: JobConfig, source: Source) -> Divided:
    """Read the data of a job and divide it."""
    with source.phases.phase(f"reading {source.name}"):
        reading = read_data(config, source, read_options(config))
        reading.source.kept.shrink()
    if config.weight_column is not None and reading.dataset.examples.weights is None:
        raise ConfigError(
            "weight_column: only rows of tables are weighed, and this data has none. Leave it out."
        )
    goals = goals_of(config, reading.dataset)
    parted = part_off(config, goals.dataset)
    dataset = parted.dataset
    reading = replace(reading, dataset=dataset)
    validation, notes = _validation(config, reading.modality, dataset, reading.source)
    alike = _alike(reading.source, dataset, validation)
    folds, left_out = (
        ((), ()) if validation is not None else split(reading.held_out(config), dataset, alike)
    )
    reason = (reading.choice.reason,) if reading.choice.reason else ()
    reading = replace(reading, dataset=grouped_by_fold(dataset, folds))
    return Divided(
        reading=reading,
        objectives=goals.objectives,
        folds=folds,
        validation=validation,
        notes=(*source.notes, *reason, *dataset.notes, *parted.notes, *notes, *left_out, *goals.notes),
        holdout=parted.holdout,
        held_out=parted.text,
        alike=alike,
    )


def _alike(source: Source, dataset: Dataset, validation: Examples | None) -> Alike | None:
    from automl.data.alike.sets import alike_examples

    with source.phases.phase("looking for copies"):
        return alike_examples(dataset, validation)


def prepare_data(config: JobConfig, intake: Intake) -> tuple[Prepared, tuple[Part, ...]]:
    """Fit the preprocessing and transform once; with folds the part of each, else none."""
    import numpy as np

    from automl.jobs.assembly import prepare, prepare_folds
    from automl.training.engine import Part

    source, folds = intake.source, intake.folds
    kinds = frozenset(slot.kind for family in intake.families.values() for slot in family.slots)
    dataset = replace(intake.dataset, wanted=kinds)
    how: dict[str, Any] = {"seed": config.seed, "cache": source.cache, "phases": source.phases}
    if len(folds) > 1:
        validated = np.unique(np.concatenate([fold.validation for fold in folds]))
        parts = tuple(
            Part(
                train=fold.train.astype(np.int32),
                validation=np.searchsorted(validated, fold.validation).astype(np.int32),
            )
            for fold in folds
        )
        return prepare_folds(intake.modality, dataset, validated, **how), parts
    if intake.validation is not None:
        rows, validation = np.arange(len(dataset.examples)), intake.validation
    else:
        rows, validation = folds[0].train, dataset.examples.take(folds[0].validation)
    return prepare(intake.modality, dataset, rows, validation, **how), ()


def read_options(config: JobConfig) -> ReadOptions:
    """Return how the data is to be read."""
    return ReadOptions(
        target=config.target,
        task=config.task,
        id_column=config.id_column,
        time_column=config.time_column,
        group_column=config.group_column,
        weight_column=config.weight_column,
        compared=(*config.protected, *filter(None, (config.coverage_by,))),
        hidden=() if config.keep_protected else config.protected,
        keep=config.keep,
        drop=config.drop,
        header=config.header,
        lookback=config.lookback,
        tokenizer=config.tokenizer,
        horizon=config.horizon,
        image_size=config.image_size,
        frames=config.frames,
        user_column=config.user_column,
        item_column=config.item_column,
        user_table=config.user_table,
        item_table=config.item_table,
        split_by=config.split_by,
        pretrained=pretrained_of(config),
    )


def pretrained_of(config: JobConfig) -> Pretrained | None:
    """Return the network that the job starts from, or None."""
    if config.pretrained is None:
        return None
    return Pretrained(name=config.pretrained, values=config.pixel_values)


def _tell(story: str, notes: Sequence[str], note: Callable[[str], None]) -> None:
    note(story)
    for text in notes:
        note(f"Warning: {text}" if warnings_of((text,)) else text)


def _with_cache(source: Source, folder: Path | None) -> Source:
    if folder is None:
        return source
    from automl.data.cache import ArrayCache

    return replace(source, cache=ArrayCache(folder))


def _validation(
    config: JobConfig, modality: Modality, dataset: Dataset, like: Source
) -> tuple[Examples | None, tuple[str, ...]]:
    from automl.data.unseen import classes_of, with_known_labels

    given = like.validation if config.validation is None else open_source(config.validation)
    if given is None:
        return None, ()
    source = replace(given, cache=like.cache, phases=like.phases)
    with source.phases.phase(f"reading {source.name}"):
        examples, notes = modality.read_again(source, dataset.schema, targets=True)
    lacking = [name for name in dataset.examples.compared if name not in examples.compared]
    if lacking:
        raise DataError(
            f"{source.name} lacks the column {lacking[0]!r}, by which rows are compared. Add it."
        )
    examples, left_out = with_known_labels(examples, classes_of(dataset), source.name)
    return examples, (*(said_of(source.name, note) for note in notes), *left_out)
