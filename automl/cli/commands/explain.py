"""``automl explain``: what a model relies on, and what its answers for single rows rest on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from automl.cli.notes import show_notes
from automl.core.figures import Bars, Picture, Table

if TYPE_CHECKING:
    from automl.core.reports import Section

FOLDER = "explanation"
"""Where the page goes, in the folder of the job."""


@click.command("explain")
@click.argument("folder", metavar="DIR")
@click.argument("data")
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="M",
    help="importance (which columns the score needs), dependence (how answers change with a column), "
    "gradients (what single answers rest on), maps (where on a picture), occlusion (what answers lose "
    "without a part), counterfactuals (which changes of a row would change its answer); repeatable; "
    "default: all that suit the model",
)
@click.option(
    "--rows",
    default="4",
    show_default=True,
    metavar="N|IDS",
    help="explain the first N rows, or those named: numbers from 0, files, ids, with commas between",
)
@click.option(
    "--keep",
    multiple=True,
    metavar="COLUMN",
    help="counterfactuals leave this column as it is, such as an age; repeatable",
)
@click.option(
    "--wanted",
    default="",
    metavar="CLASS|AMOUNT",
    help="counterfactuals lead to this class, or past this amount; default: any other class, past the "
    "middle of the answers",
)
@click.option("--seconds", type=float, metavar="S", help="time for each method, about; default: 60")
@click.option("--out", metavar="FOLDER", help="where the page goes; default: explanation in DIR")
@click.option("--json", "as_json", is_flag=True, help="print all numbers as one JSON object")
@click.option("--open", "opens", is_flag=True, help="open the page in the browser")
def command(
    folder: str,
    data: str,
    methods: tuple[str, ...],
    rows: str,
    keep: tuple[str, ...],
    wanted: str,
    seconds: float | None,
    out: str | None,
    as_json: bool,
    opens: bool,
) -> None:
    """Explain the model of the job in DIR on DATA, as a page with its numbers beside it.

    Best on data that it was not trained on; importance needs its targets.

    \b
    automl explain runs/adult test.csv --rows 3,17 --method gradients
    automl explain runs/adult test.csv --rows 3 --method counterfactuals --keep age --keep sex
    """  # noqa: D301  click reads the escape
    from automl.api import load
    from automl.core.errors import ConfigError
    from automl.data.source import open_source
    from automl.explanations.method import SECONDS

    if seconds is not None and not 0 < seconds < 1e6:
        raise ConfigError(f"seconds: expected a time above 0, got {seconds:g}.")
    result = load(folder)
    place = Path(out) if out is not None else result.folder / FOLDER
    if place.exists() and not place.is_dir():
        raise ConfigError(f"Cannot write into {place}: it is a file. Name a folder.")
    found = result.explain(
        open_source(data),
        method=methods,
        rows=rows,
        keep=keep,
        wanted=wanted,
        seconds=seconds or SECONDS,
        told=show_notes,
    )
    page = found.write(place)
    if as_json:
        click.echo(json.dumps({"values": found.values, "left_out": dict(found.left_out)}))
    else:
        for section in found.report.sections:
            click.echo("\n".join(_told(section)))
        for name, reason in found.left_out.items():
            click.echo(f"{name} left out: {reason}", err=True)
        click.echo(f"Page: {page}")
    if opens:
        click.launch(page.absolute().as_uri())


def _told(section: Section) -> Iterator[str]:
    """A section as lines: its bars and tables, which are short."""
    yield f"{section.title}\n  {section.text}"
    for figure in section.figures:
        if isinstance(figure, Bars):
            yield from _bars(figure)
        if isinstance(figure, Table) and not any(
            isinstance(c, Picture) for row in figure.rows for c in row
        ):
            yield from _table(figure)


def _bars(figure: Bars) -> Iterator[str]:
    yield f"  {figure.title} ({figure.label})"
    width = max(map(len, figure.names), default=0)
    for at, name in enumerate(figure.names):
        value = figure.values[at]
        low, high = (ends[at] if ends else None for ends in (figure.low, figure.high))
        told = "" if low is None or high is None else f"  ({low:.3g} to {high:.3g})"
        yield f"    {name:<{width}}  {'–' if value is None else f'{value:+.4g}'}{told}"


def _table(figure: Table) -> Iterator[str]:
    yield f"  {figure.title}"
    rows = [figure.columns, *(tuple(map(str, row)) for row in figure.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(figure.columns))]
    for row in rows if figure.rows else []:
        padded = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"    {'  '.join(padded).rstrip()}"
    if figure.note:
        yield f"    {figure.note}"
