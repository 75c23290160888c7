"""A report as one HTML page: no script, nothing from elsewhere, every text of a user escaped.

The page says so to the browser, too: its policy allows its own style sheet by hash, pictures within it, and
nothing else, so that markup in a column's name could do no harm even if an escape were forgotten.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from automl.core.figures import Bars, Cell, Chart, Figure, Matrix, Parallel, Picture, Table
from automl.core.reports import Report
from automl.drawing.chart import draw_chart, legend
from automl.drawing.grids import draw_bars, draw_matrix
from automl.drawing.parallel import draw_parallel
from automl.drawing.scales import aligned_texts

LONG, MOST_COLUMNS, MOST_LETTERS, GAP = 40, 5, 50, 2.5
"""Letters of a cell, columns, and letters of a row with gaps between them, above which a table takes the
whole width."""

SHORT, LETTER, LEAST_WIDTH = 24, 7.5, 64
"""Letters of a cell that stay on one line, pixels of a letter, and those that a picture takes at least."""

TEMPLATES = Path(__file__).parent / "templates"

_DRAW: Mapping[type[Any], Callable[[Any], Markup]] = {
    Chart: draw_chart,
    Matrix: draw_matrix,
    Bars: draw_bars,
    Parallel: draw_parallel,
}


def page_of(report: Report) -> str:
    """Return the page of a report."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return template("report.html").render(
        report=report,
        sections=[item for item in report.sections if item.figures or item.text],
        # safe: it is a file of this package
        style=Markup(style),  # noqa: S704
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        drawing=draw_figure,
        scrolls=lambda image: 'class="wide"' in image,
        legend=legend_of,
        is_table=lambda figure: isinstance(figure, Table),
        is_wide=_is_wide,
        is_number=lambda cell: isinstance(cell, int | float) or cell is None,
        is_picture=lambda cell: isinstance(cell, Picture),
        cells=cells_of,
        beside=_beside,
    )


@cache
def template(name: str) -> Template:
    """Return a template of this package; it escapes every text that is no ``Markup``."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def draw_figure(figure: Figure) -> Markup:
    """Return a figure that is no table as SVG."""
    return _DRAW[type(figure)](figure)


def legend_of(figure: Figure) -> list[tuple[str, str, str]]:
    """Return the legend of a chart; see ``legend``."""
    return legend(figure) if isinstance(figure, Chart) else []


def _is_wide(figure: Figure) -> bool:
    """Whether it takes the whole width of the page: tables of many columns, and what has many axes."""
    if isinstance(figure, Table):
        long = any(isinstance(cell, str) and len(cell) > LONG for row in figure.rows for cell in row)
        wide = _letters(figure) > MOST_LETTERS
        shown = any(sum(isinstance(cell, Picture) for cell in row) > 1 for row in figure.rows)
        return long or wide or shown or len(figure.columns) > MOST_COLUMNS
    if isinstance(figure, Matrix):
        return len(figure.columns) > 10
    return isinstance(figure, Parallel)


def _letters(table: Table) -> float:
    """Letters that a row of a table takes, with gaps."""
    widest: list[float] = [len(name) for name in table.columns]
    for row in cells_of(table):
        widest = [max(known, _broken(*own)) for known, own in zip(widest, row, strict=True)]
    return sum(widest) + GAP * len(widest)


def _broken(cell: Cell, text: str) -> float:
    """Letters that a cell takes: a long text is broken into lines, and a picture is not."""
    if isinstance(cell, Picture):
        return max(_width_of(cell), LEAST_WIDTH) / LETTER
    return max(min(len(text), SHORT), *map(len, text.split(" ")))


def _width_of(picture: Picture) -> int:
    """Pixels, as the head of a PNG file tells them."""
    return int.from_bytes(base64.b64decode(picture.png[:32])[16:20], "big")


def cells_of(table: Table) -> list[list[tuple[Cell, str]]]:
    """Return the rows of a table, each cell with its text; numbers of a column have equal decimals."""
    columns = [
        _texts([row[at] for row in table.rows]) for at in range(len(table.rows[0]) if table.rows else 0)
    ]
    return [
        list(zip(row, texts, strict=True))
        for row, texts in zip(table.rows, zip(*columns, strict=True), strict=True)
    ]


def _beside(row: Sequence[tuple[Cell, str]]) -> str:
    """What tells the pictures of a row from those of others, behind their column: its first text."""
    told = next((text for cell, text in row if not isinstance(cell, Picture)), "")
    return f" of {told}" if told else ""


def _texts(cells: Sequence[Cell]) -> list[str]:
    numeric = [cell if isinstance(cell, int | float) else None for cell in cells]
    aligned = aligned_texts(numeric)
    return [
        text if cell is None or isinstance(cell, int | float) else str(cell)
        for cell, text in zip(cells, aligned, strict=True)
    ]
