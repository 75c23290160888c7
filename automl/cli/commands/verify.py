"""``automl verify``: whether two images show the same person, animal or thing."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from automl.cli.notes import show_notes
from automl.cli.thresholds import far_option


@click.command("verify")
@click.argument("folder", metavar="DIR")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@far_option
@click.option(
    "--threshold", type=float, metavar="COSINE", help="the same above this score, instead of --far"
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def command(
    folder: str, first: str, second: str, far: float | None, threshold: float | None, as_json: bool
) -> None:
    """Say whether the images A and B show the same, by the model of the job in DIR."""
    from automl.api import load
    from automl.data.source import open_source

    recogniser = load(folder).recogniser
    found = recogniser.verify(
        open_source(first), open_source(second), far=far, threshold=threshold, told=show_notes
    )
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    word = "same" if found.same else "different"
    click.echo(f"{word}: score {found.score:.4f}, threshold {found.threshold:.4f}")
