"""Short tones, low or high."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

RATE = 2_000
PITCHES = (150, 600)


def tone(pitch: float, seconds: float, rate: int = RATE, seed: int = 0) -> np.ndarray:
    """A tone in noise ``(samples,) float32``."""
    time = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(seed).normal(scale=0.02, size=len(time))
    return (0.4 * np.sin(2 * np.pi * pitch * time) + noise).astype(np.float32)


def write(path: Path, sound: np.ndarray, rate: int = RATE, **form: str) -> Path:
    """Write a sound, by default as 16 bits; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate, **form)
    return path


def tones(folder: Path, count: int = 12) -> list[str]:
    """Write low and high tones in turn; return their names."""
    names = [f"{place}.wav" for place in range(count)]
    for place, name in enumerate(names):
        write(folder / name, tone(PITCHES[place % 2], 0.2, seed=place))
    return names


def class_folders(root: Path, count: int = 8) -> Path:
    """Write tones of unequal length into the folders ``low`` and ``high``."""
    for pitch, name in zip(PITCHES, ("low", "high"), strict=True):
        for place in range(count):
            write(root / name / f"{place}.wav", tone(pitch, 0.2 + 0.02 * place, seed=place))
    return root
