"""HTML pages of plots that share one copy of the drawing library, which weighs 5 MB, in their folder."""

from __future__ import annotations

import re
from pathlib import Path

from automl.core.files import write_whole

LIBRARY = "plotly.min.js"
"""What plotly calls it on pages that are written with ``include_plotlyjs="directory"``."""

_SCRIPT = re.compile(rf'<script[^>]*\bsrc="{re.escape(LIBRARY)}"[^>]*></script>')


def write_page(path: Path, text: str) -> None:
    """Write a page, and the library beside it where it is not there yet.

    Args:
        path: of the page; its folder is made if need be.
        text: HTML that names the library as a file beside it.
    """
    from plotly.offline import get_plotlyjs

    path.parent.mkdir(parents=True, exist_ok=True)
    library = path.with_name(LIBRARY)
    if not library.exists():
        write_whole(library, get_plotlyjs())
    write_whole(path, text)


def whole_page(path: Path) -> str:
    """Return a page with the library in it, for a place that shows it without its folder."""
    text, library = path.read_text(encoding="utf-8"), path.with_name(LIBRARY)
    if not library.exists():
        return text
    script = f"<script>{library.read_text(encoding='utf-8')}</script>"
    return _SCRIPT.sub(lambda found: script, text, count=1)
