"""Recordings to be transcribed, of any length: long ones are cut where it is quiet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.notes import Note
from automl.data.kinds.kind import Place
from automl.data.many_files import in_parallel, judged
from automl.data.sound_form import SoundForm, notes_of_rate
from automl.data.sounds import UNREADABLE, fit_length, read_heads, read_whole

SEARCHED = 0.4
"""Share of a window, at its end, in which a quiet place is looked for."""

QUIET_SECONDS = 0.2
"""How long it must be quiet, so that a cut falls between words and not within a stop consonant."""


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Parts of recordings, in the order of the files and of the time.

    Attributes:
        sounds: ``(n, samples) float32``, NaN behind the end of each.
        files: position of the file of each ``(n,) int64``.
        begins: seconds from the beginning of the file ``(n,) float64``.
        ends: the same of the end.
        notes: what a user should know.
    """

    sounds: np.ndarray
    files: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    notes: tuple[str, ...]


def read_windows(paths: Sequence[Path], form: SoundForm, place: Place) -> Windows:
    """Read recordings as windows that a model has room for.

    Raises:
        DataError: more than 5 % of the files are unreadable.
    """

    def read(path: Any) -> np.ndarray | str:
        try:
            return read_whole(path, form.rate)
        except UNREADABLE as error:
            return f"{path.name}: {error}"

    with place.phases.phase("decoding sounds", len(paths), unit="sounds") as phase:
        found = in_parallel(read, paths, phase)
    faults = [item if isinstance(item, str) else "" for item in found]
    notes = [
        *judged(faults, len(paths), f"sounds of {place.where}", doing="are left out", done="were left out"),
        *notes_of_rate(read_heads(paths, place.cache, place.phases), form),
    ]
    whole = [(file, sound) for file, sound in enumerate(found) if not isinstance(sound, str)]
    parts = [(file, sound, cut) for file, sound in whole for cut in cuts(sound, form)]
    several = len({file for file, sound in whole if len(sound) > form.samples})
    if several:
        said = f"{several} of {len(paths)} recordings are longer than {form.seconds:.1f} s"
        cut = f"{said} and were cut where it is quiet: {len(parts)} parts in all, a row for each."
        notes.append(Note(cut, several / len(paths)))
    bounds = np.array([cut for _, _, cut in parts], np.float64).reshape(-1, 2) / form.rate
    rows = [fit_length(sound[first:last], form.samples) for _, sound, (first, last) in parts]
    return Windows(
        sounds=np.stack(rows) if rows else np.zeros((0, form.samples), np.float32),
        files=np.array([file for file, _, _ in parts], np.int64),
        begins=bounds[:, 0].round(3),
        ends=bounds[:, 1].round(3),
        notes=tuple(notes),
    )


def cuts(sound: np.ndarray, form: SoundForm) -> list[tuple[int, int]]:
    """Return where parts of a sound ``(s,)`` begin and end: all of it where there is room."""
    parts, first = [], 0
    width = max(1, round(QUIET_SECONDS * form.rate))
    while len(sound) - first > form.samples:
        low, high = first + round((1 - SEARCHED) * form.samples), first + form.samples
        power = np.square(sound[low:high].astype(np.float64))
        total = np.concatenate([[0.0], np.cumsum(power)])
        span = min(width, len(power))
        quietest = int(np.argmin(total[span:] - total[:-span]))
        last = max(first + 1, low + quietest + span // 2)
        parts.append((first, last))
        first = last
    return [*parts, (first, len(sound))]
