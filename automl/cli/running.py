"""What ``search`` and ``resume`` share: the live view, the closing report, the exit code."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automl.core.amounts import plain_number
from automl.core.errors import understood
from automl.core.specs import metric_of
from automl.drawing.scales import interval_text
from automl.views.choice import WarningProgress, watching

if TYPE_CHECKING:
    from automl.jobs.progress import Progress
    from automl.jobs.result import Result

_JSON_KEYS = (
    "name",
    "state",
    "best_score",
    "ensemble_score",
    "exported_score",
    "metric",
    "best_trial",
    "best_configuration",
    "members",
    "folds",
    "spread",
    "trials",
    "finished",
    "paused",
    "pruned",
    "failed",
    "promoted",
    "seconds",
    "baselines",
    "front",
    "warning",
    "notes",
    "warnings",
    "model",
    "mlflow_run_id",
)


WIDTH = 80
"""Columns of text of the closing report."""


def run_and_report(job: Callable[[Progress], Result], *, as_json: bool, quiet: bool, timings: bool) -> int:
    """Run a job under the live view and print what came of it.

    Args:
        job: runs it.
        as_json: print the result as JSON.
        quiet: print warnings and errors only.
        timings: print on standard error how long each phase took.

    Returns:
        0, or 130 when the user interrupted the job.
    """
    from automl.cli.app import INTERRUPTED, started

    with watching(progress=WarningProgress() if quiet else None, started=started()) as progress:
        result = job(progress)
    summary = result.summary
    with understood(result.folder / "result.json", kinds=(ValueError,)):
        shown = json.dumps(_plain(result, summary)) if as_json else _report(result, summary)
    if timings:
        click.echo(_timings(summary.get("timings", ())), err=True)
    click.echo(shown)
    return INTERRUPTED if summary["state"] == "interrupted" else 0


def _plain(result: Result, summary: Mapping[str, Any]) -> dict[str, Any]:
    """What ``--json`` prints."""
    new = {key: summary.get(key) for key in ("distilled", "calibration", "coverage", "holdout", "nested")}
    return {**{key: summary[key] for key in _JSON_KEYS}, **new, "model": str(_model(result))}


def _report(result: Result, summary: Any) -> str:
    from automl.views.text import configuration_text

    folder = shlex.quote(str(_near(result.folder)))
    lines = [
        f"Best {summary['metric']}: {plain_number(summary['best_score'])} (trial {summary['best_trial']})"
        f"{_how(summary)}",
        *(
            f"  baseline {name}: {plain_number(next(iter(scores.values())))}"
            for name, scores in summary["baselines"].items()
        ),
        _indented(configuration_text(summary["best_configuration"])),
        *_members(summary),
        *_distilled(summary),
        *_validated(summary),
        f"Trials: {_counts(summary)}",
        f"Model: {_near(_model(result))}",
        *_page(result),
    ]
    if len(summary["front"]) > 1:
        lines.append(f"Pareto front: {len(summary['front'])} trials, marked in the leaderboard.")
    if summary["warning"]:
        lines.append(textwrap.fill(summary["warning"], WIDTH, break_on_hyphens=False))
    if summary["state"] == "interrupted":
        lines.append(f"Interrupted. To continue: automl resume {folder}")
    return "\n".join([*lines, *_next(result, summary, folder)])


def _next(result: Result, summary: Mapping[str, Any], folder: str) -> Iterator[str]:
    """What may be done with the result, in lines to copy."""
    from automl.tasks.catalog import TASKS

    task = str(summary.get("task"))
    made_for = TASKS[task].made_for if task in TASKS else ""
    output = "FILE.csv" if result.writes is None else "FOLDER"
    yield "Next:"
    yield f"  automl leaderboard {folder}"
    yield f"  automl predict {folder} DATA --output {output}"
    if made_for:
        yield f"  {made_for.format(folder=folder)}"
    if summary["mlflow_run_id"]:
        yield f"  automl dashboard {folder}"


def _timings(phases: Sequence[Mapping[str, Any]]) -> str:
    """Return a table of phases: when each began, counted from the start of the command, and its length."""
    rows = [f"{item['at']:8.2f} {item['seconds']:8.2f}  {item['phase']}" for item in phases]
    return "\n".join(["  at, s  took, s  phase", *rows])


def _how(summary: Mapping[str, Any]) -> str:
    folds = summary.get("folds")
    return f", out of {folds} folds" if folds else ""


def _on_all_rows(summary: Mapping[str, Any]) -> list[str]:
    """Return the line on a single winner whose trial saw but a sample."""
    if not summary.get("sampled") or summary["ensemble_score"] == summary["best_score"]:
        return []
    return [f"  trained on all rows: {plain_number(summary['ensemble_score'])}"]


def _members(summary: Mapping[str, Any]) -> list[str]:
    """Return the lines on a winner of several members."""
    members = summary["members"]
    if len(members) < 2:
        return _on_all_rows(summary)
    shares = ", ".join(f"trial {member['trial']} ({member['weight']:.0%})" for member in members)
    return [
        f"Ensemble {summary['metric']}: {plain_number(summary['ensemble_score'])}{_how(summary)}",
        f"  the weighted mean of {shares}",
    ]


def _distilled(summary: Mapping[str, Any]) -> list[str]:
    """Return the lines on one network that was taught by an ensemble."""
    facts = summary.get("distilled")
    if not facts:
        return []
    kept = "" if facts["share"] is None else f", {facts['share']:.0%} of the ensemble's gain"
    kept += "" if facts["exported"] else ", so the best trial alone is exported"
    return [
        f"Distilled {facts['metric']}: {plain_number(facts['score'])}{kept}{_how(summary)}",
        f"  ensemble of {len(facts['teachers'])}: {plain_number(facts['ensemble'])}, the best trial alone: "
        f"{plain_number(facts['single'])}",
    ]


def _validated(summary: Mapping[str, Any]) -> list[str]:
    """Return the lines on scores of rows that the search never looked at."""
    words = {"holdout": "never looked at", "nested": "each scored by a search that never looked at it"}
    metric = metric_of(str(summary["metric"]))
    lines = []
    for name, what in words.items():
        found = summary.get(name)
        if found and found["score"]["value"] is not None:
            low, high = found["score"]["low"], found["score"]["high"]
            span = None if low is None else (low, high)
            value = plain_number(found["score"]["value"])
            lines.append(
                f"{name.capitalize()} {metric}: {value} ({interval_text(span)}), "
                f"{found['rows']:,} rows {what}"
            )
    return lines


def _model(result: Result) -> Path:
    """Where the model is now: the folder may have been moved or copied since it was made."""
    return result.folder / Path(result.summary["model"]).name


def _page(result: Result) -> list[str]:
    """Where the report is, if it could be made."""
    page = result.folder / "report.html"
    return [f"Report: {_near(page)}"] if page.exists() else []


def _near(path: Path) -> Path:
    """Return a path below the working directory as one that is relative to it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _indented(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _counts(summary: Any) -> str:
    """Return ``20 in 52 s: 6 finished, 13 pruned, 1 failed``, without what there is none of."""
    words = {"pruned": "pruned", "paused": "waiting", "failed": "failed"}
    others = [f"{summary[name]} {word}" for name, word in words.items() if summary.get(name)]
    states = ", ".join([f"{summary['finished']} finished", *others])
    return f"{summary['trials']} in {summary['seconds']:.0f} s: {states}"
