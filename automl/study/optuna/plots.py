"""Plots of a study, ours and Optuna's, as one page that works without a network."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.pages import write_page
from automl.core.specs import Objective, TrialRecord
from automl.spaces.space import family_of

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

PAGE = "optuna_study.html"

ENOUGH = 10
"""Trials of one family from which importances of its parameters are drawn: of fewer they are chance."""


def draw_study(
    study: Study, objectives: Sequence[Objective], folder: Path, records: Sequence[TrialRecord] = ()
) -> list[Path]:
    """Write scores against time, history, importances, parallel coordinates and slices of a study.

    All plots share one page. One that cannot be drawn, for want of trials or of parameters, is left out;
    where there are too few trials for importances, the page says so.

    Args:
        study: what to draw.
        objectives: their names; of several, the first is drawn, and the Pareto front before it.
        folder: where the page goes; it is made if need be.
        records: the study's trials that are finished or paused, with their rungs.

    Returns:
        The files written: one, or none when nothing could be drawn.
    """
    figures = list(_figures(study, objectives, records))
    if not figures:
        return []
    page = folder / PAGE
    write_page(page, _page(study.study_name, figures, _missing(study)))
    return [page]


def _figures(
    study: Study, objectives: Sequence[Objective], records: Sequence[TrialRecord]
) -> Iterator[tuple[str, Any]]:
    from optuna.trial import TrialState

    from automl.study.optuna.timeline import draw_timeline

    plots: list[tuple[str, Callable[[], Any]]] = [
        ("Score against time, with rungs", lambda: draw_timeline(study, records, objectives[0]))
    ]
    if study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        plots = _with_optuna(study, objectives, plots)
    for title, plot in plots:
        figure = _drawn(plot)
        if figure is not None:
            yield title, figure


def _with_optuna(
    study: Study, objectives: Sequence[Objective], own: list[tuple[str, Callable[[], Any]]]
) -> list[tuple[str, Callable[[], Any]]]:
    from optuna import visualization

    target: dict[str, Any] = {"target_name": objectives[0].label}
    front: list[tuple[str, Callable[[], Any]]] = []
    if len(objectives) > 1:
        target["target"] = lambda trial: trial.values[0]
        names = [objective.label for objective in objectives]
        front = [("Pareto front", lambda: visualization.plot_pareto_front(study, target_names=names))]
    return [
        *front,
        *own,
        ("Optimisation history", lambda: visualization.plot_optimization_history(study, **target)),
        *_within_families(
            study, "Parameter importances", ENOUGH, visualization.plot_param_importances, target
        ),
        *_within_families(study, "Parallel coordinates", 2, visualization.plot_parallel_coordinate, target),
        *_within_families(study, "Slices", 2, visualization.plot_slice, target),
    ]


def _within_families(
    study: Study, title: str, least: int, plot: Callable[..., Any], target: dict[str, Any]
) -> list[tuple[str, Callable[[], Any]]]:
    """One plot for each family of which enough trials were trained to their end.

    Families share no parameters, so a plot of several would be mostly gaps, and too wide to read.
    """
    return [
        (
            f"{title} {f'of {family} ' if family else ''}({len(trials)} trials)",
            partial(plot, _study_of(study, trials), **target),
        )
        for family, trials in _by_family(study).items()
        if len(trials) >= least
    ]


def _by_family(study: Study) -> dict[str, list[FrozenTrial]]:
    from optuna.trial import TrialState

    groups: dict[str, list[FrozenTrial]] = {}
    for trial in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        groups.setdefault(family_of(trial.params), []).append(trial)
    return groups


def _study_of(study: Study, trials: Sequence[FrozenTrial]) -> Study:
    import optuna

    alone = optuna.create_study(directions=study.directions)
    alone.add_trials(trials)
    return alone


def _missing(study: Study) -> str:
    """Why the page shows no importances, or nothing."""
    most = max((len(trials) for trials in _by_family(study).values()), default=0)
    if most >= ENOUGH:
        return ""
    return (
        f"Parameter importances are left out: they need at least {ENOUGH} fully trained trials of one "
        f"family, and the most that any has is {most}."
    )


def _drawn(plot: Callable[[], Any]) -> Any | None:
    """The figure, or None when it cannot be drawn or is empty."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            figure = plot()
        except Exception:
            # plots of few, equal or failed trials fail in many ways, and none is worth a search
            return None
    return figure if figure.data else None


def _page(name: str, figures: Sequence[tuple[str, Any]], missing: str) -> str:
    parts = [f"<p>{escape(missing)}</p>"] if missing else []
    for index, (title, figure) in enumerate(figures):
        drawing = figure.to_html(full_html=False, include_plotlyjs="directory" if index == 0 else False)
        parts.append(f'<h2>{escape(title)}</h2>\n<div style="overflow-x: auto">{drawing}</div>')
    head = f'<head><meta charset="utf-8"><title>{escape(name)}</title></head>'
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="en">{head}',
            f'<body style="font-family: sans-serif">\n<h1>{escape(name)}</h1>',
            *parts,
            "</body></html>\n",
        ]
    )
