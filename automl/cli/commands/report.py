"""``automl report``: the page that tells how good a job's model is and what was tried."""

from __future__ import annotations

import click

from automl.cli.notes import show_notes
from automl.cli.output import check_output


@click.command("report")
@click.argument("folder", metavar="DIR")
@click.option("--test", metavar="DATA", help="data with targets to score the model on, for the report")
@click.option("--out", metavar="FILE.html", help="where the page goes; default: report.html in DIR")
@click.option("--open", "opens", is_flag=True, help="open the page in the browser")
def command(folder: str, test: str | None, out: str | None, opens: bool) -> None:
    """Write the report of the job in DIR as one HTML page, and print where it is.

    \b
    automl report runs/adult --test test.csv --open
    """  # noqa: D301  click reads the escape
    from automl.api import load
    from automl.data.source import open_source
    from automl.jobs.folder import JobFolder

    result = load(folder)
    source = None if test is None else open_source(test)
    if out is not None:
        job = JobFolder(result.folder)
        kept = [path for path in job.files if path != job.report]
        check_output(out, source.path if source else None, kept=(*kept, job.path / "study.journal"))
    page = result.report(test=source, out=out, told=show_notes)
    click.echo(page)
    if opens:
        click.launch(page.absolute().as_uri())
