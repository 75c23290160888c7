"""Where a live view is drawn: on a terminal, or in the output of a notebook's cell."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

COLUMNS = 110
"""Width of a view in a notebook, which scrolls where there is less room."""

PAUSE = 0.5
"""Seconds between two pictures in a notebook: each is a message to the browser."""

_STYLE = (
    "margin:0; white-space:pre; overflow-x:auto; line-height:1.35; font-size:.9em; "
    "font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
)


class Screen(Protocol):
    """Shows a view that changes, and above it what stays."""

    def show(self, view: Callable[[], RenderableType]) -> None:
        """Show what ``view`` gives, again and again; nothing new where it is shown already."""
        ...

    def say(self, what: RenderableType) -> None:
        """Add what stays; the view is shown."""
        ...

    def close(self) -> None:
        """Take the view away."""
        ...


class TerminalScreen:
    """A terminal, drawn anew four times a second; what stays scrolls above the view.

    Args:
        console: where it is drawn; stderr by default.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self._live: Live | None = None

    def show(self, view: Callable[[], RenderableType]) -> None:
        """See ``Screen``."""
        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            console = self._console or Console(stderr=True)
            self._live = Live(console=console, get_renderable=view, refresh_per_second=4, transient=True)
            self._live.start()

    def say(self, what: RenderableType) -> None:
        """See ``Screen``."""
        if self._live is not None:
            self._live.console.print(what)

    def close(self) -> None:
        """See ``Screen``."""
        if self._live is not None:
            self._live.stop()
            self._live = None


class NotebookScreen:
    """One output of a cell, replaced as the search goes on: plain HTML, which needs no widgets."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, str]] = []
        self._view: Callable[[], RenderableType] | None = None
        self._handle: Any = None
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def show(self, view: Callable[[], RenderableType]) -> None:
        """See ``Screen``."""
        if self._handle is not None:
            return
        from IPython.display import display

        self._view = view
        self._handle = display(self._picture(), raw=True, display_id=True)
        threading.Thread(target=self._beat, name="automl-notebook", daemon=True).start()

    def say(self, what: RenderableType) -> None:
        """See ``Screen``."""
        self._kept.append(_drawn(what))
        self._draw()

    def close(self) -> None:
        """See ``Screen``."""
        self._closed.set()
        self._view = None
        self._draw()

    def _beat(self) -> None:
        while not self._closed.wait(PAUSE):
            self._draw()

    def _draw(self) -> None:
        with self._lock:
            if self._handle is not None:
                self._handle.update(self._picture(), raw=True)

    def _picture(self) -> dict[str, str]:
        """What stays, and the view below it, as HTML and as text."""
        view = self._view
        parts = [*self._kept, *([] if view is None else [_drawn(view())])]
        html, plain = ("".join(each) for each in zip(*parts, strict=True)) if parts else ("", "")
        return {"text/html": f'<pre style="{_STYLE}">{html}</pre>', "text/plain": plain}


def in_notebook() -> bool:
    """Whether this runs in a cell of a notebook; nothing is imported for the question."""
    module = sys.modules.get("IPython")
    shell = None if module is None else module.get_ipython()
    return getattr(shell, "kernel", None) is not None


def _drawn(what: RenderableType) -> tuple[str, str]:
    """Something as HTML, escaped, and as text."""
    from rich.console import Console

    # told not to be in a notebook, it does not show what it prints there
    console = Console(
        file=io.StringIO(),
        record=True,
        width=COLUMNS,
        color_system="truecolor",
        force_jupyter=False,
        force_terminal=True,
    )
    console.print(what)
    html = console.export_html(inline_styles=True, code_format="{code}", clear=False)
    return html, console.export_text()
