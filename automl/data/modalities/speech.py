"""The modality ``speech``: recordings with what is said in them.

Raw examples are one input ``sound`` ``(n, samples) float32`` at the job's rate, NaN behind the end of each,
with room for the longest recording of training. Targets are transcripts ``(n,)`` as texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.names import first_names
from automl.core.notes import Note
from automl.core.targets import TARGET
from automl.core.tensors import Promised
from automl.core.transcripts import Unit, different, usual_unit
from automl.data.bids import ASKED, NO, Bid
from automl.data.choice import refuse_choice
from automl.data.columns import place_of
from automl.data.modality import Dataset, Examples, Handling, Preprocessing, ReadOptions
from automl.data.parts import VALIDATION
from automl.data.sound_form import SoundForm
from automl.data.target_kinds.transcript import notes_on_strange
from automl.data.transcripts.clips import Clips, learn_clips, read_clips
from automl.data.transcripts.layouts import (
    layout_of,
    only_test,
    read_recordings,
    read_recordings_again,
    without_test,
)
from automl.data.transcripts.recordings import Recordings
from automl.data.transcripts.windows import read_windows
from automl.metrics.transcription import check_library
from automl.tasks.catalog import TASKS, task_of
from automl.tasks.declaration import TRANSCRIPT, TargetFacts

if TYPE_CHECKING:
    from automl.data.source import Source

INPUT = "sound"
"""The model's input."""

MOST_KNOWN_WORDS = 2_000
"""Words of which a text may be put together at most: memory of the decoding grows with their letters."""

SEEN, MOST_PASSES = 40_000, 150
"""Recordings that a trial hears at least, and passes that it makes for it at most."""

SECOND_SECONDS = 2.5e-3
"""Of one core, for a second of room in a pass of training of the default network: on JAX, 8 kHz."""


@dataclass(frozen=True)
class SpeechModality:
    """Recordings with transcripts, brought to one rate and one channel when they are read."""

    name: str = "speech"
    reads: tuple[str, ...] = ("tokenizer",)
    extra: str = "audio"

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for what the task says is spoken, and for lists of sounds with a column of transcripts."""
        if options.task is not None:
            return Bid(strength=ASKED if TASKS[options.task].targets == TRANSCRIPT else NO)
        layout = layout_of(source, options)
        said = f"Read as speech, since {source.name} is {layout}; --task and --modality read it otherwise."
        # other modalities cannot read such lists, so they are not to look at them
        return Bid(strength=ASKED, reason=said) if layout else Bid(strength=NO)

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read recordings with their transcripts.

        Raises:
            DataError: no transcripts, no recording that is there, more than 5 % of them unreadable.
            ConfigError: options that do not fit.
            MissingDependencyError: a library that reads sounds or compares texts is not installed.
        """
        check_library()
        _refuse_others(options)
        recordings = without_test(read_recordings(source, options))
        unit = _unit(recordings, options)
        clips = learn_clips(recordings, place_of(source))
        task = options.task or task_of(TargetFacts(kind=TRANSCRIPT))
        texts = [item.text for item in clips.items]
        return Dataset(
            examples=_examples(clips),
            schema={
                **clips.form.as_json(),
                "unit": unit,
                "step_ms": clips.step_ms,
                "known": different(texts, unit),
                "transcripts": dict(recordings.kept),
                "task": task,
            },
            task=task,
            target_names=("transcript",),
            notes=(*clips.notes, *_told(texts, unit, options)),
            columns=(INPUT,),
            kinds={INPUT: f"sounds: {clips.form.text}"},
            handling=Handling(
                examples_per_epoch=20_000,
                least_examples=SEEN,
                most_epochs=MOST_PASSES,
                example_seconds=SECOND_SECONDS * clips.form.seconds,
                cpu_backend="jax",
            ),
            validates=_validates(clips),
        )

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read other recordings to the form of ``schema``.

        With ``targets`` of a divided list the test part alone is read, where there is one. To be
        transcribed, recordings may be of any length: long ones become several examples.
        """
        form, place = SoundForm(rate=schema["rate"], samples=schema["samples"]), place_of(source)
        if source.kind == "arrays":
            return _of_arrays(source, form, targets=targets), ()
        recordings = read_recordings_again(source, schema["transcripts"], spoken=targets)
        if targets:
            clips = read_clips(only_test(recordings), form, place)
            texts = [item.text for item in clips.items]
            strange = notes_on_strange("These transcripts have", schema["known"], texts, schema["unit"])
            return _examples(clips), (*clips.notes, *strange)
        missing = [item for item in recordings.items if not item.path.is_file()]
        there = [item for item in recordings.items if item.path.is_file()]
        if not there:
            first = f", the first is {missing[0].path.absolute()}" if missing else ""
            raise DataError(f"{recordings.where}: no recording is there{first}.")
        notes = [*recordings.notes]
        if missing:
            share = len(missing) / len(recordings.items)
            notes.append(Note(f"{len(missing)} recordings are not there and were left out.", share))
        read = read_windows([item.path for item in there], form, place)
        names = np.array([there[file].name for file in read.files], dtype=object)
        keys = {"file": names, "start": read.begins, "end": read.ends}
        return Examples(inputs={INPUT: read.sounds}, keys=keys), (*notes, *read.notes)

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """The sound."""
        return (Promised(kind="sound", source=INPUT),)

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Nothing is fitted but the room for a recording."""
        from automl.data.preprocessing.speech import fit_speech

        schema = dataset.schema
        form = SoundForm(rate=schema["rate"], samples=schema["samples"])
        return fit_speech(INPUT, form, schema["step_ms"])

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """What texts are put together of."""
        return {"unit": dataset.schema["unit"]}


