"""Which layout a source has, and which recordings it lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError, DataError
from automl.data.class_folders import any_files
from automl.data.kinds.sound import SOUND_FILES
from automl.data.modality import ReadOptions
from automl.data.parts import TEST
from automl.data.source import TABLES, Source
from automl.data.transcripts import librispeech, table
from automl.data.transcripts.recordings import TEXTS, Recording, Recordings


def layout_of(source: Source, options: ReadOptions) -> str:
    """Return what layout of transcripts a source has, in words; empty where it seems to have none."""
    if librispeech.recognises(source):
        return "a folder of transcripts (*.trans.txt) beside their sounds"
    if source.kind not in TABLES or not set(map(str.lower, options.target)) <= set(TEXTS):
        return ""
    frame, _ = table.frame_of(source, header=options.header)
    return "a table of sounds and transcripts" if table.recognises(frame, options.target) else ""


def read_recordings(source: Source, options: ReadOptions) -> Recordings:
    """Read the recordings of a source with their transcripts.

    Raises:
        DataError: there are none.
        ConfigError: several targets.
    """
    if len(options.target) > 1:
        raise ConfigError(f"Expected one column of transcripts, got {', '.join(options.target)}.")
    if source.kind == "folder":
        return _spoken_folder(source, options.target)
    if source.kind in TABLES:
        return table.read(source, options.target, options.group_column, header=options.header)
    raise DataError(
        f"{source.path or source.name} ({source.kind}): expected a table of paths and transcripts, JSON"
        " lines (audio_filepath, text), or a folder with *.trans.txt files."
    )


def read_recordings_again(source: Source, kept: Mapping[str, Any], *, spoken: bool) -> Recordings:
    """Read the recordings of another source; with their transcripts where ``spoken``.

    To be transcribed, any folder of sounds or a single one will do.

    Raises:
        DataError: there are none.
    """
    path = source.path
    if path is not None and path.is_file() and SOUND_FILES.has(path):
        if spoken:
            raise DataError(
                f"{path}: a single sound has no transcript. Pass a table of paths and transcripts."
            )
        return Recordings(items=(Recording(path=path, name=path.name),), where=str(path))
    if source.kind == "folder":
        return _spoken_folder(source, ()) if spoken else _folder(source)
    if source.kind in TABLES:
        return table.read_again(source, kept, spoken=spoken)
    raise DataError(
        f"{source.path or source.name} ({source.kind}): expected sounds: a file, a folder, a table of paths"
        " or JSON lines."
    )


def without_test(recordings: Recordings) -> Recordings:
    """Return them without the part that nothing may be learned from."""
    kept = tuple(item for item in recordings.items if item.part != TEST)
    held = len(recordings.items) - len(kept)
    if held and not kept:
        raise DataError(f"{recordings.where}: all recordings belong to the test part. Name other data.")
    said = (
        f"{held:,} recordings of the test part are left out; `automl evaluate` of these data scores them."
    )
    return replace(recordings, items=kept, notes=(*recordings.notes, said)) if held else recordings


def only_test(recordings: Recordings) -> Recordings:
    """Return the test part alone, where there is one."""
    kept = tuple(item for item in recordings.items if item.part == TEST)
    if not kept or len(kept) == len(recordings.items):
        return recordings
    said = f"The test part alone is read, {len(kept):,} of {len(recordings.items):,} recordings."
    return replace(recordings, items=kept, notes=(*recordings.notes, said))


def _spoken_folder(source: Source, target: tuple[str, ...]) -> Recordings:
    if target:
        raise ConfigError(
            "target names a column, and transcripts of a folder stand in its files: leave it out."
        )
    if not librispeech.recognises(source):
        raise DataError(
            f"{source.path} holds no transcripts: expected *{librispeech.SUFFIX} files beside the sounds."
            " Name a table of paths and transcripts instead."
        )
    return librispeech.read(source)


def _folder(source: Source) -> Recordings:
    walked = any_files(source.path or Path(), SOUND_FILES)
    items = [Recording(path=path, name=name) for path, name in zip(walked.files, walked.names, strict=True)]
    return Recordings(items=tuple(items), where=str(walked.root), notes=walked.notes)
