"""Where a command writes its output: a file, replaced atomically, or whatever else has that name.

Devices, pipes and sockets are written through, never replaced; for a link, its target is written.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from automl.core.errors import ConfigError
from automl.core.files import whole

if TYPE_CHECKING:
    import pandas as pd

STDOUT = "-"

_DESCRIPTOR = re.compile(r"/(?:dev|proc/self|proc/thread-self)/fd/(\d+)")
_NAMED = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_MOST_LINKS = 40
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How texts begin that spreadsheets run as formulas, full-width forms among them."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def check_output(output: str, source: Path | None = None, kept: Iterable[Path] = ()) -> None:
    """Refuse a place that cannot be written, before anything is computed.

    Args:
        output: a path, or ``-``.
        source: the file that is read, which is not to be replaced.
        kept: further files that are not.

    Raises:
        ConfigError: it is a folder, the source or a file that is kept, or its folder does not exist.
    """
    if output == STDOUT or _descriptor(output) is not None:
        return
    target = Path(os.path.realpath(output))
    if target.is_dir():
        raise ConfigError(f"Cannot write {output}: it is a folder. Name a file in it.")
    if source is not None and target.is_file() and target == source.resolve():
        raise ConfigError(f"Cannot write {output}: it holds the data. Name another file.")
    if target in {path.resolve() for path in kept}:
        raise ConfigError(f"Cannot write {output}: it is a file of the job. Name another one.")
    if not target.parent.is_dir():
        raise ConfigError(f"Cannot write {output}: the folder {target.parent} does not exist.")


@contextmanager
def opened(output: str) -> Iterator[IO[str]]:
    """Open a place to write text as UTF-8; a plain file is there when the block has ended well.

    Raises:
        ConfigError: it cannot be written.
    """
    try:
        with _opened(output) as stream:
            yield stream
    except BrokenPipeError:
        raise  # whoever read has seen enough: click ends the command without a word
    except OSError as error:
        raise ConfigError(f"Cannot write {output}: {error.strerror or error}.") from None


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for formulas: an apostrophe stands before them.

    Numbers stay as they are, negative ones too.
    """
    frame = frame.rename(columns=_escaped)
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if column.dtype.kind not in "iufbmM":
            frame.isetitem(place, column.astype(object).map(_escaped).array)
    return frame


def _escaped(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(_FORMULA) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


@contextmanager
def _opened(output: str) -> Iterator[IO[str]]:
    if output == STDOUT:
        with click.open_file(STDOUT, "w", encoding="utf-8") as stream:
            yield stream
            stream.flush()
        return
    descriptor = _descriptor(output)
    target = Path(os.path.realpath(output))
    if descriptor is not None:
        # opened by its name it would begin anew, and cut off what `>>` appends to
        with suppress(OSError):
            sys.stdout.flush()
        with os.fdopen(os.dup(descriptor), "w", encoding="utf-8", newline="") as stream:
            yield stream
    elif target.exists() and not stat.S_ISREG(target.stat().st_mode):
        with open(output, "w", encoding="utf-8", newline="") as stream:
            yield stream
    else:
        with whole(target) as draft:
            with draft.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            if target.exists():
                shutil.copymode(target, draft)


def _descriptor(output: str) -> int | None:
    """The open file that a name stands for, also over links: 1 for ``/dev/stdout``."""
    path = os.path.abspath(output)
    for _ in range(_MOST_LINKS):
        numbered = _DESCRIPTOR.fullmatch(path)
        if path in _NAMED or numbered:
            return _NAMED[path] if numbered is None else int(numbered.group(1))
        if not os.path.islink(path):
            return None
        path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    return None