SPEECH = SpeechModality()


def _refuse_others(options: ReadOptions) -> None:
    refuse_choice(options, "recordings")
    for name in ("time_column", "id_column", "lookback", "horizon"):
        if getattr(options, name):
            raise ConfigError(f"{name} means nothing for recordings with transcripts: leave it out.")


def _examples(clips: Clips) -> Examples:
    speakers = np.array([item.speaker for item in clips.items], dtype=object)
    return Examples(
        inputs={INPUT: clips.sounds},
        targets={TARGET: np.array([item.text for item in clips.items], dtype=object)},
        groups=speakers if len(set(speakers.tolist())) > 1 else None,
        keys={
            "file": np.array([item.name for item in clips.items], dtype=object),
            "start": np.zeros(len(clips.items)),
            "end": clips.seconds.round(3),
        },
    )


def _validates(clips: Clips) -> np.ndarray | None:
    held = [item.part == VALIDATION for item in clips.items]
    return np.flatnonzero(held) if any(held) else None


def _unit(recordings: Recordings, options: ReadOptions) -> Unit:
    """What texts are put together of: as asked for, or what suits the transcripts."""
    if options.tokenizer is None:
        return usual_unit([item.text for item in recordings.items])
    if options.tokenizer not in get_args(Unit):
        known = suggest(options.tokenizer, get_args(Unit))
        raise ConfigError(f"Unknown tokenizer {options.tokenizer!r} for transcripts. {known}")
    unit = cast(Unit, options.tokenizer)
    words = len(different([item.text for item in recordings.items], unit)) if unit == "word" else 0
    if words > MOST_KNOWN_WORDS:
        raise ConfigError(
            f"{recordings.where}: --tokenizer word writes up to {MOST_KNOWN_WORDS:,} different words, and"
            f" the transcripts have {words:,}. Leave it out, to write any characters."
        )
    return unit


def _told(texts: Sequence[str], unit: Unit, options: ReadOptions) -> tuple[str, ...]:
    """What the transcripts are made of, and what follows from that."""
    words, characters = different(texts, "word"), different(texts, "character")
    notes = [
        f"Transcripts have {len(words):,} different words, of {len(characters)} characters:"
        f" {first_names(list(map(repr, characters)), 60)}."
    ]
    if unit == "word":
        why = "as asked for" if options.tokenizer else "as they are few and none is rare"
        notes.append(
            f"Only these words are written, {why}: {first_names(words, 12)};"
            " --tokenizer character writes any."
        )
    elif any(map(str.isupper, characters)) and any(map(str.islower, characters)):
        notes.append(
            "Upper and lower case differ, and punctuation is written, too: clean them out otherwise."
        )
    return tuple(notes)


def _of_arrays(source: Source, form: SoundForm, *, targets: bool) -> Examples:
    """Sounds in memory ``(n, any)`` or ``(any,)`` at the job's rate, to be transcribed."""
    if targets or isinstance(source.content, tuple):
        raise DataError(
            "Expected files of sounds with transcripts: a table of paths, JSON lines, a folder."
        )
    values = np.atleast_2d(np.asarray(source.content))
    if values.ndim != 2 or values.dtype.kind != "f":
        raise DataError(
            f"Expected sounds as an array (n, samples) of decimal numbers from -1 to 1 at {form.rate:,} Hz,"
            f" got shape {values.shape} of {values.dtype}."
        )
    if values.shape[1] > form.samples:
        raise DataError(
            f"Expected sounds of up to {form.seconds:.1f} s ({form.samples:,} samples at {form.rate:,} Hz),"
            f" got {values.shape[1]:,} samples. Write longer ones to files: those are cut where quiet."
        )
    room = ((0, 0), (0, form.samples - values.shape[1]))
    sounds = np.pad(values.astype(np.float32), room, constant_values=np.nan)
    rows = np.arange(len(values))
    return Examples(inputs={INPUT: sounds}, keys={"row": rows}, rows=rows)
