"""Every error this package raises on purpose, in one tree.

    AutomlError                 anything below; the command line prints its message, never a traceback
    ├── InputError              the user can fix it: exit code 2
    │   ├── DataError           a data file or its content
    │   ├── SpaceError          a search-space file or a configuration
    │   ├── ConfigError         an option, a job file, a job folder
    │   └── MissingDependencyError   an optional library is not installed
    ├── SearchError             the run itself failed: exit code 1
    │   ├── DiskFullError       a file could not be written: the disk is full
    │   └── TimeUpError         time ran out before a model was trained
    └── ExportError             an exported file does not do what it should: exit code 1

A message says what was expected, what came, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from automl.core.secrets import scrub


class DataWarning(UserWarning):
    """Something that a user should know of the data, about more than 1 % of it."""


class AutomlError(Exception):
    """Base of all errors raised on purpose; carries the exit code of the command line.

    Secrets of addresses that a message quotes are hidden.
    """

    exit_code = 1

    def __init__(self, *arguments: object) -> None:
        super().__init__(*(scrub(item) if isinstance(item, str) else item for item in arguments))


class InputError(AutomlError):
    """Wrong usage or bad input: the user can mend it."""

    exit_code = 2


class DataError(InputError, ValueError):
    """A data file is missing, unreadable or does not hold what was asked of it.

    A ``ValueError`` too, as scikit-learn's tools expect of an estimator that refuses its data.
    """


class SpaceError(InputError):
    """A search-space file or a configuration breaks the rules of the language."""


class ConfigError(InputError):
    """An option, a job file or a job folder is wrong."""


class MissingDependencyError(InputError):
    """An optional library is needed and not installed."""


class SearchError(AutomlError):
    """The search ran and could not end with a model."""


class DiskFullError(SearchError):
    """The disk is full; files written earlier are intact."""


class TimeUpError(SearchError):
    """Time ran out before a model was trained."""


class ExportError(AutomlError):
    """What was exported does not answer as the model does, and is thrown away."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Return a sentence that offers the nearest known names, or lists them.

    Args:
        name: what the user wrote.
        known: the names that would have been right.

    Returns:
        ``"Did you mean 'income'?"``, or ``"Known: a, b."`` when nothing is near (at most 20 names).
    """
    names = [str(item) for item in known]
    near = get_close_matches(str(name), names, n=3, cutoff=0.6)
    near = near or [item for item in names if item.lower() == str(name).lower()]
    if near:
        return f"Did you mean {' or '.join(repr(item) for item in near)}?"
    listed = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
    return f"Known: {listed}." if names else "None are known."


_MISREAD = (KeyError, TypeError, AttributeError, IndexError)
"""What code raises that finds other content in a file than it has written there."""


@contextmanager
def understood(path: Path, *, kinds: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Say clearly that a file of the job folder is not what it should be, when the block stumbles over it.

    Args:
        path: the file.
        kinds: further errors that its content can cause.

    Raises:
        ConfigError: the block raised one of these errors.
    """
    try:
        yield
    except AutomlError:
        raise
    except Exception as error:
        if not isinstance(error, (*_MISREAD, *kinds)):
            raise
        reason = " ".join(str(error).split())[:200]
        raise ConfigError(
            f"{path} is damaged, or was not written by this program ({type(error).__name__}: {reason}). "
            "Use an intact copy of the folder, or search again."
        ) from error
