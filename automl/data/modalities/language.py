"""The modality ``language``: running text, of which models learn what follows what.

The exported model takes one string per example, ``text``, and reads its last tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, cast, get_args

import numpy as np

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.notes import Note
from automl.core.optional import require
from automl.core.subwords import BYTES, first_merges, word_starts
from automl.core.targets import TARGET
from automl.core.tensors import Promised
from automl.core.text_windows import TextWindows
from automl.core.tokens import Tokens, begins_character
from automl.data.bids import ASKED, NO, Bid
from automl.data.modality import Dataset, Examples, Handling, Preprocessing, ReadOptions, WindowFacts
from automl.data.running_text import RunningText, read_running_text, reason_for_text
from automl.data.source import Source
from automl.metrics.metric import NATS_PER_TOKEN, PERPLEXITY
from automl.tasks.declared.language_model import LANGUAGE_MODEL

Unit = Literal["character", "byte"]

BPE = "bpe"
"""Tokenizer whose tokens are parts of words; windows are of bytes."""

TOKENIZERS = (*get_args(Unit), BPE)

SUBWORDS = "subwords"
"""Trait of texts that are read so, by which search spaces have a vocabulary to choose."""

VOCABULARIES = (500, 1000, 2000, 4000)
"""Sizes that are searched. Larger ones pay on larger texts than are searched in minutes: each token has a
vector, and a megabyte has few words often."""

CONTEXT = 128
"""Tokens of a window that are predicted, unless told otherwise: twice those of a small character model on a
processor (nanoGPT), as recurrent networks go on gaining from more. Of sub-words, bytes: four times as many
make a quarter of the steps, which cost 0.49 bits per character after four passes over 300 kB."""

LEAST_WINDOWS = 20
"""Windows that a text must hold; a short text has shorter ones."""

LEAST_CONTEXT = 8

MOST_CONTEXT_BYTES = 100_000
"""Of sub-words: the model numbers merges and places of a window together, in 32 bits."""

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
    reads: tuple[str, ...] = ("tokenizer", "lookback")

    def bid(self, source: Source, options: ReadOptions) -> Bid:
        """Bid for what the task says is running text, and for text files of which nothing is asked."""
        reason = reason_for_text(source, options)
        return Bid(strength=NO) if reason is None else Bid(strength=ASKED, reason=reason)

    def read(self, source: Source, options: ReadOptions) -> Dataset:
        """Read running text and lay windows over it, one after another."""
        _check(options)
        field = options.keep[0] if options.keep else ""
        found = read_running_text(source, field)
        cuts_words = options.tokenizer == BPE
        usual: Unit = "byte" if len(set(found.text)) > MOST_CHARACTERS else "character"
        unit = cast(Unit, "byte" if cuts_words else options.tokenizer or usual)
        whole = _units(found.text, unit)
        length = options.lookback or _usual_context(len(whole))
        windows = _windows_of_words(cast(bytes, whole), length) if cuts_words else _windows(whole, length)
        if len(windows) < LEAST_WINDOWS:
            raise DataError(
                f"{source.name} holds {len(whole)} {unit}s, which is {len(windows)} windows of {length}:"
                f" expected at least {LEAST_WINDOWS}. Give more text, or a shorter --lookback."
            )
        return Dataset(
            examples=Examples(
                inputs={"text": cast("np.ndarray", windows)},
                targets={TARGET: _counts(windows, length, cuts_words=cuts_words)},
            ),
            schema={
                "unit": unit,
                "subwords": cuts_words,
                "length": length,
                "field": found.field,
                "characters": "".join(sorted(set(found.text))),
            },
            task=LANGUAGE_MODEL.name,
            target_names=(f"next {'sub-word' if cuts_words else unit}",),
            notes=(*found.notes, *_note_on_bytes(unit, options)),
            columns=("text",),
            kinds={"text": f"text: {_told(found, 'sub-word' if cuts_words else unit)}"},
            windows=WindowFacts(
                lookback=length,
                horizon=length + 1,
                season=1,
                origins=windows.starts,
                targets=1,
                held_out=HELD_OUT,
                words=f"{length} {unit}s, each predicted from those before it",
            ),
            handling=Handling(
                examples_per_epoch=MOST_PER_EPOCH,
                example_seconds=TOKEN_SECONDS * length,
            ),
            traits=(SUBWORDS,) if cuts_words else (),
            apart=(NATS_PER_TOKEN.name, PERPLEXITY.name) if cuts_words else (),
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
        cuts_words = bool(schema.get("subwords"))
        windows = _windows_of_words(cast(bytes, whole), length) if cuts_words else _whole(whole, length)
        counts = {TARGET: _counts(windows, length, cuts_words=cuts_words)} if targets else None
        strange = () if cuts_words else _notes_on_unknown(found.text, schema["characters"], source.name)
        return Examples(
            inputs={"text": np.asarray(windows)}, targets=counts, keys={"start": windows.starts}
        ), (
            *found.notes,
            *strange,
        )

    def promises(self, dataset: Dataset) -> tuple[Promised, ...]:
        """The tokens, of each vocabulary."""
        count = len(VOCABULARIES) if dataset.schema["subwords"] else 1
        return (Promised(kind="stream", source="text"),) * count

    def fit(self, dataset: Dataset, rows: np.ndarray, seed: int) -> Preprocessing:
        """Learn the characters of the training part, or the parts of its words."""
        from automl.data.preprocessing.language import fit_language, fit_subwords

        streams, length = _streams(dataset, rows), int(dataset.schema["length"])
        if dataset.schema["subwords"]:
            return fit_subwords(streams, VOCABULARIES, length)
        return fit_language(streams["stream"], length)

    def facts(self, dataset: Dataset, rows: np.ndarray) -> Mapping[str, Any]:
        """The tokens, and how often each occurs in the training part."""
        streams, stretch = _streams(dataset, rows), _stretch(dataset, rows)
        shares = {name: _shares(tokens, stretch) for name, tokens in streams.items()}
        length = int(dataset.schema["length"])
        if dataset.schema["subwords"]:
            merges = max((tokens.merges for tokens in streams.values()), key=len)
            taken = {name: len(tokens.merges) for name, tokens in streams.items()}
            return {
                "unit": "subword",
                "merges": merges,
                "taken": taken,
                "length": length,
                "shares": shares,
            }
        (tokens,) = streams.values()
        return {
            "unit": tokens.unit,
            "known": tokens.known,
            "length": length,
            "shares": shares["stream"],
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
    if options.tokenizer is not None and options.tokenizer not in TOKENIZERS:
        known = suggest(options.tokenizer, TOKENIZERS)
        raise ConfigError(f"Unknown tokenizer {options.tokenizer!r}. {known}")
    if options.lookback is not None and options.lookback < LEAST_CONTEXT:
        raise ConfigError(
            f"Expected a look-back of at least {LEAST_CONTEXT} tokens, got {options.lookback}."
        )
    if options.tokenizer == BPE:
        require("tokenizers", extra="text", purpose="to learn sub-word tokens")
    if options.tokenizer == BPE and (options.lookback or 0) > MOST_CONTEXT_BYTES:
        raise ConfigError(
            f"Expected a look-back of at most {MOST_CONTEXT_BYTES:,} bytes with --tokenizer {BPE},"
            f" got {options.lookback:,}."
        )


def _usual_context(units: int) -> int:
    """Units of a window: fewer where the text is short."""
    return int(np.clip(units // (5 * LEAST_WINDOWS), LEAST_CONTEXT, CONTEXT))


def _windows(whole: str | bytes, length: int) -> TextWindows:
    """Windows of a text one after another, the last unit of each being the first of the next."""
    return TextWindows(whole, np.arange(0, len(whole) - length, length, dtype=np.int64), length + 1)


def _whole(whole: str | bytes, length: int) -> TextWindows:
    """Windows that cover a text; the last one begins where it has its whole length."""
    last = max(len(whole) - length - 1, 0)
    starts = np.append(np.arange(0, last, length, dtype=np.int64), last)
    return TextWindows(whole, starts, min(length + 1, len(whole)))


def _windows_of_words(whole: bytes, length: int) -> TextWindows:
    """Windows that cover a text and end with words, the last byte of each being the first of the next.

    A word that is longer than a window is cut between characters.
    """
    words = np.flatnonzero(word_starts(whole))
    ends = [1]
    while ends[-1] < len(whole):
        last = min(ends[-1] + length, len(whole))
        place = int(words[np.searchsorted(words, last, side="right") - 1]) if last < len(whole) else last
        ends.append(place if place > ends[-1] else _between_characters(whole, last))
    pairs = np.array([*pairwise(ends)], np.int64).reshape(-1, 2)
    return TextWindows(whole, pairs[:, 0] - 1, length + 1, pairs[:, 1])


def _between_characters(whole: bytes, place: int) -> int:
    """The last place up to another one that is not within a character."""
    while place < len(whole) and not begins_character(whole[place : place + 1])[0]:
        place -= 1
    return place


def _units(text: str, unit: Unit) -> str | bytes:
    return text.encode("utf-8", "replace") if unit == "byte" else text


def _counts(windows: TextWindows, length: int, *, cuts_words: bool) -> np.ndarray:
    """Of each window: tokens at its beginning that another one counts, those that it counts itself, and
    the characters that these stand for ``(n, 3) float32``.

    Args:
        windows: of a text.
        length: L; a window has a unit more, but for one that is the whole of a short text.
        cuts_words: tokens are parts of words; their number is not known (NaN) before they are learned.
    """
    starts, ends = windows.starts, windows.stops
    firsts = np.maximum(np.concatenate([[1], ends[:-1]]), starts + 1)
    tokens = ends - firsts
    characters = tokens
    if isinstance(windows.text, bytes):
        before = np.concatenate([[0], np.cumsum(begins_character(windows.text))])
        characters = before[ends] - before[firsts]
    own = np.full(len(starts), np.nan) if cuts_words else tokens
    return np.stack([firsts - starts - 1, own, characters], axis=1).astype(np.float32)


def _stretch(dataset: Dataset, rows: np.ndarray) -> str | bytes:
    """The text that some windows cover, from the first to the last."""
    texts = cast(TextWindows, dataset.examples.inputs["text"]).take(rows)
    return texts.text[int(texts.starts.min()) : int(texts.stops.max())]


def _streams(dataset: Dataset, rows: np.ndarray) -> dict[str, Tokens]:
    """How text becomes tokens, by the name of the tensor; learned from the training part alone."""
    stretch = _stretch(dataset, rows)
    if dataset.schema["subwords"]:
        from automl.data.preprocessing.merges import MOST_BYTES, learn_merges

        merges = learn_merges(cast(bytes, stretch)[:MOST_BYTES], max(VOCABULARIES) - BYTES)
        return {
            f"stream_{size}": Tokens(unit="subword", merges=first_merges(merges, size))
            for size in VOCABULARIES
        }
    if dataset.schema["unit"] == "byte":
        return {"stream": Tokens(unit="byte")}
    return {"stream": Tokens(unit="character", known="".join(sorted(set(cast(str, stretch)))))}


def _shares(tokens: Tokens, text: str | bytes) -> list[float]:
    counts = np.bincount(tokens.encode(text), minlength=tokens.size).astype(float)
    counts[1:] += 1.0  # what was never seen is not impossible
    return [float(share) for share in counts / counts.sum()]


def _told(found: RunningText, unit: str) -> str:
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
