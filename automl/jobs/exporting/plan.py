"""What is to be exported and where to: refused here, before a framework is loaded, where it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from automl.core.errors import ConfigError, suggest, understood
from automl.core.optional import require
from automl.core.quiet import muted_native_output
from automl.data.modality import USUAL_BACKEND
from automl.formats.catalog import FORMATS, LEFT_OUT
from automl.formats.format import Format, Quantize, Wish
from automl.jobs.folder import JobFolder
from automl.jobs.intake.backend import name_backend, running_backend
from automl.jobs.versions import read_versioned
from automl.tasks.catalog import fine_parts

LESS_COARSE = "Leave --quantize out, or try --to litert --quantize float16."
"""For weights in int8 that a model does not keep its answers with."""

FOLDER = "exports"
"""Where exported files go that are given no place, in the job folder."""

OPSETS = range(13, 19)
"""Versions of ONNX' operations that the converter writes; quantized weights need 13."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An export that nothing speaks against so far.

    Attributes:
        format: the format.
        wish: how it is written.
        path: the file or folder.
    """

    format: Format
    wish: Wish
    path: Path

    @property
    def description(self) -> Path:
        """The JSON file beside it."""
        return self.path.with_name(f"{self.path.name}.json")


def planned(
    files: JobFolder,
    to: str,
    *,
    output: str | Path | None = None,
    quantize: str | None = None,
    opset: int | None = None,
) -> Plan:
    """Plan an export and name the backend that it runs on.

    Args:
        files: of the job.
        to: name of the format.
        output: file or folder; in the job folder by default.
        quantize: type that weights are stored in, None for float32.
        opset: version of ONNX' operations.

    Raises:
        ConfigError: the format cannot do that, the weights are too coarse for the task, the place cannot be
            written, or Keras runs on a backend here whose models cannot be exported.
        MissingDependencyError: a library that it needs is not installed.
    """
    if to in LEFT_OUT:
        raise ConfigError(LEFT_OUT[to])
    kind = FORMATS[to]
    wish = Wish(quantize=_quantize(kind, quantize), opset=_opset(kind, opset))
    path = files.path / FOLDER / f"model{_mark(wish)}{kind.suffix}" if output is None else Path(output)
    _refuse_place(files, kind, path, given=output is not None)
    _refuse_coarse(files, wish)
    if running_backend() not in (None, USUAL_BACKEND):
        raise ConfigError(
            f"Keras runs on {running_backend()!r} in this process, and models are exported by TensorFlow. "
            f"Use the command `automl export`, or set KERAS_BACKEND={USUAL_BACKEND} before "
            "Keras is imported."
        )
    name_backend(USUAL_BACKEND)
    with muted_native_output():  # some of them load TensorFlow
        for module in kind.modules:
            require(module, extra=kind.extra, purpose=f"to export to {kind.name}")
    return Plan(format=kind, wish=wish, path=path)


def _quantize(kind: Format, asked: str | None) -> Quantize | None:
    if asked is None:
        return None
    if asked not in get_args(Quantize):
        raise ConfigError(f"Unknown type of weights {asked!r}. {suggest(asked, get_args(Quantize))}")
    if asked not in kind.quantizes:
        able = [name for name in FORMATS if asked in FORMATS[name].quantizes]
        raise ConfigError(
            f"The format {kind.name!r} is not written with weights in {asked}. "
            f"These are: {', '.join(able)}."
        )
    return asked


def _opset(kind: Format, asked: int | None) -> int | None:
    if asked is None:
        return None
    if not kind.has_opset:
        able = [name for name in FORMATS if FORMATS[name].has_opset]
        raise ConfigError(f"The format {kind.name!r} has no opset; {', '.join(able)} has.")
    if asked not in OPSETS:
        raise ConfigError(f"opset: expected {OPSETS[0]} to {OPSETS[-1]}, got {asked}.")
    return asked


def _refuse_coarse(files: JobFolder, wish: Wish) -> None:
    """Refuse weights of 8 bits for tasks whose answers no model with such weights was measured to keep."""
    if wish.quantize != "int8":
        return
    with understood(files.task):
        fine = fine_parts(read_versioned(files.task))
    if fine:
        raise ConfigError(
            f"Weights in int8 are too coarse for {' and '.join(fine)}: the file would not answer as the "
            f"model does. {LESS_COARSE}"
        )


def _mark(wish: Wish) -> str:
    return "" if wish.quantize is None else f".{wish.quantize}"


def _refuse_place(files: JobFolder, kind: Format, path: Path, *, given: bool) -> None:
    """Refuse a place that holds something else, or whose folder is not there."""
    taken = {item.resolve() for item in files.files}
    if path.resolve() in taken or path.resolve() == files.path.resolve():
        raise ConfigError(f"Cannot write {path}: it is a part of the job. Name another place.")
    if given and not path.parent.is_dir():
        raise ConfigError(f"Cannot write {path}: the folder {path.parent} does not exist.")
    if path.exists() and path.is_dir() != kind.folder:
        form, there = ("folder", "file") if kind.folder else ("file", "folder")
        raise ConfigError(f"Cannot write {path}: {kind.name} is a {form}, and a {there} has that name.")
    if kind.folder and given and path.is_dir() and any(path.iterdir()):
        raise ConfigError(f"Cannot write {path}: the folder is not empty. Name a new one.")
