"""A result, or one figure, as a card in a notebook. No script, every text escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from automl.core.figures import Chart, Figure, Picture, Table
from automl.drawing.chart import draw_chart, legend
from automl.drawing.page import TEMPLATES, cells_of, draw_figure, legend_of, template


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card tells.

    Attributes:
        title: name of the job.
        kind: what it is, in a few words.
        text: what was found, or why nothing is there.
        chart: a chart, or None.
        table: a table, or None.
    """

    title: str
    kind: str
    text: str = ""
    chart: Chart | None = None
    table: Table | None = None


def card_of(card: Card) -> str:
    """Return a card as HTML; its style sheet reaches no other cell of the notebook."""
    return template("notebook.html").render(
        card=card, style=_style(), draw=draw_chart, legend=legend, cells=cells_of
    )


def drawing_of(figure: Figure) -> str:
    """Return one figure of a report as HTML, in the same style."""
    return template("drawing.html").render(
        figure=figure,
        style=_style(),
        table=isinstance(figure, Table),
        drawing=draw_figure,
        legend=legend_of(figure),
        cells=cells_of,
        is_picture=lambda cell: isinstance(cell, Picture),
    )


@cache
def _style() -> Markup:
    # safe: it is a file of this package
    return Markup((TEMPLATES / "notebook.css").read_text(encoding="utf-8"))  # noqa: S704
