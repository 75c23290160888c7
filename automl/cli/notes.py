"""Notes on data go to stderr, so that they never end up among the lines of a result."""

from __future__ import annotations

import click

from automl.core.notes import warnings_of


def show_notes(notes: tuple[str, ...]) -> None:
    """Print a line for each note; one about more than 1 % of the data is a warning."""
    loud = set(warnings_of(notes))
    for note in notes:
        click.echo(f"Warning: {note}" if note in loud else note, err=True)
