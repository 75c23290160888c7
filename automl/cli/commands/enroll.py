"""``automl enroll``: a gallery for a job's model, of whom or what it shall name."""

from __future__ import annotations

import click

from automl.cli.notes import show_notes
from automl.cli.thresholds import far_option


@click.command("enroll")
@click.argument("folder", metavar="DIR")
@click.argument("people", metavar="PEOPLE")
@click.option(
    "--output", metavar="FILE.npz", help="where the gallery goes; by default DIR/gallery.npz, for `predict`"
)
@far_option
@click.option(
    "--threshold", type=float, metavar="COSINE", help="name whoever scores higher, instead of --far"
)
def command(
    folder: str, people: str, output: str | None, far: float | None, threshold: float | None
) -> None:
    """Let the model of the job in DIR name whom PEOPLE shows: a folder for each name, or a table.

    The gallery has a vector for each name, and no images. One that is there is replaced.
    """
    from automl.api import load
    from automl.data.source import open_source

    recogniser = load(folder).recogniser
    made = recogniser.enroll(
        open_source(people), output=output, far=far, threshold=threshold, told=show_notes
    )
    count, limit = len(made.gallery.names), made.gallery.threshold
    click.echo(f"{count} names from {made.examples} examples in {made.path}")
    click.echo(f"named above a score of {limit:.4f}, others are unknown. {made.note}")
