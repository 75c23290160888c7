"""Jobs and trials in a store's words: tags, parameters, metrics, data sets. No framework."""

from __future__ import annotations

import json
import math
import os
import platform
import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib import metadata
from pathlib import Path
from typing import Any

from automl._version import __version__
from automl.core.specs import COSTS, JobRecord, Objective, TrialRecord, labelled

LIMITS = {"key": 250, "param": 6000, "tag": 5000}
TECHNICAL = "system/"
"""Before the names of metrics that tell what a trial cost."""

INTERNAL = ("program_hits", "program_misses", "gains_together")
"""Of a trial's effort what tells a user nothing: each key is a column of MLflow's page of compared runs."""

NOTE = "mlflow.note.content"
"""The tag that MLflow's pages show as a run's description."""

LIBRARIES = (
    "automl-keras",
    "keras",
    "tensorflow",
    "jax",
    "optuna",
    "mlflow",
    "numpy",
    "pandas",
    "scikit-learn",
)


def job_tags(job: JobRecord) -> dict[str, str]:
    """Return the tags of a job's run."""
    tags = {
        "modality": job.modality,
        "task": job.task,
        "folder": job.folder,
        "objectives": ", ".join(item.text for item in job.objectives),
        "state": "running",
        "version": __version__,
    }
    return texts(tags, LIMITS["tag"])


def job_params(job: JobRecord) -> dict[str, Any]:
    """Return the search settings and the facts on the data, as parameters."""
    facts = {f"data_{key}": job.data[key] for key in ("source", "digest", "rows") if key in job.data}
    columns = job.data.get("columns")
    counted = {"data_columns": len(columns)} if isinstance(columns, Sequence) else {}
    return {**job.settings, **facts, **counted}


def dataset(job: JobRecord) -> dict[str, str]:
    """Return the data set as the store records it; the data are not needed."""
    columns = job.data.get("columns") or ()
    named = [str(name) for name in columns] if isinstance(columns, Sequence) else []
    profile = {"num_rows": job.data.get("rows"), "num_columns": len(named)}
    source = str(job.data.get("source", job.name))
    return {
        "name": Path(source).name[:500] or job.name,
        "digest": str(job.data.get("digest", ""))[:36] or "unknown",
        "source_type": "local",
        "source": json.dumps({"uri": source}),
        "schema": json.dumps({"mlflow_colspec": [{"name": name, "type": "any"} for name in named[:500]]}),
        "profile": json.dumps(profile),
    }


def environment(job: JobRecord) -> dict[str, Any]:
    """Return versions, machine, and the backend of a job's trials."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu_count": os.cpu_count(),
        "keras_backend": job.settings.get("backend"),
        "packages": versions,
    }


def final_metrics(record: TrialRecord, objectives: Sequence[Objective]) -> dict[str, float]:
    """Return the metrics that a trial ends or pauses with: scores, and under ``system/`` what they cost.

    MLflow's pages show what stands under ``system/`` apart, so that the first charts are the scores.
    """
    scores = {item.label: value for item, value in zip(objectives, record.scores, strict=False)}
    # MLflow's page of compared runs opens on the metric whose name comes first
    first = {f"best_{name}": value for name, value in list(scores.items())[:1]}
    first |= {"score": record.scores[0]} if record.scores else {}
    spread = {} if record.spread is None else {"score_spread": record.spread}
    known = labelled(record.metrics)
    costs = {key: value for key, value in known.items() if key in COSTS and key not in scores}
    effort = {
        "duration_seconds": record.seconds,
        "epochs": float(record.epochs),
        "best_epoch": float(record.best_epoch),
        **costs,
        **{key: value for key, value in record.effort.items() if key not in INTERNAL},
    }
    kept = {key: value for key, value in known.items() if key not in costs}
    technical = {f"{TECHNICAL}{key}": value for key, value in effort.items()}
    return {**kept, **scores, **first, **spread, **technical}


def job_facts(facts: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    """Return what is known of a job at its end as metrics, counts of trials apart, and as tags."""
    numbers = {key: value for key, value in facts.items() if is_number(value)}
    words = {key: value for key, value in facts.items() if key not in numbers and value is not None}
    return {key if _is_score(key) else f"search/{key}": value for key, value in numbers.items()}, words


def job_note(job: JobRecord, model: str) -> str:
    """Return the description of a job's run, as Markdown."""
    rows = job.data.get("rows")
    size = f" ({rows:,} rows)" if isinstance(rows, int) else ""
    better = {"maximize": "larger is better", "minimize": "smaller is better"}
    aims = ", ".join(f"`{item.label}` ({better[item.direction]})" for item in job.objectives)
    source = _code(job.data.get("source", job.name))
    return (
        f"A search for the best Keras model of `{source}`{size}: {job.modality}, "
        f"{job.task}, by {aims}.\n\nEach trial is a run below this one; its `score` is `{_first(job)}`. "
        f"The cost of a trial is under `{TECHNICAL}`, totals of the search under `search/`. The winner is "
        f"the registered model `{model}`, alias `champion`.\n\nJob folder: `{_code(job.folder)}`"
    )


