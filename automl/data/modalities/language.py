"""The modality ``language``: running text, of which models learn what follows what.

The exported model takes one string per example, ``text``, and reads its last tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.notes import Note
from automl.core.targets import TARGET
from automl.core.tensors import Promised
from automl.core.text_windows import TextWindows
from automl.core.tokens import Tokens, begins_character
from automl.data.bids import ASKED, NO, Bid
from automl.data.modality import Dataset, Examples, Handling, Preprocessing, ReadOptions, WindowFacts
from automl.data.running_text import RunningText, read_running_text, reason_for_text
from automl.data.source import Source
from automl.tasks.declared.language_model import LANGUAGE_MODEL

Unit = Literal["character", "byte"]

CONTEXT = 128
"""Tokens of a window that are predicted, unless told otherwise: twice those of a small character model on a
processor (nanoGPT), as recurrent networks go on gaining from more."""

LEAST_WINDOWS = 20
"""Windows that a text must hold; a short text has shorter ones."""

LEAST_CONTEXT = 8

MOST_CHARACTERS = 1_000
"""Different characters up to which each is a token; texts with more are read by their bytes."""

MOST_PER_EPOCH = 20_000
"""Windows of an epoch: of a longer text it is a part."""

HELD_OUT = 0.1
"""Share of the text, at its end, that validates."""

TOKEN_SECONDS = 5e-5
"""Of one core, for a token in a pass of training: a GRU of 256 units takes that on TensorFlow and on JAX; a
Transformer of 4 blocks of 128 features 1.2e-4 on TensorFlow and 2.3e-4 on JAX."""


@dataclass(frozen=True)
class Language:
    """The modality; see ``automl.data.modality.Modality``."""

    name: str = "language"

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for what the task says is running text, and for text files of which nothing is asked."""
        reason = reason_for_text(source, options)
        return Bid(strength=NO) if reason is None else Bid(strength=ASKED, reason=reason)

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read running text and lay windows over it, one after another."""
        _check(options)
        field = options.keep[0] if options.keep else ""
        found = read_running_text(source, field)
        usual: Unit = "byte" if len(set(found.text)) > MOST_CHARACTERS else "character"
        unit = cast(Unit, options.tokenizer or usual)
        whole = _units(found.text, unit)
        length = options.lookback or _usual_context(len(whole))
        starts = np.arange(0, len(whole) - length, length, dtype=np.int64)
        if len(starts) < LEAST_WINDOWS:
            raise DataError(
                f"{source.name} holds {len(whole)} {unit}s, which is {len(starts)} windows of {length}:"
                f" expected at least {LEAST_WINDOWS}. Give more text, or a shorter --lookback."
            )
        texts = cast("np.ndarray", TextWindows(whole, starts, length + 1))
        return Dataset(
            examples=Examples(
                inputs={"text": texts}, targets={TARGET: _counts(whole, starts, length, len(whole))}
            ),
            schema={
                "unit": unit,
                "length": length,
                "field": found.field,
                "characters": "".join(sorted(set(found.text))),
            },
            task=LANGUAGE_MODEL.name,
            target_names=(f"next {unit}",),
            notes=(*found.notes, *_note_on_bytes(unit, options)),
            columns=("text",),
            kinds={"text": f"text: {_told(found, unit)}"},
            windows=WindowFacts(
                lookback=length,
                horizon=length + 1,
                season=1,
                origins=starts,
                targets=1,
                held_out=HELD_OUT,
                words=f"{length} {unit}s, each predicted from those before it",
            ),
            handling=Handling(
                examples_per_epoch=MOST_PER_EPOCH,
                example_seconds=TOKEN_SECONDS * length,
            ),
        )

    def read_again(
        self, source: Source, schema: Mapping[str, Any], *, targets: bool
    ) -> tuple[Examples, tuple[str, ...]]:
        """Read another text: each of its tokens but the first counts once."""
        found = read_running_text(source, schema["field"])
        unit, length = cast(Unit, schema["unit"]), int(schema["length"])
        whole = _units(found.text, unit)
        if len(whole) < 2:
            raise DataError(f"{source.name} holds {len(whole)} {unit}: expected at least 2.")
        last = max(len(whole) - length - 1, 0)
        starts = np.append(np.arange(0, last, length, dtype=np.int64), last)
        size = min(length + 1, len(whole))
        texts = np.asarray(TextWindows(whole, starts, size))
        counts = {TARGET: _counts(whole, starts, length, len(whole))} if targets else None
        strange = _notes_on_unknown(found.text, schema["characters"], source.name)
        return Examples(inputs={"text": texts}, targets=counts, keys={"start": starts}), (
            *found.notes,
            *strange,
        )

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """The tokens."""
        return (Promised(kind="stream", source="text"),)

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Learn the characters of the training part."""
        from automl.data.preprocessing.language import fit_language

        return fit_language(_tokens(dataset, rows), int(dataset.schema["length"]))

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """The tokens, and how often each occurs in the training part."""
        tokens = _tokens(dataset, rows)
        counts = np.bincount(tokens.encode(_stretch(dataset, rows)), minlength=tokens.size).astype(float)
        counts[1:] += 1.0  # what was never seen is not impossible
        return {
            "unit": tokens.unit,
            "known": tokens.known,
            "length": int(dataset.schema["length"]),
            "shares": (counts / counts.sum()).tolist(),
        }


