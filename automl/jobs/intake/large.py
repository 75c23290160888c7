"""Tables that are too large to be read at once: which these are, and how they are read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from automl.core.notes import Note
from automl.core.sizes import size_text
from automl.data.catalog import KINDS, MODALITIES
from automl.data.columns import columns_of
from automl.data.inference import Choice, infer_modality
from automl.data.large.drawn import Drawn
from automl.data.large.sampling import TableSize, drawn_rows, size_of
from automl.data.large.text_file import NotInPartsError
from automl.data.modality import Dataset, Modality, ReadOptions, ReadsParts
from automl.data.source import Kept, Sampling, Source
from automl.jobs.config import JobConfig
from automl.jobs.intake.unread import refuse_unread
from automl.training.accelerator import host_memory

LARGE_SHARE = 1 / 16
"""Share of the machine's memory from which a table is sampled. Reading one at once takes several times its
size, in each process."""

SAMPLE_SHARE = 1 / 256
"""Share of the memory that the sample of a table is large, as its file counts."""

LEAST_ROWS, MOST_ROWS = 20_000, 2_000_000
"""Rows of a sample, unless something else is asked for."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Data that was read for training.

    Attributes:
        source: where it came from.
        choice: the modality, and why.
        modality: how it was read.
        dataset: the examples; of a large table those of its sample.
        drawn: what is known of the whole table where the examples are a sample; else None.
    """

    source: Source
    choice: Choice
    modality: Modality
    dataset: Dataset
    drawn: Drawn | None = None

    @property
    def total(self) -> int | None:
        """Rows of the table of which the examples are a sample; None where they are all."""
        return None if self.drawn is None else self.drawn.total

    def held_out(self, config: JobConfig) -> JobConfig:
        """Return the job as its examples are split: a part of a sample is held out, however small it is."""
        return config if self.drawn is None else replace(config, folds=1)


def read_data(config: JobConfig, source: Source, options: ReadOptions) -> Reading:
    """Read the data of a job; a sample of it where it is a table that is too large.

    What can only be read at once is, and the user is told so.

    Args:
        config: the job.
        source: its data.
        options: how it is to be read.

    Raises:
        DataError: it cannot be read.
    """
    size = size_of(source)
    rows = _rows(config, size)
    if size is None and rows is not None:
        told = Note(f"sample_rows has no effect: {source.name} is no CSV or Parquet file.")
        return _told(_read(config, source, options), told)
    if size is None or rows is None:
        return _read(config, source, options)
    obstacle = _obstacle(config)
    if not obstacle:
        sampling = Sampling(rows=rows, seed=config.seed, watched=config.target)
        try:
            reading = _read(config, replace(source, sampling=sampling), options)
            obstacle = _unfit(reading)
        except NotInPartsError as error:
            obstacle = str(error)
    if not obstacle:
        drawn = drawn_rows(reading.source, header=options.header)
        return replace(reading, drawn=None if drawn.is_whole else drawn)
    reading = _read(config, replace(source, kept=Kept()), options)
    large = f"{source.name} is large ({size_text(size.bytes)})"
    told = Note(f"{large} and still read at once, since {obstacle}.")
    return _told(reading, told)


def _told(reading: Reading, note: Note) -> Reading:
    return replace(reading, dataset=replace(reading.dataset, notes=(note, *reading.dataset.notes)))


def _read(config: JobConfig, source: Source, options: ReadOptions) -> Reading:
    choice = Choice(name=config.modality) if config.modality else infer_modality(source, options)
    modality = MODALITIES[choice.name]
    refuse_unread(options, modality, str(source.path or source.name))
    return Reading(source=source, choice=choice, modality=modality, dataset=modality.read(source, options))


def _rows(config: JobConfig, size: TableSize | None) -> int | None:
    """How many rows to draw; None for a table that is read at once."""
    if size is None or config.sample_rows is not None:
        return config.sample_rows or None
    memory = host_memory()
    if memory is None or size.bytes <= LARGE_SHARE * memory:
        return None
    rows = int(SAMPLE_SHARE * memory * size.rows / max(size.bytes, 1))
    return max(LEAST_ROWS, min(rows, MOST_ROWS))


def _obstacle(config: JobConfig) -> str:
    """What a job asks for that needs all rows at once; empty for nothing."""
    if config.modality and not isinstance(MODALITIES[config.modality], ReadsParts):
        return f"the modality {config.modality} reads no parts"
    asked = {
        "folds are asked for": (config.folds or 1) > 1,
        "a group column is named": config.group_column is not None,
        "a weight column is named": config.weight_column is not None,
        "a time column is named": config.time_column is not None,
        "an id column is named": config.id_column is not None,
        "a forecast is asked for": config.horizon is not None,
    }
    return next((reason for reason, holds in asked.items() if holds), "")


def _unfit(reading: Reading) -> str:
    """What of the data needs all rows at once; empty for nothing."""
    modality, dataset = reading.modality, reading.dataset
    columns = columns_of(dataset.schema)
    if not isinstance(modality, ReadsParts) or dataset.windows is not None or not columns:
        return f"it is read as {modality.name}"
    special = sorted({KINDS[item.kind].words for item in columns if not KINDS[item.kind].plain})
    return f"it has columns of {special[0]}" if special else ""
