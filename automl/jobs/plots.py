"""The figures of a job's report, by name: drawings in a notebook, plotly's figures for all else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, suggest
from automl.core.figures import Figure
from automl.jobs.folder import JobFolder

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

SHORT = {"history": "score_against_time", "scatter": "predicted_against_actual"}
"""Usual names of figures whose titles say it otherwise."""


@dataclass(frozen=True)
class Plot:
    """A figure: at the end of a cell a drawing without script, the same as in the report.

    Args:
        figure: its data: every number that is drawn.
    """

    figure: Figure

    def plotly(self) -> PlotlyFigure:
        """Return it as a figure of plotly's: to zoom into, to restyle, to write to a file."""
        from automl.drawing.interactive import plotly_figure

        return plotly_figure(self.figure)

    def _repr_html_(self) -> str:
        from automl.drawing.notebook import drawing_of

        return drawing_of(self.figure)

    def __repr__(self) -> str:
        return f"<{self.figure.title!r}: a figure; .plotly() is one of plotly's>"


class Plots:
    """The figures of a report: ``result.plot.confusion_matrix()``, ``result.plot["Confusion matrix"]``.

    The names are those of the figures in the report, which tab completion lists; they depend on the task
    and on what was tried. The beginning of a name suffices (``parallel``, ``importance``, ``roc``): it
    means the first figure that begins so, else the first one with such a word. ``history`` is score
    against time.

    Args:
        files: of the job.
    """

    def __init__(self, files: JobFolder) -> None:
        self._files = files

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures())

    def __len__(self) -> int:
        return len(self._figures())

    def __getitem__(self, name: str) -> Plot:
        """Return a figure by its name or title.

        Raises:
            ConfigError: the report has no such figure, or there is no report.
        """
        figures = self._figures()
        found = _found(figures, _plain(name))
        if found is None:
            raise ConfigError(f"The report has no figure {name!r}. {suggest(_plain(name), figures)}")
        return Plot(figures[found])

    def __getattr__(self, name: str) -> Callable[[], Plot]:
        """Return what makes a figure."""
        if name.startswith("_"):  # what notebooks ask any object for
            raise AttributeError(name)
        try:
            plot = self[name]
        except ConfigError as error:
            raise AttributeError(str(error)) from None
        return lambda: plot

    def __dir__(self) -> list[str]:
        try:
            return sorted([*super().__dir__(), *SHORT, *self])
        except ConfigError:  # there is no report
            return sorted(super().__dir__())

    def __repr__(self) -> str:
        return f"Figures of the report: {', '.join(self)}."

    def _figures(self) -> dict[str, Figure]:
        from automl.jobs.report.writing import read_report

        named: dict[str, Figure] = {}
        for section in read_report(self._files).sections:
            for figure in section.figures:
                name = _plain(figure.title)
                same = sum(re.sub(r"_\d+$", "", known) == name for known in named)
                named[f"{name}_{same + 1}" if name in named else name] = figure
        return named


def _found(figures: Mapping[str, Figure], asked: str) -> str | None:
    asked = asked if asked in figures else SHORT.get(asked, asked)
    begun = (name for name in figures if name.startswith(asked))
    within = (name for name in figures if asked and f"_{asked}" in name)
    return asked if asked in figures else next(begun, None) or next(within, None)


def _plain(title: str) -> str:
    """A title as a name: ``confusion_matrix``."""
    return re.sub(r"\W+", "_", title.lower()).strip("_")
