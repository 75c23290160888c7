"""The report of a search whose winner is at hand."""

from __future__ import annotations

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
from automl.core.targets import count_rows
from automl.jobs.config import JobConfig
from automl.jobs.finish.covered import crossed_coverage
from automl.jobs.finish.explained import explained_sections
from automl.jobs.finish.records import Records
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.folder import read_json
from automl.jobs.intake.story import data_facts, goal_text
from automl.jobs.report.covered import with_coverage
from automl.jobs.report.facts import Searched
from automl.jobs.report.fairness import with_groups
from automl.jobs.report.judging import judge
from automl.jobs.report.writing import SIZE, attempted, card_of, report_of, write_report
from automl.jobs.session import Session
from automl.jobs.trial.epochs import read_epochs
from automl.tasks.catalog import TASKS

_PLACES = frozenset(
    ("data", "name", "out", "storage", "tracking_uri", "warm_start", "validation", "space", "ray_address")
)
"""Options that hold places on this machine, or addresses."""

LIMITS = (
    "The scores hold for data that comes as this did: from the same source and time, with the same "
    "columns. Score it again (`automl evaluate`) before it is used on anything else, and from time to time."
)


def report_files(session: Session, records: Records, winner: TrainedWinner) -> tuple[Path, ...]:
    """Write the report into the job folder; returns its files, none where it could not be made."""
    return attempted(lambda: _written(session, records, winner), session.progress.note)


def _written(session: Session, records: Records, winner: TrainedWinner) -> tuple[Path, ...]:
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
    )
    protected = Protected.of(dataset.schema.get("protected"))
    judged = with_groups(
        judged, prepared.task, prepared.validation, prepared.targets, predictions, protected
    )
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
    )
    target = ", ".join(dataset.target_names) or "the label"
    kind = f"{TASKS[dataset.task].words} of {target} · {intake.modality.name} data · {intake.source.name}"
    report = report_of(searched, judged, kind=kind, what=target)
    files = write_report(session.folder, report)  # whatever becomes of what follows

    def explained() -> tuple[Path, ...]:
        whole = report
        for section in reversed(explained_sections(session, winner, judged)):
            whole = with_section(whole, section, after="answers")
        return write_report(session.folder, whole)

    return attempted(explained, session.progress.note, "explanations in the report") or files


def _card(session: Session, records: Records, winner: TrainedWinner) -> tuple[tuple[str, str], ...]:
    intake, folder = session.intake, session.folder
    dataset = intake.dataset
    summary: Mapping[str, Any] = read_json(folder.result)
    told = [str(note) for note in summary.get("notes", ())]
    parameters = sum(member.core.count_params() for member in winner.members)
    entries = {
        "made": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "data": f"{intake.source.name}, {len(dataset.examples):,} examples",
        **dict(data_facts(dataset, intake.folds, intake.validation)),
        "goal": goal_text(intake.objectives),
        **{f"read so ({place})": note for place, note in enumerate(told, start=1)},
        "asked for": _options(session.config),
        "seed": session.config.seed,
        "trials": len(records.trials),
        "parameters of a network, added up": f"{parameters:,}",
        "networks": winner.networks,
        SIZE: size_text(folder.model.stat().st_size) if folder.model.exists() else "",
        "trained with": _software(session),
        "machine": f"{platform.system()} {platform.machine()}, {platform.python_implementation()} "
        f"{platform.python_version()}",
        "limits of use": LIMITS,
        "to load": 'import automl; automl.load("JOB FOLDER").predict("new data")',
    }
    return card_of(entries)


def _options(config: JobConfig) -> str:
    """Options that differ from their defaults, without places."""
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
