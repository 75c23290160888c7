"""``automl predict``: raw data in; a CSV, JSON, or a folder of masks with a CSV beside them out."""

from __future__ import annotations

from pathlib import Path

import click

from automl.cli.coverage import coverage_option
from automl.cli.notes import show_notes
from automl.cli.output import STDOUT, check_output, harmless, opened
from automl.cli.predicted_files import RECORDS, TABLE, write_files, write_records
from automl.core.errors import ConfigError, understood


@click.command("predict")
@click.argument("folder", metavar="DIR")
@click.argument("data")
@click.option(
    "--output",
    required=True,
    metavar="FILE.csv",
    help="where predictions go: a file, a pipe, a device; - for standard output; FILE.json for a JSON "
    "array with an object per example; for masks, also beside boxes, a new folder. Of lists, such as the "
    "boxes in an image, a CSV has a row per item",
)
@click.option(
    "--safe-csv",
    is_flag=True,
    help="put an apostrophe before texts that a spreadsheet would run as formulas (=, +, -, @)",
)
@click.option(
    "--gallery",
    metavar="FILE",
    help="of verification: who is named, as `automl enroll` wrote it; by default DIR/gallery.npz, where "
    "that is",
)
@coverage_option
def command(
    folder: str, data: str, output: str, safe_csv: bool, gallery: str | None, coverage: float | None
) -> None:
    """Predict raw DATA with the model of the job in DIR."""
    from automl.api import load
    from automl.data.source import open_source
    from automl.jobs.answers import itemised
    from automl.jobs.coverage import set_columns, without_coverage
    from automl.jobs.folder import JobFolder
    from automl.jobs.versions import read_versioned
    from automl.jobs.written import csv_of
    from automl.tasks.catalog import TASKS, list_columns

    result = load(folder)
    source = open_source(data)
    job = JobFolder(result.folder)
    with understood(job.result):
        task = result.summary["task"]
    if coverage and task in TASKS and not TASKS[task].coverage:
        raise ConfigError(without_coverage(task))
    columns = list_columns(read_versioned(job.task))
    if result.writes is not None:
        files = write_files(result, source, Path(output), safe=safe_csv, lists=columns)
        tables = f"{TABLE} and {RECORDS}" if columns else TABLE
        click.echo(f"{files} masks and {tables} in {output}", err=True)
        return
    check_output(output, source.path, kept=(*job.files, job.path / "study.journal"))
    rows, as_json = 0, Path(output).suffix.lower() == ".json"
    if gallery is not None or job.gallery.exists():
        parts = iter([result.recogniser.name(source, gallery=gallery, told=show_notes)])
    else:
        parts = result.predict_parts(source, told=show_notes, spelled=True, coverage=coverage)
    first, lists = next(parts), TASKS[task].lists
    covered = (result.summary.get("coverage") or {}).get("asked") if coverage is None else coverage
    sets = set_columns(first, result.opened.task) if covered and not columns else ()
    with opened(output) as stream:
        for place, part in enumerate((first, *parts)):
            whole = part if as_json else itemised(part, lists)
            shown = harmless(whole) if safe_csv else whole
            if as_json:
                write_records(stream, shown, [*columns, *sets], first=place == 0)
            else:
                stream.write(csv_of(shown, header=place == 0))
            rows += len(whole)
        stream.write("\n]\n" if as_json else "")
    click.echo(f"{rows} predictions in {'standard output' if output == STDOUT else output}", err=True)
