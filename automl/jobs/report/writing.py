"""A job's report as files: the page, the JSON that holds every number of it, and the model card."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from automl.core.errors import AutomlError, ConfigError, understood
from automl.core.figures import Table, rounded
from automl.core.files import write_whole
from automl.core.reports import Report, Scores, Section, report_from_json, report_to_json
from automl.core.specs import TrialRecord
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.missing import read_made
from automl.jobs.report.audited import audit_remarks, audit_section
from automl.jobs.report.calibration import calibration_tables
from automl.jobs.report.facts import Searched, configuration_words, parameters_of, value_words
from automl.jobs.report.history import history_section
from automl.jobs.report.judging import Judged, scores_of
from automl.jobs.report.model_card import SIZE, model_card
from automl.jobs.report.scores import scores_section, summary_scores
from automl.jobs.report.trials import trial_sections
from automl.jobs.report.validated import Estimate, validation_remarks, validation_section
from automl.jobs.report.verdict import headline_of, in_order, remarks_of, verdict_of
from automl.spaces.space import family_of

Part = TypeVar("Part")


def report_of(searched: Searched, judged: Judged | None, *, kind: str, what: str) -> Report:
    """Return the report of a search.

    Args:
        searched: the search.
        judged: the model on the rows that trials were scored on; None where predictions are not at hand.
        kind: what was asked for, in a few words.
        what: what is predicted.
    """
    scores = summary_scores(searched) if judged is None else scores_of(judged)
    shown = () if judged is None else (part_section(judged, key="answers"), *judged.evidence.sections)
    remarks = () if judged is None else judged.evidence.remarks
    return Report(
        title=str(searched.summary["name"]),
        kind=kind,
        made=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        verdict=verdict_of(searched, scores, what),
        headline=headline_of(searched, scores, dict(searched.card).get(SIZE, "")),
        remarks=in_order(
            (
                *remarks_of(searched, scores),
                *validation_remarks(searched.validated, searched.objective, own_estimate(searched, scores)),
                *audit_remarks(searched),
                *remarks,
            )
        ),
        sections=(
            scores_section(searched, scores),
            *_validation(searched, scores),
            *shown,
            audit_section(searched),
            *trial_sections(searched),
            history_section(searched),
            _model_section(searched),
            Section(key="card", title="Model card", figures=_card(searched)),
        ),
        scores=(scores,),
    )


def own_estimate(searched: Searched, scores: Scores) -> Estimate:
    """Return the score by which the model was chosen, with its interval where one is known."""
    name = searched.objective.name
    value = scores.metrics.get(name)
    low, high = scores.intervals.get(name, (math.nan, math.nan))
    return Estimate(
        value=float(searched.summary["best_score"] if value is None else value), low=low, high=high
    )


def _validation(searched: Searched, scores: Scores) -> tuple[Section, ...]:
    own = own_estimate(searched, scores)
    rules = [item.baseline for item in searched.baselines]
    found = validation_section(searched.validated, searched.objective, own, scores.part, rules)
    return () if found is None else (found,)


def part_section(judged: Judged, *, key: str) -> Section:
    """Return the section on what the model does with the rows of one part."""
    figures = judged.evidence.figures
    if judged.mistakes is not None:
        figures = (*figures, judged.mistakes)
    return Section(
        key=key,
        title="Right and wrong",
        figures=figures,
        text=f"{judged.rows:,} rows, {judged.part}." if figures else "",
    )


def write_report(folder: JobFolder, report: Report) -> tuple[Path, ...]:
    """Write page, JSON and model card into the job folder; returns their paths."""
    write_whole(folder.report_data, json.dumps(report_to_json(report), ensure_ascii=False, allow_nan=False))
    write_page(report, folder.report)
    write_whole(folder.model_card, model_card(report))
    return folder.report, folder.report_data, folder.model_card


def write_page(report: Report, path: Path) -> None:
    """Write the page of a report."""
    from automl.drawing.page import page_of

    write_whole(path, page_of(report))


def attempted(
    make: Callable[[], tuple[Path, ...]], note: Callable[[str], None], what: str = "report"
) -> tuple[Path, ...]:
    """Return the files of a report, none where it cannot be made, which is told; see ``attempted_part``."""
    return attempted_part(make, note, what) or ()


def attempted_part(make: Callable[[], Part | None], note: Callable[[str], None], what: str) -> Part | None:
    """Return what a report is made of, None where it cannot be made, which is told.

    A search has its model by then, and is not to fail for a page about it.

    Args:
        make: makes it.
        note: tells the user something.
        what: is made, for the note.
    """
    try:
        return make()
    except AutomlError:
        raise  # a full disk, which the next file would meet, too
    except Exception as error:
        logging.getLogger("automl").debug("The %s could not be made.", what, exc_info=True)
        note(f"The {what} could not be made ({type(error).__name__}: {error}).")
        return None


def read_report(folder: JobFolder) -> Report:
    """Read a report that was written.

    Raises:
        ConfigError: there is none, or it is damaged.
    """
    if not folder.report_data.exists():
        read_made(folder.result)  # a job that has not ended says so
        raise ConfigError(
            f"{folder.path} has no {folder.report_data.name}: an earlier version of automl ended this job, "
            f"or its report could not be written. `{folder.resuming} --trials N` writes one."
        )
    with understood(folder.report_data, kinds=(ValueError,)):
        return report_from_json(read_json(folder.report_data))


def _model_section(searched: Searched) -> Section:
    known = {item.number: item for item in searched.trials}
    weights = searched.weights
    members = [known[number] for number in weights if number in known]
    figures: tuple[Table, ...] = ()
    if len(members) > 1:
        columns = ("trial", "family", "weight", searched.objective.label, "epochs", "seconds", "parameters")
        rows = tuple(_member(item, weights[item.number]) for item in members)
        figures = (Table(title="Members of the ensemble", columns=columns, rows=rows),)
    figures += tuple(_configuration(item) for item in members[:1]) + calibration_tables(searched)
    return Section(key="model", title="The model", figures=figures)


def _configuration(record: TrialRecord) -> Table:
    rows = tuple((name, value_words(value)) for name, value in parameters_of(record).items())
    title = f"Trial {record.number}: {family_of(record.configuration) or 'a model of your own'}"
    return Table(title=title, columns=("parameter", "value"), rows=rows)


def _member(record: TrialRecord, weight: float) -> tuple[Any, ...]:
    return (
        record.number,
        family_of(record.configuration) or "own",
        f"{weight:.0%}",
        rounded(record.scores[0]) if record.scores else None,
        record.best_epoch or record.epochs,
        rounded(record.seconds, 4),
        configuration_words(record),
    )


def _card(searched: Searched) -> tuple[Table, ...]:
    rows = tuple(searched.card)
    return (Table(title="Facts", columns=("fact", "value"), rows=rows),) if rows else ()


def card_of(entries: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the entries of a model card that say something, as texts."""
    return tuple((name, str(value)) for name, value in entries.items() if value not in (None, ""))
