"""How values are shown as text."""

from __future__ import annotations

from collections.abc import Mapping


def value_text(value: object) -> str:
    """Return a value with four significant digits when it is a float."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


LEADING = ("learning_rate", "batch_size", "optimizer", "depth", "width", "dropout", "weight_decay")
"""Parameters that a short line shows first, where a configuration has them."""


def configuration_text(configuration: Mapping[str, object], most: int | None = None) -> str:
    """Return ``family width=128 dropout=0.1 ...`` on one line.

    Args:
        configuration: names to values.
        most: show so many parameters, those named in ``LEADING`` first; all by default.
    """
    family = str(configuration.get("family", ""))
    names = [name for name in configuration if name != "family"]
    if most is not None:
        names = sorted(names, key=lambda name: LEADING.index(name) if name in LEADING else len(LEADING))
    shown = [f"{name}={value_text(configuration[name])}" for name in names[:most]]
    rest = [] if most is None or len(names) <= most else ["..."]
    return " ".join(part for part in (family, *shown, *rest) if part)


def duration_text(seconds: float) -> str:
    """Return ``1:02:03`` or ``2:03``."""
    whole = max(int(seconds), 0)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
