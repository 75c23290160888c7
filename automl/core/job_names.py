"""Names of jobs: folder, experiment, study and registered model are called after them."""

from __future__ import annotations

from automl.core.errors import ConfigError

MOST_LETTERS = 100
"""Of a name."""


def name_of(text: str) -> str:
    """Return what a job is called after a file of any name."""
    shown = "".join(letter if letter.isprintable() and letter not in "/\\" else "-" for letter in text)
    return shown[:MOST_LETTERS].lstrip("-").strip(" .") or "job"


def check_job_name(name: str | None) -> None:
    """A name stands in pages, files and messages: it is one line of printable text, and no path."""
    if name is None:
        return
    if not name.strip() or len(name) > MOST_LETTERS:
        blank = "" if name.strip() else ", all of them blank"
        raise ConfigError(f"name: expected 1 to {MOST_LETTERS} letters, got {len(name)}{blank}.")
    if not name.isprintable() or name.startswith("-") or set(name) & set("/\\") or name in (".", ".."):
        raise ConfigError(
            f"name: expected a name and no path, option or control characters, got {name!r}. "
            "The folder of a job is chosen by --out."
        )
