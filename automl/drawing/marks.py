"""Elements of SVG. All text is escaped: names of columns and classes come from users' files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

LETTER = 7.0
"""Width of a letter of 11 units, from which room for texts is reckoned: that of a digit in DejaVu Sans, the
widest of the usual fonts of pages, which Linux shows; in others texts end a little early."""


ZOOM = 1.1
"""Pixels per unit, where there is room for them."""

WIDE = 460.0
"""Units above which a drawing is scrolled rather than made small."""


def tag(name: str, *content: str, **attributes: object) -> Markup:
    """Return an element with its content; what is no ``Markup`` is escaped.

    Args:
        name: of the element.
        content: text and elements within it.
        attributes: ``class_`` is written ``class``, other underscores as hyphens; None is left out.
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _value(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, written, Markup("").join(content))


def svg(width: float, height: float, label: str, *content: str) -> Markup:
    """Return a drawing with its description for those who hear it."""
    return tag(
        "svg",
        *content,
        viewBox=f"0 0 {place(width)} {place(height)}",
        width=place(ZOOM * width),
        height=place(ZOOM * height),
        role="img",
        aria_label=label,
        class_="wide" if width > WIDE else None,
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", **attributes: object) -> Markup:
    """Return a text; the anchor is ``start``, ``middle`` or ``end``."""
    where = None if anchor == "start" else anchor
    return tag("text", words, x=x, y=y, text_anchor=where, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> Markup:
    """Return a straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def path(points: Iterable[tuple[float, float] | None], **attributes: object) -> Markup:
    """Return a line through points; None is a gap."""
    words, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        words.append(f"{pen}{place(point[0])} {place(point[1])}")
        pen = "L"
    return tag("path", d="".join(words), **attributes)


def dots(points: Sequence[tuple[float, float]], **attributes: object) -> Markup:
    """Return dots as one path, which is much smaller than a circle each."""
    written = "".join(f"M{place(x)} {place(y)}h0" for x, y in points)
    return tag("path", d=written, **attributes)


def hint(words: str) -> Markup:
    """Return what is shown where one points at the element around it."""
    return tag("title", words)


def clipped(words: str, most: int) -> str:
    """Return a text of at most so many letters."""
    return words if len(words) <= most else f"{words[: max(most - 1, 1)]}…"


def place(value: float) -> str:
    """Return a coordinate, to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")


def _value(value: object) -> object:
    return place(value) if isinstance(value, float) else escape(value)
