"""What is learned from: where the data is, and how it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from automl.core.errors import ConfigError
from automl.jobs.options.option import OptionGroup, option


@dataclass(frozen=True, kw_only=True)
class DataOptions(OptionGroup):
    """The data and its columns."""

    data: str | None = option(
        None, "file, folder, address or sklearn:NAME; null when it was given in memory", path="file"
    )
    target: tuple[str, ...] = option(
        (),
        "target column; several for multi-label, joint tasks, several outputs or series",
        metavar="COL",
        column=True,
    )
    modality: str | None = option(
        None,
        "tabular, image, scene, text, pairs, series, audio, speech, video, mixed, language, interactions; "
        "default: inferred",
        metavar="M",
    )
    task: str | None = option(
        None,
        "binary, multiclass, multilabel, regression, joint, forecasting, language_model, segmentation, "
        "detection, verification, transcription, anomaly, rating, ranking; default: inferred",
        metavar="T",
    )
    sample_rows: int | None = option(
        None,
        "rows of a CSV or Parquet file that trials train on, drawn at random; the best trials are then "
        "trained on all; 0: no sample; default: a sample of files larger than a sixteenth of the memory",
        metavar="N",
        least=0,
        most=10**9,
    )
    id_column: str | None = option(
        None, "column with the series id, for several series in one file", metavar="COL", column=True
    )
    weight_column: str | None = option(
        None,
        "column with the weight of each row of a table in the loss; rows of weight 0 are left out",
        metavar="COL",
        column=True,
    )
    keep: tuple[str, ...] = option(
        (),
        "column to use that would otherwise be dropped (an id, one value, unique texts)",
        metavar="COL",
        column=True,
    )
    drop: tuple[str, ...] = option((), "column to ignore", metavar="COL", column=True)
    horizon: int | None = option(None, "steps to forecast", metavar="H", most=10**6)
    lookback: int | None = option(
        None,
        "past steps that a forecast uses, tokens of a language model (bytes for bpe); default: from data",
        metavar="L",
        most=10**6,
    )
    tokenizer: str | None = option(
        None,
        "tokens: character, byte or bpe (parts of words) of a language model, character or word of speech; "
        "default: by the text",
        metavar="UNIT",
    )
    image_size: int | None = option(
        None, "resize to PX by PX; with masks, longest side", metavar="PX", most=10**4
    )
    frames: int | None = option(
        None, "frames to take of each video, evenly in time", metavar="N", most=10**4
    )
    user_column: str | None = option(
        None, "of ratings, the users; default: by its name", metavar="COL", column=True
    )
    item_column: str | None = option(
        None, "of ratings, the items; default: by its name", metavar="COL", column=True
    )
    user_table: str | None = option(
        None, "what is known of each user, a row each", metavar="FILE", path="file"
    )
    item_table: str | None = option(
        None, "what is known of each item, a row each", metavar="FILE", path="file"
    )
    header: bool = option(
        True,
        "first row of a table names the columns",
        off="the table has no header; its columns are called c0, c1, ...",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in sorted({*self.keep} & {*self.drop}):
            raise ConfigError(f"Column {name!r} is in both keep and drop: give only one.")


class DataArguments(TypedDict, total=False):
    """``DataOptions`` as Python takes them."""

    target: int | str | Sequence[int | str] | None
    modality: str | None
    task: str | None
    sample_rows: int | None
    id_column: str | None
    weight_column: str | None
    keep: str | Sequence[str]
    drop: str | Sequence[str]
    horizon: int | None
    lookback: int | None
    tokenizer: str | None
    image_size: int | None
    frames: int | None
    user_column: str | None
    item_column: str | None
    user_table: str | Path | None
    item_table: str | Path | None
    header: bool
