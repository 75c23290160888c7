"""A result as a card in a notebook: words, one chart, one table. No script, every text escaped."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from automl.core.figures import Chart, Table
from automl.drawing.chart import draw_chart, legend
from automl.drawing.page import TEMPLATES, cells_of, template


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
    style = (TEMPLATES / "notebook.css").read_text(encoding="utf-8")
    return template("notebook.html").render(
        card=card,
        # safe: it is a file of this package
        style=Markup(style),  # noqa: S704
        draw=draw_chart,
        legend=legend,
        cells=cells_of,
    )
