"""The modality ``audio``: class folders and tables of paths of sounds.

Every source becomes a table with one column of sounds, see ``automl.data.file_tables``. The exported model
takes ``(n, samples) float32`` at the job's rate, any number of samples, NaN behind the end of each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.data.file_groups import GroupWords
from automl.data.file_tables import FileTables
from automl.data.kinds.kind import Column
from automl.data.kinds.sound import SOUND, SOUND_FILES, form_of
from automl.data.modality import Handling
from automl.data.sounds import fit_length
from automl.data.source import PICTURE_SUFFIXES, SOUND_SUFFIXES, Source

GROUPS = GroupWords(
    one="speaker or recording",
    many="speakers or recordings",
    columns=frozenset(
        {"speaker", "talker", "singer", "recording", "source", "subject", "person", "patient", "group"}
    ),
)

FOLDS_BELOW = 5_000
"""Of fewer sounds none is left out of training: networks of folds are averaged."""

SEEN, MOST_PASSES = 60_000, 60
"""Sounds that a trial sees at least, and passes that it makes for it."""

SECOND_SECONDS = 3e-3
"""Of one core, for a second of sound in a pass of training: 2.1 ms for 0.87 s at 8 kHz, measured."""


def _holds_sounds(source: Source) -> bool:
    """Whether there are more sounds than pictures below a folder."""
    suffixes = Counter(item.suffix.lower() for item in source.files)
    return sum(suffixes[name] for name in SOUND_SUFFIXES) > sum(suffixes[name] for name in PICTURE_SUFFIXES)


def _handling(column: Column) -> Handling:
    """How sounds of a length are handled."""
    return replace(
        SOUND.handling,
        folds_below=FOLDS_BELOW,
        least_examples=SEEN,
        most_epochs=MOST_PASSES,
        example_seconds=SECOND_SECONDS * form_of(column).seconds,
    )


def _in_memory(content: Any, column: Column) -> np.ndarray:
    """Sounds in memory ``(n, any)`` or ``(any,)`` at the job's rate."""
    values = np.atleast_2d(np.asarray(content))
    form = form_of(column)
    if values.ndim != 2 or values.dtype.kind != "f":
        raise DataError(
            f"Expected sounds as an array (n, samples) of decimal numbers from -1 to 1 at {form.rate:,} "
            f"Hz, got shape {values.shape} of {values.dtype}."
        )
    lengths = np.where(np.isnan(values), 0, np.arange(1, values.shape[1] + 1)).max(axis=1, initial=0)
    return np.stack(
        [fit_length(row[:length], form.samples) for row, length in zip(values, lengths, strict=True)]
    )


AUDIO = FileTables(
    name="audio",
    kind=SOUND,
    files=SOUND_FILES,
    holds=_holds_sounds,
    present=lambda sounds: ~np.isnan(sounds[:, 0]),
    handling=_handling,
    in_memory=_in_memory,
    not_learned="the rate of sounds in memory is not known",
    groups=GROUPS,
)
"""Sounds, brought to one rate and one channel when they are read.

Raw examples are one input ``sound`` ``(n, samples) float32``, NaN behind the end of each.
"""
