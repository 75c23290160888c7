"""Recordings with transcripts, as lists of them say; no sound is opened yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automl.data.image_files import path_of
from automl.data.parts import UNNAMED

TEXTS = ("sentence", "transcript", "transcription", "text", "normalized_text")
"""Names that a column or field of transcripts has, where the user names none."""

SURE_TEXTS = TEXTS[:3]
"""Those that tell by themselves that something is spoken; a ``text`` may be anything."""

CLIPS = "clips"
"""Folder beside the tables of Common Voice in which its recordings lie."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One recording.

    Attributes:
        path: of the sound.
        name: as the list has it, or relative to the folder.
        text: what is said in it, cleaned; empty where nothing is told.
        speaker: who says it, or what else is to stay on one side of a split; empty where nothing is told.
        part: see ``automl.data.parts``.
    """

    path: Path
    name: str
    text: str = ""
    speaker: str = ""
    part: str = UNNAMED


@dataclass(frozen=True, kw_only=True)
class Recordings:
    """What the lists of a source say.

    Attributes:
        items: in their order.
        where: what messages call the source.
        kept: what reading other lists needs (JSON).
        counts: what was found that a user should know, each with how often.
        notes: what else a user should know.
    """

    items: tuple[Recording, ...]
    where: str
    kept: Mapping[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()


def sound_of(folder: Path, cell: str) -> Path:
    """Return the file that a cell names, from the folder of its list or from ``clips`` in there."""
    path = path_of(folder, cell)
    beside = folder / CLIPS / cell
    return beside if not path.exists() and beside.exists() else path
