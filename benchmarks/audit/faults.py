"""Faults that are planted in real data.

Symbols: n rows, m copies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SUFFIXES = (".jpg", ".png", ".pgm")
"""Of the images that copies are made of."""

COPIES = 30
"""Nearly equal images or texts that are planted."""

FLIPPED = 0.05
"""Share of labels that are made wrong."""

EACH = 8
"""Rows of one group."""

TREND = 1.5
"""Standard deviations by which columns and targets rise from the first to the last day."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Data with a fault.

    Attributes:
        data: a frame, or a folder of images.
        options: of the job.
        kind: of the finding that is to be told.
        where: what it has to name; empty where that does not matter.
        says: words that it has to hold.
    """

    data: Any
    kind: str
    where: str = ""
    says: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def copy(frame: pd.DataFrame, target: str, amounts: bool, random: np.random.Generator) -> Planted:
    """The target with noise: 2% of the classes wrong, or 5% of the spread of amounts."""
    if amounts:
        values = frame[target].to_numpy(float)
        made = values + random.normal(0, 0.05 * values.std(), len(values))
    else:
        codes = pd.factorize(frame[target])[0].astype(float)
        wrong = random.random(len(codes)) < 0.02
        made = np.where(wrong, random.permutation(codes), codes) + random.normal(0, 0.01, len(codes))
    return Planted(data=frame.assign(outcome=made), kind="leak", where="outcome")


def numbers(frame: pd.DataFrame, target: str, amounts: bool, random: np.random.Generator) -> Planted:
    """Row numbers of a file that was once sorted by its target."""
    ordered = frame.sort_values(target, kind="stable").assign(position=np.arange(1, len(frame) + 1))
    return Planted(data=_shuffled(ordered, random), kind="leak", where="position")


def flips(frame: pd.DataFrame, target: str, amounts: bool, random: np.random.Generator) -> Planted:
    """Labels exchanged for others."""
    labels = frame[target].to_numpy(object).copy()
    rows = random.permutation(len(labels))[: round(FLIPPED * len(labels))]
    known = pd.unique(frame[target])
    for row in rows:
        labels[row] = random.choice([item for item in known if item != labels[row]])
    return Planted(data=frame.assign(**{target: labels}), kind="labels", where="target", says="look wrong")


def grouped(frame: pd.DataFrame, target: str, amounts: bool, random: np.random.Generator) -> Planted:
    """Customers with several rows that hardly differ, and one target."""
    some = frame.sample(max(60, len(frame) // EACH), random_state=1)
    made = some.loc[some.index.repeat(EACH)].reset_index(drop=True)
    for name in made.columns.drop(target):
        changed = random.random(len(made)) < 0.1
        drawn = frame[name].to_numpy()[random.integers(0, len(frame), len(made))]
        if made[name].dtype.kind == "f":
            made[name] += random.normal(0, 0.1 * float(frame[name].std()), len(made))
        else:
            made[name] = made[name].where(~changed, drawn)
    customers = np.repeat(random.permutation(10 * len(some))[: len(some)], EACH)
    return Planted(data=_shuffled(made.assign(customer=customers), random), kind="groups", where="customer")


def drifting(frame: pd.DataFrame, target: str, amounts: bool, random: np.random.Generator) -> Planted:
    """Days on which columns of numbers have risen."""
    time = np.sort(random.random(len(frame)))
    made = _shuffled(frame, random)
    for name in [name for name in made.columns.drop(target) if made[name].dtype.kind in "if"][:3]:
        values = made[name].astype(float)
        made[name] = values + TREND * float(values.std()) * time
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta((time * 700).astype(int), unit="D")
    return Planted(data=_shuffled(made.assign(day=days), random), kind="time", where="day")


def near_texts(frame: pd.DataFrame, target: str, amounts: bool, random: np.random.Generator) -> Planted:
    """Texts again with a word left out, another case, an exclamation mark."""
    some = frame.sample(COPIES, random_state=2).copy()
    name = frame.columns.drop(target)[-1]
    some[name] = [_reworded(str(text), random) for text in some[name]]
    return Planted(data=_shuffled(pd.concat([frame, some]), random), kind="duplicates")


def marked_images(source: Path, folder: Path, random: np.random.Generator) -> Planted:
    """A label's corner, light grey and a tenth of a side high, on the images of one class, compressed."""
    import shutil

    from PIL import Image

    shutil.copytree(source, folder / "images", dirs_exist_ok=True)
    marked = sorted(path for path in (folder / "images").iterdir() if path.is_dir())[0]
    for file in [path for path in marked.rglob("*") if path.suffix.lower() in SUFFIXES]:
        picture = Image.open(file).convert("RGB")
        side = max(2, picture.height // 10)
        left, top = (int(random.integers(1, max(2, side))) for _ in range(2))
        picture.paste((240, 240, 240), (left, top, left + 2 * side, top + side))
        picture.save(file, quality=90)
    return Planted(data=folder / "images", kind="leak", where="images", says=repr(marked.name))


def near_images(source: Path, folder: Path, random: np.random.Generator) -> Planted:
    """Images again: compressed, turned by three degrees, brighter, smaller."""
    import shutil

    shutil.copytree(source, folder / "images", dirs_exist_ok=True)
    files = sorted(path for path in (folder / "images").rglob("*") if path.suffix.lower() in SUFFIXES)
    for number, at in enumerate(random.permutation(len(files))[:COPIES]):
        _changed(files[at], number, random)
    return Planted(data=folder / "images", kind="duplicates")


TABLES: Mapping[str, tuple[Callable[..., Planted], tuple[str, ...]]] = {
    "copy": (copy, ("adult", "magic_telescope", "letter", "california_housing", "abalone")),
    "numbers": (numbers, ("adult", "magic_telescope", "letter", "california_housing", "abalone")),
    "flips": (
        flips,
        ("mushroom", "spambase", "letter", "adult", "page_blocks", "chess_krkp", "ag_news", "sms_spam"),
    ),
    "groups": (grouped, ("adult", "magic_telescope", "credit_g", "california_housing", "abalone")),
    "drift": (drifting, ("adult", "magic_telescope", "credit_g", "california_housing", "abalone")),
    "texts": (near_texts, ("ag_news", "sst2", "sms_spam")),
}
"""Faults of frames, and the sets that each is planted in."""

IMAGES: Mapping[str, tuple[Callable[..., Planted], tuple[str, ...]]] = {
    "images": (near_images, ("cifar10_subset", "sign_digits", "orl_faces")),
    "marks": (marked_images, ("cifar10_subset", "sign_digits")),
}
"""Faults of folders of images, and the sets that each is planted in."""


def _shuffled(frame: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    return frame.iloc[random.permutation(len(frame))].reset_index(drop=True)


def _reworded(text: str, random: np.random.Generator) -> str:
    words = text.split()
    if len(words) > 4:
        del words[int(random.integers(len(words)))]
    return " ".join(words).title() + "!"


def _changed(file: Path, number: int, random: np.random.Generator) -> None:
    from PIL import Image, ImageEnhance

    picture = Image.open(file).convert("RGB")
    if number % 4 == 1:
        picture = picture.rotate(float(random.uniform(-3, 3)), Image.Resampling.BILINEAR)
    if number % 4 == 2:
        picture = ImageEnhance.Brightness(picture).enhance(1.2)
    if number % 4 == 3:
        picture = picture.resize([max(8, int(0.8 * side)) for side in picture.size])
    picture.save(file.with_name(f"{file.stem}_again{number}.jpg"), quality=60)
