"""The report of a search whose winner is at hand."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from automl._version import __version__
from automl.core.protected import Protected
from automl.core.reports import with_section
from automl.core.sizes import size_text
from automl.core.specs import Configuration
from automl.core.targets import count_rows
from automl.jobs.config import JobConfig
from automl.jobs.finish.covered import crossed_coverage
from automl.jobs.finish.explained import explained_sections
from automl.jobs.finish.records import Records
from automl.jobs.finish.validated import Checked
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.folder import read_json
from automl.jobs.intake.story import data_facts, goal_text
from automl.jobs.report.covered import with_coverage
from automl.jobs.report.energy import Used
from automl.jobs.report.facts import Searched
from automl.jobs.report.fairness import with_groups
from automl.jobs.report.judging import DRAWING_SHARE, judge, less_choice
from automl.jobs.report.model_card import (
    ENERGY,
    GOAL,
    LIMITS,
    LOADING,
    MACHINE,
    MADE,
    MODALITY,
    NETWORKS,
    SECONDS,
    SIZE,
    SOFTWARE,
    TASK,
)
from automl.jobs.report.resampling import Patience
from automl.jobs.report.testing import HOLDOUT, with_part
from automl.jobs.report.writing import attempted, card_of, report_of, write_report
from automl.jobs.session import Session
from automl.jobs.trial.epochs import read_epochs
from automl.spaces.space import FAMILY, SearchSpace, family_of
from automl.tasks.catalog import TASKS
from automl.training.accelerator import host_memory, visible_gpus

_PLACES = frozenset(
    ("data", "name", "out", "storage", "tracking_uri", "warm_start", "validation", "space", "ray_address")
)
"""Options that hold places on this machine, or addresses."""

LIMITS_OF_USE = (
    "The scores hold for data that comes as this did: from the same source and time, with the same "
    "columns. Score it again (`automl evaluate`) before it is used on anything else, and from time to time."
)


def report_files(
    session: Session, records: Records, winner: TrainedWinner, checked: Checked
) -> tuple[Path, ...]:
    """Write the report into the job folder; returns its files, none where it could not be made."""
    return attempted(lambda: _written(session, records, winner, checked), session.progress.note)


def _written(
    session: Session, records: Records, winner: TrainedWinner, checked: Checked
) -> tuple[Path, ...]:
    intake, prepared = session.intake, winner.prepared
    dataset, part = intake.dataset, "out of fold" if session.setting.parts else "validation"
    predictions = winner.held_out()
    judged = judge(
        part,
        prepared.task,
        prepared.validation,
        prepared.targets,
        predictions,
        seed=session.config.seed,
        patience=Patience(seconds=session.share(DRAWING_SHARE), told=session.progress.note),
    )
    protected = Protected.of(dataset.schema.get("protected"))
    judged = with_groups(
        judged, prepared.task, prepared.validation, prepared.targets, predictions, protected
    )
    judged = less_choice(judged, checked.known.choice)
    judged = with_coverage(judged, *crossed_coverage(winner, session.config, predictions))
    searched = Searched(
        summary=read_json(session.folder.result),
        objectives=intake.objectives,
        trials=records.trials,
        baselines=records.baselines,
        front=frozenset(record.number for record in records.front),
        epochs=read_epochs(session.folder.epochs),
        card=_card(session, records, winner),
        part=part,
        rows=count_rows(predictions),
        defaults=_defaults(intake.space, records),
        validated=checked.known,
    )
    target = ", ".join(dataset.target_names) or "the label"
    kind = f"{TASKS[dataset.task].words} of {target} · {intake.modality.name} data · {intake.source.name}"
    report = report_of(searched, judged, kind=kind, what=target)
    if checked.holdout is not None:
        report = with_part(report, checked.holdout, intake.objectives[0], HOLDOUT)
    files = write_report(session.folder, report)  # whatever becomes of what follows

    def explained() -> tuple[Path, ...]:
        whole = report
        for section in reversed(explained_sections(session, winner, judged)):
            whole = with_section(whole, section, after="answers")
        return write_report(session.folder, whole)

    return attempted(explained, session.progress.note, "explanations in the report") or files


def _defaults(space: SearchSpace, records: Records) -> dict[str, Configuration]:
    """The default configuration of each family that was tried, by plain names."""
    tried = {family_of(record.configuration) for record in records.trials}
    return {family: space.split(space.complete({FAMILY: family}))[1] for family in tried if family}


def _card(session: Session, records: Records, winner: TrainedWinner) -> tuple[tuple[str, str], ...]:
    intake, folder = session.intake, session.folder
    dataset = intake.dataset
    summary: Mapping[str, Any] = read_json(folder.result)
    told = [str(note) for note in summary.get("notes", ())]
    used = _used(session)
    entries = {
        MADE: time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        TASK: dataset.task,
        MODALITY: intake.modality.name,
        "data": f"{intake.source.name}, {len(dataset.examples):,} examples",
        **{f"note {place}": note for place, note in enumerate(told, start=1)},
        **dict(data_facts(dataset, intake.folds, intake.validation, intake.holdout)),
        GOAL: goal_text(intake.objectives),
        "options": _options(session.config),
        "seed": session.config.seed,
        "trials": len(records.trials),
        NETWORKS: f"{winner.networks:,}, with {winner.parameters:,} parameters in all",
        SIZE: size_text(folder.model.stat().st_size) if folder.model.exists() else "",
        SOFTWARE: _software(session),
        MACHINE: f"{platform.system()} {platform.machine()}, {platform.python_implementation()} "
        f"{platform.python_version()}",
        SECONDS: f"{used.seconds:,.0f} s",
        ENERGY: used.told,
        LIMITS: LIMITS_OF_USE,
        LOADING: 'import automl; automl.load("JOB FOLDER").predict("new data")',
    }
    return card_of(entries)


def _used(session: Session) -> Used:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Used(
        seconds=time.monotonic() - session.started,
        cores=cores,
        gpus=len(visible_gpus()),
        gigabytes=(host_memory() or 0) / 1e9,
    )


def _options(config: JobConfig) -> str:
    """Options that differ from their defaults, those that the search chose by itself among them."""
    usual = vars(JobConfig())
    given = {
        name: value for name, value in vars(config).items() if name not in _PLACES and value != usual[name]
    }
    return ", ".join(
        f"{name} {' '.join(map(str, value)) if isinstance(value, tuple) else value}"
        for name, value in given.items()
    )


def _software(session: Session) -> str:
    backend, engine = session.intake.backend.trials, session.setting.choice.name
    return f"automl {__version__}, Keras {version('keras')}, backend {backend}, {engine} engine"
