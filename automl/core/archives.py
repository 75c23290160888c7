"""Arrays that this package has written to a file (NumPy's ``.npz``), read again.

NumPy takes what is no archive for a pickle, and advises to allow pickles: the last thing to do with a file
that is damaged or somebody else's. One reader says what is the matter instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import is_zipfile

from automl.core.errors import AutomlError, ConfigError

if TYPE_CHECKING:
    import numpy as np

INTACT = "Use an intact copy of the folder."
"""What to do about a damaged file of a job."""


@contextmanager
def arrays_in(path: Path, *, called: str = "", advice: str = INTACT) -> Iterator[Mapping[str, np.ndarray]]:
    """Give the arrays of a file by name; each is read when it is asked for.

    Args:
        path: of the file.
        called: what the file is read as, for the message.
        advice: what to do about a damaged one.

    Raises:
        ConfigError: it is absent or damaged, or the block finds other arrays in it than it looks for.
    """
    import numpy as np  # here, as commands that read no arrays start without it

    try:
        with np.load(path, allow_pickle=False) as file:
            yield file
    except AutomlError:
        raise
    except Exception as error:  # whatever is in the file: NumPy, zipfile and zlib each have their own
        what = f" as {called}" if called else ""
        raise ConfigError(f"{path} cannot be read{what}: {_reason(path, error)}. {advice}") from error


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is not there"
    told = " ".join(str(error).split()).rstrip(".")[:200]
    return told if told and is_zipfile(path) and "pickle" not in told else "it is damaged"