def end_note(state: str, facts: Mapping[str, Any]) -> str:
    """Return what the description of a job's run says of its end."""
    best = ", ".join(f"{key.removeprefix('best_')} {facts[key]:.5g}" for key in facts if _is_best(key))
    counted = f", of {facts['trials']} trials" if "trials" in facts else ""
    found = f" Best: {best}{counted}." if best else ""
    return f"The search is {state}.{found}"


def trial_note(record: TrialRecord) -> str:
    """Return the description of a trial's run."""
    family = record.configuration.get("family")
    named = f"`{family}`, {record.state}" if family else record.state.capitalize()
    best = f", the best of which was {record.best_epoch}" if record.best_epoch else ""
    ends = f" after {record.epochs} epochs{best}" if record.epochs else ""
    reason = f" Reason: {escape(record.reason, quote=False)}." if record.reason else ""
    origin = f" Proposed by: {record.origin}." if record.origin else ""
    return f"{named}{ends}.{origin}{reason}"


def standing(record: TrialRecord) -> dict[str, str]:
    """Return the tags that tell how a trial stands or ended, and how it got there."""
    rungs = ", ".join(f"{rung.scores[0]:.6g} at {rung.epochs}" for rung in record.rungs)
    known = {"reason": record.reason, "origin": record.origin, "rungs": rungs}
    tags = {name: text for name, text in known.items() if text}
    if record.rungs:
        tags |= {"pauses": str(record.pauses), "promotions": str(record.promotions)}
    return {"state": record.state, NOTE: trial_note(record), **tags}


def texts(values: Mapping[str, Any], limit: int) -> dict[str, str]:
    """Return tags or parameters as the store takes them: text, cut to ``limit`` characters."""
    return {safe_key(key): str(value)[:limit] for key, value in values.items()}


def safe_key(name: object) -> str:
    """Return a name with only the characters that the store allows."""
    kept = "".join(char if char.isalnum() or char in "_-. /" else "_" for char in str(name))
    return kept[: LIMITS["key"]] or "_"


def safe_name(name: str) -> str:
    """Return the name as registry and file system allow it: no slashes, no colons, not empty."""
    return re.sub(r"[/:\\%\s]+", "-", name).strip("-.")[:200] or "automl"


def is_number(value: object) -> bool:
    """Whether a fact is a metric rather than a tag."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _code(value: object) -> str:
    """A name as it stands between backticks in Markdown, which nothing but another one ends."""
    return str(value).replace("`", "'")


def _is_score(key: str) -> bool:
    return _is_best(key) or key.startswith("ensemble_")


def _is_best(key: str) -> bool:
    return key.startswith("best_") and key != "best_trial"


def _first(job: JobRecord) -> str:
    return job.objectives[0].label if job.objectives else "score"