LANGUAGE = Language()


def _check(options: ReadOptions) -> None:
    if options.task is not None and options.task != LANGUAGE_MODEL.name:
        raise ConfigError(
            f"Running text has the task {LANGUAGE_MODEL.name!r}, got {options.task!r}. Leave out one of"
            " --modality and --task."
        )
    if options.target:
        raise ConfigError(
            f"A language model has no target column, got {', '.join(options.target)}. The text is its own"
            " target: leave out --target."
        )
    if options.tokenizer is not None and options.tokenizer not in get_args(Unit):
        known = suggest(options.tokenizer, get_args(Unit))
        raise ConfigError(f"Unknown tokenizer {options.tokenizer!r}. {known}")
    if options.lookback is not None and options.lookback < LEAST_CONTEXT:
        raise ConfigError(
            f"Expected a look-back of at least {LEAST_CONTEXT} tokens, got {options.lookback}."
        )


def _usual_context(units: int) -> int:
    """Tokens of a window: fewer where the text is short."""
    return int(np.clip(units // (5 * LEAST_WINDOWS), LEAST_CONTEXT, CONTEXT))


def _units(text: str, unit: Unit) -> str | bytes:
    return text.encode("utf-8", "replace") if unit == "byte" else text


def _counts(whole: str | bytes, starts: np.ndarray, length: int, total: int) -> np.ndarray:
    """Of each window: tokens at its beginning that another one counts, those that it counts itself, and
    the characters that these stand for ``(n, 3) float32``.

    Args:
        whole: the text in units.
        starts: of the windows ``(n,)``.
        length: L; a window has a token more, but for one that is the whole of a short text.
        total: units of the text.
    """
    ends = np.minimum(starts + length + 1, total)
    firsts = np.maximum(np.concatenate([[1], ends[:-1]]), starts + 1)
    tokens = ends - firsts
    characters = tokens
    if isinstance(whole, bytes):
        before = np.concatenate([[0], np.cumsum(begins_character(whole))])
        characters = before[ends] - before[firsts]
    return np.stack([firsts - starts - 1, tokens, characters], axis=1).astype(np.float32)


def _stretch(dataset: Dataset, rows: np.ndarray) -> str | bytes:
    """The text that some windows cover, from the first to the last."""
    texts = cast(TextWindows, dataset.examples.inputs["text"])
    starts = texts.starts[rows]
    return texts.text[int(starts.min()) : int(starts.max()) + texts.length]


def _tokens(dataset: Dataset, rows: np.ndarray) -> Tokens:
    unit = cast(Unit, dataset.schema["unit"])
    if unit == "byte":
        return Tokens(unit=unit)
    return Tokens(unit=unit, known="".join(sorted(set(cast(str, _stretch(dataset, rows))))))


def _told(found: RunningText, unit: Unit) -> str:
    """What was read, in words."""
    documents = f" in {found.documents:,} documents" if found.documents > 1 else ""
    different = len(set(found.text))
    return f"{len(found.text):,} characters{documents}, {different:,} different; tokens are {unit}s"


def _note_on_bytes(unit: Unit, options: ReadOptions) -> tuple[str, ...]:
    said = f"The text has more than {MOST_CHARACTERS:,} different characters: tokens are bytes of UTF-8."
    return (said,) if unit == "byte" and options.tokenizer is None else ()


def _notes_on_unknown(text: str, characters: str, name: str) -> tuple[Note, ...]:
    """Tell of characters of another text that the data of the search did not have."""
    strange = "".join(sorted(set(text) - set(characters)))
    if not strange:
        return ()
    count = sum(map(text.count, strange))
    said = f"{name}: {count:,} of {len(text):,} characters did not occur in the search: {strange[:20]!r}."
    return (Note(said, count / len(text)),)
