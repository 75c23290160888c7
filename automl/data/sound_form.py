"""The form that all sounds of a job are brought to: one rate, one channel, room for most clips."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.source import SOUND_SUFFIXES

HIGHEST_RATE = 16_000
"""Samples of a second at most: networks on 16 kHz tell sounds apart about as well as on 32 kHz (Kong et
al., 2020: a mean average precision of .427 and .431), and costs grow with the rate."""

LONGEST = 10.0
"""Seconds that are kept of a clip at most: as long as the clips of AudioSet (Gemmeke et al., 2017)."""

COVERED, NEARLY = 0.98, 1.25
"""Room is made for so large a share of the clips; for all where the longest is not much longer."""

MEMORY_LIMIT = 4 << 30
"""Bytes that the sounds of a job may take, as float32."""


@dataclass(frozen=True, kw_only=True)
class SoundForm:
    """What sounds are brought to.

    Attributes:
        rate: samples of a second.
        samples: that a clip has room for; of a longer one its middle is kept.
    """

    rate: int
    samples: int

    @property
    def seconds(self) -> float:
        """Length of that room."""
        return self.samples / self.rate

    @property
    def text(self) -> str:
        """For messages: ``8,000 Hz, mono, up to 0.92 s``."""
        return f"{self.rate:,} Hz, mono, up to {self.seconds:.2f} s"

    def as_json(self) -> dict[str, Any]:
        """Plain data, from which ``SoundForm(**data)`` restores it."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class SoundHeads:
    """What the heads of the readable files say.

    Attributes:
        seconds: length of each ``(n,) float64``.
        rates: samples of a second of each ``(n,) int64``.
        channels: of each ``(n,) int64``.
    """

    seconds: np.ndarray
    rates: np.ndarray
    channels: np.ndarray


def choose_form(heads: SoundHeads, paths: Sequence[Path]) -> SoundForm:
    """Choose the form of a job: the rate of most files, at most 16 kHz, and the length of nearly all.

    Args:
        heads: of the training files.
        paths: all files, unreadable ones too, for the message.

    Raises:
        DataError: no file is readable.
    """
    count, rate = len(heads.seconds), _rate(heads, paths)
    most, longest = float(np.quantile(heads.seconds, COVERED)), float(heads.seconds.max())
    wanted = longest if longest <= NEARLY * most else most
    affordable = MEMORY_LIMIT // (4 * count)
    samples = min(round(min(wanted, LONGEST) * rate), affordable)
    return SoundForm(rate=rate, samples=max(samples, 1))


def choose_whole(heads: SoundHeads, paths: Sequence[Path]) -> SoundForm:
    """As ``choose_form``, with room for the whole of every clip, whatever memory that takes."""
    rate = _rate(heads, paths)
    return SoundForm(rate=rate, samples=max(1, math.ceil(float(heads.seconds.max()) * rate)))


def notes_of_form(heads: SoundHeads, form: SoundForm) -> tuple[str, ...]:
    """What a user should know of how sounds are brought to a form."""
    count = max(1, len(heads.seconds))
    longer = int((heads.seconds * form.rate > form.samples + 1).sum())
    if not longer:
        return notes_of_rate(heads, form)
    said = f"{longer} of {count} sounds are longer than {form.seconds:.2f} s; of these the middle is used."
    return (*notes_of_rate(heads, form), Note(said, longer / count))


def notes_of_rate(heads: SoundHeads, form: SoundForm) -> tuple[str, ...]:
    """What a user should know of how sounds are brought to a rate and to one channel."""
    count = max(1, len(heads.seconds))
    others = heads.rates != form.rate
    several = int((heads.channels > 1).sum())
    notes = []
    if others.any():
        found = ", ".join(f"{rate:,} Hz" for rate in np.unique(heads.rates[others])[:3].tolist())
        notes.append(_note(int(others.sum()), count, f"were resampled to {form.rate:,} Hz ({found})"))
    if several:
        notes.append(_note(several, count, "have several channels, which were averaged"))
    return tuple(notes)


def _rate(heads: SoundHeads, paths: Sequence[Path]) -> int:
    """Of most files, at most ``HIGHEST_RATE``."""
    if not len(heads.rates):
        raise DataError(
            f"None of the {len(paths)} sound files is readable, the first is {paths[0]}. "
            f"Expected sounds in one of the formats {', '.join(SOUND_SUFFIXES)}."
        )
    rates, counts = np.unique(heads.rates, return_counts=True)
    return min(int(rates[counts.argmax()]), HIGHEST_RATE)


def _note(some: int, count: int, said: str) -> str:
    return f"{some} of {count} sounds {said}."
