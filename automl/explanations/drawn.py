"""Attributions as figures: bars of columns and words, lines over steps of a series, maps on pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl.core.figures import Axis, Bars, Cell, Chart, Figure, Line, Table, numbers, rounded
from automl.explanations.attribution import Attribution
from automl.explanations.map_pictures import map_note, map_pictures, takes_maps
from automl.explanations.method import NotExplainedError, Subject
from automl.explanations.overlay import cell_of, png_of
from automl.explanations.pieces import Pieces

MOST_BARS = 12
MOST_LINES = 6
MOST_LETTERS = 24

NO_PARTS = (
    "This method tells the parts of an input apart, and of what this model reads it can tell none: choose "
    "another method."
)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What is drawn.

    Attributes:
        figures: in order.
        pictures: PNG files by name.
    """

    figures: tuple[Figure, ...]
    pictures: Mapping[str, bytes]


def drawn(
    subject: Subject, pieces: Mapping[str, Pieces], found: Sequence[Attribution], *, name: str
) -> Drawn:
    """Return the figures of attributions.

    Args:
        subject: what is explained.
        pieces: how its inputs are taken apart.
        found: of its rows.
        name: begins the names of files.

    Raises:
        NotExplainedError: there is nothing to draw, as the one input is one piece.
    """
    maps = drawn_maps(subject, pieces, found, name=name)
    figures = list(maps.figures)
    for each in found:
        figures += _bars(subject, pieces, each)
        figures += _words(subject, pieces, each)
        figures += _series(subject, pieces, each)
    if not figures:
        raise NotExplainedError(NO_PARTS)
    return Drawn(figures=tuple(figures), pictures=maps.pictures)


def drawn_maps(
    subject: Subject, pieces: Mapping[str, Pieces], found: Sequence[Attribution], *, name: str
) -> Drawn:
    """Return the maps alone; see ``drawn``."""
    figures: list[Figure] = []
    pictures: dict[str, bytes] = {}
    for key, item in pieces.items():
        table, files = _maps(subject, key, item, found, name)
        if table.rows:
            figures.append(table)
            pictures |= files
    return Drawn(figures=tuple(figures), pictures=pictures)


def row_name(subject: Subject, row: int) -> str:
    """Return what a row is called: its file or id, or its number from 0."""
    keys = [values for values in subject.examples.keys.values() if values.ndim == 1]
    name = keys[0][row] if keys else row
    return str(name) if isinstance(name, str) else f"row {name}"


def _maps(
    subject: Subject, key: str, item: Pieces, found: Sequence[Attribution], name: str
) -> tuple[Table, dict[str, bytes]]:
    rows: list[tuple[Cell, ...]] = []
    files: dict[str, bytes] = {}
    for each in found:
        value = subject.examples.inputs[key][each.row]
        for shown in map_pictures(item, value, each.parts[key]):
            map_file = png_of(shown.map)
            files[f"{name}-{each.row}{shown.mark}.png"] = map_file
            example = " ".join(filter(None, (row_name(subject, each.row), shown.name)))
            rows.append((example, each.told, cell_of(png_of(shown.below)), cell_of(map_file)))
    table = Table(
        title=f"Maps on {item.label}",
        columns=("example", "explained", item.label, "map"),
        rows=tuple(rows),
        note=map_note(item),
    )
    return table, files


def _bars(subject: Subject, pieces: Mapping[str, Pieces], each: Attribution) -> list[Figure]:
    """One bar for each of several inputs, texts and pictures as a whole."""
    totals = {name: float(values.sum()) for name, values in each.parts.items()}
    if len(totals) < 2:
        return []
    order = sorted(totals, key=lambda name: -abs(totals[name]))
    names, values = [], []
    for name in order[:MOST_BARS]:
        names.append(_named(subject, pieces[name], name, each))
        values.append(totals[name])
    if rest := order[MOST_BARS:]:
        names.append(f"{len(rest)} more")
        values.append(sum(totals[name] for name in rest))
    return [
        Bars(
            title=f"{row_name(subject, each.row)}: {each.told}",
            label=f"adds to {each.words}",
            names=tuple(names),
            values=numbers(values, 3),
        )
    ]


def _named(subject: Subject, item: Pieces, name: str, each: Attribution) -> str:
    if each.parts[name].ndim:
        return item.label
    value = np.asarray(subject.examples.inputs[name][each.row : each.row + 1])[0]
    if np.ndim(value):
        return item.label
    text = f"{rounded(value, 4)}" if isinstance(value, np.floating) else item.names(value)[0]
    return f"{item.label} = {text}"


def _words(subject: Subject, pieces: Mapping[str, Pieces], each: Attribution) -> list[Figure]:
    made: list[Figure] = []
    for name, values in each.parts.items():
        if values.ndim != 1:
            continue
        words = pieces[name].names(subject.examples.inputs[name][each.row])
        order = np.argsort(-np.abs(values), kind="stable")[:MOST_BARS]
        text = " ".join(words)
        made.append(
            Bars(
                title=f"{row_name(subject, each.row)}: {each.told}",
                label=f"adds to {each.words}",
                names=tuple(f"{words[at][:MOST_LETTERS]} ({at + 1})" for at in order),
                values=numbers(values[order], 3),
                note=f"With the place of each word. {text[:400]}{'…' if len(text) > 400 else ''}",
            )
        )
    return made


def _series(subject: Subject, pieces: Mapping[str, Pieces], each: Attribution) -> list[Figure]:
    made: list[Figure] = []
    for name, values in each.parts.items():
        if values.ndim != 2 or takes_maps(pieces[name]):
            continue
        count = values.shape[1]
        known = subject.channels if len(subject.channels) == count else [str(at) for at in range(count)]
        order = np.argsort(-np.abs(values).sum(axis=0), kind="stable")[:MOST_LINES]
        steps = numbers(range(len(values)))
        lines = tuple(
            Line(name=known[at], x=steps, y=numbers(values[:, at], 3), tone=place)
            for place, at in enumerate(order)
        )
        made.append(
            Chart(
                title=f"{row_name(subject, each.row)}: {each.told}",
                x=Axis(label="step"),
                y=Axis(label=f"adds to {each.words}"),
                lines=lines,
                note=f"The {MOST_LINES} channels that add most." if count > MOST_LINES else "",
            )
        )
    return made
