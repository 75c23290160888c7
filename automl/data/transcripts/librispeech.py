"""Folders as LibriSpeech has them: ``SPEAKER-CHAPTER.trans.txt`` beside the sounds whose words it tells.

Each line is the name of a sound without its ending, a space, and what is said (Panayotov et al., 2015).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from automl.core.errors import DataError
from automl.core.transcripts import cleaned
from automl.data.class_folders import is_hidden
from automl.data.parts import UNNAMED, part_of_word
from automl.data.source import SOUND_SUFFIXES, Source
from automl.data.transcripts.recordings import Recording, Recordings

SUFFIX = ".trans.txt"


def recognises(source: Source) -> bool:
    """Whether a folder holds such files."""
    return source.kind == "folder" and any(item.name.endswith(SUFFIX) for item in source.files)


def read(source: Source) -> Recordings:
    """Read all such files below a folder.

    Raises:
        DataError: one is no text, or has a line without a name.
    """
    root = source.path or Path()
    shown = [item for item in source.files if not is_hidden(item, root)]
    sounds = {item.with_suffix(""): item for item in shown if item.suffix.lower() in SOUND_SUFFIXES}
    items: list[Recording] = []
    for file in shown:
        if file.name.endswith(SUFFIX):
            items += [_recording(file, name, text, sounds, root) for name, text in _lines(file)]
    told = {item.path for item in items}
    counts = Counter({"sounds have no transcript and were left out": len(set(sounds.values()) - told)})
    speakers = len({item.speaker for item in items})
    said = f"{speakers} speakers, by names up to the first -; each is on one side of a split."
    return Recordings(items=tuple(items), where=str(root), counts=counts, notes=(said,))


def _lines(file: Path) -> list[tuple[str, str]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(
            f"{file} is not UTF-8 text ({error}): expected a name and a transcript a line."
        ) from None
    pairs = [line.strip().partition(" ") for line in lines if line.strip()]
    return [(name, text) for name, _, text in pairs]


def _recording(file: Path, name: str, text: str, sounds: dict[Path, Path], root: Path) -> Recording:
    path = sounds.get(file.parent / name, file.parent / f"{name}.flac")
    return Recording(
        path=path,
        name=path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path),
        text=cleaned(text),
        speaker=name.partition("-")[0],
        part=_part(file, root),
    )


def _part(file: Path, root: Path) -> str:
    """Of folders such as ``train-clean-100`` below the root."""
    found = [part_of_word(folder.partition("-")[0]) for folder in file.relative_to(root).parts[:-1]]
    return next((part for part in found if part), UNNAMED)
