"""Short recordings of two words: ``lo`` is a low tone, ``hi`` a high one, with silence around each."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.data.sounds import RATE, tone, write

PITCH = {"lo": 150, "hi": 600}


def spoken(text: str, seed: int = 0) -> np.ndarray:
    """Say a text: a tone of .14 s for each word, .1 s of noise before, between and behind."""
    random = np.random.default_rng(seed)
    parts = []
    for word in text.split():
        parts += [_noise(0.1, random), tone(PITCH[word] * random.uniform(0.9, 1.1), 0.14, seed=seed)]
    return np.concatenate([*parts, _noise(0.1, random)])


def sentences(count: int, words: int = 3, seed: int = 0) -> list[str]:
    """So many texts of up to so many words."""
    random = np.random.default_rng(seed)
    return [" ".join(random.choice([*PITCH], random.integers(1, words + 1))) for _ in range(count)]


def recordings(folder: Path, texts: list[str], suffix: str = ".wav") -> list[str]:
    """Write a recording of each text; return their names."""
    names = [f"{place:03d}{suffix}" for place in range(len(texts))]
    for place, (name, text) in enumerate(zip(names, texts, strict=True)):
        write(folder / name, spoken(text, place))
    return names


def csv(root: Path, texts: list[str]) -> Path:
    """A table of paths and transcripts."""
    lines = ["path,transcript", *map(",".join, zip(recordings(root, texts), texts, strict=True))]
    return _written(root / "list.csv", lines)


def common_voice(root: Path, texts: list[str]) -> Path:
    """A table as Common Voice has it: tabs, no quoting, recordings in a folder ``clips`` beside it."""
    names = recordings(root / "clips", texts)
    rows = (f"id\t{name}\t{text}\t2" for name, text in zip(names, texts, strict=True))
    return _written(root / "train.tsv", ["client_id\tpath\tsentence\tup_votes", *rows])


def nemo(root: Path, texts: list[str]) -> Path:
    """JSON lines as NeMo has them."""
    names = recordings(root, texts)
    records = (
        {"audio_filepath": name, "text": text, "duration": 0.5}
        for name, text in zip(names, texts, strict=True)
    )
    return _written(root / "train_manifest.jsonl", list(map(json.dumps, records)))


def librispeech(root: Path, texts: list[str]) -> Path:
    """Folders of a few speakers, with their transcripts beside the recordings."""
    for speaker in range(4):
        folder, own = root / str(speaker) / "7", range(speaker, len(texts), 4)
        lines = []
        for place in own:
            write(folder / f"{speaker}-7-{place:04d}.flac", spoken(texts[place], place))
            lines.append(f"{speaker}-7-{place:04d} {texts[place]}")
        _written(folder / f"{speaker}-7.trans.txt", lines)
    return root


def _noise(seconds: float, random: np.random.Generator) -> np.ndarray:
    return random.normal(scale=0.02, size=round(seconds * RATE)).astype(np.float32)


def _written(path: Path, lines: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path
