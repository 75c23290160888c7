"""Whom or what examples show, told by a job's model: galleries, names, and whether two are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from automl.core.errors import ConfigError, DataError, understood
from automl.core.notes import Note
from automl.core.targets import TARGET
from automl.data.modality import Examples
from automl.jobs.answers import Listener, listed, warn
from automl.jobs.folder import JobFolder
from automl.jobs.missing import read_made, refuse_missing
from automl.jobs.name_pairs import rows_of_pairs
from automl.tasks.gallery import Gallery, load_gallery, make_gallery
from automl.tasks.task import Recognises, Task

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Reader: TypeAlias = Callable[[object, bool], tuple[Examples, tuple[str, ...]]]
"""Reads data, with or without names, as the search did."""

USUAL_RATE = 0.01
"""False acceptance rate of pairs that a threshold is taken for where none is given."""

FEW = 10
"""Pairs of others above a threshold, in validation, below which it is a rough one."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether two examples show the same.

    Attributes:
        same: whether the score is above the threshold.
        score: cosine of the two vectors, from -1 to 1.
        threshold: above which they are taken for the same.
    """

    same: bool
    score: float
    threshold: float


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """What came of making a gallery.

    Attributes:
        path: of its file.
        gallery: what is in it.
        examples: of which it was made.
        note: what its threshold was chosen on.
    """

    path: Path
    gallery: Gallery
    examples: int
    note: str


def recognising(task: Task) -> Recognises:
    """Return a task that can name examples.

    Raises:
        ConfigError: it is another task.
    """
    if not isinstance(task, Recognises):
        raise ConfigError(
            f"The task {task.kind!r} compares no examples. Search with --task verification for one that"
            " does."
        )
    return task


@dataclass(frozen=True)
class Recogniser:
    """Names examples and compares them, with the model of a job.

    Args:
        task: of the job.
        files: of the job.
        read: reads data as the search did.
        predict: gives the vectors of examples, by name.
    """

    task: Recognises
    files: JobFolder
    read: Reader
    predict: Callable[[Examples], Mapping[str, np.ndarray]]

    def enroll(
        self,
        people: object,
        *,
        output: str | Path | None = None,
        far: float | None = None,
        threshold: float | None = None,
        told: Listener = warn,
    ) -> Enrolled:
        """Make a gallery: one vector for each name, and no pictures. One that is there is replaced.

        Args:
            people: what the search would read: a folder per name, or a table with a column of names.
            output: where it goes; into the job folder by default, where ``predict`` looks for it.
            far: false acceptance rate of pairs that the threshold is chosen for, 0.01 by default; 0.1 and
                0.001 were looked at as well.
            threshold: the threshold itself, instead.
            told: called with the notes of what was read; warns by default.

        Raises:
            ConfigError: no threshold was chosen for the rate.
            DataError: nothing is readable.
        """
        examples, notes = self.read(people, True)
        told(notes)
        limit, note = self._limit(far, threshold)
        names = [str(name) for name in (examples.targets or {})[TARGET]]
        if not names:
            raise DataError("There is nobody to enroll: no example with a name is left.")
        vectors = self.predict(examples)[TARGET]
        gallery = make_gallery(names, vectors, threshold=limit, model=self._digest)
        path = self.files.gallery if output is None else Path(output)
        if not path.absolute().parent.is_dir():
            raise ConfigError(f"Cannot write {path}: the folder {path.absolute().parent} does not exist.")
        gallery.save(path)
        return Enrolled(path=path, gallery=gallery, examples=len(names), note=note)

    def name(
        self, data: object, *, gallery: str | Path | None = None, told: Listener = warn
    ) -> pd.DataFrame:
        """Name examples by a gallery.

        Args:
            data: anything that a search reads; names are not needed.
            gallery: file of ``enroll``; that of the job folder by default.
            told: called with the notes of what was read; warns by default.

        Returns:
            one row per example: the columns that name it, ``prediction`` (a name, or ``unknown``),
            ``score`` (cosine with the nearest one in the gallery) and ``nearest`` (its name in any case).
        """
        import pandas as pd

        known = self.gallery(gallery)
        examples, notes = self.read(data, False)
        told(notes)
        return pd.DataFrame({**examples.keys, **self.task.recognise(self.predict(examples), known)})

    def gallery(self, path: str | Path | None = None) -> Gallery:
        """Open a gallery, that of the job folder by default.

        Raises:
            ConfigError: there is none, it is damaged, or another model has made it.
        """
        return load_gallery(self.files.gallery if path is None else Path(path), self._digest)

    def verify(
        self,
        first: object,
        second: object,
        *,
        far: float | None = None,
        threshold: float | None = None,
        told: Listener = warn,
    ) -> Verdict:
        """Say whether two examples show the same.

        Args:
            first: one example: an image file, or an array ``(1, height, width, channels)``.
            second: the other one.
            far: see ``enroll``.
            threshold: see ``enroll``.
            told: called with the notes of what was read; warns by default.

        Raises:
            DataError: one of them is not one example.
        """
        limit, _ = self._limit(far, threshold)
        vectors = [self._single(item, told) for item in (first, second)]
        score = float(vectors[0] @ vectors[1])
        return Verdict(same=score > limit, score=score, threshold=limit)

    def score_pairs(self, data: object, pairs: str | Path, *, told: Listener = warn) -> dict[str, Any]:
        """Score the pairs that a file names, as LFW's ``pairs.txt`` does.

        Args:
            data: a folder per name, or a table with a column of names; a number at the end of each file's
                name tells the examples of a name apart.
            pairs: the file: ``name 1 2`` for two examples of the same, ``name 1 other 2`` for others.
            told: called with the notes of what was read; warns by default.

        Returns:
            ``{"pairs": how many, "metrics": {name: value}}``, with ``notes`` and ``warnings``.
        """
        import numpy as np

        from automl.metrics.verification import scores_of_pairs

        examples, notes = self.read(data, True)
        names, files = (examples.targets or {})[TARGET], next(iter(examples.keys.values()))
        rows, same, left_out = rows_of_pairs(Path(pairs), names, files)
        said: tuple[str, ...] = notes
        if left_out:
            share = left_out / (left_out + len(rows))
            said += (Note(f"{left_out} pairs name images that are not there and were left out.", share),)
        told(said)
        vectors = np.asarray(self.predict(examples)[TARGET])
        score = np.einsum("ij,ij->i", vectors[rows[:, 0]], vectors[rows[:, 1]])
        return {"pairs": len(rows), "metrics": scores_of_pairs(same, score), **listed(said)}

    def _single(self, item: object, told: Listener) -> np.ndarray:
        examples, notes = self.read(item, False)
        told(notes)
        if len(examples) != 1:
            raise DataError(f"{item}: expected one example to compare, got {len(examples)}.")
        vector: np.ndarray = self.predict(examples)[TARGET][0]
        return vector

    def _limit(self, far: float | None, threshold: float | None) -> tuple[float, str]:
        """The threshold, and what it was chosen on."""
        if threshold is not None and far is not None:
            raise ConfigError("Give a threshold, or the rate that one is chosen for (far), and not both.")
        if threshold is not None:
            if not -1 <= threshold <= 1:
                raise ConfigError(f"threshold: expected a cosine from -1 to 1, got {threshold}.")
            return threshold, "The threshold is yours."
        rate = USUAL_RATE if far is None else far
        with understood(self.files.result):
            chosen = read_made(self.files.result)["operating"] or {"points": []}
            points = {float(item["far"]): item for item in chosen["points"]}
        if rate not in points:
            known = ", ".join(f"{item:g}" for item in points) or "none"
            raise ConfigError(
                f"far: no threshold was chosen for the rate {rate:g}, only for: {known}. Give a threshold."
            )
        others, tar = int(chosen["others"]), float(points[rate]["tar"])
        note = (
            f"Chosen on {others:,} validation pairs of others, {rate:.1%} of which score higher, as do"
            f" {tar:.1%} of {int(chosen['pairs']):,} pairs of the same."
        )
        if rate * others < FEW:
            note += " Warning: so few pairs tell that rate roughly."
        return float(points[rate]["threshold"]), note

    @cached_property
    def _digest(self) -> str:
        """Of the exported model."""
        refuse_missing(self.files.model)
        with self.files.model.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
