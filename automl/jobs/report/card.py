"""A job as a card in a notebook: the verdict of its report, its best trials, score against time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from automl.core.errors import ConfigError
from automl.core.figures import Cell, Chart, Table, rounded
from automl.core.reports import Report
from automl.drawing.notebook import Card
from automl.jobs.answers import leaderboard_of
from automl.jobs.folder import JobFolder
from automl.jobs.missing import read_made
from automl.jobs.report.writing import read_report

MOST_ROWS = 8
"""Trials that are shown."""

COURSE = "search"
"""Key of the section with the course of the search; its first chart is score against time."""


def card_of_job(files: JobFolder) -> Card:
    """Return what a notebook shows of a job, as far as the job has got."""
    try:
        summary = read_made(files.result)
    except ConfigError as error:
        return Card(title=files.path.name, kind="automl job without a result yet", text=str(error))
    report = _report(files)
    if report is None:
        text = f"Best {summary.get('metric')}: {summary.get('best_score')}."
        return Card(
            title=str(summary.get("name")), kind="automl job", text=text, table=_table(files, summary)
        )
    return Card(
        title=report.title,
        kind=f"{report.kind} · {report.made}",
        text=report.verdict,
        chart=_chart(report),
        table=_table(files, summary),
    )


def words_of_job(files: JobFolder) -> str:
    """Return what ``print`` shows of a job: what it is, the verdict, where it is."""
    card = card_of_job(files)
    return f"{card.title}: {card.kind}\n{card.text}\nFolder: {files.path}"


def _report(files: JobFolder) -> Report | None:
    try:
        return read_report(files)
    except ConfigError:
        return None


def _chart(report: Report) -> Chart | None:
    figures = [figure for item in report.sections if item.key == COURSE for figure in item.figures]
    return next((figure for figure in figures if isinstance(figure, Chart)), None)


def _table(files: JobFolder, summary: Mapping[str, Any]) -> Table | None:
    try:
        board = leaderboard_of(files)
    except ConfigError:
        return None
    metric = str(summary.get("metric"))
    wanted = ("trial", "name", "state", metric, "epochs", "seconds", "parameters")
    columns = [name for name in wanted if name in board.columns]
    shown = board[columns].head(MOST_ROWS)
    more = len(board) - len(shown)
    return Table(
        title="Leaderboard",
        columns=tuple(columns),
        rows=tuple(tuple(map(_cell, row)) for row in shown.astype(object).itertuples(index=False)),
        note=f"and {more} more: result.leaderboard" if more else "",
    )


def _cell(value: Any) -> Cell:
    if pd.isna(value):
        return None
    return rounded(value, 5) if isinstance(value, int | float) else str(value)
