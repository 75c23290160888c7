"""Decoding of sound files: each once, in parallel, into one array of one length, which a cache may keep.

A clip is float32 of -1 to 1 with NaN behind its end, so that its true length is known to everything behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.optional import require
from automl.core.phases import Phases
from automl.data.cache import ArrayCache
from automl.data.decoded import Decoding, heads_of, why
from automl.data.sound_form import SoundForm, SoundHeads, choose_form, notes_of_form

UNREADABLE = (OSError, RuntimeError, ValueError, TypeError, MemoryError)
"""What reading raises for files that are cut off, garbled or no sounds; soundfile raises RuntimeErrors."""

READING = "sounds 1"
"""Version of how files become samples; what was kept under another one is not taken up."""


@dataclass(frozen=True, kw_only=True)
class Sounds:
    """Decoded sounds.

    Attributes:
        samples: ``(n, samples) float32`` of all files, NaN behind the end of each, and throughout where
            there is none.
        notes: what a user should know of the files.
    """

    samples: np.ndarray
    notes: tuple[str, ...]


def learn_sounds(
    paths: Sequence[Path | None],
    where: str,
    cache: ArrayCache | None,
    phases: Phases,
    choose: Callable[[SoundHeads, Sequence[Path]], SoundForm] = choose_form,
) -> tuple[Sounds, SoundForm]:
    """Read the sounds of the training data and choose their form.

    Args:
        paths: the files; None for a gap.
        where: what messages call their source.
        cache: keeps what was read, or None.
        phases: is told how far reading is.
        choose: chooses the form, of what the heads say and of all files.

    Raises:
        DataError: none is readable, or too many are not.
        MissingDependencyError: the library that reads sounds is not installed.
        TimeUpError: the deadline of the phases has passed.
    """
    named = [path for path in paths if path is not None]
    heads = read_heads(named, cache, phases)
    form = choose(heads, named)
    sounds = decode(paths, form, where, cache, phases)
    count = len(heads.seconds)
    told = f"{count} sounds were read as {form.text} ({_lengths(heads)})."
    return Sounds(samples=sounds.samples, notes=(*sounds.notes, *notes_of_form(heads, form), told)), form


def read_sounds(
    paths: Sequence[Path | None], form: SoundForm, where: str, cache: ArrayCache | None, phases: Phases
) -> Sounds:
    """Read other sounds to the form of training; see ``learn_sounds`` for arguments and errors."""
    heads = read_heads([path for path in paths if path is not None], cache, phases)
    sounds = decode(paths, form, where, cache, phases)
    return Sounds(samples=sounds.samples, notes=(*sounds.notes, *notes_of_form(heads, form)))


def read_heads(paths: Sequence[Path], cache: ArrayCache | None, phases: Phases) -> SoundHeads:
    """Read the heads of files; unreadable ones have no say."""
    found = _heads(paths, cache, phases)
    known = np.asarray(found[(found > 0).all(axis=1)])
    return SoundHeads(seconds=known[:, 0] / known[:, 1], rates=known[:, 1], channels=known[:, 2])


def seconds_of(paths: Sequence[Path], cache: ArrayCache | None, phases: Phases) -> np.ndarray:
    """Return how long each file is as its head says ``(n,) float64``, 0 for an unreadable one."""
    found = _heads(paths, cache, phases)
    return np.asarray(found[:, 0] / np.maximum(found[:, 1], 1))


def _heads(paths: Sequence[Path], cache: ArrayCache | None, phases: Phases) -> np.ndarray:
    """Samples, rate and channels of each file ``(n, 3) int64``, 0 for an unreadable one."""
    library: Any = require("soundfile", extra="audio", purpose="to read sounds")

    def head(path: Any) -> tuple[int, int, int]:
        try:
            info = library.info(str(path))
        except UNREADABLE:
            return 0, 0, 0
        return info.frames, info.samplerate, info.channels

    return heads_of(
        paths, head, words="sounds", form=(3, np.int64), key=(READING,), cache=cache, phases=phases
    )


def decode(
    paths: Sequence[Path | None], form: SoundForm, where: str, cache: ArrayCache | None, phases: Phases
) -> Sounds:
    """Decode files in parallel threads.

    Channels are averaged, other rates resampled; see ``fit_length`` for lengths.

    Raises:
        DataError: more than 5 % are unreadable.
    """
    decoding = Decoding(
        words="sounds",
        shape=(form.samples,),
        dtype=np.float32,
        read=lambda path: read_sound(path, form),
        unreadable=UNREADABLE,
        key=(READING, *astuple(form)),
        empty=np.nan,
        reason=_reason,
        files="sound files",
    )
    found = decoding.rows(paths, where, cache, phases)
    return Sounds(samples=found.rows, notes=found.notes)


def read_sound(path: Path, form: SoundForm) -> np.ndarray:
    """Decode one file to ``(samples,) float32``.

    Raises one of ``UNREADABLE`` when it cannot.
    """
    return fit_length(read_whole(path, form.rate), form.samples)


def read_whole(path: Path, wanted: int) -> np.ndarray:
    """Decode one file at a rate in Hz, all of it ``(s,) float32``.

    Raises one of ``UNREADABLE`` when it cannot.
    """
    library: Any = require("soundfile", extra="audio", purpose="to read sounds")
    values, rate = library.read(str(path), dtype="float32", always_2d=True)
    if not len(values):
        raise ValueError("it holds no samples")
    if not np.isfinite(values).all():
        raise ValueError("it holds NaN or infinite samples")
    return resampled(values.mean(axis=1), rate, wanted)


def resampled(sound: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """Return a sound ``(s,) float32`` of one rate at another one; both in Hz."""
    if rate == wanted:
        return sound
    library: Any = require("soxr", extra="audio", purpose="to bring sounds to another rate")
    changed: np.ndarray = library.resample(sound, rate, wanted)
    return changed


def fit_length(sound: np.ndarray, samples: int) -> np.ndarray:
    """Return the middle of a longer sound ``(s,)``; NaN is put behind a shorter one."""
    first = max(0, len(sound) - samples) // 2
    kept = sound[first : first + samples].astype(np.float32)
    return np.pad(kept, (0, samples - len(kept)), constant_values=np.nan)


def _reason(error: Exception) -> str:
    # soundfile puts the file's whole name before what is wrong
    return why(error).rpartition(": ")[2].rstrip(".") or type(error).__name__


def _lengths(heads: SoundHeads) -> str:
    shortest, longest = float(heads.seconds.min()), float(heads.seconds.max())
    return f"{shortest:.2f} to {longest:.2f} s long" if longest > shortest else f"{longest:.2f} s long"
