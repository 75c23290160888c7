"""``automl leaderboard``: the trials of a job, best first."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import click

from automl.core.amounts import plain_number
from automl.core.errors import understood
from automl.core.specs import is_label
from automl.jobs.folder import open_folder
from automl.jobs.missing import refuse_missing

Row: TypeAlias = Mapping[str, str]

WIDTH = 120
"""Columns of text where there is no terminal that says its width."""

_LEADING = ("trial", "name", "state", "epochs", "seconds", "parameters")
_HIDDEN = ("best", "member_weight", "best_epoch", "spread", "reason", "promotions", "compile_seconds")
_TELLING = ("origin", "rungs", "feasible")
"""Shown where trials differ in them."""
_OWN = {*_LEADING, *_HIDDEN, *_TELLING, "latency_ms"}
"""Columns that are no parameters of a configuration, nor metrics."""
_MODEL = "in model"
"""How much each trial counts in the exported model, ``member_weight`` as people read it."""

_PRUNED = (
    "pruned: stopped early, as others did better or it was too slow; its score is that of its best epoch."
)


@click.command("leaderboard")
@click.argument("folder", metavar="DIR")
@click.option("--wide", is_flag=True, help="a column for every metric and hyperparameter")
@click.option("--csv", "as_csv", is_flag=True, help="print CSV with every column")
@click.option("--json", "as_json", is_flag=True, help="print a JSON list with every column")
def command(folder: str, wide: bool, as_csv: bool, as_json: bool) -> None:
    """Print the trials and baselines of the job in DIR, best first.

    The table fits the terminal: scores, and the hyperparameters in which the trials of a family differ.
    """
    files = open_folder(folder)
    refuse_missing(files.leaderboard)
    with understood(files.leaderboard, kinds=(ValueError, OSError, csv.Error)):
        shown = _shown(files.leaderboard, wide=wide, as_csv=as_csv, as_json=as_json)
    click.echo(shown, nl=not as_csv)


def _shown(path: Path, *, wide: bool, as_csv: bool, as_json: bool) -> str:
    text = path.read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    if not rows or not {*_LEADING[:3]} <= set(rows[0]):
        raise ValueError("it has no trials")
    if any(None in row or None in row.values() for row in rows):
        raise ValueError("a row has more or fewer cells than the header")
    if as_csv:
        return text
    if as_json:
        return json.dumps([{name: _value(cell) for name, cell in row.items()} for row in rows])
    if wide:
        return _table(rows, _all_columns(rows))
    return _fitted(rows, shutil.get_terminal_size((WIDTH, 24)).columns)


def _value(text: str) -> object:
    if text == "":
        return None
    try:
        number = float(text)
    except ValueError:
        return {"True": True, "False": False}.get(text, text)
    return int(text) if text.lstrip("-").isdigit() else number


def _fitted(rows: Sequence[Row], width: int) -> str:
    """The table in lines of at most ``width``, and what it leaves out."""
    differing = _differing(rows)
    told = [{**row, _MODEL: _weight(row), "configuration": _configuration(row, differing)} for row in rows]
    last = ["configuration"] if any(row["configuration"] for row in told) else []
    lines = _table(told, [*_short_columns(told), *last]).splitlines()
    shown = [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]
    notes = [_PRUNED] if any(row["state"] == "pruned" for row in rows) else []
    if shown != lines:
        notes.append("Cut to fit the terminal; --wide, --csv or --json show everything.")
    return "\n".join([*shown, *notes])


def _weight(row: Row) -> str:
    """``62%``, or nothing of a trial that the exported model was not made of."""
    weight = row.get("member_weight")
    return f"{float(weight):.0%}" if weight else ""


def _differing(rows: Sequence[Row]) -> dict[str, set[str]]:
    """For each family the parameters in which its trials differ."""
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(row["name"], []).append(row)
    return {
        family: {name for name in _parameters(rows) if len({row[name] for row in members}) > 1}
        for family, members in families.items()
    }


def _parameters(rows: Sequence[Row]) -> list[str]:
    return [name for name in rows[0] if name not in _OWN and not is_label(name)] if rows else []


def _configuration(row: Row, differing: Mapping[str, set[str]]) -> str:
    from automl.views.text import configuration_text

    cells = {name: _value(row[name]) for name in differing[row["name"]]}
    known = {name: cells[name] for name in row if cells.get(name) is not None}
    return configuration_text(known, most=len(known))


def _short_columns(rows: Sequence[Row]) -> list[str]:
    names = list(rows[0]) if rows else []
    # the objectives stand between the state and the spread over folds
    scores = names[names.index("state") + 1 : names.index("spread")] if "spread" in names else []
    scores = scores or [name for name in names if is_label(name)]
    wanted = [*_LEADING[:3], *scores, _MODEL, *_LEADING[3:]]
    return [name for name in wanted if any(row.get(name) for row in rows)]


def _table(rows: Sequence[Row], shown: Sequence[str]) -> str:
    cells = [[*shown], *([_cell(row, name) for name in shown] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(shown))]
    right = [name == _MODEL or _numeric(rows, name) for name in shown]
    return "\n".join(
        "  ".join(
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in cells
    )


def _numeric(rows: Sequence[Row], name: str) -> bool:
    known = [_value(row.get(name) or "") for row in rows]
    return all(value is None or isinstance(value, int | float) for value in known)


def _all_columns(rows: Sequence[Row]) -> list[str]:
    """Leading columns, scores, then parameters; what tells nothing in any row is left out."""
    dull = {name for name in _TELLING if len({row[name] for row in rows if row.get(name)}) < 2}
    names = [name for name in rows[0] if name not in {*_LEADING, *_HIDDEN, *dull}] if rows else []
    scores = [name for name in names if is_label(name)]
    rest = [name for name in names if name not in scores]
    ordered = [*_LEADING[:3], *scores, *_LEADING[3:], *rest]
    return [name for name in ordered if any(row.get(name) for row in rows)]


def _cell(row: Row, name: str) -> str:
    value = _value(row.get(name) or "")
    if value is None:
        return "" if name == "configuration" else "-"
    if name == "state" and not row.get("trial"):
        return "baseline"
    if name == "state":
        return {"complete": "finished"}.get(str(value), str(value))
    return plain_number(value) if isinstance(value, float) else str(value)
