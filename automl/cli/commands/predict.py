"""``automl predict``: raw data in, predictions out: a CSV, or a folder of masks with a CSV beside them."""

from __future__ import annotations

from pathlib import Path

import click

from automl.cli.notes import show_notes
from automl.cli.output import STDOUT, check_output, harmless, opened
from automl.cli.predicted_files import TABLE, write_files


@click.command("predict")
@click.argument("folder", metavar="DIR")
@click.argument("data")
@click.option(
    "--output",
    required=True,
    metavar="FILE.csv",
    help="where predictions go: a file, a pipe, a device; - for standard output; for masks a new folder",
)
@click.option(
    "--safe-csv",
    is_flag=True,
    help="put an apostrophe before texts that a spreadsheet would run as formulas (=, +, -, @)",
)
def command(folder: str, data: str, output: str, safe_csv: bool) -> None:
    """Predict raw DATA with the model of the job in DIR."""
    from automl.api import load
    from automl.data.source import open_source
    from automl.jobs.folder import JobFolder

    result = load(folder)
    source = open_source(data)
    job = JobFolder(result.folder)
    if result.writes is not None:
        files = write_files(result, source, Path(output), safe=safe_csv)
        click.echo(f"{files} masks and {TABLE} in {output}", err=True)
        return
    check_output(output, source.path, kept=(*job.files, job.path / "study.journal"))
    rows = 0
    parts = result.predict_parts(source, told=show_notes, spelled=True)
    first = next(parts)
    with opened(output) as stream:
        for part in (first, *parts):
            shown = harmless(part) if safe_csv else part
            shown.to_csv(stream, index=False, header=rows == 0, lineterminator="\n")
            rows += len(part)
    click.echo(f"{rows} predictions in {'standard output' if output == STDOUT else output}", err=True)
