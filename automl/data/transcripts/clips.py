"""Recordings that can be learned from: which are left out and why, what the others are brought to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.core.transcripts import steps_needed
from automl.data.kinds.kind import Place
from automl.data.sound_form import SoundForm, choose_whole
from automl.data.sounds import Sounds, learn_sounds, read_sounds, seconds_of
from automl.data.transcripts.recordings import Recording, Recordings

LONGEST = 20.0
"""Seconds of a recording that is learned from at most, as is usual for CTC on LibriSpeech: costs grow with
the longest, and what is said in a part of a recording is not known."""

FASTEST = 40.0
"""Steps of a second that a transcript may need: twice what fast speech does, about 20 letters a second."""

SPARE = 1.25
"""More steps than the fastest needs: sounds are played faster in training, and frames are whole numbers."""


@dataclass(frozen=True, kw_only=True)
class Clips:
    """Recordings in memory, with what is said in them.

    Attributes:
        items: the readable ones that fit.
        sounds: ``(n, samples) float32``, NaN behind the end of each.
        seconds: how long each is ``(n,) float64``.
        form: what they were brought to.
        notes: what a user should know.
    """

    items: tuple[Recording, ...]
    sounds: np.ndarray
    seconds: np.ndarray
    form: SoundForm
    notes: tuple[str, ...]

    @property
    def step_ms(self) -> float:
        """Milliseconds of a step at most, so that every transcript has as many as it needs."""
        needed = [steps_needed(item.text) for item in self.items]
        fastest = max(
            (count / length for count, length in zip(needed, self.seconds, strict=True)), default=1.0
        )
        return 1000 / (SPARE * max(fastest, 1.0))


def learn_clips(recordings: Recordings, place: Place) -> Clips:
    """Read the recordings of training.

    Raises:
        DataError: none is left, or more than 5 % of those that are there cannot be read.
    """
    items, notes = _told(recordings)
    seconds = seconds_of([item.path for item in items], place.cache, place.phases)
    kept, left_out = _fitting(items, seconds, LONGEST)
    if not kept:
        said = " ".join((*notes, *left_out))
        raise DataError(f"{recordings.where}: no recording is left to learn from. {said}")
    paths = [item.path for item in kept]
    sounds, form = learn_sounds(paths, recordings.where, place.cache, place.phases, choose_whole)
    return _clips(kept, sounds, form, (*notes, *left_out))


def read_clips(recordings: Recordings, form: SoundForm, place: Place) -> Clips:
    """Read other recordings with their transcripts, to be scored: also those too short for them.

    Raises:
        DataError: none is left, or more than 5 % of those that are there cannot be read.
    """
    items, notes = _told(recordings)
    seconds = seconds_of([item.path for item in items], place.cache, place.phases)
    longest = form.seconds + 1 / form.rate
    kept = [item for item, length in zip(items, seconds, strict=True) if length <= longest]
    if len(kept) < len(items):
        lost = len(items) - len(kept)
        said = f"{lost} of {len(items)} recordings are longer than the {form.seconds:.1f} s of training"
        notes = (*notes, Note(f"{said} and were left out.", lost / len(items)))
    if not kept:
        raise DataError(f"{recordings.where}: no recording is left to score. {' '.join(notes)}")
    paths = [item.path for item in kept]
    sounds = read_sounds(paths, form, recordings.where, place.cache, place.phases)
    return _clips(kept, sounds, form, notes)


def _told(recordings: Recordings) -> tuple[list[Recording], tuple[str, ...]]:
    """Recordings that are there and have a transcript, and what to tell of the others."""
    whole = len(recordings.items)
    if not whole:
        raise DataError(f"{recordings.where} lists no recordings.")
    there = [item for item in recordings.items if item.path.is_file()]
    if not there:
        raise DataError(
            f"{recordings.where}: none of the {whole} recordings is there, the first is"
            f" {recordings.items[0].path.absolute()}. Relative paths start from the folder of the list,"
            " or from clips in there."
        )
    spoken = [item for item in there if item.text]
    notes = [
        Note(f"{count:,} {said}.", count / whole) for said, count in recordings.counts.items() if count
    ]
    for lost, said in (
        (whole - len(there), "recordings are not there"),
        (len(there) - len(spoken), "recordings have an empty transcript"),
    ):
        if lost:
            notes.append(Note(f"{lost:,} of {whole:,} {said} and were left out.", lost / whole))
    return spoken, (*recordings.notes, *notes)


def _fitting(
    items: Sequence[Recording], seconds: np.ndarray, longest: float
) -> tuple[list[Recording], tuple[Note, ...]]:
    """Recordings whose transcript can be learned, and notes; unreadable ones stay, to be told of later."""
    count = max(1, len(items))
    long = seconds > longest
    needed = np.array([steps_needed(item.text) for item in items], np.float64)
    fast = (seconds > 0) & ~long & (needed > FASTEST * seconds)
    notes = []
    for lost, said in (
        (int(long.sum()), f"recordings are longer than {longest:.0f} s"),
        (
            int(fast.sum()),
            f"recordings are too short for their transcript (over {FASTEST:.0f} letters a second)",
        ),
    ):
        if lost:
            notes.append(Note(f"{lost:,} of {len(items):,} {said} and were left out.", lost / count))
    kept = [item for item, left_out in zip(items, long | fast, strict=True) if not left_out]
    return kept, tuple(notes)


def _clips(items: Sequence[Recording], sounds: Sounds, form: SoundForm, notes: Sequence[str]) -> Clips:
    heard = np.flatnonzero(~np.isnan(sounds.samples[:, 0]))
    samples = sounds.samples if len(heard) == len(items) else sounds.samples[heard]
    seconds = np.array([(~np.isnan(row)).sum() / form.rate for row in samples])
    told = tuple(_left_out(note) for note in sounds.notes)
    return Clips(
        items=tuple(items[row] for row in heard.tolist()),
        sounds=samples,
        seconds=seconds,
        form=form,
        notes=(*notes, *told),
    )


def _left_out(note: str) -> str:
    """What is said of unreadable sounds: here they do not count as missing."""
    text = note.replace("they count as missing", "they were left out")
    return Note(text, note.share) if isinstance(note, Note) else text
