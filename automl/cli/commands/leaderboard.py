"""``automl leaderboard``: the trials of a job, best first."""

from __future__ import annotations

import csv
import json

import click

from automl.core.errors import ConfigError
from automl.jobs.folder import open_folder

_LEADING = ("trial", "name", "state", "epochs", "seconds", "parameters")
_HIDDEN = ("best", "best_epoch", "spread", "reason", "promotions", "compile_seconds")
_TELLING = ("origin", "rungs", "feasible")
"""Shown where trials differ in them."""


@click.command("leaderboard")
@click.argument("folder", metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="print a JSON list with every column")
def command(folder: str, as_json: bool) -> None:
    """Print the trials and baselines of the job in DIR, best first."""
    files = open_folder(folder)
    if not files.leaderboard.exists():
        raise ConfigError(f"{folder} has no leaderboard.csv: the job has not got that far.")
    with files.leaderboard.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    if as_json:
        click.echo(json.dumps([{name: _value(text) for name, text in row.items()} for row in rows]))
    else:
        click.echo(_table(rows))


def _value(text: str) -> object:
    if text == "":
        return None
    try:
        number = float(text)
    except ValueError:
        return {"True": True, "False": False}.get(text, text)
    return int(text) if text.lstrip("-").isdigit() else number


def _table(rows: list[dict[str, str]]) -> str:
    shown = _columns(rows)
    cells = [shown, *([_cell(row, name) for name in shown] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(shown))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def _columns(rows: list[dict[str, str]]) -> list[str]:
    """Leading columns, scores, then parameters; what tells nothing in any row is left out."""
    dull = {name for name in _TELLING if len({row[name] for row in rows if row.get(name)}) < 2}
    names = [name for name in rows[0] if name not in {*_LEADING, *_HIDDEN, *dull}] if rows else []
    scores = [name for name in names if name.startswith("val_")]
    rest = [name for name in names if name not in scores]
    ordered = [*_LEADING[:3], *scores, *_LEADING[3:], *rest]
    return [name for name in ordered if any(row.get(name) for row in rows)]


def _cell(row: dict[str, str], name: str) -> str:
    value = _value(row.get(name, "") or "")
    if value is None:
        return "-"
    return f"{value:.5g}" if isinstance(value, float) else str(value)
